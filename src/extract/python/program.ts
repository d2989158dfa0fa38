import { serverStart } from '../../facts/server-starts.js';
import type { PyCall } from '../../model/entry.js';
import { baseName, folderOf, joinInside, type Place } from '../../model/place.js';
import { type Known, type Setting, withValue } from '../../model/setting.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { evaluator } from './evaluate.js';
import { loadModule, type ModuleSource } from './load.js';
import { createMachine, type PyEnvironment } from './machine.js';
import { createSearch, resolveModule, type SearchContext } from './modules.js';
import { createObserved, observe } from './observe.js';
import { seenFrom, type View } from './surroundings.js';
import { constant } from './values.js';

export interface ProgramRequest {
  readonly reader: Reader;
  readonly place: Place;
  /** `python run.py`: a path, absolute or from the working directory. `python -m pkg`: a dotted name. */
  readonly program: { readonly file: string } | { readonly module: string };
  /** Absolute, inside the place. */
  readonly workingDirectory: Setting<string>;
  /** Folders of PYTHONPATH and the like, inside the place. */
  readonly extraPath?: readonly string[];
  readonly environment: PyEnvironment;
}

export type Program =
  | {
      readonly state: 'found';
      readonly file: SourceFile;
      /** Dotted name as other modules would import it. */
      readonly name: string;
      /** Calls that start a server or bind a port, in order; `certain` tells whether they are surely reached. */
      readonly starts: readonly PyCall[];
      /** Every call that runs. */
      readonly calls: readonly PyCall[];
      /** Folders of the module search path while it runs. */
      readonly searchPath: readonly string[];
      readonly frameworks: readonly string[];
    }
  | { readonly state: 'missing' | 'unknown'; readonly why: string };

/** What a Python program does when it is started: with its main guard true. */
export function programServers(request: ProgramRequest): Program {
  const { workingDirectory, program, extraPath } = request;
  if (!workingDirectory.known) return { state: 'unknown', why: workingDirectory.why };
  return seenFrom(request, ['program', program, workingDirectory.value, extraPath], view =>
    followProgram({ ...request, workingDirectory }, view),
  );
}

function followProgram(request: ProgramRequest & { readonly workingDirectory: Known<string> }, view: View): Program {
  const { reader, workingDirectory, program } = request;
  const folder = workingDirectory.value;
  const extra = request.extraPath ?? [];
  const first = 'file' in program ? joinInside(folder, folderOf(program.file) || '.') : folder;
  const searchPath = [first, ...extra];
  const search = createSearch(
    reader,
    view.locate,
    withValue<string, readonly string[]>(workingDirectory, searchPath),
    folder,
  );
  const source =
    'file' in program ? findFile(view, joinInside(folder, program.file)) : findModule(search, program.module);
  if ('state' in source) return source;
  const observed = createObserved();
  const machine = createMachine(reader, search, view.environment, evaluator, observe(observed));
  const loaded = loadModule(machine, '__main__', source, undefined, constant('__main__'));
  if (!loaded) return { state: 'unknown', why: 'it cannot be read' };
  const calls = machine.calls;
  const starts = [...calls, ...machine.background].filter(call => serverStart(call.name) !== undefined);
  return {
    state: 'found',
    file: source.file,
    name: source.name,
    starts,
    calls,
    searchPath: [...searchPath, ...search.added],
    frameworks: observed.frameworks,
  };
}

function findFile(view: View, inside: string): ModuleSource | (Program & { state: 'missing' | 'unknown' }) {
  const located = view.locate(inside);
  if (located.kind === 'directory') return findFile(view, `${inside}/__main__.py`);
  if (located.kind === 'file') {
    return {
      name: baseName(inside).replace(/\.py$/, ''),
      file: located.file,
      path: inside,
      isPackage: false,
      folders: [],
    };
  }
  if (located.kind === 'missing') return { state: 'missing', why: view.whyMissing(inside) };
  return { state: 'unknown', why: located.kind === 'unknown' ? located.why : 'it is no Python file' };
}

function findModule(
  search: SearchContext,
  dotted: string,
): ModuleSource | (Program & { state: 'missing' | 'unknown' }) {
  const found = resolveModule(search, dotted);
  const main = found.state === 'namespace' || (found.state === 'module' && found.isPackage);
  const target = main ? resolveModule(search, `${dotted}.__main__`) : found;
  if (target.state === 'module') {
    const { file, path, isPackage, folders } = target;
    return { name: main ? `${dotted}.__main__` : dotted, file, path, isPackage, folders };
  }
  return {
    state: 'unknown',
    why: target.state === 'unknown' ? target.why : `${dotted} is no module of the repository`,
  };
}
