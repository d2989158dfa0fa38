import { type Stats, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { nearest } from '../text/near.js';
import { commands } from './options.js';

/** A folder to judge; with `only`, findings are wanted that touch these files (paths below the root). */
export interface Target {
  /** Absolute. */
  readonly root: string;
  readonly only?: ReadonlySet<string>;
}

export type Targets =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly problem: string };

/** What the paths of the command line mean: a folder is a root, a file stands for the project that it is in. */
export function targetsOf(paths: readonly string[], cwd: string): Targets {
  const targets = new Map<string, Set<string> | undefined>();
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const absolute = resolve(cwd, path);
    const stats = statsOf(absolute);
    if (typeof stats === 'string') return { ok: false, problem: `${path}: ${stats}${meantCommand(path)}` };
    if (stats.isDirectory()) {
      targets.set(absolute, undefined);
      continue;
    }
    if (!stats.isFile()) return { ok: false, problem: `${path}: neither a file nor a folder` };
    const root = projectOf(absolute);
    if (targets.has(root) && targets.get(root) === undefined) continue;
    const only = targets.get(root) ?? new Set();
    targets.set(root, only.add(relative(root, absolute).split(sep).join('/')));
  }
  return { ok: true, targets: [...targets].map(([root, only]) => (only ? { root, only } : { root })) };
}

/** What a text means that comes from elsewhere but is to be judged as this file, whether it is there or not. */
export function targetOfBuffer(path: string, cwd: string): Target & { readonly only: ReadonlySet<string> } {
  const absolute = resolve(cwd, path);
  const root = projectOf(absolute);
  return { root, only: new Set([relative(root, absolute).split(sep).join('/')]) };
}

/** A word that is no path may be a command with a slip of the finger in it. */
function meantCommand(word: string): string {
  const near = nearest(
    word,
    commands.map(({ name }) => name).filter(name => name !== 'lint'),
  );
  return near === undefined ? '' : `; did you mean gwlint ${near}?`;
}

/** The nearest folder above that holds a git repository, else the folder of the file. */
function projectOf(file: string): string {
  const own = dirname(file);
  for (let folder = own; ; folder = dirname(folder)) {
    if (typeof statsOf(join(folder, '.git')) !== 'string') return folder;
    if (dirname(folder) === folder) return own;
  }
}

function statsOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file or folder';
    if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
    return code === 'ELOOP' ? 'a loop of links' : 'cannot be read';
  }
}
