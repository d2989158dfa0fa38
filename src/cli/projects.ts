import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Packed, pack, unpack } from '../cache/pack.js';
import { type Asked, hashOf, recorder } from '../cache/record.js';
import { keep, lookUp } from '../cache/store.js';
import { type DiskHost, diskHost } from '../host/disk.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import type { Io } from './output.js';
import { openProject, type Project, prepareProject, withoutStacks } from './project.js';
import { createSpare, type Spare } from './spare.js';
import type { Target } from './targets.js';
import type { Tool } from './tool.js';

/** What one worker is asked for: the judgement of one root. */
export interface Job {
  readonly target: Target;
  readonly options: Options;
  readonly cwd: string;
  readonly home: string | undefined;
  /** How many there are for all workers. */
  readonly roots: number;
}

/**
 * Reads and judges several roots: from the cache where it holds, over worker threads where there is enough to do. The result is that
 * of doing one after the other.
 */
export async function openProjects(
  targets: readonly ConfiguredTarget[],
  given: Options,
  tool: Tool,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): Promise<readonly Project[]> {
  const options = given.cache === undefined ? given : { ...given, cache: resolve(cwd, given.cache) };
  const threads = threadsFor(targets, options.jobs);
  if (threads < 2) {
    const projects: Project[] = [];
    const listed = createSpare(targets.length);
    for (const target of targets) projects.push(withoutStacks(await openOne(target, options, tool, listed)));
    return projects;
  }
  const results = await spread(
    targets.map(({ target }) => ({ target, options, cwd, home: env['HOME'], roots: targets.length })),
    threads,
  );
  return targets.map((target, i) => projectOf(target, options, results[i] ?? nothing));
}

const nothing: Packed = { diagnostics: [], unresolved: [], files: [], notes: [] };

/** One root, from the cache where what it rests on has not changed. */
export async function openOne(target: ConfiguredTarget, options: Options, tool: Tool, listed: Spare): Promise<Project> {
  const { cache, allowOutside } = options;
  // What the code of a plugin rests on cannot be told.
  if (cache === undefined || target.config.plugins.length > 0)
    return openProject(target, { ...options, listed, isBrief: true });
  const key = keyOf(target, options, tool);
  const packed = await lookUpAfterListing(cache, key, diskHost(target.target.root, { allowOutside }), listed);
  if (packed) return projectOf(target, options, packed);
  const records: Asked[] = [];
  const watched = (host: DiskHost): DiskHost => {
    const { asked, host: recorded } = recorder(host);
    records.push(asked);
    return recorded;
  };
  const project = await openProject(target, { ...options, watched, isBrief: true });
  for (const asked of records) keep(cache, key, { asked, packed: packProject(project) });
  return project;
}

async function lookUpAfterListing(cache: string, key: string, disk: DiskHost, listed: Spare) {
  await listed(disk.root, disk.files());
  return lookUp(cache, key, disk);
}

export function packProject({ deployment, diagnostics, host }: Project): Packed {
  const { unresolved, files } = deployment;
  return pack({ diagnostics, unresolved, files, notes: host.notes() });
}

/** A project as the report needs it; its stacks are not read again. */
function projectOf(configured: ConfiguredTarget, options: Options, packed: Packed): Project {
  const prepared = prepareProject(configured, options);
  const { config } = configured;
  const { diagnostics, unresolved, files } = unpack(packed, prepared.host, config.file ? [config.file] : []);
  return {
    ...prepared,
    host: { ...prepared.host, notes: () => packed.notes },
    deployment: { stacks: [], files, faults: [], unresolved, rewrites: new Map() },
    diagnostics,
  };
}

/**
 * What a result depends on beside the files of the root: this very program, what the user asked for, and the configuration. Of the
 * root only its place in the repository counts, so that checkouts share what they have in common.
 */
function keyOf({ target, config, rules }: ConfiguredTarget, { allowOutside, targets }: Options, tool: Tool): string {
  return hashOf(
    JSON.stringify([
      'gwlint cache 1',
      tool.version,
      // The name of the chunk: it holds a hash of all code that the chunk rests on.
      import.meta.url.slice(import.meta.url.lastIndexOf('/') + 1),
      rules.map(({ id }) => id),
      [...targets],
      allowOutside,
      placeInRepository(target.root),
      [...(target.only ?? [])],
      config.file ? [config.file.path, config.file.text] : [],
    ]),
  );
}

/** The path of a folder from its repository's own folder; from the root of the disk where it is in none. */
function placeInRepository(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return relative(folder, root);
    if (dirname(folder) === folder) return root;
  }
}

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
