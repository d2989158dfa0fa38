import type { Rule } from '../lint/rule.js';
import { serve } from '../lsp/server.js';

/** Serves an editor over this process's own input and output. Never comes back: the process ends when the editor says so or is gone. */
export function lspCommand(rules: readonly Rule[]): Promise<never> {
  serve(rules, process.stdin, process.stdout);
  return new Promise(() => {});
}
