import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isOther } from '../extract/other.js';
import type { Thrift } from './frugal.js';

/** Is told the files of each root that is judged, before they are read. Returns whether all that it was told so far is little. */
export type Spare = (root: string, paths: readonly string[]) => Promise<boolean>;

/** Less than that needs little memory anyhow. */
const manyFiles = 400;
const manyBytes = 800_000;

/** Bytes up to which V8's compiler makes less of the code: what it needs for that is a good part of the memory of such a run. */
const smallerCode = 2_000_000;

/** Bytes from which collecting garbage early costs more than it is worth. */
const large = 6_000_000;

/**
 * Has V8 spare memory where there is much to read: it would leave tens of megabytes of garbage lying about to save a second. Runs over little never
 * pay for it, not even by loading what it takes.
 *
 * `roots`: how many will be told. Those that are yet to come are taken to be like those before: young objects keep the room that they once had.
 */
export function createSpare(roots = 1): Spare {
  let told = 0;
  let files = 0;
  let bytes = 0;
  let done: Thrift = 'none';
  return async (root, paths) => {
    for (const path of paths) {
      if (bytes >= large) break;
      if (isOther(path) && !path.endsWith('.py')) continue;
      files++;
      bytes += statSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0;
    }
    told++;
    const share = Math.max(told, roots) / told;
    const thrift = thriftFor(files * share, bytes * share);
    if (thrift !== done) (await import('./frugal.js')).beFrugal(thrift);
    done = thrift;
    return isLittle(files, bytes);
  };
}

function thriftFor(files: number, bytes: number): Thrift {
  if (bytes >= large || isLittle(files, bytes)) return 'none';
  return bytes < smallerCode ? 'garbage and code' : 'garbage';
}

function isLittle(files: number, bytes: number): boolean {
  return files < manyFiles && bytes < manyBytes;
}
