import { lineAt, lineEnd } from '../text/lines.js';
import type { Edit, SourceFile, Span } from '../text/source.js';

/**
 * Puts a statement at the top of a module under `if __name__ == "__main__":`. Undefined where it is not at the top, shares its
 * line with another, or has text over several lines that indenting would change.
 */
export function wrapInMainGuard(statement: Span): readonly Edit[] | undefined {
  const { file, start, end } = statement;
  if (!standsAlone(statement) || lineAt(file.text, start).start !== start) return undefined;
  const text = file.text.slice(start, end);
  if (/"""|'''|\\[\r\n]/.test(text)) return undefined;
  const indent = indentOf(file.text);
  const edits: Edit[] = [
    { span: { file, start, end: start }, text: `if __name__ == ${quoteOf(file.text)}:${lineEnd(file.text)}${indent}` },
  ];
  for (const match of text.matchAll(/(?:\r\n|\n|\r)(?=[^\r\n])/g)) {
    const at = start + match.index + match[0].length;
    edits.push({ span: { file, start: at, end: at }, text: indent });
  }
  return edits;
}

/** `"__main__"` with the quotes that the file prefers. */
function quoteOf(text: string): string {
  let single = 0;
  let double = 0;
  for (const character of text.slice(0, 20_000)) {
    if (character === "'") single++;
    else if (character === '"') double++;
  }
  return single > double ? "'__main__'" : '"__main__"';
}

/** The indentation that the file uses: that of its first indented line, or four spaces. */
function indentOf(text: string): string {
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    const indent = /^[ \t]+(?=\S)/.exec(line)?.[0];
    if (indent !== undefined && /:[ \t]*(?:#.*)?$/.test(lines[i - 1] ?? '')) return indent;
  }
  return '    ';
}

/**
 * Deletes a statement with its lines, and the import of the name that it begins with where nothing else needs it. A block
 * that would be left empty gets `pass`. Undefined where the statement shares its line with another.
 */
export function removeStatement(statement: Span): readonly Edit[] | undefined {
  if (!standsAlone(statement)) return undefined;
  const unused = unusedImport(statement);
  if (isOnlyOne(statement)) return [{ span: statement, text: 'pass' }, ...(unused ? [unused] : [])];
  const deleted = wholeLines(statement);
  return [{ span: deleted, text: '' }, ...(unused ? [unused] : [])];
}

/** Gives what stands at `name` another name. */
export function renameAt(name: Span, to: string): readonly Edit[] {
  return [{ span: name, text: to }];
}

function standsAlone({ file, start, end }: Span): boolean {
  const before = file.text.slice(lineAt(file.text, start).start, start);
  const after = file.text.slice(end, lineAt(file.text, end).end);
  return /^[ \t\f]*$/.test(before) && /^[ \t]*(?:#.*)?$/.test(after);
}

/** From the beginning of the first line to the beginning of the line behind the last. */
function wholeLines({ file, start, end }: Span): Span {
  const first = lineAt(file.text, start).start;
  let last = lineAt(file.text, end).end;
  if (file.text.startsWith('\r\n', last)) last += 2;
  else if (last < file.text.length) last += 1;
  return { file, start: first, end: last };
}

/** The statement is all that its block holds. */
function isOnlyOne({ file, start, end }: Span): boolean {
  const lineStart = lineAt(file.text, start).start;
  const depth = start - lineStart;
  if (depth === 0) return false;
  const above = nearestLine(
    file.text
      .slice(0, lineStart)
      .split(/\r\n|\n|\r/)
      .reverse(),
  );
  const below = nearestLine(
    file.text
      .slice(lineAt(file.text, end).end)
      .split(/\r\n|\n|\r/)
      .slice(1),
  );
  const opens = above !== undefined && /:[ \t]*(?:#.*)?$/.test(above);
  return opens && (below === undefined || below.length - below.trimStart().length < depth);
}

function nearestLine(lines: readonly string[]): string | undefined {
  return lines.find(line => /^[ \t\f]*[^ \t\f#]/.test(line));
}

function unusedImport(statement: Span): Edit | undefined {
  const { file, start, end } = statement;
  const name = /^[A-Za-z_]\w*/.exec(file.text.slice(start, end))?.[0];
  if (name === undefined) return undefined;
  const line = importLine(file, name);
  if (!line) return undefined;
  const rest = file.text.slice(0, line.start) + file.text.slice(line.end);
  const removed = file.text.slice(start, end);
  const others = rest
    .replace(removed, '')
    .split(/\r\n|\n|\r/)
    .map(each => each.replace(/^[ \t]*(?:from|import)[ \t]+[\w.]+/, ''))
    .join('\n');
  const used = new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(others);
  return used ? undefined : { span: wholeLines(line), text: '' };
}

/** A line at the top of the module that imports this name and nothing else. */
function importLine(file: SourceFile, name: string): Span | undefined {
  const pattern = new RegExp(
    `^(?:import[ \\t]+${name}|from[ \\t]+[\\w.]+[ \\t]+import[ \\t]+${name})[ \\t]*(?:#.*)?$`,
    'm',
  );
  const match = pattern.exec(file.text);
  return match ? { file, start: match.index, end: match.index + match[0].length } : undefined;
}

/** One more key at the beginning of a dict display, in the way the first one is written. Undefined where `dict` is no display with keys. */
export function firstKey(dict: Span, key: string, value: string): Edit | undefined {
  const { file, start, end } = dict;
  const head = /^\{(?<gap>\s*)(?<quote>["'])/.exec(file.text.slice(start, Math.min(end, start + 400)));
  if (!head?.groups) return undefined;
  const { gap = '', quote = '"' } = head.groups;
  const at = start + 1 + gap.length;
  const next = /[\r\n]/.test(gap) ? gap : ' ';
  return { span: { file, start: at, end: at }, text: `${quote}${key}${quote}: ${value},${next}` };
}
