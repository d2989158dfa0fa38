import type { Io } from '../../src/cli/output.js';
import { runCli } from '../../src/cli/run.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function run(cwd: string, argv: readonly string[], more: Partial<Io> = {}): Promise<Ran> {
  const out: Uint8Array[] = [];
  let stderr = '';
  const code = await runCli(argv, {
    cwd,
    env: {},
    stdout: text => void out.push(Buffer.from(text)),
    stderr: text => {
      stderr += text;
    },
    isTerminal: false,
    ...more,
  });
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr };
}
