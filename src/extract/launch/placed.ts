import { placeholderName } from '../../model/assumptions.js';
import type { Rewrites } from '../../model/rewrite.js';
import type { Setting } from '../../model/setting.js';
import type { Word, WordPart } from '../../model/word.js';
import { type PlacedText, type SplitWord, withoutRanges } from '../../syntax/shell/split.js';
import type { SourceFile } from '../../text/source.js';
import { merged } from './expand.js';

/** Stand-ins for template placeholders, so that white space and quotes inside them split nothing. */
const firstStandIn = 0xe000;
const standIns = 0x1000;

export interface Masked {
  readonly text: PlacedText;
  /** What each stand-in replaces, by its character. */
  readonly raw: ReadonlyMap<string, WordPart>;
}

/** Values of template variables that the user tells. */
export type TemplateValues = ReadonlyMap<string, Setting<string>>;

/** What stands in for parts of a text before anything reads it. */
export interface Filling {
  readonly values: TemplateValues;
  readonly rewrites: Rewrites;
}

/**
 * Replaces `{{ x }}`, `{% x %}`, `<%= x %>`, `<Path to x>`, `{X}`, `__X__` and `@X@` placeholders by one character each, and so what a
 * script writes anew.
 */
export function maskTemplates(from: PlacedText, { values, rewrites }: Filling): Masked {
  const raw = new Map<string, WordPart>();
  const rewritten = withoutRewritten(from, rewrites, raw);
  const masked = maskPlaceholders(rewritten, values, raw);
  return { text: masked, raw };
}

function standIn(raw: ReadonlyMap<string, WordPart>): string {
  return String.fromCharCode(firstStandIn + raw.size);
}

function withoutRewritten(from: PlacedText, rewrites: Rewrites, raw: Map<string, WordPart>): PlacedText {
  const changes = rewrites.get(from.file.path);
  if (!changes) return from;
  const ranges: { start: number; end: number; by: string }[] = [];
  for (let at = 0; at < from.text.length && raw.size < standIns; at++) {
    const change = changes.find(one => one.start <= from.offset(at) && from.offset(at) < one.end);
    if (!change) continue;
    const start = at;
    while (at < from.text.length && from.offset(at) < change.end) at++;
    const by = standIn(raw);
    raw.set(by, { known: false, text: from.text.slice(start, at), why: change.by.message });
    ranges.push({ start, end: at, by });
    at--;
  }
  return withoutRanges(from, ranges);
}

const placeholder =
  /\{\{[^{}]{0,300}\}\}|\{%[^%]{0,300}%\}|<%[^%]{0,300}%>|<[A-Za-z][A-Za-z0-9 _./-]{0,80}>|\{[A-Z][A-Z0-9_]{1,60}\}|__[A-Z][A-Z0-9_]{0,60}?__|@[A-Z][A-Z0-9_]{0,60}@/g;

function maskPlaceholders(from: PlacedText, values: TemplateValues, raw: Map<string, WordPart>): PlacedText {
  const ranges: { start: number; end: number; by: string }[] = [];
  for (const found of from.text.matchAll(placeholder)) {
    if (raw.size >= standIns) break;
    // The braces of `${NAME}` belong to a variable.
    if (/^\{[A-Z]/.test(found[0]) && from.text[found.index - 1] === '$') continue;
    const by = standIn(raw);
    raw.set(by, filledIn(found[0], values));
    ranges.push({ start: found.index, end: found.index + found[0].length, by });
  }
  return withoutRanges(from, ranges);
}

function filledIn(text: string, values: TemplateValues): WordPart {
  const name = placeholderName(text);
  const value = name === undefined ? undefined : values.get(name);
  if (value?.known) return { known: true, text: value.value };
  return { known: false, text, why: value?.why ?? 'a template fills it in' };
}

/** Fills one expansion in: the text behind `%` or `$`, and how many characters it takes; undefined where it is literal. */
export type Expander = (text: string, at: number) => { readonly part: WordPart; readonly length: number } | undefined;

/** A text as parts: stand-ins become unknown, expansions what they are. */
export function partsOf(text: string, raw: ReadonlyMap<string, WordPart>, expand: Expander): readonly WordPart[] {
  const parts: WordPart[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    const template = raw.get(char);
    const found = template === undefined ? expand(text, at) : undefined;
    if (template === undefined && !found) {
      plain += char;
      at++;
      continue;
    }
    if (plain !== '') parts.push({ known: true, text: plain });
    plain = '';
    if (template !== undefined) parts.push(template);
    else if (found) parts.push(found.part);
    at += found?.length ?? 1;
  }
  if (plain !== '') parts.push({ known: true, text: plain });
  return merged(parts);
}

export function wordFrom(file: SourceFile, split: SplitWord, parts: readonly WordPart[]): Word {
  const [only] = parts;
  return {
    text: parts.map(part => part.text).join(''),
    known: parts.every(part => part.known),
    parts,
    span: { file, start: split.start, end: split.end },
    // `{% if x %}` is no word itself, and what it encloses may not be there.
    ...(parts.length === 1 && only?.known === false && only.text.startsWith('{%') && { splits: true as const }),
  };
}

export function settingFrom(
  name: string,
  parts: readonly WordPart[],
  span: NonNullable<Setting<string>['span']>,
): Setting<string> {
  const facts = { name, origin: 'config file' as const, span };
  const unknown = parts.find(part => !part.known);
  if (unknown && !unknown.known) return { ...facts, known: false, why: unknown.why };
  return { ...facts, known: true, value: parts.map(part => part.text).join('') };
}
