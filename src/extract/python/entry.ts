import type { EntryPoint, LoadedModule, PyCall, PyValue } from '../../model/entry.js';
import { baseName, folderOf, joinInside, type Place } from '../../model/place.js';
import type { AppTarget } from '../../model/server.js';
import type { Setting } from '../../model/setting.js';
import { withoutEnd } from '../../text/ends.js';
import { isSlip } from '../../text/near.js';
import { mayExist } from '../place/files.js';
import type { Reader } from '../reader.js';
import { findAttribute } from './attribute-state.js';
import { loadUrls, whySettingsOpen } from './django.js';
import { evaluator } from './evaluate.js';
import { followHandlers } from './handlers.js';
import { loadModule, type ModuleSource } from './load.js';
import { createMachine, type Frame, type Machine, noNames, type PyEnvironment } from './machine.js';
import { createSearch, resolveModule, type SearchContext } from './modules.js';
import { judgeImport, judgeTarget } from './near.js';
import { createObserved, type Observed, observe } from './observe.js';
import { isOnlySettings } from './proposed.js';
import { isOldSyntax, isPython3 } from './release.js';
import { toSetting } from './settings.js';
import { seenFrom, type View } from './surroundings.js';
import { type LoadingModule, openSlot, reasonOf, type Slot, type Value } from './values.js';

export interface EntryRequest {
  readonly reader: Reader;
  readonly place: Place;
  readonly target: AppTarget;
  /** Folders of the module search path, inside the place, in order. */
  readonly searchPath: Setting<readonly string[]>;
  readonly environment: PyEnvironment;
  /** Absolute, inside the place; the first folder of the search path where it is not given. */
  readonly workingDirectory?: string;
}

/**
 * What a server finds and sets off when it loads its application: whether module and callable are there, every call that runs at
 * import, the handlers with theirs, and the framework's settings. Nothing is run; what cannot be told is unknown.
 */
export function entryPoint(request: EntryRequest): EntryPoint {
  const { module, file, attribute, called, text } = request.target;
  const { searchPath, workingDirectory } = request;
  const folders = searchPath.known ? searchPath.value : { why: searchPath.why };
  const key = ['entry', module, file, attribute, called, text, folders, workingDirectory];
  return seenFrom(request, key, view => followEntry(request, view));
}

function followEntry(request: EntryRequest, view: View): EntryPoint {
  const { target, reader, searchPath } = request;
  const name = target.module ?? target.file ?? target.text;
  const folder = request.workingDirectory ?? (searchPath.known ? searchPath.value[0] : undefined);
  const search = createSearch(reader, view.locate, searchPath, folder);
  const source =
    target.module !== undefined ? findModule(search, target.module) : findFile(reader, view, target, folder);
  if (!('file' in source)) return nothingFound(name, source);
  const observed = createObserved();
  const machine = createMachine(reader, search, view.environment, evaluator, observe(observed));
  const parents = target.module === undefined ? [] : loadParents(machine, target.module);
  const loaded = loadModule(machine, source.name, source, undefined, source.dunderName);
  if (!loaded) return nothingFound(name, { state: 'unknown', why: 'it cannot be read' });
  const frame = moduleFrame(loaded);
  const site = { file: source.file, start: 0, end: 0 };
  const { attribute, application } = findAttribute(machine, frame, loaded, target, observed);
  loadUrls(machine, observed, site);
  const importCalls = unique(machine.calls);
  const backgroundCalls = unique(machine.background);
  const modules = [...new Set([loaded, ...parents, ...observed.modules.keys()])];
  const settings = settingsOf(reader, observed, application);
  const handlers = followHandlers(machine, frame, observed);
  return {
    name,
    file: source.file,
    module: { state: 'found' },
    attribute,
    modules: withoutOldSyntax(
      reader,
      view,
      modules.filter(module => module.tree.file.path !== '').map(module => loadedModule(module, observed)),
    ),
    missingImports: missingImports(search, observed),
    importCalls,
    backgroundCalls,
    handlers,
    names: namesOf(loaded),
    features: observed.features,
    ...settings,
    ...djangoFacts(search, observed),
    frameworks: observed.frameworks,
  };
}

type Source = ModuleSource & { readonly dunderName?: Value };

function nothingFound(name: string, module: EntryPoint['module']): EntryPoint {
  const why = module.state === 'unknown' ? module.why : 'the module is not there';
  return {
    name,
    module,
    attribute: { state: 'unknown', why },
    modules: [],
    missingImports: [],
    importCalls: [],
    handlers: [],
    features: new Set(),
    settings: new Map(),
    frameworks: [],
  };
}

