import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** V8's code for one chunk, as an earlier process left it. */
export interface KeptCode {
  readonly code: Uint8Array;
  /** What was asked for of the build, chunks and tables, by the processes that it comes from. */
  readonly asked: readonly string[];
}

/** Code of a chunk that is to be kept. */
export interface NewCode {
  readonly chunk: string;
  readonly make: () => Uint8Array;
  readonly asked: readonly string[];
}

/** In the folder of the build: who can write to it could change the program itself. */
const folderName = '.code';
const ending = '.code';

/** Bytes that are read at once where they are not kept: the head, and the second copy. */
const partSize = 65_536;

/** Node's own switch for its own such store, and its measuring of what is run, which is exact only for code that is compiled anew. */
const isOff = Boolean(process.env['NODE_DISABLE_COMPILE_CACHE'] || process.env['NODE_V8_COVERAGE']);

/** What was kept for a chunk, a file of the build's folder; undefined where there is nothing that this process can use. */
export function keptCode(build: string, chunk: string): KeptCode | undefined {
  if (isOff) return undefined;
  let file: number | undefined;
  try {
    file = openSync(join(build, folderName, chunk + ending), 'r');
    const part = Buffer.allocUnsafe(partSize);
    const head = part.subarray(0, readSync(file, part, 0, partSize, 0));
    const start = head.indexOf('\n') + 1;
    const [identity, asked] = JSON.parse(head.toString('latin1', 0, start));
    if (identity !== identityOf(join(build, chunk)) || !Array.isArray(asked)) return undefined;
    const code = Buffer.allocUnsafeSlow((fstatSync(file).size - start) / 2);
    if (readSync(file, code, 0, code.length, start) < code.length) return undefined;
    // V8 does not look for damage and would run it. The code is there twice: two copies are compared sooner than one is hashed.
    for (let at = 0; at < code.length; at += partSize) {
      const read = readSync(file, part, 0, partSize, start + code.length + at);
      if (!part.subarray(0, read).equals(code.subarray(at, at + partSize))) return undefined;
    }
    return { code, asked };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Keeps code in place of what was there. Where that cannot be, nothing happens. */
export function keepCode(build: string, codes: readonly NewCode[]): void {
  if (isOff || codes.length === 0) return;
  try {
    // What another user left there, its owner could not remove with the package.
    if (process.getuid && process.getuid() !== statSync(build).uid) return;
    const folder = join(build, folderName);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    removeOthers(build, folder);
    for (const one of codes) keepOne(build, folder, one);
  } catch {
    // A folder that cannot be written, a full disk: the next process compiles as this one did.
  }
}

/** What belongs to no chunk that is there: of an older build, or of a process that was killed while it wrote. */
function removeOthers(build: string, folder: string): void {
  for (const name of readdirSync(folder))
    if (!name.endsWith(ending) || !existsSync(join(build, name.slice(0, -ending.length))))
      rmSync(join(folder, name), { force: true });
}

function keepOne(build: string, folder: string, { chunk, make, asked }: NewCode): void {
  const place = join(folder, chunk + ending);
  const beside = `${place}.${process.pid}`;
  // Opened first, since making the code takes longest.
  const file = openSync(beside, 'wx', 0o644);
  try {
    const head = JSON.stringify([identityOf(join(build, chunk)), asked]);
    const code = make();
    // V8 copies what does not begin at a multiple of eight.
    writeFileSync(file, `${head.padEnd(head.length + 7 - (head.length % 8))}\n`);
    writeFileSync(file, code);
    writeFileSync(file, code);
    renameSync(beside, place);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Who may run the code: this Node.js, and only for this very file, whose name holds a hash of its text. */
function identityOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  const { version, arch, versions } = process;
  return [version, arch, versions.v8, size, Math.floor(mtimeMs / 1000)].join(' ');
}
