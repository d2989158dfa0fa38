import { canonicalName } from '../../facts/python-web.js';
import type { PyModule } from '../../syntax/python/tree.js';
import type { SourceFile, Span } from '../../text/source.js';
import { type Machine, newStore, noNames, openStore, write } from './machine.js';
import { relativeBase, resolveModule } from './modules.js';
import {
  constant,
  external,
  itemsOf,
  type LoadingModule,
  makeModule,
  openSlot,
  reasonOf,
  type Scope,
  type Slot,
  textOf,
  unknown,
  type Value,
} from './values.js';

/** Imports `dotted` with its parents as `import a.b.c` does and gives the last of them. */
export function importModule(machine: Machine, dotted: string, site: Span, from: LoadingModule | undefined): Value {
  let value: Value = external(dotted);
  let parent: LoadingModule | undefined;
  const parts = dotted.split('.');
  for (let i = 1; i <= parts.length; i++) {
    const name = parts.slice(0, i).join('.');
    value = importOne(machine, name, site, from);
    const module = value.data.kind === 'module' ? value.data.module : undefined;
    if (parent && module) write(machine, parent.store, parts[i - 1] ?? '', { value });
    if (value.data.kind === 'unknown') return value;
    parent = module;
  }
  return value;
}

function importOne(machine: Machine, name: string, site: Span, from: LoadingModule | undefined): Value {
  const found = resolveModule(machine.search, name);
  if (found.state === 'module') {
    const module = loadModule(machine, name, { ...found, name }, site, undefined, from);
    return module ? makeModule(module) : external(name);
  }
  if (found.state === 'namespace') return makeModule(namespaceModule(machine, name, found.folders));
  if (found.state === 'absent' && found.parent !== 'none') {
    reportMissing(machine, name, site, from);
    return unknown(`there is no module ${name}`);
  }
  if (found.state === 'absent') {
    if (from) reportMissing(machine, name, site, from);
    machine.hooks.imported?.(machine, name, site);
  } else if (found.state === 'standard') machine.hooks.imported?.(machine, name, site);
  else machine.hooks.imported?.(machine, name, site);
  return external(canonicalName(name));
}

function reportMissing(machine: Machine, name: string, span: Span, from: LoadingModule | undefined): void {
  if (!from) return;
  const certain = machine.certain && !machine.catching.imports;
  machine.hooks.missing?.(machine, { name, span, from, certain, chain: machine.chain });
}

function namespaceModule(machine: Machine, name: string, folders: readonly string[]): LoadingModule {
  const known = machine.modules.get(name);
  if (known) return known;
  const file: SourceFile = { path: '', text: '' };
  const module: LoadingModule = {
    name,
    tree: { file, body: [], problems: [], templated: false },
    store: { ...newStore(machine), ofModule: true },
    isPackage: true,
    folders,
    chain: [],
    state: 'loaded',
    certain: true,
  };
  machine.modules.set(name, module);
  return module;
}

export interface ModuleSource {
  /** What `__name__` is; a value where it is not the name of the module. */
  readonly name: string;
  readonly file: SourceFile;
  readonly path?: string;
  readonly isPackage: boolean;
  readonly folders: readonly string[];
  /** Where it is parsed already. */
  readonly tree?: PyModule;
}

/**
 * Runs a module's body, unless that was done; a module that was imported only perhaps runs again when it certainly is.
 * Undefined where the Python grammar is not loaded.
 */
export function loadModule(
  machine: Machine,
  key: string,
  source: ModuleSource,
  site: Span | undefined,
  dunderName?: Value,
  from?: LoadingModule,
): LoadingModule | undefined {
  const known = machine.modules.get(key);
  if (known && (known.state === 'loading' || known.certain || !machine.certain)) return known;
  const tree = known?.tree ?? source.tree ?? machine.reader.python(source.file);
  if (!tree) return undefined;
  const written = site && /^(?:import|from)\b/.test(site.file.text.slice(site.start, site.start + 7));
  const message = from && written ? `${from.name} imports ${source.name}` : `${source.name} is loaded here`;
  const chain = known?.chain ?? (site ? [...machine.chain, { span: site, message }] : machine.chain);
  const module: LoadingModule = known ?? {
    name: source.name,
    tree,
    store: { ...newStore(machine), ofModule: true },
    isPackage: source.isPackage,
    ...(source.path !== undefined && { path: source.path }),
    folders: source.folders,
    chain,
    state: 'loading',
    certain: machine.certain,
  };
  module.certain = machine.certain;
  module.state = 'loading';
  machine.modules.set(key, module);
  machine.hooks.loading?.(machine, module);
  const set = (slot: string, value: Value): void => write(machine, module.store, slot, { value });
  set('__name__', dunderName ?? constant(source.name));
  set('__file__', source.path === undefined ? unknown('it is not known where the file lies') : constant(source.path));
  set('__doc__', unknown('it is the documentation'));
  set('__package__', constant(source.isPackage ? source.name : source.name.split('.').slice(0, -1).join('.')));
  if (tree.problems.length > 0) {
    openStore(machine, module.store, 'its module does not parse');
    module.state = 'failed';
  } else if (tree.templated) openStore(machine, module.store, 'a template fills in its module');
  else runBody(machine, module);
  if (module.state === 'loading') module.state = 'loaded';
  return module;
}

