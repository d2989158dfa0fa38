import { lineAt, lineEnd } from './lines.js';
import type { Edit, Span } from './source.js';

/**
 * A new line behind the statement at `span` with its indentation and the file's line end. Where something other than a `#` comment
 * follows on the same line, the text goes between them.
 */
export function insertBehind(span: Span, line: string): Edit {
  const { text } = span.file;
  const around = lineAt(text, span.end);
  const tail = text.slice(span.end, around.end);
  if (!/^[ \t]*(?:#.*)?$/.test(tail)) return { span: { ...span, start: span.end }, text: ` ${line}` };
  const at = around.end;
  return { span: { file: span.file, start: at, end: at }, text: lineEnd(text) + indentOf(text, span.start) + line };
}

/** A new line in front of the statement at `span`, with its indentation and the file's line end. */
export function insertBefore(span: Span, line: string): Edit {
  const { text } = span.file;
  const at = { file: span.file, start: span.start, end: span.start };
  const alone = text.slice(lineAt(text, span.start).start, span.start).trim() === '';
  return { span: at, text: alone ? `${line}${lineEnd(text)}${indentOf(text, span.start)}` : `${line} ` };
}

/** Removes the statement at `span`, and its line with it where nothing else stands there. */
export function removeStatement(span: Span): Edit {
  const { text } = span.file;
  const first = lineAt(text, span.start);
  const last = lineAt(text, span.end);
  const alone = text.slice(first.start, span.start).trim() === '' && text.slice(span.end, last.end).trim() === '';
  if (!alone) {
    const end = span.end + (/^[ \t]+(?=[^\s#])/.exec(text.slice(span.end, last.end))?.[0].length ?? 0);
    return { span: { ...span, end }, text: '' };
  }
  return { span: { file: span.file, start: first.start, end: behindLineEnd(text, last.end) }, text: '' };
}

function behindLineEnd(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return at < text.length ? at + 1 : at;
}

function indentOf(text: string, at: number): string {
  const { start } = lineAt(text, at);
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? '';
}
