import { placeholderName } from '../../model/assumptions.js';
import type { Setting } from '../../model/setting.js';
import { literalWord, type Word, type WordPart, wordInFile } from '../../model/word.js';
import type { NginxWord } from '../../syntax/nginx/tree.js';
import type { SourceFile, Span, Step } from '../../text/source.js';

/** Gives the value of a template variable (`PORT`, `raw`: `${PORT}` or `{{ PORT }}`) where the place's environment or the user knows it. */
export type Fill = (name: string, raw: string) => Setting<string> | undefined;

export interface WordReading {
  readonly file: SourceFile;
  readonly fill?: Fill | undefined;
  /** True for a name that is to be filled in before nginx reads the file, and is no variable of nginx. */
  readonly isPlaceholder: (name: string) => boolean;
  /** The `include` that a stock file came by: all its words are shown there. */
  readonly shownAt?: Span | undefined;
  /** Literal words met so far: they repeat (`$host`, `30s`), and each spelling is kept once. */
  readonly literals: Map<string, string>;
  /** Words with variables in them that were looked through and hold none to be filled in. */
  readonly solid?: Set<string>;
}

interface Hole {
  readonly start: number;
  readonly end: number;
  readonly name?: string;
}

/**
 * A word of the file as nginx gets it. Variables of nginx (`$host`) are literal text here, because that is what the
 * configuration says; pieces that a template fills in are unknown unless `fill` knows their value.
 */
export function readWord(word: NginxWord, at: WordReading): Word {
  if (isPlain(word)) return literal(word, at);
  const inner = innerText(word, at.file);
  const repeats = word.masked === undefined ? at.solid : undefined;
  if (repeats?.has(inner.text)) return literal(word, at);
  const holes = findHoles(inner.text, word, at, inner.start);
  if (holes.length === 0) {
    repeats?.add(inner.text);
    return literal(word, at);
  }
  const span = at.shownAt ?? { file: at.file, start: word.start, end: word.end };
  const parts: WordPart[] = [];
  const via: Step[] = [];
  let done = 0;
  for (const hole of holes) {
    if (hole.start < done) continue;
    if (hole.start > done) parts.push({ known: true, text: inner.text.slice(done, hole.start) });
    parts.push(fillHole(hole, inner.text.slice(hole.start, hole.end), at, span, via));
    done = hole.end;
  }
  if (done < inner.text.length) parts.push({ known: true, text: inner.text.slice(done) });
  const known = parts.every(part => part.known);
  return { text: parts.map(part => part.text).join(''), known, parts, span, ...(via.length > 0 && { via }) };
}

/** No template and no variable can stand in it. */
function isPlain(word: NginxWord): boolean {
  return word.masked === undefined && !word.value.includes('$');
}

function literal({ value, start, end }: NginxWord, { literals, shownAt, file }: WordReading): Word {
  let text = literals.get(value);
  if (text === undefined) {
    text = value;
    literals.set(value, text);
  }
  return shownAt ? literalWord(text, shownAt) : wordInFile(text, file, start, end);
}

/** The word between its quotes as it stands in the file. */
function innerText(word: NginxWord, file: SourceFile): { readonly text: string; readonly start: number } {
  const raw = file.text.slice(word.start, word.end);
  if (word.quote === undefined) return { text: raw, start: word.start };
  const closed = raw.length > 1 && raw.endsWith(word.quote);
  return { text: raw.slice(1, closed ? -1 : undefined), start: word.start + 1 };
}

function findHoles(text: string, word: NginxWord, at: WordReading, start: number): readonly Hole[] {
  const holes: Hole[] = [];
  for (const found of text.matchAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g)) {
    const name = found[1] ?? found[2];
    if (name !== undefined && at.isPlaceholder(name))
      holes.push({ start: found.index, end: found.index + found[0].length, name });
  }
  for (const masked of word.masked ?? []) {
    const hole = { start: Math.max(0, masked.start - start), end: Math.min(text.length, masked.end - start) };
    // `${host}` looks like a placeholder of envsubst and is nginx's own: only what was recognised above counts.
    if (/^\$\{?\w/.test(text.slice(hole.start, hole.end)) || hole.start >= hole.end) continue;
    holes.push(hole);
  }
  return holes.sort((a, b) => a.start - b.start);
}

function fillHole(hole: Hole, raw: string, at: WordReading, span: Span, via: Step[]): WordPart {
  const name = hole.name ?? placeholderName(raw);
  const setting = name === undefined ? undefined : at.fill?.(name, raw);
  if (!setting && hole.name === undefined)
    return { known: false, text: raw, why: `${shorten(raw)} is filled in by a template` };
  if (!setting) return { known: false, text: raw, why: `${raw} is filled in when the container or the site is set up` };
  if (!setting.known) return { known: false, text: raw, why: setting.why };
  via.push(...(setting.via ?? []));
  via.push({ span: setting.span ?? span, message: `${raw} is ${setting.value}` });
  return { known: true, text: setting.value };
}

function shorten(raw: string): string {
  const line = raw.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
