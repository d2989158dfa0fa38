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
  try {
    for (const file of files) {
      const one = prepare(file);
      if (typeof one === 'string') return abandon(prepared, one);
      prepared.push(one);
    }
    for (const { temporary, target } of prepared) renameSync(temporary, target);
    return { ok: true };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return abandon(prepared, `nothing more was written (${reason})`);
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
  const handle = openSync(temporary, 'wx', stats.mode & 0o777);
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
