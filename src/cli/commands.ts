import type { Options } from './args.js';
import { lintCommand } from './lint.js';
import type { Io } from './output.js';
import { ownRules } from './rules.js';
import { tool } from './tool.js';

/** Runs what was asked for. What an earlier answer to the same question takes is loaded with this module, in one piece; all else when it is asked for. */
export async function command(options: Options, io: Io): Promise<number> {
  switch (options.command) {
    case 'lint':
      return lintCommand(options, tool, io);
    case 'explain':
      return (await import('./explain.js')).explainCommand(options, await ownRules(), io);
    case 'rules':
      return (await import('./explain.js')).rulesCommand(options, await ownRules(), io);
    case 'path':
      return (await import('./path.js')).pathCommand(options, tool, io);
    case 'lsp':
      return (await import('./lsp.js')).lspCommand(await ownRules());
    case 'init':
      return (await import('./init.js')).initCommand(options, tool, io);
    case 'config':
      return (await import('./config.js')).configCommand(options, tool, io);
    case 'merge':
      return (await import('./merge.js')).mergeCommand(options, io);
    case 'completion':
      return (await import('./completion.js')).completionCommand(options, await ownRules(), io);
  }
}
