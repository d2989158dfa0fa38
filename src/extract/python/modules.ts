import { isStandardModule } from '../../facts/python-stdlib.js';
import { joinInside } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { SourceFile } from '../../text/source.js';
import type { Located } from '../place/files.js';
import type { Reader } from '../reader.js';

/** Where modules are looked for, and what was found already. */
export interface SearchContext {
  readonly reader: Reader;
  /** What there is at an absolute path of the place. Absent: nothing can be looked up, every import is unknown. */
  readonly locate?: (inside: string) => Located;
  readonly folders: Setting<readonly string[]>;
  readonly workingDirectory?: string;
  /** Folders that the code itself adds to sys.path. */
  readonly added: string[];
  /** The code changes sys.path in a way that cannot be told: a module that is not found may still be there. */
  open: string | undefined;
  readonly found: Map<string, Resolution>;
  /** Names in folders of the place. */
  readonly listings: Map<string, readonly string[]>;
}

export type Resolution =
  | {
      readonly state: 'module';
      readonly file: SourceFile;
      /** Absolute, inside the place. */
      readonly path: string;
      readonly isPackage: boolean;
      readonly folders: readonly string[];
    }
  /** Folders without `__init__.py`. */
  | { readonly state: 'namespace'; readonly folders: readonly string[] }
  /** Of the standard library. */
  | { readonly state: 'standard' }
  /** Not in any folder that is searched. `parent`: the package around it is ours, so nothing else can bring it. */
  | { readonly state: 'absent'; readonly parent: 'none' | 'package' | 'module'; readonly why: string }
  | { readonly state: 'unknown'; readonly why: string };

export function createSearch(
  reader: Reader,
  locate: SearchContext['locate'] | undefined,
  folders: Setting<readonly string[]>,
  workingDirectory?: string,
): SearchContext {
  return {
    reader,
    ...(locate && { locate }),
    folders,
    ...(workingDirectory !== undefined && { workingDirectory }),
    added: [],
    open: undefined,
    found: new Map(),
    listings: new Map(),
  };
}

/** Looks up a dotted name as Python's path finder does; the parents are looked up first. */
export function resolveModule(search: SearchContext, dotted: string): Resolution {
  const known = search.found.get(dotted);
  if (known) return known;
  const dot = dotted.lastIndexOf('.');
  const name = dotted.slice(dot + 1);
  const result =
    dot < 0 ? resolveTop(search, name) : resolveIn(search, resolveModule(search, dotted.slice(0, dot)), dotted);
  search.found.set(dotted, result);
  return result;
}

function resolveTop(search: SearchContext, name: string): Resolution {
  if (!search.folders.known) return { state: 'unknown', why: search.folders.why };
  const found = findIn(search, [...search.folders.value, ...search.added], name);
  if (found.state !== 'absent')
    return found.state === 'unknown' && isStandardModule(name) ? { state: 'standard' } : found;
  if (isStandardModule(name)) return { state: 'standard' };
  return search.open === undefined ? found : { state: 'unknown', why: search.open };
}

function resolveIn(search: SearchContext, parent: Resolution, dotted: string): Resolution {
  const dot = dotted.lastIndexOf('.');
  const name = dotted.slice(dot + 1);
  const above = dotted.slice(0, dot);
  if (parent.state === 'module' && !parent.isPackage) {
    return { state: 'absent', parent: 'module', why: `${above} is a module and not a package` };
  }
  if (parent.state === 'module' || parent.state === 'namespace') {
    const found = findIn(search, parent.folders, name);
    if (found.state !== 'absent') return found;
    if (isGenerated(name)) return { state: 'unknown', why: 'such modules are usually generated' };
    return { ...found, parent: 'package', why: `${above} has no module ${name}` };
  }
  return parent;
}

/** First hit in the order of the folders: a package, then a module; a folder without `__init__.py` only where nothing else is found. */
function findIn(search: SearchContext, folders: readonly string[], name: string): Resolution {
  const namespace: string[] = [];
  let doubt: string | undefined;
  for (const folder of folders) {
    const inside = joinInside(folder, `./${name}`);
    const directory = lookUp(search, inside);
    if (directory.kind === 'directory') {
      const start = lookUp(search, `${inside}/__init__.py`);
      if (start.kind === 'file') {
        return { state: 'module', file: start.file, path: `${inside}/__init__.py`, isPackage: true, folders: [inside] };
      }
      if (start.kind === 'missing') namespace.push(inside);
      else doubt ??= reason(start);
    } else if (directory.kind === 'unknown') doubt ??= directory.why;
    const module = lookUp(search, `${inside}.py`);
    if (module.kind === 'file')
      return { state: 'module', file: module.file, path: `${inside}.py`, isPackage: false, folders: [] };
    if (module.kind !== 'missing') doubt ??= reason(module);
    else if (hasOtherForm(search, folder, name)) doubt ??= 'it is compiled';
  }
  if (namespace.length > 0) return { state: 'namespace', folders: namespace };
  if (doubt !== undefined) return { state: 'unknown', why: doubt };
  return { state: 'absent', parent: 'none', why: `there is no module ${name} on the module search path` };
}

function lookUp(search: SearchContext, inside: string): Located {
  return search.locate?.(inside) ?? { kind: 'unknown', why: 'it is not known where the code runs' };
}

function reason(located: Located): string {
  return located.kind === 'unknown' ? located.why : 'it cannot be told what is there';
}

/** An extension module, or its source. */
function hasOtherForm(search: SearchContext, folder: string, name: string): boolean {
  return listing(search, folder).some(each => each.startsWith(`${name}.`) && /\.(?:so|pyd|pyx|pyc)$/.test(each));
}

/** Names in a folder of the place, as far as it is a folder of the repository. */
export function listing(search: SearchContext, folder: string): readonly string[] {
  let names = search.listings.get(folder);
  if (!names) {
    const located = lookUp(search, folder);
    names = located.kind === 'directory' && located.path !== undefined ? search.reader.list(located.path) : [];
    search.listings.set(folder, names);
  }
  return names;
}

/** Modules that a build step or a code generator writes. */
export function isGenerated(name: string): boolean {
  return /_pb2(?:_grpc)?$|^_?_?version_*$|^_version|^_build|^__about__$|^_generated|_rc$|^ui_|_ui$/.test(name);
}

/** Dotted name of the package that a relative import counts from; undefined where it leaves the top package. */
export function relativeBase(module: string, isPackage: boolean, level: number): string | undefined {
  const parts = module.split('.');
  const up = isPackage ? level - 1 : level;
  if (up >= parts.length) return undefined;
  return parts.slice(0, parts.length - up).join('.');
}
