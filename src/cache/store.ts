import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Host } from '../host/host.js';
import type { Hash } from './hash.js';
import type { Packed } from './pack.js';
import { type Asked, stillHolds } from './record.js';

/** One result and everything that it rests on. */
export interface Entry {
  readonly asked: Asked;
  readonly packed: Packed;
}

/** A folder in which results are kept. */
export interface Store {
  readonly folder: string;
  readonly hash: Hash;
  /** Present for a folder that is this user's own, in which nobody else may look: under so many keys results are kept, the latest. */
  readonly most?: number;
}

/** So many results are kept for one key: the states of a project between which people and branches go back and forth. */
const mostEntries = 4;

/** The first result under this key that still holds; undefined where there is none. Whatever is wrong with the cache, nothing is thrown. */
export function lookUp(store: Store, key: string, host: Host): Packed | undefined {
  return entriesAt(store, key).find(({ asked }) => stillHolds(asked, host, store.hash))?.packed;
}

/**
 * Adds a result. Written beside its place and then put there, so that runs that share the folder never meet half a file; of two that
 * write at once, one is kept. A cache that cannot be written is no failure.
 */
export function keep(store: Store, key: string, entry: Entry): void {
  const { folder, hash, most } = store;
  const path = pathOf(store, key);
  const known = entriesAt(store, key);
  const others = known.filter(({ asked }) => JSON.stringify(asked) !== JSON.stringify(entry.asked));
  // As bytes, once: of a large project this is megabytes.
  const body = Buffer.from(JSON.stringify([entry, ...others].slice(0, mostEntries)));
  const sum = hash.ofBytes(body);
  const temporary = `${path}.${process.pid}.${sum.slice(-8)}`;
  try {
    const isOwn = most !== undefined;
    mkdirSync(dirname(path), { recursive: true, mode: isOwn ? 0o700 : 0o777 });
    writeFileSync(temporary, `${sum}\n`, { mode: isOwn ? 0o600 : 0o666 });
    appendFileSync(temporary, body);
    renameSync(temporary, path);
    if (isOwn && known.length === 0) removeOldest(folder, most);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // The folder is of no use; the run goes on without it.
    }
  }
}

function removeOldest(folder: string, most: number): void {
  const paths = readdirSync(folder).flatMap(name =>
    readdirSync(join(folder, name)).map(file => join(folder, name, file)),
  );
  if (paths.length <= most) return;
  const times = new Map(paths.map(path => [path, statSync(path).mtimeMs]));
  paths.sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  for (const path of paths.slice(0, paths.length - most)) rmSync(path, { force: true });
}

/** Entries whose bytes are as they were written; nothing for a damaged file or one of somebody else's. */
function entriesAt(store: Store, key: string): readonly Entry[] {
  try {
    const bytes = readFileSync(pathOf(store, key));
    const newline = bytes.indexOf('\n');
    const body = bytes.subarray(newline + 1);
    if (store.hash.ofBytes(body) !== bytes.toString('latin1', 0, newline)) return [];
    const entries: unknown = JSON.parse(body.toString());
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  const { asked, packed } = (value ?? {}) as Partial<Entry>;
  const tables = [asked?.kinds, asked?.lists, asked?.reads];
  const lists = [packed?.diagnostics, packed?.unresolved, packed?.files, packed?.notes];
  return tables.every(one => typeof one === 'object' && one !== null) && lists.every(Array.isArray);
}

function pathOf({ folder }: Store, key: string): string {
  return join(folder, key.slice(-2), `${key}.json`);
}
