import type { SourceFile } from '../../text/source.js';
import { commentEnd, isSpace, scanWord, valueOf } from './lexer.js';
import type { NginxPlaceholder, NginxWord } from './tree.js';

/** The words of a directive that nginx accepts, from its first to its terminator. `marks` are all placeholders of the text, in order. */
export function wordsBetween(
  { text }: SourceFile,
  marks: readonly NginxPlaceholder[],
  start: number,
  terminatorAt: number,
): readonly NginxWord[] {
  const words: NginxWord[] = [];
  let at = start;
  while (at < terminatorAt) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (code === 35) at = commentEnd(text, at);
    else {
      const scanned = scanWord(text, at);
      const { end, quote } = scanned;
      const value = valueOf(text, at, end, scanned);
      const masked = marks.length > 0 ? marksIn(marks, at, end) : undefined;
      words.push(masked ? { value, start: at, end, quote, masked } : { value, start: at, end, quote });
      at = end;
    }
  }
  return words;
}

/** Placeholders that lie between two offsets, found by halving. */
function marksIn(
  marks: readonly NginxPlaceholder[],
  start: number,
  end: number,
): readonly NginxPlaceholder[] | undefined {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.start ?? end) < start) low = middle + 1;
    else high = middle;
  }
  const first = low;
  while (low < marks.length && (marks[low]?.end ?? end + 1) <= end) low++;
  return low > first ? marks.slice(first, low) : undefined;
}
