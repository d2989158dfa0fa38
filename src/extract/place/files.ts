import { alpineNginxFiles, debianNginxFiles, imageFacts, stockFiles } from '../../facts/images.js';
import { folderOf, joinInside, joinRepo, type Mount, type Place } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { dockerIgnores, gitIgnores, gitRules } from './patterns.js';

/** What there is at a path inside a place. */
export type Located =
  | { readonly kind: 'file'; readonly file: SourceFile; readonly mount: Mount; readonly rendered?: 'envsubst' }
  /** `path`: the folder of the repository that is seen there; absent for a folder that only holds mounts. */
  | { readonly kind: 'directory'; readonly path?: string; readonly mount: Mount }
  /** A file that the image or distribution brings (`/etc/nginx/mime.types`). */
  | { readonly kind: 'image'; readonly what: string; readonly folder?: true }
  /** Proved not to be there. */
  | { readonly kind: 'missing'; readonly why: string }
  /** May be there; cannot be told. */
  | { readonly kind: 'unknown'; readonly why: string };

const maximumLinks = 8;

/** Looks up an absolute path inside a place through its mounts: the last one that covers the path wins. */
export function locate(reader: Reader, place: Place, inside: string): Located {
  return locateBelow(reader, place, joinInside('/', inside), place.mounts.length, maximumLinks);
}

/** Only the first `limit` mounts count: what a link pointed to when it was made. */
function locateBelow(reader: Reader, place: Place, path: string, limit: number, links: number): Located {
  let doubt: string | undefined;
  for (let index = limit - 1; index >= 0; index--) {
    const mount = place.mounts[index];
    if (!mount || !covers(mount.inside, path)) continue;
    const rest = path.slice(mount.inside === '/' ? 0 : mount.inside.length);
    if (mount.kind === 'run') {
      if (mount.effect === 'adds') doubt ??= runReason(mount);
      else if (mount.effect === 'empties' && rest === '') return { kind: 'directory', mount };
      else if (mount.effect === 'removes' || mount.effect === 'empties') return removed(doubt);
      else if (mount.effect === 'link' && mount.target !== undefined) {
        if (links === 0) return { kind: 'unknown', why: 'too many links lead there' };
        const target = locateBelow(reader, place, joinInside('/', mount.target + rest), index, links - 1);
        return mount.rendered && target.kind === 'file' ? { ...target, rendered: mount.rendered } : target;
      } else return { kind: 'unknown', why: runReason(mount) };
      continue;
    }
    const found = throughMount(reader, mount, rest);
    if (found.kind === 'absent') doubt ??= found.why;
    else return found.kind === 'missing' && doubt !== undefined ? { kind: 'unknown', why: doubt } : found;
  }
  return notMounted(place, path, limit, doubt);
}

function removed(doubt: string | undefined): Located {
  return doubt === undefined ? { kind: 'missing', why: 'a command removes it' } : { kind: 'unknown', why: doubt };
}

type Through = Located | { readonly kind: 'absent'; readonly why?: string };

/** What a mount shows at `rest` below its top (empty, or beginning with a slash); `absent`: what lies below it shows through. */
function throughMount(reader: Reader, mount: Mount, rest: string): Through {
  if (mount.kind === 'volume') return { kind: 'unknown', why: `it lies in the volume ${mount.volume ?? ''}`.trim() };
  if (mount.content) {
    if (rest === '') return { kind: 'file', file: mount.content, mount };
    return { kind: 'missing', why: `${mount.inside} is a file` };
  }
  if (mount.repo === undefined) return withoutSource(mount, rest);
  const path = joinRepo(mount.repo, rest);
  if (path === undefined) return { kind: 'unknown', why: 'it lies outside the files that are checked' };
  if (isExcluded(mount, path)) return { kind: 'absent' };
  const kind = reader.kind(path);
  if (kind === 'file') {
    const result = reader.read(path);
    if (result.kind === 'file') return { kind: 'file', file: result.file, mount };
    return { kind: 'unknown', why: result.kind === 'unreadable' ? result.why : `${path} cannot be read` };
  }
  if (kind === 'directory') return { kind: 'directory', path, mount };
  if (kind === 'outside') return { kind: 'unknown', why: `${path} leads out of the folder that is checked` };
  return notInRepository(reader, mount, path, rest);
}

/** A mount of something that the repository does not hold: an empty folder, or a thing whose content nobody knows. */
function withoutSource(mount: Mount, rest: string): Through {
  if (mount.uncertain || mount.kind === 'bind' || mount.kind === 'assumed') {
    return mount.kind === 'copy'
      ? { kind: 'absent', why: copyReason(mount) }
      : { kind: 'unknown', why: copyReason(mount) };
  }
  if (mount.kind === 'copy') return { kind: 'absent', why: copyReason(mount) };
  return rest === '' ? { kind: 'directory', mount } : { kind: 'missing', why: `nothing puts it into ${mount.inside}` };
}

