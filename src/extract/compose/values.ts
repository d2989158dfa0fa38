import { placeholderName } from '../../model/assumptions.js';
import type { Setting } from '../../model/setting.js';
import { literalWord, type Word, whyUnknown } from '../../model/word.js';
import type { YamlNode, YamlScalar } from '../../syntax/yaml/tree.js';
import type { Span, Step } from '../../text/source.js';
import { type ExpansionStyle, expandedWord, expandVariables, type VariableLookup } from '../place/expand.js';

/** What `${NAME}` in a compose file means. */
export interface Interpolation {
  /** Variables of the `.env` file beside the compose file. */
  readonly stated: VariableLookup;
  /** Values of an example file (`.env.example`) that somebody may copy to `.env`; nothing is known by them alone. */
  readonly hinted: VariableLookup;
  /** Values of `{{ name }}`, where a template makes the compose file. */
  readonly templates: ReadonlyMap<string, Setting<string>>;
}

const outside = (name: string) =>
  `${name} comes from the environment or from an .env file that is not in the repository`;
const plainStyle: ExpansionStyle = { doubled: true, unset: outside };
const commandStyle: ExpansionStyle = {
  doubled: true,
  escape: '\\',
  escapesAll: true,
  quotesExpand: true,
  unset: outside,
};

function isTemplated(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('<%');
}

/** The word that a text gives once its variables are filled in. A default counts unless an example file contradicts it. */
function interpolated(text: string, span: Span, style: ExpansionStyle, by: Interpolation): Word {
  if (isTemplated(text)) {
    const filled = filledIn(text, span, by);
    if (filled) return filled;
    return { text, known: false, parts: [{ known: false, text, why: 'a template fills it in' }], span };
  }
  const word = expandedWord(expandVariables(text, style, by.stated), span);
  if (!word.known || !text.includes('$')) return word;
  const hinted = expandVariables(text, style, name => by.stated(name) ?? by.hinted(name));
  const other = hinted.parts.map(part => part.text).join('');
  if (other === word.text) return word;
  const why = 'an example of the .env file states another value';
  return { ...word, known: false, parts: [{ known: false, text: word.text, why }] };
}

/** A text whose placeholders the user has given values for; undefined where one is left. */
function filledIn(text: string, span: Span, by: Interpolation): Word | undefined {
  const via: Step[] = [];
  let open = false;
  const value = text.replace(/\{\{[^{}]{0,300}\}\}|<%=[^%]{0,300}%>/g, raw => {
    const name = placeholderName(raw);
    const setting = name === undefined ? undefined : by.templates.get(name);
    if (!setting?.known) open = true;
    else if (setting.span) via.push({ span: setting.span, message: `${raw} is ${setting.value}` });
    return setting?.known ? setting.value : raw;
  });
  if (open || isTemplated(value)) return undefined;
  return { ...literalWord(value, span), ...(via.length > 0 && { via }) };
}

/** A scalar with its variables filled in. */
export function scalarWord(node: YamlScalar, by: Interpolation): Word {
  return interpolated(node.text, node.span, plainStyle, by);
}

export function textWord(text: string, span: Span, by: Interpolation): Word {
  return interpolated(text, span, plainStyle, by);
}

export function wordSetting(word: Word, name: string): Setting<string> {
  const facts = { name, origin: 'config file' as const, span: word.span, ...(word.via && { via: word.via }) };
  return word.known ? { ...facts, known: true, value: word.text } : { ...facts, known: false, why: whyUnknown(word) };
}

/** The setting that a scalar states; undefined for a list, a map, null and nothing. */
export function scalarSetting(
  node: YamlNode | undefined,
  name: string,
  by: Interpolation,
): Setting<string> | undefined {
  if (node?.kind !== 'scalar' || node.value === null) return undefined;
  return wordSetting(scalarWord(node, by), name);
}

export interface SplitCommand {
  readonly words: readonly Word[];
  /** From an unquoted `;`, `&`, `|`, `<` or `>` on Compose drops the rest, since it runs no shell. */
  readonly dropped?: Span;
  /** A parenthesis outside quotes, or a quote without end: Compose refuses the text. */
  readonly refused?: boolean;
}

/**
 * A command written as one text, split into words as Compose does (mattn/go-shellwords): quotes and backslashes are read, no
 * shell is run. Each word has its own place where it can be found in the file.
 */
