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
import { join } from 'node:path';
import type { Host } from '../host/host.js';
import type { Packed } from './pack.js';
import { type Asked, hashOfBytes, stillHolds } from './record.js';

/** One result and everything that it rests on. */
export interface Entry {
  readonly asked: Asked;
  readonly packed: Packed;
}

/** So many results are kept for one key: the states of a project between which people and branches go back and forth. */
const mostEntries = 4;

/** The first result under this key that still holds; undefined where there is none. Whatever is wrong with the cache, nothing is thrown. */
export function lookUp(folder: string, key: string, host: Host): Packed | undefined {
  return entriesAt(folder, key).find(({ asked }) => stillHolds(asked, host))?.packed;
}

/**
 * Adds a result. Written beside its place and then put there, so that runs that share the folder never meet half a file; of two that
 * write at once, one is kept. A cache that cannot be written is no failure.
 *
 * `most`: of a folder that is this user's own, in which nobody else may look: under so many keys results are kept, the latest.
 */
export function keep(folder: string, key: string, entry: Entry, most?: number): void {
  const path = pathOf(folder, key);
  const known = entriesAt(folder, key);
  const others = known.filter(({ asked }) => JSON.stringify(asked) !== JSON.stringify(entry.asked));
  // As bytes, once: of a large project this is megabytes.
  const body = Buffer.from(JSON.stringify([entry, ...others].slice(0, mostEntries)));
  const hash = hashOfBytes(body);
  const temporary = `${path}.${process.pid}.${hash.slice(0, 8)}`;
  try {
    const isOwn = most !== undefined;
    mkdirSync(join(folder, key.slice(0, 2)), { recursive: true, mode: isOwn ? 0o700 : 0o777 });
    writeFileSync(temporary, `${hash}\n`, { mode: isOwn ? 0o600 : 0o666 });
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
function entriesAt(folder: string, key: string): readonly Entry[] {
  try {
    const bytes = readFileSync(pathOf(folder, key));
    const newline = bytes.indexOf('\n');
    const body = bytes.subarray(newline + 1);
    if (hashOfBytes(body) !== bytes.toString('latin1', 0, newline)) return [];
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

function pathOf(folder: string, key: string): string {
  return join(folder, key.slice(0, 2), `${key}.json`);
}