function notInRepository(reader: Reader, mount: Mount, path: string, rest: string): Through {
  const source = mount.repo ?? '';
  const sourceThere = source === '' || reader.kind(source) !== 'missing';
  if (mount.uncertain || !sourceThere) {
    const why = sourceThere ? copyReason(mount) : `${source} is not in the repository`;
    return mount.kind === 'copy' ? { kind: 'absent', why } : { kind: 'unknown', why };
  }
  if (mayExist(reader, path)) {
    const why = `${path} is not in the repository, and git leaves it out on purpose`;
    return mount.kind === 'copy' ? { kind: 'absent', why } : { kind: 'unknown', why };
  }
  if (mount.kind === 'copy') return { kind: 'absent' };
  return {
    kind: 'missing',
    why: rest === '' ? `${path} is not in the repository` : `there is no ${path} in the repository`,
  };
}

function copyReason(mount: Mount): string {
  return mount.kind === 'copy' || mount.kind === 'config'
    ? 'it cannot be told what is copied there'
    : 'it cannot be told which folder is seen there';
}

function runReason(mount: Mount): string {
  return mount.effect === 'adds'
    ? 'a command that runs while the image is built may make it'
    : 'a command makes or changes it';
}

/** No mount holds the path: what the image or the system brings there. */
function notMounted(place: Place, path: string, limit: number, doubt: string | undefined): Located {
  const mounts = place.mounts.slice(0, limit);
  const below = mounts.find(mount => mount.effect === undefined && path !== mount.inside && covers(path, mount.inside));
  if (below) return { kind: 'directory', mount: below };
  const reference = place.image?.known ? place.image.value : undefined;
  const stock = imageFiles(place);
  if (stock.includes(path)) return { kind: 'image', what: 'the image brings it' };
  if (stock.some(file => covers(path, file))) return { kind: 'image', what: 'a folder of the image', folder: true };
  if (doubt !== undefined) return { kind: 'unknown', why: doubt };
  if (place.kind === 'host') {
    return debianNginxFiles.includes(path)
      ? { kind: 'image', what: 'the nginx package of the distribution brings it' }
      : { kind: 'unknown', why: 'it lies on the host, outside the repository' };
  }
  if (place.opaque || reference === undefined || !imageFacts(reference)) {
    return { kind: 'unknown', why: 'the image may bring it' };
  }
  if (isOurs(mounts, path)) return { kind: 'missing', why: 'nothing copies or mounts a file there' };
  return { kind: 'unknown', why: `the image ${reference} may bring it` };
}

const systemFolders = [
  'bin',
  'boot',
  'dev',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'proc',
  'root',
  'run',
  'sbin',
  'sys',
  'tmp',
  'usr',
  'var',
];

/** True for a folder that is empty in every base image and that a copy of ours fills. */
function isOurs(mounts: readonly Mount[], path: string): boolean {
  const top = path.split('/', 2)[1] ?? '';
  const free = path.startsWith('/usr/src/') || path.startsWith('/var/www/');
  if (top === '' || (systemFolders.includes(top) && !free)) return false;
  return mounts.some(mount => {
    if (mount.kind !== 'copy') return false;
    const parent = folderOf(mount.inside);
    return covers(mount.inside, path) || (parent !== '' && parent !== '/usr' && covers(parent, folderOf(path)));
  });
}

