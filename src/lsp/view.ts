import type { Position, Range } from 'vscode-languageserver';
import type { Host } from '../host/host.js';
import { lineStarts, positionAt } from '../text/lines.js';
import type { SourceFile, Span } from '../text/source.js';

/**
 * A file as the editor shows it. Most editors keep a byte order mark to themselves: the first line of what they show then begins one
 * character later than the text that is judged (`shift`).
 */
export interface View {
  readonly file: SourceFile;
  readonly shift: 0 | 1;
  readonly starts: readonly number[];
}

export const byteOrderMark = '\ufeff';

export function viewOf(file: SourceFile, shift: 0 | 1): View {
  return { file, shift, starts: lineStarts(file.text) };
}

/** Lines and characters of the protocol begin at 0; characters are UTF-16 units, as offsets are. */
export function positionOf({ starts, shift }: View, offset: number): Position {
  const { line, column } = positionAt(starts, offset);
  return { line: line - 1, character: Math.max(0, column - 1 - (line === 1 ? shift : 0)) };
}

/** The offset of a position; a character behind the end of its line is the end of the line, as the protocol has it. */
export function offsetOf({ file: { text }, starts, shift }: View, { line, character }: Position): number {
  const start = starts[line];
  if (start === undefined) return line < 0 ? 0 : text.length;
  let end = starts[line + 1] ?? text.length;
  while (end > start && /[\r\n]/.test(text[end - 1] ?? '')) end--;
  return Math.min(end, start + Math.max(0, character) + (line === 0 ? shift : 0));
}

export function rangeOf(view: View, start: number, end: number): Range {
  return { start: positionOf(view, start), end: positionOf(view, end) };
}

/** The views of the files of one host, each made once. Undefined for what is no file. */
export function viewsOf(host: Host, shiftOf: (file: SourceFile) => 0 | 1): (path: string) => View | undefined {
  const known = new Map<string, View | undefined>();
  return path => {
    if (!known.has(path)) {
      const result = host.read(path);
      known.set(path, result.kind === 'file' ? viewOf(result.file, shiftOf(result.file)) : undefined);
    }
    return known.get(path);
  };
}

export function covers({ start, end }: Pick<Span, 'start' | 'end'>, offset: number): boolean {
  return start <= offset && offset <= end;
}
