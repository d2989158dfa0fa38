import { join } from 'node:path';
import type { Io } from './output.js';
import { runCli } from './run.js';
import { mayBeTerminal, writerTo } from './streams.js';

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  answers: join(import.meta.dirname, '.answers'),
  stdout: writerTo(1, () =>
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      // The reader has gone (`gwlint | head`): there is nobody left to tell.
      process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 2);
    }),
  ),
  stderr: writerTo(2, () => process.stderr),
  stdin: async () => (await import('./stdin.js')).readAll(process.stdin),
  ...(mayBeTerminal(1) ? terminal() : { isTerminal: false }),
};

function terminal(): Pick<Io, 'isTerminal' | 'columns' | 'ask'> {
  const { stdin, stdout } = process;
  return {
    isTerminal: stdout.isTTY === true,
    ...(stdout.columns > 0 && { columns: stdout.columns }),
    ...(stdout.isTTY && stdin.isTTY && { ask: async question => (await import('./stdin.js')).ask(question) }),
  };
}

void runCli(process.argv.slice(2), io).then(code => {
  process.exitCode = code;
  // Where nothing is left to wait for, Node.js would still finish what V8 has begun: collecting garbage, better code.
  if (process.getActiveResourcesInfo().length === 0) process.exit();
});
