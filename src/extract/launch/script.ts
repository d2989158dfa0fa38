import { parseShell } from '../../syntax/shell/parse.js';
import type { ShellNode } from '../../syntax/shell/tree.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';

/** Longer texts are no script that somebody wrote to start a server. */
export const maximumSource = 1_000_000;

export function parseScript(reader: Reader, file: SourceFile): readonly ShellNode[] {
  reader.note(file, 'shell', []);
  return parseShell(file).nodes;
}
