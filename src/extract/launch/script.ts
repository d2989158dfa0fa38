import { parseShell } from '../../syntax/shell/parse.js';
import type { ShellNode } from '../../syntax/shell/tree.js';
import type { SourceFile } from '../../text/source.js';
import type { Machine } from './state.js';

/** Longer texts are no script that somebody wrote to start a server. */
export const maximumSource = 1_000_000;

/** The commands of a script; each file is parsed once in a run, however often it is started. */
export function parseScript(machine: Machine, file: SourceFile): readonly ShellNode[] {
  let nodes = machine.scripts.get(file);
  if (!nodes) {
    machine.reader.note(file, 'shell', []);
    nodes = parseShell(file).nodes;
    machine.scripts.set(file, nodes);
  }
  return nodes;
}
