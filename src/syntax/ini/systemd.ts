import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import { type IniBuilder, iniBuilder, type Line, splitLines, trimLine } from './lines.js';
import type { IniTree } from './tree.js';

const blank = (char: string): boolean => char === ' ' || char === '\t' || char === '\n' || char === '\r';

/** A logical line: pieces of the file that are joined, with one space for each backslash that joined them. */
interface Logical {
  readonly pieces: readonly Line[];
  readonly text: string;
}

/**
 * Source: systemd 252 `src/shared/conf-parser.c` (`config_parse`, `parse_line`). `#` and `;` begin a comment at the start of a line,
 * also between continued lines, where the comment is skipped; a backslash at the end of a line joins the next one and
 * becomes a space; there are no comments behind a value.
 */
export function readSystemd(file: SourceFile): IniTree {
  const builder = iniBuilder(file);
  let pieces: Line[] = [];
  let joined: string[] = [];
  const flush = (): void => {
    if (pieces.length > 0) readLogical(file, builder, { pieces, text: joined.join('') });
    pieces = [];
    joined = [];
  };
  let escaped = false;
  splitLines(file.text, '\r\n').forEach((whole, index) => {
    let { start } = whole;
    if (index === 0 && file.text.startsWith('\uFEFF')) start++;
    while (start < whole.end && blank(file.text[start] ?? '')) start++;
    const first = file.text[start];
    if (start < whole.end && (first === '#' || first === ';')) {
      builder.comment(trimLine(file.text, whole, blank));
      return;
    }
    const text = file.text.slice(start, whole.end);
    escaped = endsInOpenBackslash(text);
    pieces.push({ start, end: whole.end });
    joined.push(escaped ? `${text.slice(0, -1)} ` : text);
    if (!escaped) flush();
  });
  flush();
  return builder.finish();
}

/** An odd number of backslashes at the end. */
function endsInOpenBackslash(text: string): boolean {
  let at = text.length;
  while (at > 0 && text[at - 1] === '\\') at--;
  return (text.length - at) % 2 === 1;
}

function readLogical(file: SourceFile, builder: IniBuilder, logical: Logical): void {
  const text = logical.text;
  const whole = trimLine(text, { start: 0, end: text.length }, blank);
  if (whole.start === whole.end) return;
  const at = (offset: number): number => fileOffset(logical, offset);
  const endAt = (offset: number): number => fileOffset(logical, offset - 1) + 1;
  const line: Line = { start: at(whole.start), end: endAt(whole.end) };
  if (text[whole.start] === '[') {
    const closes = text[whole.end - 1] === ']' && whole.end - whole.start >= 2;
    if (!closes) {
      builder.problem(line, 'a section header must end with ]');
      return;
    }
    const [from, to] = [at(whole.start + 1), endAt(whole.end) - 1];
    builder.section(text.slice(whole.start + 1, whole.end - 1), span(file, from, Math.max(from, to)), line);
    return;
  }
  const equals = text.indexOf('=', whole.start);
  if (equals < 0 || equals >= whole.end) builder.problem(line, "systemd ignores this line: there is no '=' in it");
  if (equals === whole.start) {
    builder.problem(line, "systemd ignores this line: nothing stands before '='");
    return;
  }
  const split = equals < 0 || equals >= whole.end ? whole.end : equals;
  const key = trimLine(text, { start: whole.start, end: split }, blank);
  const value = trimLine(text, { start: Math.min(split + 1, whole.end), end: whole.end }, blank);
  const empty = value.start === value.end;
  const behind = split < whole.end ? at(split) + 1 : line.end;
  builder.entry({
    key: text.slice(key.start, key.end),
    keySpan: span(file, at(key.start), endAt(key.end)),
    value: text.slice(value.start, value.end),
    valueSpan: empty ? span(file, behind, behind) : span(file, at(value.start), endAt(value.end)),
    span: span(file, line.start, line.end),
    separator: split < whole.end,
  });
}

/** Offset in the file of a character of the joined text. */
function fileOffset(logical: Logical, offset: number): number {
  let left = Math.max(0, offset);
  for (const piece of logical.pieces) {
    const length = piece.end - piece.start;
    if (left < length) return piece.start + left;
    left -= length;
  }
  return logical.pieces.at(-1)?.end ?? 0;
}
