import { folderOf, joinInside, joinRepo, type Place } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Located } from '../place/files.js';
import type { Reader } from '../reader.js';
import { belowNginxFolder, onlyLoadsModules, stockFile } from './stock.js';

/** Where included files are looked for. */
export interface IncludeWorld {
  readonly reader: Reader;
  readonly place: Place;
  readonly locate: (inside: string) => Located;
  readonly list: (insideFolder: string) => { readonly names: readonly string[]; readonly complete: boolean };
  /** Folder of the main file inside the place: nginx's "conf prefix", to which every include is relative at any depth. */
  readonly prefix?: string;
  /** Repository folder of the main file or fragment, for places whose file system nobody can look into. */
  readonly folder: string;
}

export interface Included {
  readonly file: SourceFile;
  /** Brought by nginx, the distribution or certbot: the text is ours. */
  readonly stock: boolean;
  /** envsubst fills it in before nginx reads it. */
  readonly rendered?: boolean;
}

/** What an `include` means. `open`: more or other text may stand here, and why. `missing`: a plain file proved not to be there. */
export interface Inclusion {
  readonly files: readonly Included[];
  readonly open?: string;
  readonly missing?: string;
  /** Of a glob: files of the same folder that its pattern leaves out. */
  readonly passedOver?: readonly SourceFile[];
  /** The files were found by their names beside the main file; nothing says that they are installed there. */
  readonly guessed?: boolean;
}

/** Files that one `include` may bring before the rest is left out. */
const largestFanOut = 1000;

/**
 * Follows an `include` as nginx does: relative to the main file's folder, glob(3) in byte order without dot files, an empty glob
 * allowed, a plain file required. A file is reported missing only when the place proves it.
 */
