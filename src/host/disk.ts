import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { isAbsolute, parse, resolve } from 'node:path';
import { decodeText } from './decode.js';
import type { EntryKind, Host, ReadResult } from './host.js';
import { native } from './native.js';
import { byteOrder } from './order.js';
import { recent } from './recent.js';
import { walk } from './walk.js';

/** A path that could not be looked at, and why in plain words. */
export interface HostNote {
  readonly path: string;
  readonly why: string;
}

export interface DiskHost extends Host {
  /** Absolute, with links resolved. */
  readonly root: string;
  /** What could not be listed or read so far. */
  readonly notes: () => readonly HostNote[];
  /** The same folder, of which nothing is known yet but the list of its files. */
  readonly anew: () => DiskHost;
}

export interface DiskOptions {
  /** Follow links and absolute paths that lead out of the root. */
  readonly allowOutside?: boolean;
  /** The machine finds `shop.py` as `Shop.py` too; by default what the system is known for. */
  readonly ignoresCase?: boolean;
}

/** Files larger than this are data; they are not read. */
const largestFile = 50_000_000;

/** As many links as Linux follows in one path (path_resolution(7)). */
const mostLinks = 40;

/** Folders that are known at a time; one that is asked for again later is looked at again. */
const mostFolders = 200;

/** The machine's own configuration: whoever lints it owns what its links lead to. */
const ownConfiguration = '/etc/nginx';

