import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import type { Replay } from './replay.js';
import type { Scenario } from './scenario.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const LONGEST = 180_000;

/** A replay as one JavaScript file, since the process inside the namespaces is plain Node; `remove` deletes it. */
export interface Program {
  readonly path: string;
  readonly remove: () => void;
}

export async function buildReplay(): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-replay-'));
  const path = join(folder, 'replay.mjs');
  const bundle = await rolldown({ input: join(HERE, 'replay.ts'), platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: path, format: 'esm' });
  await bundle.close();
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Replays a scenario in network, process and mount namespaces of its own: any port is free, nothing reaches the machine's network, and
 * what the servers leave behind ends with the process.
 */
export async function replayIsolated(program: Program, scenario: Scenario): Promise<Replay> {
  const base = mkdtempSync('/tmp/gwlint-real-');
  chmodSync(base, 0o755);
  const namespaces = ['-n', '-p', '-f', '--mount-proc', '--kill-child'];
  const inside = [process.execPath, program.path, scenario.folder, scenario.name, base, join(HERE, 'tools')];
  try {
    const options = { timeout: LONGEST, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    const { stdout } = await promisify(execFile)('unshare', [...namespaces, ...inside], options);
    return JSON.parse(stdout) as Replay;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
