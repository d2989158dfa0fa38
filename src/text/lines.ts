/** 1-based line and column (column in UTF-16 units) of an offset. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Offsets at which the lines of a text begin. A line ends at LF, CRLF or a lone CR, as editors count them.
 */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) starts.push(i + 1);
    else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
  }
  return starts;
}

/** Position of `offset`; offsets outside the text are moved to its nearest end. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.max(0, offset - (starts[low] ?? 0)) + 1 };
}

/** The whole line that `offset` stands in, without its line end. */
export function lineAt(text: string, offset: number): { readonly start: number; readonly end: number } {
  let start = Math.min(offset, text.length);
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  let end = Math.min(offset, text.length);
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  return { start, end };
}

/** The line end that the text uses: that of its first line, or LF where there is none. */
export function lineEnd(text: string): '\n' | '\r\n' | '\r' {
  const found = /\r\n|\n|\r/.exec(text)?.[0];
  return found === '\r\n' || found === '\r' ? found : '\n';
}
