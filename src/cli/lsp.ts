import type { Rule } from '../lint/rule.js';
import { serve } from '../lsp/server.js';

/** Serves an editor over this process's own input and output; the process ends when the editor says so or is gone. Returns the exit code. */
export function lspCommand(rules: readonly Rule[]): number {
  serve(rules, process.stdin, process.stdout);
  return 0;
}
