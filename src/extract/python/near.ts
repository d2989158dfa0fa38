import { baseName, folderOf, joinInside } from '../../model/place.js';
import { isOneEdit, isSlip } from '../../text/near.js';
import { mayExist } from '../place/files.js';
import type { Reader } from '../reader.js';
import type { MissingImport } from './machine.js';
import { isGenerated, listing, resolveModule, type SearchContext } from './modules.js';

export type Judged =
  | { readonly state: 'missing'; readonly why: string; readonly near: readonly string[]; readonly root?: string }
  | { readonly state: 'unknown'; readonly why: string };

/**
 * Whether a module that a server is told to load is proved not to be there. What is not in the repository may be installed,
 * so there must be a reason to take it for ours: it was meant as a path, its package is ours, a module of the same name or
 * one letter away is, or it is one of the names that people give to the file that a server loads.
 */
export function judgeTarget(search: SearchContext, dotted: string): Judged {
  if (!search.folders.known) return { state: 'unknown', why: search.folders.why };
  const meant = asDotted(dotted);
  if (meant !== dotted) {
    const there = resolveModule(search, meant).state;
    if (there === 'module' || there === 'namespace') {
      return { state: 'missing', why: `${dotted} is a path and not the name of a module`, near: [meant] };
    }
  }
  const found = resolveModule(search, dotted);
  if (found.state === 'unknown') return slipOf(search, dotted) ?? { state: 'unknown', why: found.why };
  if (found.state !== 'absent') return { state: 'unknown', why: `${dotted} is no module of the repository` };
  const near = nearModules(search, dotted);
  if (found.parent !== 'none') return { state: 'missing', why: found.why, near };
  const top = dotted.split('.', 1)[0] ?? dotted;
  if (isDeclared(search.reader, top)) return { state: 'unknown', why: `${top} is among the declared requirements` };
  const elsewhere = sameUnderOtherRoot(search.reader, dotted);
  if (elsewhere.some(path => isInstallable(search.reader, path))) {
    return { state: 'unknown', why: `${top} may be installed from the repository` };
  }
  const renamed = sameInAnotherPackage(search, dotted);
  if (near.length === 0 && elsewhere.length === 0 && renamed.length > 0) {
    return { state: 'missing', why: found.why, near: renamed };
  }
  const [only] = elsewhere;
  const root = elsewhere.length === 1 && only !== undefined ? rootOf(only, dotted) : undefined;
  if (near.length > 0 || elsewhere.length > 0 || (isEntryName(dotted) && hasPython(search))) {
    return { state: 'missing', why: found.why, near, ...(root !== undefined && { root }) };
  }
  return { state: 'unknown', why: `${top} is not in the repository and may be installed` };
}

/**
 * A module of ours with a slip in its name, where it cannot be told what else there is in its folder: the image, a command that builds it, or the
 * host may bring more, but nobody names what they bring almost like a module that the repository has in that place.
 */
function slipOf(search: SearchContext, dotted: string): Judged | undefined {
  if (sameUnderOtherRoot(search.reader, dotted).length > 0) return undefined;
  const [only, ...more] = nearModules(search, dotted);
  if (only === undefined || more.length > 0) return undefined;
  const parts = dotted.split('.');
  const meant = only.split('.');
  const at = parts.findIndex((part, i) => part !== meant[i]);
  const [wrong = '', right = ''] = [parts[at], meant[at]];
  if (meant.length !== parts.length || !isSlip(wrong, right) || isGenerated(wrong)) return undefined;
  if (at === 0 && isDeclared(search.reader, wrong)) return undefined;
  const above = parts.slice(0, at).join('.');
  if (foldersOf(search, above).some(folder => mayBeLeftOut(search, folder, wrong))) return undefined;
  const why = above === '' ? `the repository has no module ${wrong}` : `${above} has no module ${wrong}`;
  return { state: 'missing', why, near: [only] };
}