function findModule(search: SearchContext, dotted: string): Source | EntryPoint['module'] {
  const found = /^\w+(?:\.\w+)*$/.test(dotted) ? resolveModule(search, dotted) : undefined;
  if (found?.state === 'module') return { name: dotted, ...found };
  if (found?.state === 'standard') return { state: 'unknown', why: `${dotted} belongs to Python` };
  if (found?.state === 'namespace') return { state: 'unknown', why: `${dotted} is a folder without __init__.py` };
  return judgeTarget(search, dotted);
}

function findFile(
  reader: Reader,
  { locate, whyMissing, onHost }: View,
  { file: path = '', text }: AppTarget,
  folder: string | undefined,
): Source | EntryPoint['module'] {
  if (!path.startsWith('/') && folder === undefined)
    return { state: 'unknown', why: 'the working directory is not known' };
  const inside = joinInside(folder ?? '/', path);
  const located = locate(inside);
  if (located.kind === 'file') {
    // uWSGI, mod_wsgi and Passenger make up a name of their own; that it is not __main__ is all that matters.
    const dunderName: Value = { data: { kind: 'text', parts: ['uwsgi_file_', { why: 'the server makes it up' }] } };
    const name = baseName(inside).replace(/\.\w+$/, '');
    return { name, file: located.file, path: inside, isPackage: false, folders: [], dunderName };
  }
  const slip = fileSlip(reader, locate, inside);
  if (slip !== undefined)
    return {
      state: 'missing',
      why: `the repository has no ${baseName(path)} there`,
      near: [`${text.slice(0, Math.max(0, text.lastIndexOf(baseName(path))))}${slip}`],
    };
  if (located.kind !== 'missing')
    return { state: 'unknown', why: located.kind === 'unknown' ? located.why : `${path} is no Python file` };
  const near = reader.files().filter(each => baseName(each) === baseName(path) && each !== path);
  if (onHost && path.startsWith('/') && near.length === 0) {
    return { state: 'unknown', why: `${path} may lie on the host and not in the repository` };
  }
  return { state: 'missing', why: whyMissing(inside), near: near.length === 1 ? near : [] };
}

/** The Python file that is meant by a path with a slip in its name, whatever else may lie in that folder. */
function fileSlip(reader: Reader, locate: View['locate'], inside: string): string | undefined {
  const folder = locate(folderOf(inside));
  const name = /^(\w+)\.py$/.exec(baseName(inside))?.[1];
  if (folder.kind !== 'directory' || folder.path === undefined || name === undefined) return undefined;
  const near = reader.list(folder.path).filter(each => /^\w+\.py$/.test(each) && isSlip(name, each.slice(0, -3)));
  const [only] = near;
  const path = joinInside('/', `${folder.path}/${name}.py`).slice(1);
  if (near.length !== 1 || only === undefined || mayExist(reader, path)) return undefined;
  return reader.files().some(each => baseName(each) === `${name}.py`) ? undefined : only;
}

function loadParents(machine: Machine, dotted: string): readonly LoadingModule[] {
  const parts = dotted.split('.');
  return parts.slice(0, -1).flatMap((_, i) => {
    const name = parts.slice(0, i + 1).join('.');
    const found = resolveModule(machine.search, name);
    const loaded = found.state === 'module' ? loadModule(machine, name, { ...found, name }, undefined) : undefined;
    return loaded ? [loaded] : [];
  });
}

/** A frame in which things are called from outside, as the server does. */
export function moduleFrame(module: LoadingModule): Frame {
  return {
    module,
    scope: { store: module.store, isClass: false },
    globals: noNames,
    nonlocals: noNames,
    returns: [],
    leaving: false,
    returning: false,
  };
}

/** A call that was met on several ways counts once, with the surest of them. */
function unique(calls: readonly PyCall[]): readonly PyCall[] {
  const byPlace = new Map<string, PyCall>();
  for (const call of calls) {
    const given = [...call.positional, ...call.keywords.values()]
      .map(setting => (setting.known && setting.value.kind === 'constant' ? String(setting.value.value) : ''))
      .join(',');
    const key = `${call.name}\n${call.span.file.path}\n${call.span.start}\n${given}`;
    const known = byPlace.get(key);
    if (!known || (!known.certain && call.certain)) byPlace.set(key, call);
  }
  const kept = new Set(byPlace.values());
  return calls.filter(call => kept.has(call));
}

function loadedModule(module: LoadingModule, observed: Observed): LoadedModule {
  const during = observed.modules.get(module);
  const { name, tree, chain, certain } = module;
  return { name, file: tree.file, problems: tree.problems, chain, certain, ...(during && { during }) };
}

