import type { Problem, SourceFile } from '../../text/source.js';

/** One word of a command line that no shell reads: the text without quotes, and its place, quotes included. */
export interface SplitWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A quote or a backslash stands in it. */
  readonly quoted: boolean;
}

export interface SplitWords {
  readonly words: readonly SplitWord[];
  readonly problems: readonly Problem[];
}

/** Text that was taken out of a file, with the offset in the file of each of its characters. */
export interface PlacedText {
  readonly file: SourceFile;
  readonly text: string;
  offset(index: number): number;
}

export function placedText(file: SourceFile, start: number, end: number): PlacedText {
  return { file, text: file.text.slice(start, end), offset: index => start + index };
}

/** The same text without some of its ranges (sorted, not overlapping); each is replaced by `by`. */
export function withoutRanges(
  from: PlacedText,
  ranges: readonly { readonly start: number; readonly end: number; readonly by: string }[],
): PlacedText {
  if (ranges.length === 0) return from;
  let text = '';
  const offsets: number[] = [];
  let at = 0;
  const keep = (until: number): void => {
    text += from.text.slice(at, until);
    for (let index = at; index < until; index++) offsets.push(from.offset(index));
  };
  for (const range of ranges) {
    keep(range.start);
    text += range.by;
    for (let index = 0; index < range.by.length; index++) offsets.push(from.offset(range.start));
    at = range.end;
  }
  keep(from.text.length);
  const end = from.offset(from.text.length);
  return { file: from.file, text, offset: index => offsets[index] ?? end };
}

const blanks = new Set([' ', '\t', '\r', '\n']);

/**
 * Words as Python's `shlex.split` makes them (supervisor's `command=`, string commands of compose): quotes and backslashes, no
 * variables, no comments. An unclosed quote gives a problem, as Python raises ValueError there.
 */
export function splitWords(file: SourceFile, start: number, end: number): SplitWords {
  return splitPlaced(placedText(file, start, end), 'shlex');
}

/**
 * Words by the rules of `dialect`. `systemd`: C escapes are decoded, a quote may stand anywhere in a word
 * (systemd.service(5), "Command lines"; extract-word.c).
 */
export function splitPlaced(from: PlacedText, dialect: 'shlex' | 'systemd'): SplitWords {
  const { text } = from;
  const words: SplitWord[] = [];
  const problems: Problem[] = [];
  let at = 0;
  while (at < text.length) {
    if (blanks.has(text[at] ?? '')) {
      at++;
      continue;
    }
    const begin = at;
    let value = '';
    let quote = '';
    let quoteAt = 0;
    let quoted = false;
    for (; at < text.length; at++) {
      const char = text[at] ?? '';
      if (quote === '' && blanks.has(char)) break;
      if (char === '\\' && !(dialect === 'shlex' && quote === "'")) {
        const decoded = dialect === 'systemd' ? cEscape(text, at) : shlexEscape(text, at, quote);
        value += decoded.text;
        at += decoded.length - 1;
        quoted = true;
      } else if (quote === char) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) {
        quote = char;
        quoteAt = at;
        quoted = true;
      } else value += char;
    }
    if (quote !== '') {
      const place = from.offset(quoteAt);
      problems.push({ span: { file: from.file, start: place, end: place + 1 }, message: 'this quote is never closed' });
    }
    const last = Math.min(at, text.length) - 1;
    words.push({ text: value, start: from.offset(begin), end: from.offset(last) + 1, quoted });
  }
  return { words, problems };
}

function shlexEscape(text: string, at: number, quote: string): { readonly text: string; readonly length: number } {
  const next = text[at + 1] ?? '';
  if (quote === '"' && next !== '"' && next !== '\\') return { text: '\\', length: 1 };
  return { text: next, length: next === '' ? 1 : 2 };
}

const cEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function cEscape(text: string, at: number): { readonly text: string; readonly length: number } {
  const next = text[at + 1] ?? '';
  const simple = cEscapes[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  const digits =
    next === 'x'
      ? /^[0-9a-f]{2}/i.exec(text.slice(at + 2, at + 4))?.[0]
      : next === 'u'
        ? /^[0-9a-f]{4}/i.exec(text.slice(at + 2, at + 6))?.[0]
        : undefined;
  if (digits !== undefined)
    return { text: String.fromCharCode(Number.parseInt(digits, 16)), length: 2 + digits.length };
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) return { text: String.fromCharCode(Number.parseInt(octal, 8)), length: 4 };
  return { text: `\\${next}`, length: next === '' ? 1 : 2 };
}

/**
 * The value of a systemd setting as systemd joins it: a backslash at the end of a line becomes a space, and comment lines
 * between continued lines are left out (systemd.syntax(7)).
 */
export function joinSystemd(file: SourceFile, start: number, end: number): PlacedText {
  const from = placedText(file, start, end);
  const ranges: { start: number; end: number; by: string }[] = [];
  const { text } = from;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at + 1)) {
    const lineEnd = text.startsWith('\r\n', at + 1) ? at + 3 : text[at + 1] === '\n' ? at + 2 : -1;
    if (lineEnd < 0) continue;
    let next = lineEnd;
    for (;;) {
      let first = next;
      while (text[first] === ' ' || text[first] === '\t') first++;
      if (text[first] !== '#' && text[first] !== ';') break;
      const comment = text.indexOf('\n', first);
      next = comment < 0 ? text.length : comment + 1;
    }
    ranges.push({ start: at, end: next, by: ' ' });
    at = next - 1;
  }
  return withoutRanges(from, ranges);
}

/**
 * The value of a supervisor setting as Python's configparser joins it: lines keep their line ends, whole lines that are comments are
 * left out, and a comment behind white space and `;` is cut (supervisor reads with inline_comment_prefixes `;` and `#`).
 */
export function joinSupervisor(file: SourceFile, start: number, end: number): PlacedText {
  const from = placedText(file, start, end);
  const ranges: { start: number; end: number; by: string }[] = [];
  let lineStart = 0;
  while (lineStart <= from.text.length) {
    const found = from.text.indexOf('\n', lineStart);
    const lineEnd = found < 0 ? from.text.length : found;
    const line = from.text.slice(lineStart, lineEnd);
    const comment = /^\s*[;#]|\s[;#]/.exec(line);
    if (comment) ranges.push({ start: lineStart + comment.index, end: lineEnd, by: '' });
    lineStart = lineEnd + 1;
  }
  return withoutRanges(from, ranges);
}