/** Git leaves a module of this name out of the repository on purpose. */
function mayBeLeftOut(search: SearchContext, folder: string, name: string): boolean {
  const located = search.locate?.(folder);
  if (located?.kind !== 'directory' || located.path === undefined) return false;
  const path = joinInside('/', `${located.path}/${name}`).slice(1);
  return mayExist(search.reader, `${path}.py`) || mayExist(search.reader, `${path}/__init__.py`);
}

/** `app.py` and `project/wsgi.py` as the dotted name that is meant. */
function asDotted(text: string): string {
  return text.replace(/^\.\//, '').replace(/\.py$/, '').replaceAll('/', '.');
}

/** Names that people give to what a server loads; nobody publishes a package under them. */
function isEntryName(dotted: string): boolean {
  return /^(?:wsgi|asgi|app|apps|main|application|server|run|manage|api|index|webapp|web_app|flask_app|my_?app)$/.test(
    dotted,
  );
}

/** Names that people give to the package of a project; nobody publishes one that holds a wsgi.py. */
const projectName =
  /^(?:project|my_?project|my_?site|my_?app|config|conf|core|app|backend|server|web|website|site|api|django_?project|main)$/;

/** `project.wsgi` where the package was renamed to `shop`: the modules of that name that can be imported instead. */
function sameInAnotherPackage(search: SearchContext, dotted: string): readonly string[] {
  const [top = '', last = '', ...more] = dotted.split('.');
  if (!projectName.test(top) || !/^[wa]sgi$/.test(last) || more.length > 0 || !search.folders.known) return [];
  const found = search.folders.value.flatMap(folder => listing(search, folder).map(name => `${name}.${last}`));
  return found.filter(name => /^[A-Za-z_]\w*\.[wa]sgi$/.test(name) && resolveModule(search, name).state === 'module');
}

function hasPython(search: SearchContext): boolean {
  return (
    search.folders.known &&
    search.folders.value.some(folder => listing(search, folder).some(name => name.endsWith('.py')))
  );
}

/** Whether an import that was not found is proved to fail, and what may be meant. */
export function judgeImport(search: SearchContext, missing: MissingImport): Judged {
  const { name } = missing;
  const found = resolveModule(search, name);
  if (found.state === 'unknown') return { state: 'unknown', why: found.why };
  // A module of the same name beside the importer proves nothing: `import redis` in a package with a redis.py means the installed one.
  if (found.state === 'absent' && found.parent === 'none') return { state: 'unknown', why: `${name} may be installed` };
  if (found.state === 'absent' && found.parent === 'package') {
    const dot = name.lastIndexOf('.');
    const above = resolveModule(search, name.slice(0, dot));
    if (above.state === 'module' && /__path__|extend_path|__getattr__|sys\.modules/.test(above.file.text)) {
      return { state: 'unknown', why: `${name.slice(0, dot)} makes its modules itself` };
    }
  }
  return { state: 'missing', why: `there is no ${name}`, near: nearModules(search, name) };
}

/** Dotted names, as they could be written, of modules that may be meant. */
export function nearModules(search: SearchContext, dotted: string): readonly string[] {
  const out = new Set<string>();
  const parts = dotted.split('.');
  parts.forEach((name, index) => {
    const before = parts.slice(0, index).join('.');
    for (const folder of foldersOf(search, before)) {
      for (const each of listing(search, folder)) {
        const module = each.endsWith('.py') ? each.slice(0, -3) : each.includes('.') ? undefined : each;
        if (module === undefined || !isOneEdit(module, name)) continue;
        const full = [...parts.slice(0, index), module, ...parts.slice(index + 1)].join('.');
        if (resolveModule(search, full).state === 'module') out.add(full);
      }
    }
  });
  for (const path of sameUnderOtherRoot(search.reader, dotted)) {
    const full = dottedFrom(search, path);
    if (full !== undefined && full !== dotted) out.add(full);
  }
  return [...out].sort();
}

/** Folders in which the modules of a package lie; those of the search path for the empty name. */
function foldersOf(search: SearchContext, dotted: string): readonly string[] {
  if (dotted === '') return search.folders.known ? search.folders.value : [];
  const found = resolveModule(search, dotted);
  return 'folders' in found ? found.folders : [];
}

/** Python files of the repository that would be this module if another folder were searched. */
function sameUnderOtherRoot(reader: Reader, dotted: string): readonly string[] {
  const tail = dotted.replaceAll('.', '/');
  return reader
    .files()
    .filter(path => path.endsWith('.py') && !/(?:^|\/)(?:tests?|node_modules|examples?|docs?)\//.test(path))
    .filter(path => {
      const plain = path.endsWith('/__init__.py') ? folderOf(path) : path.slice(0, -3);
      return plain === tail || plain.endsWith(`/${tail}`);
    });
}

function rootOf(path: string, dotted: string): string {
  const plain = path.endsWith('/__init__.py') ? folderOf(path) : path.slice(0, -3);
  return plain.slice(0, Math.max(0, plain.length - dotted.length - 1));
}

/** The dotted name by which a file is imported from a folder that is searched, where packages lead to it. */
function dottedFrom(search: SearchContext, path: string): string | undefined {
  if (!search.folders.known || !search.locate) return undefined;
  for (const folder of search.folders.value) {
    const located = search.locate(folder);
    if (located.kind !== 'directory' || located.path === undefined) continue;
    const prefix = located.path === '' ? '' : `${located.path}/`;
    if (!path.startsWith(prefix)) continue;
    const plain = path.endsWith('/__init__.py') ? folderOf(path) : path.slice(0, -3);
    const parts = plain.slice(prefix.length).split('/');
    const packages = parts.slice(0, -1).every((_, i) => {
      return search.reader.kind(`${prefix}${parts.slice(0, i + 1).join('/')}/__init__.py`) === 'file';
    });
    const dotted = parts.join('.');
    if (packages && parts.every(part => /^\w+$/.test(part)) && resolveModule(search, dotted).state === 'module')
      return dotted;
  }
  return undefined;
}

/** The name stands in a file that lists requirements, or in a pip command of a Dockerfile. */
export function isDeclared(reader: Reader, name: string): boolean {
  const wanted = plainName(name);
  return reader.files().some(path => {
    const base = baseName(path);
    const lists =
      /^(?:pyproject\.toml|Pipfile|setup\.(?:py|cfg)|environment\.ya?ml|(?:poetry|Pipfile|uv|pdm)\.lock)$/.test(base) ||
      (/\.(?:txt|in)$/.test(base) && /requirements|constraints|(?:^|\/)deps/.test(path));
    const installs = /dockerfile/i.test(base);
    if (!lists && !installs) return false;
    for (const line of reader.file(path)?.text.split('\n') ?? []) {
      if (installs && !/\bpip\b|\binstall\b|\\$/.test(line)) continue;
      for (const word of line.replace(/#.*/, '').match(/[A-Za-z][\w.-]*/g) ?? [])
        if (plainName(word) === wanted) return true;
    }
    return false;
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** A project file beside it, or in a folder above, makes it a package that is installed. */
function isInstallable(reader: Reader, path: string): boolean {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const prefix = folder === '' ? '' : `${folder}/`;
    if (reader.kind(`${prefix}setup.py`) === 'file') return true;
    const project = reader.file(`${prefix}pyproject.toml`)?.text ?? '';
    if (/^\[(?:project|build-system|tool\.(?:poetry|flit|hatch|pdm|setuptools)[\w.]*)\]/m.test(project)) return true;
    if (/^\[metadata\]/m.test(reader.file(`${prefix}setup.cfg`)?.text ?? '')) return true;
    if (folder === '') return false;
  }
}