/** Only where Python 3 is known to read them are statements of Python 2 mistakes. */
function withoutOldSyntax(reader: Reader, { image }: View, modules: readonly LoadedModule[]): readonly LoadedModule[] {
  if (!modules.some(({ problems }) => problems.some(isOldSyntax))) return modules;
  const sound = modules.filter(({ problems }) => problems.length === 0).map(({ file }) => file.text);
  if (isPython3(reader, image() ?? '', sound)) return modules;
  return modules.map(module => ({ ...module, problems: module.problems.filter(problem => !isOldSyntax(problem)) }));
}

function missingImports(search: SearchContext, observed: Observed): EntryPoint['missingImports'] {
  const seen = new Set<string>();
  return observed.missing.flatMap(missing => {
    const key = `${missing.span.file.path}:${missing.span.start}:${missing.name}:${missing.certain}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const judged = judgeImport(search, missing);
    if (judged.state === 'unknown') return [];
    const { name, span, chain, certain } = missing;
    return [{ name, span, chain, near: judged.near, certain }];
  });
}

function namesOf(module: LoadingModule): ReadonlyMap<string, Setting<PyValue>> {
  const names = new Map<string, Setting<PyValue>>();
  for (const [name, slot] of module.store.slots) {
    if (name !== openSlot && !/^__.*__$/.test(name)) names.set(name, toSetting(name, slot));
  }
  return names;
}

/** Settings of Django, or the configuration of the one Flask application. */
function settingsOf(
  reader: Reader,
  observed: Observed,
  application: Value | undefined,
): Pick<EntryPoint, 'settings' | 'settingsOpen' | 'proposed'> {
  const open = whySettingsOpen(observed);
  if (observed.django) {
    const { settings: module, assumed } = observed.django;
    const slots = module?.store.slots;
    const only =
      assumed !== undefined && module && !slots?.has(openSlot) && isOnlySettings(reader, module.tree.file.path);
    return {
      settings: upperCase(slots, open),
      ...(open !== undefined && { settingsOpen: open }),
      ...(only && { proposed: upperCase(slots, undefined) }),
    };
  }
  const data =
    application?.data.kind === 'made' && application.data.name === 'flask.Flask'
      ? application.data
      : observed.flask.length === 1
        ? observed.flask[0]
        : undefined;
  const config = data?.store.slots.get('config')?.value.data;
  if (config?.kind !== 'dict') return { settings: new Map() };
  const blind = config.store.slots.get(openSlot);
  return { settings: upperCase(config.store.slots, undefined), ...(blind && { settingsOpen: reasonOf(blind.value) }) };
}

function upperCase(
  slots: ReadonlyMap<string, Slot> | undefined,
  doubt: string | undefined,
): ReadonlyMap<string, Setting<PyValue>> {
  const settings = new Map<string, Setting<PyValue>>();
  for (const [name, slot] of slots ?? []) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) continue;
    const { known, ...facts } = toSetting(name, slot);
    settings.set(
      name,
      doubt === undefined || !known
        ? toSetting(name, slot)
        : { name: facts.name, origin: facts.origin, ...(facts.span && { span: facts.span }), known: false, why: doubt },
    );
  }
  return settings;
}

function djangoFacts(
  search: SearchContext,
  observed: Observed,
): Pick<EntryPoint, 'settingsModule' | 'settingsProposed' | 'settingsMissing'> {
  const { django } = observed;
  if (!django) return {};
  const { settingsModule, proposed, settings } = django;
  if (!settingsModule.known && proposed && !settings) {
    const judged = judgeTarget(search, proposed.value);
    if (judged.state !== 'missing' || judged.near.length !== 1) return { settingsModule };
    return { settingsModule, settingsProposed: proposed, settingsMissing: { why: judged.why, near: judged.near } };
  }
  if (!settingsModule.known || settings) return { settingsModule };
  const judged = /^\w+(?:\.\w+)*$/.test(settingsModule.value)
    ? judgeTarget(search, settingsModule.value)
    : {
        state: 'missing' as const,
        why: `"${settingsModule.value}" is not the name of a module`,
        near: nearText(search, settingsModule.value),
      };
  return {
    settingsModule,
    ...(judged.state === 'missing' && { settingsMissing: { why: judged.why, near: judged.near } }),
  };
}

/** The name inside quotes that became part of the value. */
function nearText(search: SearchContext, text: string): readonly string[] {
  const plain = withoutEnd(text.replace(/^["'\s]+/, ''), `"' \t\r\n`)
    .replace(/\.py$/, '')
    .replaceAll('/', '.');
  return /^\w+(?:\.\w+)*$/.test(plain) && resolveModule(search, plain).state === 'module' ? [plain] : [];
}
