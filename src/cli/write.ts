import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeText, encodeText } from '../host/decode.js';

export interface Rewrite {
  /** Absolute; a link is followed, so that it stays a link. */
  readonly path: string;
  /** The text as it was read. */
  readonly before: string;
  readonly after: string;
}

export type WriteOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: string };

interface Prepared {
  readonly target: string;
  readonly temporary: string;
}

/**
 * Writes all files or none: each is written in full beside its target first, then all are put in place, so that no reader
 * and no crash ever meets half a file. Mode, owner, encoding and link targets stay. A file that is not as it was read is
 * left alone, and so are the others.
 */
export function writeFiles(files: readonly Rewrite[]): WriteOutcome {
  const prepared: Prepared[] = [];
  let placed = 0;
  try {
    for (const file of files) {
      const one = prepare(file);
      if (typeof one === 'string') return abandon(prepared, one);
      prepared.push(one);
    }
    for (const { temporary, target } of prepared) {
      renameSync(temporary, target);
      placed++;
    }
    for (const folder of new Set(prepared.map(({ target }) => dirname(target)))) settle(folder);
    return { ok: true };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const what = placed === 0 ? 'nothing was written' : `only ${placed} of ${prepared.length} files were written`;
    return abandon(prepared.slice(placed), `${what} (${reason})`);
  }
}

/** Makes sure that the new names outlive a loss of power. Some file systems and Windows cannot do that for a folder. */
function settle(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // The files are whole in any case.
  }
}

function prepare({ path, before, after }: Rewrite): Prepared | string {
  const target = realpathSync(path);
  const stats = statSync(target);
  const { text, encoding } = decodeText(readFileSync(target));
  if (text !== before) return `${path} was changed since it was read; nothing was written`;
  const bytes = encodeText(after, encoding);
  if (!bytes) return `${path} is in an encoding that cannot hold the new text; nothing was written`;
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.gwlint`);
  // A run that was killed may have left one behind.
  rmSync(temporary, { force: true });
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  keepOwner(temporary, stats.uid, stats.gid);
  // After the owner: a change of owner takes away setuid and setgid.
  chmodSync(temporary, stats.mode & 0o7777);
  return { target, temporary };
}

/** Only root may give a file away; for others the new file has the owner who runs this, as after an editor's save. */
function keepOwner(path: string, user: number, group: number): void {
  try {
    chownSync(path, user, group);
  } catch {
    // The text matters more than the owner.
  }
}

function abandon(prepared: readonly Prepared[], problem: string): WriteOutcome {
  for (const { temporary } of prepared) rmSync(temporary, { force: true });
  return { ok: false, problem };
}
