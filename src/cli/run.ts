import { parseArguments } from './args.js';
import { cannotRun, type Io, say } from './output.js';
import { tool, whereabouts } from './tool.js';

/** Runs one command line. Returns the exit code: 0 nothing found, 1 findings, 2 could not run. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (io.env['GWLINT_DEBUG'] === '1')
      io.stderr(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    if (error instanceof Error && error.name === 'PluginError') return cannotRun(error.message, io);
    const what = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    say(io, `internal error, please report it with the files that show it (GWLINT_DEBUG=1 says more): ${what}`);
    return 2;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const parsed = parseArguments(argv);
  if (!parsed.ok) return cannotRun(`${parsed.problem} (gwlint --help)`, io);
  const { options } = parsed;
  if (options.help) {
    io.stdout((await import('./help.js')).helpText(options.command));
    return 0;
  }
  if (options.version) {
    io.stdout(`${tool.name} ${tool.version}\n${options.verbose ? whereabouts() : ''}`);
    return 0;
  }
  return (await import('./commands.js')).command(options, io);
}
