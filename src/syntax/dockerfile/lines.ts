import type { SourceFile, Span } from '../../text/source.js';

/** The text of an instruction with its continued lines joined, and where each piece of it stands in the file. */
export interface LogicalLine {
  readonly file: SourceFile;
  readonly text: string;
  /** Offsets at which the pieces begin: in `text`, and in the file. */
  readonly pieces: readonly { readonly at: number; readonly offset: number }[];
}

/** Where a range of the joined text stands in the file; a range over continued lines covers what is between them. */
export function logicalSpan(line: LogicalLine, start: number, end: number): Span {
  const first = fileOffset(line, start);
  return { file: line.file, start: first, end: end > start ? fileOffset(line, end - 1) + 1 : first };
}

/** The ranges of the file that make up the joined text from `start` on. */
export function logicalPieces(line: LogicalLine, start: number): readonly Span[] {
  return line.pieces.flatMap((piece, index) => {
    const from = Math.max(start, piece.at);
    const to = Math.min(line.text.length, line.pieces[index + 1]?.at ?? line.text.length);
    if (to <= from) return [];
    const offset = piece.offset + from - piece.at;
    return [{ file: line.file, start: offset, end: offset + to - from }];
  });
}

function fileOffset(line: LogicalLine, at: number): number {
  let low = 0;
  let high = line.pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((line.pieces[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const piece = line.pieces[low];
  return piece ? piece.offset + at - piece.at : 0;
}

export interface PhysicalLine {
  readonly start: number;
  /** Without the line end. */
  readonly end: number;
  readonly next: number;
}

export function physicalLine(text: string, start: number): PhysicalLine {
  const feed = text.indexOf('\n', start);
  const next = feed < 0 ? text.length : feed + 1;
  let end = feed < 0 ? text.length : feed;
  while (end > start && text[end - 1] === '\r') end--;
  return { start, end, next };
}

export function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\v' || character === '\f' || character === '\r';
}

/**
 * Offset of the escape character that continues the line, or -1: the last character but blanks, and not itself escaped
 * (the rule of BuildKit's parser: one before it hides it).
 */
function continuationAt(text: string, start: number, end: number, escaping: string): number {
  let at = end - 1;
  while (at >= start && (text[at] === ' ' || text[at] === '\t')) at--;
  if (at < start || text[at] !== escaping) return -1;
  return at > start && text[at - 1] === escaping ? -1 : at;
}

/**
 * Reads the instruction whose first line begins at `start`: comment lines and empty lines between continued lines are
 * skipped, as Docker does. `next` is the offset behind its last line.
 */
export function readLogicalLine(
  file: SourceFile,
  start: number,
  escaping: string,
): { readonly line: LogicalLine; readonly next: number } {
  const { text } = file;
  const pieces: { at: number; offset: number }[] = [];
  const parts: string[] = [];
  let length = 0;
  let next = start;
  let first = true;
  while (next < text.length || first) {
    const line = physicalLine(text, next);
    next = line.next;
    let from = line.start;
    while (from < line.end && isBlank(text[from])) from++;
    if (!first && (from === line.end || text[from] === '#')) continue;
    const cut = continuationAt(text, line.start, line.end, escaping);
    const begin = first ? from : line.start;
    const part = text.slice(begin, Math.max(begin, cut < 0 ? line.end : cut));
    pieces.push({ at: length, offset: begin });
    parts.push(part);
    length += part.length;
    first = false;
    if (cut < 0) break;
  }
  return { line: { file, text: parts.join('').trimEnd(), pieces }, next };
}
