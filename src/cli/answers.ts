import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Hash, quickHash } from '../cache/hash.js';
import { type Packed, pack } from '../cache/pack.js';
import { recorder } from '../cache/record.js';
import { keep, lookUp, type Store } from '../cache/store.js';
import { type DiskHost, diskHost } from '../host/disk.js';
import type { SourceFile } from '../text/source.js';
import type { Options } from './args.js';
import type { ConfiguredTarget } from './configured.js';
import { openProject, type Project } from './project.js';
import type { Spare } from './spare.js';
import type { Target } from './targets.js';
import type { Tool } from './tool.js';

/** So many answers are kept where nobody asked for it, each of some ten kilobytes. */
const mostAnswers = 200;

/** What decides what is found in a folder, beside its files and the options. */
export interface Question {
  readonly target: Target;
  /** The configuration; its path is relative to the root. */
  readonly file?: SourceFile;
  /** What paths in it are relative to, itself relative to the root. */
  readonly base: string;
}

/** What runs before this one found, and what it leaves to those after it. */
export interface Answers {
  /** What was found, where nothing has changed that it rests on. */
  readonly before: (question: Question) => Promise<Packed | undefined>;
  /** The same as a project; judged where there is no answer. */
  readonly open: (target: ConfiguredTarget) => Promise<Project>;
}

/** Where an answer to a question is kept, if it is, and what was there. */
interface Looked {
  readonly disk: DiskHost;
  readonly place?: { readonly store: Store; readonly key: string };
  readonly known?: Packed | undefined;
}

/**
 * `usual`: the folder where answers about small folders are kept unless the user says otherwise; about a large one they take memory and disk, which is to
 * be wanted.
 */
export function createAnswers(options: Options, tool: Tool, listed: Spare, usual?: string): Answers {
  const looked = new Map<string, Looked>();

  async function look(question: Question): Promise<Looked> {
    const disk = diskHost(question.target.root, options);
    // Before most of the program is loaded, so that memory is spared in time.
    const isLittle = await listed(disk.root, disk.files());
    const store = await storeFor(options, usual);
    if (!store || (store.most !== undefined && !isLittle)) return { disk };
    const key = keyOf(question, options, tool, store.hash);
    return { disk, place: { store, key }, known: lookUp(store, key, disk) };
  }

  return {
    async before(question) {
      const found = await look(question);
      looked.set(question.target.root, found);
      return found.known;
    },
    async open(configured) {
      const { target, config } = configured;
      const { root } = target;
      const { disk, place, known } = looked.get(root) ?? (await look(questionOf(configured)));
      looked.delete(root);
      if (known) return (await import('./recall.js')).projectOf(configured, options, known);
      // What the code of a plugin rests on cannot be told.
      if (!place || config.plugins.length > 0) return openProject(configured, { ...options, disk, isBrief: true });
      const { store, key } = place;
      const { asked, host } = recorder(disk.anew(), store.hash);
      const project = await openProject(configured, { ...options, disk: host, isBrief: true });
      if (store.most === undefined || isOwner(dirname(store.folder)))
        keep(store, key, { asked, packed: packProject(project) });
      return project;
    },
  };
}

function questionOf({ target, base, config: { file } }: ConfiguredTarget): Question {
  return { target, base, ...(file && { file }) };
}

async function storeFor({ cache, noCache }: Options, answers: string | undefined): Promise<Store | undefined> {
  if (cache !== undefined) return { folder: cache, hash: (await import('../cache/sha256.js')).sha256 };
  return answers === undefined || noCache ? undefined : { folder: answers, hash: quickHash, most: mostAnswers };
}

/** What another user left in a folder, its owner could not remove with it. */
function isOwner(folder: string): boolean {
  return !process.getuid || statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid();
}

export function packProject({ config, deployment, diagnostics, modules, host }: Project): Packed {
  const { unresolved, files } = deployment;
  const settings = { level: config.level?.value, failOn: config.failOn?.value };
  return pack({ diagnostics, unresolved, files, modules, settings, notes: host.notes() });
}

/**
 * What a result depends on beside the files of the root: this very program, what the user asked for, and the configuration. Of the
 * root only its place in the repository counts, so that checkouts share what they have in common; in a folder of all projects of a machine also where it is.
 */
function keyOf(
  { target, file, base }: Question,
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
      file ? [file.path, file.text, base] : [],
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