export function splitCommand(node: YamlScalar, by: Interpolation): SplitCommand {
  const finder = wordFinder(node);
  const words: Word[] = [];
  const text = isTemplated(node.text) ? (filledIn(node.text, node.span, by)?.text ?? node.text) : node.text;
  for (const { raw, stop } of rawWords(text)) {
    if (stop === 'refused') return { words, refused: true };
    if (stop === 'dropped') {
      const start = finder(raw).start;
      return { words, dropped: { file: node.span.file, start, end: Math.max(start, node.span.end) } };
    }
    const word = interpolated(raw, finder(raw), commandStyle, by);
    const bare = !/["'\\]/.test(raw) && raw.includes('$') && word.known;
    if (!bare) words.push(word);
    else
      for (const text of word.text.split(/\s+/))
        if (text !== '') words.push({ ...word, text, parts: [{ known: true, text }] });
  }
  return { words };
}

interface RawWord {
  readonly raw: string;
  readonly stop?: 'dropped' | 'refused';
}

function rawWords(text: string): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = 0;
  while (at < text.length) {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
    if (at >= text.length) break;
    const word = rawWordAt(text, at);
    if (word.end > at)
      words.push(word.closed ? { raw: text.slice(at, word.end) } : { raw: text.slice(at, word.end), stop: 'refused' });
    at = word.end;
    const stop = text[at];
    if (stop === '(' || stop === ')') words.push({ raw: stop, stop: 'refused' });
    else if (stop !== undefined && ';&|<>'.includes(stop))
      words.push({ raw: text.slice(at, at + 2).trim(), stop: 'dropped' });
    if (words[words.length - 1]?.stop) break;
  }
  return words;
}

function rawWordAt(text: string, start: number): { readonly end: number; readonly closed: boolean } {
  let quote: string | undefined;
  let at = start;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '$' && text[at + 1] === '{') {
      const close = text.indexOf('}', at);
      at = close < 0 ? text.length : close + 1;
    } else if (character === '$' && text[at + 1] === '(' && quote !== "'") {
      const close = text.indexOf(')', at);
      at = close < 0 ? text.length : close + 1;
    } else if (character === '\\' && quote !== "'") at += 2;
    else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      at++;
    } else if (character === '"' || character === "'" || character === '`') {
      quote = character;
      at++;
    } else if (/[ \t\r\n;&|<>()]/.test(character)) break;
    else at++;
  }
  return { end: Math.min(at, text.length), closed: quote === undefined };
}

/** Finds each next word in the part of the file that the scalar covers; where it is not there letter by letter, the whole scalar. */
function wordFinder(node: YamlScalar): (raw: string) => Span {
  const { file, start, end } = node.span;
  const region = file.text.slice(start, end);
  let from: number | undefined = node.contentStart === undefined ? 0 : Math.max(0, node.contentStart - start);
  return raw => {
    const found: number = from === undefined ? -1 : region.indexOf(raw, from);
    if (found < 0) {
      from = undefined;
      return node.span;
    }
    from = found + raw.length;
    return { file, start: start + found, end: start + from };
  };
}

/** `command`, `entrypoint`: a text or a list. Undefined where it is absent or null; an empty list takes the image's one away. */
export function commandWords(node: YamlNode | undefined, by: Interpolation): SplitCommand | undefined {
  if (!node || (node.kind === 'scalar' && node.value === null)) return undefined;
  if (node.kind === 'scalar') return splitCommand(node, by);
  if (node.kind === 'map') return undefined;
  return {
    words: node.items.map(item => (item.kind === 'scalar' ? scalarWord(item, by) : literalWord('', item.span))),
  };
}

/** Seconds of a duration as Go writes it (`1m30s`, `1.5h`, `500ms`); undefined for anything else. */
export function goDuration(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000001, ns: 0.000000001 };
  let seconds = 0;
  let rest = text.trim();
  if (rest === '0') return 0;
  if (rest === '' || rest.length > 60) return undefined;
  while (rest !== '') {
    const found = /^(\d+(?:\.\d*)?)(ms|us|ns|h|m|s)/.exec(rest);
    if (!found) return undefined;
    seconds += Number(found[1]) * (units[found[2] ?? 's'] ?? 1);
    rest = rest.slice(found[0].length);
  }
  return seconds;
}