const importDepth = 5;

function runBody(machine: Machine, module: LoadingModule): void {
  const saved = { ...machine };
  machine.chain = module.chain;
  machine.statement = undefined;
  machine.topLevel = undefined;
  const scope: Scope = { store: module.store, isClass: false };
  const frame = {
    module,
    scope,
    globals: noNames,
    nonlocals: noNames,
    returns: [],
    leaving: false,
    returning: false,
  };
  // One import takes as much stack as several levels of nesting; Python itself stops at about a hundred.
  machine.depth += importDepth;
  const ended = machine.evaluator.block(machine, frame, module.tree.body);
  machine.depth -= importDepth;
  if (ended === 'raise') module.state = 'failed';
  machine.chain = saved.chain;
  machine.statement = saved.statement;
  machine.topLevel = saved.topLevel;
  machine.certain = saved.certain;
  machine.dead = ended === 'raise';
}

/** `module.name`: a value of it, or a submodule that is loaded already; undefined where it has none. */
export function moduleAttribute(machine: Machine, module: LoadingModule, name: string): Slot | undefined {
  const slot = module.store.slots.get(name);
  if (slot) return slot;
  const child = machine.modules.get(`${module.name}.${name}`);
  if (child) return { value: makeModule(child) };
  const blind = whyBlind(module);
  return blind === undefined ? undefined : { value: unknown(blind) };
}

/** Why a module may have names that were not seen. */
export function whyBlind(module: LoadingModule): string | undefined {
  const open = module.store.slots.get(openSlot);
  if (open) return reasonOf(open.value);
  if (module.state === 'loading') return `${module.name} is still being imported at this point`;
  if (module.state === 'failed') return `the import of ${module.name} ends early`;
  if (module.store.slots.has('__getattr__')) return `${module.name} makes its names when they are asked for`;
  return undefined;
}

/** `from module import name`. */
export function importName(machine: Machine, base: Value, name: string, site: Span, from: LoadingModule): Slot {
  if (base.data.kind !== 'module') {
    if (base.data.kind !== 'external') return { value: base.data.kind === 'unknown' ? base : unknown(reasonOf(base)) };
    const full = canonicalName(`${base.data.name}.${name}`);
    return { value: machine.hooks.external?.(machine, full) ?? external(full) };
  }
  const { module } = base.data;
  const slot = module.store.slots.get(name);
  if (slot) return slot;
  if (module.isPackage) {
    const dotted = `${module.name}.${name}`;
    const found = resolveModule(machine.search, dotted);
    if (found.state === 'module' || found.state === 'namespace')
      return { value: importModule(machine, dotted, site, from) };
    if (found.state === 'unknown' && whyBlind(module) === undefined) return { value: unknown(found.why) };
  }
  const blind = whyBlind(module);
  if (blind !== undefined) return { value: unknown(blind) };
  reportMissing(machine, `${module.name}.${name}`, site, from);
  return { value: unknown(`${module.name} has no ${name}`) };
}

/** `from module import *`: copies its public names, or leaves the importing store open where they are not all known. */
export function importStar(machine: Machine, base: Value, into: LoadingModule): void {
  if (base.data.kind !== 'module') {
    openStore(
      machine,
      into.store,
      `names may come from ${base.data.kind === 'external' ? base.data.name : 'a module that cannot be read'}`,
    );
    return;
  }
  const { module } = base.data;
  const blind = module.state === 'loaded' ? undefined : whyBlind(module);
  const open = module.store.slots.get(openSlot);
  if (blind !== undefined || open || module.store.slots.has('__getattr__')) {
    openStore(machine, into.store, open ? reasonOf(open.value) : `names may come from ${module.name}`);
  }
  const listed = itemsOf(module.store.slots.get('__all__')?.value)?.map(item => textOf(item.value));
  const only = listed && !listed.includes(undefined) ? new Set(listed) : undefined;
  for (const [name, slot] of [...module.store.slots]) {
    if (name === openSlot || (only ? !only.has(name) : name.startsWith('_'))) continue;
    write(machine, into.store, name, slot);
  }
}

/** The module that a `from` counts from: dotted name, or undefined where the dots lead out of the package. */
export function fromName(module: LoadingModule, level: number, name: string): string | undefined {
  if (level === 0) return name;
  const base = relativeBase(module.name, module.isPackage, level);
  if (base === undefined || base === '') return undefined;
  return name === '' ? base : `${base}.${name}`;
}