/** True when `path` is `folder` or lies below it; both absolute and clean. */
function covers(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

function isExcluded(mount: Mount, path: string): boolean {
  if (!mount.excludes || mount.excludes.length === 0) return false;
  const context = mount.context ?? mount.repo ?? '';
  if (path === context) return false;
  const relative = context === '' ? path : path.startsWith(`${context}/`) ? path.slice(context.length + 1) : undefined;
  return relative !== undefined && dockerIgnores(mount.excludes, relative);
}

/**
 * True for a path that may exist where the stack runs though it is not in the checkout: a `.gitignore` of a folder above names it, it
 * lies in a submodule, or in a project that is yet to be made from a template.
 */
export function mayExist(reader: Reader, path: string): boolean {
  return reader.lately(
    `mayExist ${path}`,
    () => isInSubmodule(reader, path) || isGitIgnored(reader, path) || isGenerated(reader, path),
  );
}

/** True for a file of a project that is made from a template later: it lies in a folder named by a placeholder. */
export function isYetToBeMade(path: string): boolean {
  return folderOf(path).includes('{{');
}

/**
 * A folder named by a placeholder (`{{cookiecutter.slug}}/`) becomes a project later: its hooks run then and may write, fetch or link
 * anything, and a name with a placeholder or a condition in it becomes another one.
 */
function isGenerated(reader: Reader, path: string): boolean {
  if (!isYetToBeMade(path)) return false;
  const parts = path.split('/');
  const named = parts.findIndex(part => part.includes('{{'));
  const hooks = reader.list([...parts.slice(0, named), 'hooks'].join('/'));
  if (hooks.some(name => /^(?:pre|post)_gen_project\b/.test(name))) return true;
  return reader.list(folderOf(path)).some(name => /\{[{%]/.test(name));
}

function isGitIgnored(reader: Reader, path: string): boolean {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const rules = reader.lately(`.gitignore of ${folder}`, () => {
      const file = reader.file(folder === '' ? '.gitignore' : `${folder}/.gitignore`);
      return file && gitRules(file.text);
    });
    if (rules && gitIgnores(rules, folder === '' ? path : path.slice(folder.length + 1))) return true;
    if (folder === '') return false;
  }
}

function isInSubmodule(reader: Reader, path: string): boolean {
  const modules = reader.file('.gitmodules');
  if (!modules) return false;
  return modules.text.split('\n').some(line => {
    const folder = /^\s*path\s*=\s*(?=\S)(.*)/.exec(line.slice(0, 500))?.[1]?.trimEnd();
    return folder !== undefined && (path === folder || path.startsWith(`${folder}/`));
  });
}

/**
 * Names in a folder inside a place, sorted by byte order. `complete` is false when there may be more: then only what is
 * listed is certain.
 */
export function listInside(
  reader: Reader,
  place: Place,
  insideDir: string,
): { readonly names: readonly string[]; readonly complete: boolean } {
  const dir = joinInside('/', insideDir);
  const names = new Set<string>();
  let complete = true;
  let closed = false;
  for (let index = place.mounts.length - 1; index >= 0 && !closed; index--) {
    const mount = place.mounts[index];
    if (!mount) continue;
    const child = childOf(dir, mount.inside);
    if (child !== undefined) {
      if (mount.effect === undefined || mount.effect === 'link' || mount.effect === 'replaces') names.add(child);
      if (mount.effect === 'adds') complete = false;
    }
    if (!covers(mount.inside, dir)) continue;
    const rest = dir.slice(mount.inside === '/' ? 0 : mount.inside.length);
    if (mount.kind === 'run') {
      if (mount.effect === 'link' && mount.target !== undefined) {
        const target = listInside(reader, { ...place, mounts: place.mounts.slice(0, index) }, mount.target + rest);
        for (const name of target.names) names.add(name);
        complete &&= target.complete;
        closed = true;
      } else if (mount.effect === 'removes' || mount.effect === 'empties') closed = true;
      else complete = false;
      continue;
    }
    const path = mount.repo === undefined ? undefined : joinRepo(mount.repo, rest);
    if (path !== undefined && !mount.content) {
      for (const name of reader.list(path))
        if (!isExcluded(mount, path === '' ? name : `${path}/${name}`)) names.add(name);
      if (reader.kind(path) !== 'directory' || mount.uncertain) complete = false;
    } else if (mount.kind !== 'config' || mount.uncertain) complete = false;
    if (mount.kind !== 'copy') closed = true;
  }
  if (!closed) {
    const stock = stockNames(place, dir);
    for (const name of stock) names.add(name);
    if (place.kind === 'host' || stock.length === 0)
      complete &&= place.kind !== 'host' && isOurs(place.mounts, `${dir}/x`);
  }
  const there = [...names].filter(name => locate(reader, place, `${dir}/${name}`).kind !== 'missing');
  return { names: there.sort(byBytes), complete };
}

/** Files that the base image, or a package that it installs, is known to bring. */
function imageFiles(place: Place): readonly string[] {
  const reference = place.image?.known ? place.image.value : undefined;
  const own = stockFiles(reference);
  if (!place.packages?.includes('nginx')) return own;
  return [...own, ...(place.packages.includes('apk') ? alpineNginxFiles : debianNginxFiles)];
}

/** Names that the image's own files have in a folder. */
function stockNames(place: Place, dir: string): readonly string[] {
  return imageFiles(place).flatMap(file => childOf(dir, file) ?? []);
}

/** The first name of `path` below `dir`; undefined where it does not lie below. */
function childOf(dir: string, path: string): string | undefined {
  if (path === dir || !covers(dir, path)) return undefined;
  return path.slice(dir === '/' ? 1 : dir.length + 1).split('/', 1)[0];
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Absolute paths at which a file or folder of the repository appears in the place, in the order of its mounts. */
export function insideOf(place: Place, repoPath: string): readonly string[] {
  const found: string[] = [];
  place.mounts.forEach((mount, index) => {
    let inside: string | undefined;
    if (mount.effect === 'link' && mount.target !== undefined) {
      const target = mount.target;
      const through = found.find(path => covers(target, path));
      if (through !== undefined)
        inside = joinInside('/', mount.inside + through.slice(target === '/' ? 0 : target.length));
    } else if (mount.repo !== undefined && !mount.content && mount.kind !== 'run') {
      const rest = below(mount.repo, repoPath);
      if (rest !== undefined && !isExcluded(mount, repoPath)) inside = joinInside(mount.inside, `./${rest}`);
    } else if (mount.content?.path === repoPath) inside = mount.inside;
    if (inside === undefined || found.includes(inside)) return;
    const path = inside;
    if (!place.mounts.slice(index + 1).some(later => hides(later, path))) found.push(path);
  });
  return found;
}

function hides(later: Mount, path: string): boolean {
  if (!covers(later.inside, path)) return false;
  if (later.kind === 'copy' || later.effect === 'adds') return later.inside === path && later.kind === 'copy';
  return true;
}

function below(folder: string, path: string): string | undefined {
  if (folder === '' || folder === path) return folder === '' ? path : '';
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
