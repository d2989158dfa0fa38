/**
 * The white space before `offset` on its line, or undefined when something else stands before it there. Reads back only over
 * white space.
 */
export function indentBefore(text: string, offset: number): string | undefined {
  let start = offset;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  if (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') return undefined;
  return text.slice(start, offset);
}

/** True where nothing but white space stands before `offset` on its line. */
export function beginsLine(text: string, offset: number): boolean {
  let start = offset;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start--;
  return start === 0 || text[start - 1] === '\n' || text[start - 1] === '\r';
}

/** Columns that an indentation takes, with tab stops at every fourth column. */
export function indentWidth(indent: string): number {
  let width = 0;
  for (const char of indent) width = char === '\t' ? width - (width % 4) + 4 : width + 1;
  return width;
}

/** True when nothing but white space (or a comment) stands behind `offset` on its line. */
export function endsLine(text: string, offset: number): boolean {
  let i = offset;
  while (text[i] === ' ' || text[i] === '\t') i++;
  return i >= text.length || text[i] === '\n' || text[i] === '\r' || (text[i] === '#' && i > offset);
}

/** 1-based line as nginx counts it: line feeds before `offset`. */
export function nginxLine(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** A piece of the text on one line, shortened for a message. */
export function excerpt(text: string, start: number, end: number): string {
  const line = text
    .slice(start, Math.min(end, start + 200))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 60 || end > start + 200 ? `${clip(line.slice(0, 57))}...` : line;
}

/** Without half a character at its end. */
export function clip(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}