type Located =
  | { readonly kind: 'file'; readonly real: string; readonly stats: Stats }
  | { readonly kind: 'directory'; readonly real: string; readonly stats: Stats }
  | { readonly kind: 'missing' | 'outside' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** What is remembered of a folder: what the system tells beside takes more memory than all else. */
type Folder = { readonly kind: 'directory'; readonly real: string } | Exclude<Located, { readonly real: string }>;

/**
 * The files under a folder of the disk. A link that stays inside the root is followed, and what is read through it carries the
 * path of the file itself, so that one file has one path. Links that leave the root are `outside`.
 */
export function diskHost(root: string, options: DiskOptions = {}): DiskHost {
  return hostAt(realFolder(root), options);
}

/** What a folder was found to hold, and what could not be listed. */
interface Listing {
  readonly files: readonly string[];
  readonly notes: readonly HostNote[];
}

function hostAt(top: string, options: DiskOptions, known?: Listing): DiskHost {
  const open = options.allowOutside === true || top === ownConfiguration;
  const notes = new Map<string, HostNote>(known?.notes.map(one => [one.path, one]));
  const folders = recent<Folder>(mostFolders);
  const has = (options.ignoresCase ?? ignoresCase) ? exactNames() : () => true;
  let listed = known;

  function note(path: string, why: string): void {
    notes.set(path, { path, why });
  }

  function locate(path: string): Located {
    const absolute = native.absolute(top, path);
    if (absolute === undefined) return { kind: 'missing' };
    if (!open && !native.isInside(top, absolute)) return { kind: 'outside' };
    const [parent, name] = native.split(absolute) ?? [];
    if (parent === undefined || name === undefined || !native.isInside(top, parent))
      return follow(absolute, top, open, has);
    let folder = folders.get(parent);
    if (!folder) {
      folder = folderAt(parent, top, open, has);
      folders.set(parent, folder);
    }
    return folder.kind === 'directory' ? entry(folder.real, name, top, open, has) : folder;
  }

  function read(path: string): ReadResult {
    const at = locate(path);
    if (at.kind !== 'file') {
      if (at.kind === 'unreadable') note(path, at.why);
      return at.kind === 'unreadable' ? at : { kind: at.kind };
    }
    const why = unreadable(at.stats);
    if (why !== undefined) {
      note(path, why);
      return { kind: 'unreadable', why };
    }
    try {
      const { text } = decodeText(readFileSync(at.real));
      const own = native.below(top, at.real);
      // Mostly the same text, which is then there once.
      return { kind: 'file', file: { path: own === undefined || own === path ? path : own, text } };
    } catch (error) {
      const reason = plainReason(error);
      note(path, reason);
      return { kind: 'unreadable', why: reason };
    }
  }

  function kind(path: string): EntryKind {
    const at = locate(path);
    // Where nobody may look, nothing is proved to be missing.
    return at.kind === 'unreadable' ? 'outside' : at.kind;
  }

  function list(path: string): readonly string[] {
    const at = locate(path);
    if (at.kind !== 'directory') return [];
    try {
      return readdirSync(at.real).sort(byteOrder);
    } catch (error) {
      note(path, plainReason(error));
      return [];
    }
  }

  function target(path: string): string | undefined {
    const at = locate(path);
    return at.kind === 'file' ? (native.below(top, at.real) ?? path) : undefined;
  }

  return {
    root: top,
    files: () => {
      if (listed) return listed.files;
      const unlisted: HostNote[] = [];
      const files = walk(top, { target, note: (path, why) => void unlisted.push({ path, why }) });
      for (const { path, why } of unlisted) note(path, why);
      listed = { files, notes: unlisted };
      return files;
    },
    kind,
    read,
    list,
    notes: () => [...notes.values()],
    anew: () => hostAt(top, options, listed),
  };
}

function folderAt(path: string, root: string, open: boolean, has: Has): Folder {
  const at = follow(path, root, open, has);
  if (at.kind === 'directory') return { kind: 'directory', real: at.real === path ? path : at.real };
  return at.kind === 'file' ? { kind: 'missing' } : at;
}

const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';

/**
 * What is read here runs on systems for which `Shop.py` and `shop.py` are two files, so a name counts as it is listed. On Windows that
 * also leaves out names that only it makes up: `shop.py.`, `NUL`, `SHOPCO~1`.
 */
function exactNames(): Has {
  const listings = new Map<string, ReadonlySet<string>>();
  return (folder, name) => {
    let names = listings.get(folder);
    if (!names) {
      try {
        names = new Set(readdirSync(folder));
      } catch {
        // Who may not list a folder may still be allowed to read what is in it.
        return true;
      }
      listings.set(folder, names);
    }
    return names.has(name);
  };
}

/** A folder's absolute path without links; with them where it cannot be followed. */
export function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Whether a folder has an entry of exactly this name. */
type Has = (folder: string, name: string) => boolean;

/** What stands in a folder whose own path holds no link. */
function entry(folder: string, name: string, root: string, open: boolean, has: Has): Located {
  if (!has(folder, name)) return { kind: 'missing' };
  const path = native.inFolder(folder, name);
  const found = settle(path);
  const isLink = (found.kind === 'file' || found.kind === 'directory') && found.stats.isSymbolicLink();
  return isLink ? follow(path, root, open, has) : found;
}

/** Walks an absolute path from part to part and resolves links, so that a link out of the root is seen before it is used. */
function follow(absolute: string, root: string, open: boolean, has: Has): Located {
  let at = parse(absolute).root;
  const pending = native.names(absolute.slice(at.length));
  let links = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const next = resolve(at, part);
    try {
      if (part !== '..' && native.isInside(root, at) && !has(at, part)) return { kind: 'missing' };
      if (!lstatSync(next).isSymbolicLink()) {
        at = next;
        continue;
      }
      if (++links > mostLinks) return { kind: 'missing' };
      const to = readlinkSync(next);
      if (!open && native.isInside(root, next) && !native.isInside(root, resolve(at, to))) return { kind: 'outside' };
      if (isAbsolute(to)) at = parse(to).root;
      pending.push(...native.names(isAbsolute(to) ? to.slice(at.length) : to));
    } catch (error) {
      return absent(error);
    }
  }
  return !open && !native.isInside(root, at) ? { kind: 'outside' } : settle(at);
}

function settle(real: string): Located {
  try {
    // Most paths that are asked for are not there (where a module might be): an exception for each would cost more than the look.
    const stats = lstatSync(real, { throwIfNoEntry: false });
    return stats ? { kind: stats.isDirectory() ? 'directory' : 'file', real, stats } : { kind: 'missing' };
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): Located {
  const code = codeOf(error);
  const missing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
  return missing ? { kind: 'missing' } : { kind: 'unreadable', why: plainReason(error) };
}

/** Why a file must not be opened: opening a FIFO or a device may block for ever or change something. */
function unreadable(stats: Stats): string | undefined {
  if (stats.isFIFO()) return 'it is a named pipe';
  if (stats.isSocket()) return 'it is a socket';
  if (!stats.isFile()) return 'it is a device';
  return stats.size > largestFile ? 'it is larger than 50 MB' : undefined;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function plainReason(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'it is not there';
  return code === undefined ? 'it cannot be read' : `it cannot be read (${code})`;
}