export function resolveInclude(path: string, world: IncludeWorld): Inclusion {
  const glob = /[*?[]/.test(path);
  if (glob && onlyLoadsModules(path)) return { files: [] };
  const inside = path.startsWith('/') ? joinInside('/', path) : world.prefix && joinInside(world.prefix, path);
  if (inside !== undefined) {
    const found = glob ? globInside(inside, world) : plainInside(inside, world);
    if (found) return found;
  }
  const beside = world.place.kind === 'host' ? besideMain(path, glob, world) : undefined;
  if (beside) return beside;
  const stock = glob ? undefined : stockFile(inside ?? path);
  if (stock) return { files: [{ file: stock, stock: true }] };
  if (glob && inside !== undefined) {
    // A folder of which only a part can be seen: what is there is read, and more may stand beside it.
    const seen = globSeen(inside, world);
    if (seen.length > 0) return { files: seen, open: `other files may match ${path}` };
  }
  const located = glob || inside === undefined ? undefined : world.locate(inside);
  const why = located?.kind === 'unknown' && world.place.kind !== 'host' ? `cannot be read: ${located.why}` : undefined;
  return { files: [], open: `${path} ${why ?? 'is not in the repository'}` };
}

/** Undefined when the place cannot tell. */
function plainInside(inside: string, world: IncludeWorld): Inclusion | undefined {
  const located = world.locate(inside);
  if (located.kind === 'file') return { files: [includedFile(located)] };
  if (located.kind === 'missing') return { files: [], missing: located.why };
  if (located.kind === 'directory') return { files: [], missing: `${inside} is a folder` };
  if (located.kind !== 'image') return undefined;
  const stock = stockFile(inside);
  return stock
    ? { files: [{ file: stock, stock: true }] }
    : { files: [], open: `${inside} is brought by ${located.what}` };
}

function globInside(pattern: string, world: IncludeWorld): Inclusion | undefined {
  const { paths, complete } = expandGlob(pattern, world.list);
  if (!complete) return undefined;
  const passedOver = leftOut(pattern, paths, folder => world.list(folder).names).flatMap(path => {
    const located = world.locate(path);
    return located.kind === 'file' ? [located.file] : [];
  });
  return { ...limited(includedFiles(paths, world), paths.length), passedOver };
}

/** Files that are looked at because a pattern leaves them out. */
const mostLeftOut = 30;

/** Paths beside those that a pattern matches, in the one folder that it looks in. */
function leftOut(
  pattern: string,
  matched: readonly string[],
  list: (folder: string) => readonly string[],
): readonly string[] {
  const folder = folderOf(pattern);
  if (/[*?[]/.test(folder)) return [];
  const taken = new Set(matched);
  return list(folder)
    .map(name => joinInside(folder, name))
    .filter(path => !taken.has(path))
    .slice(0, mostLeftOut);
}

function globSeen(pattern: string, world: IncludeWorld): readonly Included[] {
  return includedFiles(expandGlob(pattern, world.list).paths, world);
}

function includedFiles(paths: readonly string[], world: IncludeWorld): readonly Included[] {
  const files: Included[] = [];
  for (const path of paths.slice(0, largestFanOut)) {
    const located = world.locate(path);
    if (located.kind === 'file') files.push(includedFile(located));
    else if (located.kind === 'image') {
      const stock = stockFile(path);
      if (stock) files.push({ file: stock, stock: true });
    }
  }
  return files;
}

function includedFile({ file, rendered }: Extract<Located, { readonly kind: 'file' }>): Included {
  return { file, stock: false, ...(rendered && { rendered: true }) };
}

function limited(files: readonly Included[], matched: number): Inclusion {
  if (matched <= largestFanOut) return { files };
  return { files, open: `only the first ${largestFanOut} of ${matched} matching files are read` };
}

/**
 * On a host whose file system is not in the repository: the file or folder of that name beside the main file (or one level
 * up, for a site in `sites-available/`) is the one that will be installed below /etc/nginx.
 */
function besideMain(path: string, glob: boolean, world: IncludeWorld): Inclusion | undefined {
  const below = path.startsWith('/') ? belowNginxFolder(path) : path;
  if (below === undefined) return undefined;
  for (const folder of new Set([world.folder, folderOf(world.folder)])) {
    const target = joinRepo(folder, below);
    if (target === undefined) continue;
    if (!glob) {
      const file = world.reader.file(target);
      // A file of the same name may be of another program (mime.types of the system).
      if (file && mayBeNginx(file)) return { files: [{ file, stock: false }], guessed: true };
      continue;
    }
    const list = (inFolder: string) => world.reader.list(inFolder.slice(1));
    const { paths } = expandGlob(`/${target}`, inFolder => ({ names: list(inFolder), complete: true }));
    const read = (path: string) => world.reader.file(path.slice(1)) ?? [];
    const files = paths.slice(0, largestFanOut).flatMap(read);
    if (files.length === 0) continue;
    const passedOver = leftOut(`/${target}`, paths, list).flatMap(read);
    return {
      ...limited(
        files.map(file => ({ file, stock: false })),
        paths.length,
      ),
      passedOver,
      guessed: true,
    };
  }
  return undefined;
}

/** Directives, or nothing but comments. */
function mayBeNginx({ text }: SourceFile): boolean {
  return /[;{]/.test(text) || text.split('\n').every(line => /^\s*(?:#|$)/.test(line));
}

/** Paths that match a pattern with `*`, `?` and `[...]` in any component, in byte order. */
export function expandGlob(
  pattern: string,
  list: (folder: string) => { readonly names: readonly string[]; readonly complete: boolean },
): { readonly paths: readonly string[]; readonly complete: boolean } {
  let paths = ['/'];
  let complete = true;
  for (const part of pattern.split('/').filter(piece => piece !== '')) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map(path => joinInside(path, part));
      continue;
    }
    const next: string[] = [];
    for (const path of paths) {
      if (next.length > largestFanOut) break;
      const listed = list(path);
      if (!listed.complete) complete = false;
      for (const name of listed.names) if (matchesGlob(part, name)) next.push(joinInside(path, name));
    }
    paths = next;
  }
  return { paths: paths.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), complete };
}

/** glob(3) for one name: a leading dot must be written, `*` and `?` as usual, `[a-z]` and `[!a-z]` classes, `\` escapes. */
export function matchesGlob(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let p = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    const step = p < pattern.length && pattern[p] !== '*' ? matchOne(pattern, p, name[n] ?? '') : 0;
    if (step > 0) {
      p += step;
      n++;
    } else if (pattern[p] === '*') {
      star = p++;
      starName = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++starName;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Length of the pattern piece at `at` that matches the character; 0 where it does not. */
function matchOne(pattern: string, at: number, char: string): number {
  const code = pattern[at];
  if (code === '?') return 1;
  if (code === '\\' && at + 1 < pattern.length) return pattern[at + 1] === char ? 2 : 0;
  if (code !== '[') return code === char ? 1 : 0;
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const first = at + (negated ? 2 : 1);
  const close = pattern.indexOf(']', first + 1);
  if (close < 0) return char === '[' ? 1 : 0;
  return inClass(pattern.slice(first, close), char) !== negated ? close - at + 1 : 0;
}

function inClass(set: string, char: string): boolean {
  for (let i = 0; i < set.length; i++) {
    const low = set[i] ?? '';
    if (set[i + 1] === '-' && i + 2 < set.length) {
      if (low <= char && char <= (set[i + 2] ?? '')) return true;
      i += 2;
    } else if (low === char) return true;
  }
  return false;
}
