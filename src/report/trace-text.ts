import { createLocate } from './report.js';
import { maskSecrets } from './secrets.js';
import { createStyle } from './style.js';
import type { Note, Trace } from './trace.js';
import { printableJson, visible, wrap } from './visible.js';

export interface TraceTextOptions {
  readonly colour: boolean;
  readonly width: number;
  /** The path of a file as the user knows it. */
  readonly show: (path: string) => string;
}

/** Why a file was linked, or why not, stack by stack. */
export function traceText(
  { file, kind, stacks, unlinked, rewritten }: Trace,
  { colour, width, show }: TraceTextOptions,
): string {
  const style = createStyle(colour);
  const locate = createLocate();
  const note = ({ message, at }: Note): readonly string[] => {
    const where = at ? ` (${show(at.file.path)}:${locate(at).start.line})` : '';
    return wrap(visible(maskSecrets(message + where)), width, '    ');
  };
  const lines = [
    `${style.strong(visible(show(file)))}${kind ? `, read as ${kind}` : ''}`,
    ...(unlinked ? wrap(`not linked: ${unlinked}`, width, '  ') : []),
    ...rewritten.flatMap(note),
    ...stacks.flatMap(({ title, notes }) => [`  ${style.strong(visible(title))}`, ...notes.flatMap(note)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same for programs. */
export function traceJson(
  { file, kind, stacks, unlinked, rewritten }: Trace,
  show: (path: string) => string,
  tool: { readonly name: string; readonly version: string },
): string {
  const locate = createLocate();
  const note = ({ message, at }: Note) => ({
    message: maskSecrets(message),
    ...(at && { file: show(at.file.path), range: locate(at) }),
  });
  return printableJson({
    version: 1,
    tool: { name: tool.name, version: tool.version },
    file: show(file),
    ...(kind && { kind }),
    linked: unlinked === undefined,
    ...(unlinked && { why: unlinked }),
    ...(rewritten.length > 0 && { rewritten: rewritten.map(note) }),
    stacks: stacks.map(({ title, notes }) => ({ title, notes: notes.map(note) })),
  });
}
