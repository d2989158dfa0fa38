import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Hash, quickHash } from '../cache/hash.js';
import { type Packed, pack } from '../cache/pack.js';
import { recorder } from '../cache/record.js';
import { keep, lookUp, type Store } from '../cache/store.js';
import { diskHost } from '../host/disk.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import { openProject, type Project } from './project.js';
import type { Spare } from './spare.js';
import type { Tool } from './tool.js';

/** So many answers are kept where nobody asked for it, each of some ten kilobytes. */
const mostAnswers = 200;

/**
 * One root: as it was judged before, where nothing has changed that this rests on.
 *
 * `answers`: the folder where that is kept of small roots unless the user says otherwise; of a large one it takes memory and disk, which is to be wanted.
 */
export async function openOne(
  target: ConfiguredTarget,
  options: Options,
  tool: Tool,
  listed: Spare,
  answers?: string,
): Promise<Project> {
  const store = await storeFor(options, answers);
  // What the code of a plugin rests on cannot be told.
  if (!store || target.config.plugins.length > 0) return openProject(target, { ...options, listed, isBrief: true });
  const isOwn = store.most !== undefined;
  const disk = diskHost(target.target.root, options);
  const isLittle = await listed(disk.root, disk.files());
  if (isOwn && !isLittle) return openProject(target, { ...options, disk, isBrief: true });
  const key = keyOf(target, options, tool, store.hash);
  const packed = lookUp(store, key, disk);
  if (packed) return (await import('./recall.js')).projectOf(target, options, packed);
  const { asked, host } = recorder(disk.anew(), store.hash);
  const project = await openProject(target, { ...options, disk: host, isBrief: true });
  if (!isOwn || isOwner(dirname(store.folder))) keep(store, key, { asked, packed: packProject(project) });
  return project;
}

async function storeFor({ cache, noCache }: Options, answers: string | undefined): Promise<Store | undefined> {
  if (cache !== undefined) return { folder: cache, hash: (await import('../cache/sha256.js')).sha256 };
  return answers === undefined || noCache ? undefined : { folder: answers, hash: quickHash, most: mostAnswers };
}

/** What another user left in a folder, its owner could not remove with it. */
function isOwner(folder: string): boolean {
  return !process.getuid || statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid();
}

export function packProject({ deployment, diagnostics, modules, host }: Project): Packed {
  const { unresolved, files } = deployment;
  return pack({ diagnostics, unresolved, files, modules, notes: host.notes() });
}

/**
 * What a result depends on beside the files of the root: this very program, what the user asked for, and the configuration. Of the
 * root only its place in the repository counts, so that checkouts share what they have in common; in a folder of all projects of a machine also where it is.
 */
function keyOf(
  { target, config }: ConfiguredTarget,
  { allowOutside, targets, cache }: Options,
  tool: Tool,
  hash: Hash,
): string {
  return hash.ofText(
    JSON.stringify([
      'gwlint cache 2',
      tool.version,
      // The name of the chunk: it holds a hash of all code that the chunk rests on.
      import.meta.url.slice(import.meta.url.lastIndexOf('/') + 1),
      [...targets],
      allowOutside,
      placeInRepository(target.root),
      cache === undefined ? target.root : '',
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
