import type { Word } from '../model/word.js';
import { lineAt, lineEnd } from '../text/lines.js';
import type { Edit, Span } from '../text/source.js';

/** `span` covers a value; it is replaced by `value`, quoted where nginx would split or misread it. */
export function setDirectiveValue(span: Span, value: string): Edit {
  return { span, text: quoteWord(value) };
}

/** Replaces all arguments of a directive. */
export function setArguments(args: readonly Word[], values: readonly string[]): Edit | undefined {
  const first = args[0];
  const last = args.at(-1);
  if (!first || !last || first.span.file !== last.span.file) return undefined;
  return { span: { ...first.span, end: last.span.end }, text: values.map(quoteWord).join(' ') };
}

/** `nameSpan` covers the directive's name. */
export function renameDirective(nameSpan: Span, name: string): Edit {
  return { span: nameSpan, text: name };
}

/**
 * A new line behind the directive at `span` with its indentation and the file's line end. Where something other than a comment
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

/** A new line in front of the directive at `span`, with its indentation and the file's line end. */
export function insertBefore(span: Span, line: string): Edit {
  const { text } = span.file;
  const at = { file: span.file, start: span.start, end: span.start };
  const alone = text.slice(lineAt(text, span.start).start, span.start).trim() === '';
  return { span: at, text: alone ? `${line}${lineEnd(text)}${indentOf(text, span.start)}` : `${line} ` };
}

/** Removes the directive at `span`, and its line with it where nothing else stands there. */
export function removeDirective(span: Span): Edit {
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

/** The word as it must stand in a file: quoted where it is empty or holds what ends or begins a word. */
export function quoteWord(value: string): string {
  if (value !== '' && !/[\s;{}"'#\\]|\$\{/.test(value)) return value;
  if (/^[^\s;{}"'#\\]+$/.test(value.replace(/\$\{\w+\}/g, ''))) return value;
  return `"${value.replace(/["\\]/g, found => `\\${found}`)}"`;
}

function behindLineEnd(text: string, at: number): number {
  if (text.startsWith('\r\n', at)) return at + 2;
  return at < text.length ? at + 1 : at;
}

function indentOf(text: string, at: number): string {
  const { start } = lineAt(text, at);
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? '';
}
