import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Packed } from '../cache/pack.js';
import { diskHost } from '../host/disk.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import type { Io } from './output.js';
import type { Project } from './project.js';
import { projectOf } from './recall.js';
import type { Target } from './targets.js';

/** What one worker is asked for: the judgement of one root. */
export interface Job {
  readonly target: Target;
  readonly options: Options;
  readonly cwd: string;
  readonly home: string | undefined;
  /** How many there are for all workers. */
  readonly roots: number;
}

/** The roots, judged by threads; undefined where one does it sooner. */
export async function openOverThreads(
  targets: readonly ConfiguredTarget[],
  options: Options,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<readonly Project[] | undefined> {
  const threads = threadsFor(targets, options.jobs);
  if (threads < 2) return undefined;
  const results = await spread(
    targets.map(({ target }) => ({ target, options, cwd, home: env['HOME'], roots: targets.length })),
    threads,
  );
  return targets.map((target, i) => projectOf(target, options, results[i] ?? nothing));
}

const nothing: Packed = { diagnostics: [], unresolved: [], files: [], modules: [], settings: {}, notes: [] };

/** Below so many files over all roots, the start of the threads would take longer than it saves. */
const worthThreads = 300;

function threadsFor(targets: readonly ConfiguredTarget[], jobs: number | undefined): number {
  const most = Math.min(targets.length, jobs ?? availableParallelism());
  if (most < 2 || !existsSync(workerPath())) return 1;
  if (jobs !== undefined) return most;
  let files = 0;
  for (const { target } of targets) {
    files += diskHost(target.root).files().length;
    if (files >= worthThreads) return most;
  }
  return 1;
}

function workerPath(): string {
  return join(import.meta.dirname, 'worker.js');
}

/** Hands the jobs to the threads, each the next one when it is done with its last. Results are in the order of the jobs. */
async function spread(jobs: readonly Job[], threads: number): Promise<readonly Packed[]> {
  const results: Packed[] = [];
  let next = 0;
  const work = () =>
    new Promise<void>((done, failed) => {
      const worker = new Worker(workerPath());
      let current = -1;
      const hand = (): void => {
        const at = next++;
        const job = jobs[at];
        if (job) {
          current = at;
          worker.postMessage(job);
        } else void worker.terminate().then(() => done());
      };
      worker.on('message', (packed: Packed) => {
        results[current] = packed;
        hand();
      });
      worker.on('error', error => {
        next = jobs.length;
        failed(error);
      });
      hand();
    });
  await Promise.all(Array.from({ length: threads }, work));
  return results;
}
