import { type Cursor, peek, skipBlanks } from './cursor.js';

export function skipComment(cursor: Cursor): void {
  while (cursor.at < cursor.end && peek(cursor) !== '\n') cursor.at++;
}

/** Consumes a line end, and the bodies of the here-documents that wait for it. */
export function newline(cursor: Cursor): void {
  cursor.at++;
  const pending = cursor.pending;
  cursor.pending = [];
  for (const body of pending) {
    const start = cursor.at;
    let end = cursor.end;
    while (cursor.at < cursor.end) {
      const found = cursor.text.indexOf('\n', cursor.at);
      const lineEnd = found < 0 || found > cursor.end ? cursor.end : found;
      let line = cursor.text.slice(cursor.at, lineEnd).replace(/\r$/, '');
      if (body.stripTabs) line = line.replace(/^\t+/, '');
      const at = cursor.at;
      cursor.at = Math.min(lineEnd + 1, cursor.end);
      if (line === body.delimiter) {
        end = at;
        break;
      }
    }
    body.fill(start, end);
  }
}

/** Skips blanks, line ends and comments. */
export function moveOverLines(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor);
    if (peek(cursor) === '\n') newline(cursor);
    else if (peek(cursor) === '#') skipComment(cursor);
    else return;
  }
}
