import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import { type IniBuilder, iniBuilder, type Line, splitLines, trimLine } from './lines.js';
import type { IniEntry, IniTree } from './tree.js';

/** Python's `str.isspace`, to which a byte order mark is no space. */
const blank = (char: string): boolean => /^\s$/.test(char) && char !== '\uFEFF';

interface OpenEntry {
  readonly key: string;
  readonly keySpan: IniEntry['keySpan'];
  readonly start: number;
  valueStart: number;
  end: number;
  readonly values: string[];
}

/**
 * Source: CPython 3.11 `configparser.py` (`RawConfigParser._read`) as supervisor 4.2.5 sets it up: `;` and `#` begin a comment at
 * the start of a line or behind white space; `=` or `:` divide; deeper indented lines continue a value; keys are lower-cased.
 * Python refuses a file with such problems as a whole; the tree holds the rest all the same.
 */
export function readSupervisor(file: SourceFile): IniTree {
  const builder = iniBuilder(file);
  let inSection = false;
  let indent = 0;
  let open: OpenEntry | undefined;
  const flush = (): void => {
    if (open) finishEntry(file, builder, open);
    open = undefined;
  };
  for (const whole of splitLines(file.text, '\r\n')) {
    const text = file.text.slice(whole.start, whole.end);
    const comment = commentStart(text);
    const value = trimLine(file.text, { start: whole.start, end: whole.start + (comment ?? text.length) }, blank);
    if (comment !== undefined) {
      builder.comment(trimLine(file.text, { start: whole.start + comment, end: whole.end }, blank));
    }
    if (value.start === value.end) {
      if (comment === undefined) open?.values.push('');
      continue;
    }
    const depth = indentOf(text);
    if (open && depth > indent) {
      if (open.values.every(part => part === '')) open.valueStart = value.start;
      open.values.push(file.text.slice(value.start, value.end));
      open.end = value.end;
      continue;
    }
    indent = depth;
    flush();
    if (readHeader(file, builder, value)) inSection = true;
    else if (!inSection) builder.problem(value, 'Python refuses the file: this line stands before the first section');
    else open = readOption(file, builder, value);
  }
  flush();
  return builder.finish();
}

function indentOf(line: string): number {
  let at = 0;
  while (at < line.length && blank(line[at] ?? '')) at++;
  return at;
}

/** Offset of a comment in the line, found in the same rounds as Python's parser does. */
function commentStart(line: string): number | undefined {
  const first = line[indentOf(line)];
  if (first === '#' || first === ';') return 0;
  let places = new Map([
    [';', -1],
    ['#', -1],
  ]);
  while (places.size > 0) {
    const next = new Map<string, number>();
    let found: number | undefined;
    for (const [prefix, last] of places) {
      const at = line.indexOf(prefix, last + 1);
      if (at < 0) continue;
      next.set(prefix, at);
      if (at === 0 || blank(line[at - 1] ?? '')) found = Math.min(found ?? at, at);
    }
    if (found !== undefined) return found;
    places = next;
  }
  return undefined;
}

/** `[` name `]`, where the last `]` of the line counts; text behind it is ignored. */
function readHeader(file: SourceFile, builder: IniBuilder, value: Line): boolean {
  if (file.text[value.start] !== '[') return false;
  const close = file.text.lastIndexOf(']', value.end - 1);
  if (close < value.start + 2) return false;
  const name = file.text.slice(value.start + 1, close);
  builder.section(name, span(file, value.start + 1, close), value);
  return true;
}

function readOption(file: SourceFile, builder: IniBuilder, value: Line): OpenEntry | undefined {
  let at = value.start;
  while (at < value.end && file.text[at] !== '=' && file.text[at] !== ':') at++;
  if (at >= value.end) {
    builder.problem(value, "Python refuses the file: there is no '=' or ':' in this line");
    return undefined;
  }
  const key = trimLine(file.text, { start: value.start, end: at }, blank);
  if (key.start === key.end) builder.problem(value, 'Python refuses the file: nothing stands before the separator');
  const content = trimLine(file.text, { start: at + 1, end: value.end }, blank);
  return {
    key: file.text.slice(key.start, key.end).toLowerCase(),
    keySpan: span(file, key.start, key.end),
    start: value.start,
    valueStart: content.start === content.end ? at + 1 : content.start,
    end: value.end,
    values: [file.text.slice(content.start, content.end)],
  };
}

function finishEntry(file: SourceFile, builder: IniBuilder, open: OpenEntry): void {
  const value = open.values.join('\n').trimEnd();
  builder.entry({
    key: open.key,
    keySpan: open.keySpan,
    value,
    valueSpan: value === '' ? span(file, open.valueStart, open.valueStart) : span(file, open.valueStart, open.end),
    span: span(file, open.start, open.end),
    separator: true,
  });
}
