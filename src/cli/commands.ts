import { rules } from '../../rules/index.js';
import type { Options } from './args.js';
import { explainCommand, rulesCommand } from './explain.js';
import { lintCommand } from './lint.js';
import type { Io } from './output.js';
import { tool } from './tool.js';

/** Runs what was asked for. Linting is loaded with this module, in one piece; what is seldom asked for is loaded when it is. */
export async function command(options: Options, io: Io): Promise<number> {
  switch (options.command) {
    case 'lint':
      return lintCommand(options, rules, tool, io);
    case 'explain':
      return explainCommand(options, rules, io);
    case 'rules':
      return rulesCommand(options, rules, io);
    case 'path':
      return (await import('./path.js')).pathCommand(options, rules, tool, io);
    case 'lsp':
      return (await import('./lsp.js')).lspCommand(rules);
    case 'init':
      return (await import('./init.js')).initCommand(options, tool, io);
    case 'config':
      return (await import('./config.js')).configCommand(options, rules, tool, io);
    case 'merge':
      return (await import('./merge.js')).mergeCommand(options, io);
    case 'completion':
      return (await import('./completion.js')).completionCommand(options, rules, io);
  }
}
