import type { PyCall } from '../../model/entry.js';
import type { Setting } from '../../model/setting.js';
import type { PyExpression, PyStatement } from '../../syntax/python/tree.js';
import type { Span, Step } from '../../text/source.js';
import type { Reader } from '../reader.js';
import type { SearchContext } from './modules.js';
import {
  type ClassData,
  either,
  type FunctionData,
  type Given,
  type Item,
  itemsSlot,
  type LoadingModule,
  type MadeData,
  openSlot,
  type Scope,
  type Slot,
  type Store,
  unknown,
  type Value,
} from './values.js';

/** Environment variables that the process starts with. `open`: it may see others that no file states. */
export interface PyEnvironment {
  readonly variables: Pick<ReadonlyMap<string, Setting<string>>, 'get'>;
  readonly open: boolean;
}

/** What running a block led to, as far as it is the same on every way through it. */
export type Completion = 'next' | 'return' | 'break' | 'continue' | 'raise';

/** Of a frame that states none. */
export const noNames: ReadonlySet<string> = new Set();

/** One function call, class body or module body that is being run. */
export interface Frame {
  readonly module: LoadingModule;
  readonly scope: Scope;
  /** Names that it takes from the module, and from the functions around it. */
  globals: ReadonlySet<string>;
  nonlocals: ReadonlySet<string>;
  /** Values of the `return` statements that were met. */
  readonly returns: Value[];
  readonly running?: FunctionData;
  /** The class whose body it is. */
  readonly building?: ClassData;
  /** A `break` or `continue` was met under a condition that cannot be decided. */
  leaving: boolean;
  /** So was a `return`, and what follows may not be reached. */
  returning: boolean;
  /** Functions that it lets a thread run on another way, so that nobody is surely kept waiting for them here. */
  readonly threaded?: Set<FunctionData['definition']>;
}

export interface CallEvent {
  readonly name: string;
  readonly self?: Value;
  readonly given: Given;
  readonly span: Span;
  readonly frame: Frame;
}

export interface MissingImport {
  /** Dotted; with the name that was asked for behind the module, where the module is there. */
  readonly name: string;
  readonly span: Span;
  /** The module that imports it. */
  readonly from: LoadingModule;
  readonly certain: boolean;
  readonly chain: readonly Step[];
}

/** What the part that knows frameworks wants to hear of. */
export interface Hooks {
  /** A call of something installed; a value that is returned replaces the result. */
  called?(machine: Machine, event: CallEvent): Value | undefined;
  /** A call of something installed has returned an object. */
  objectMade?(machine: Machine, made: Value & { readonly data: MadeData }): void;
  /** `decorator` is put before a function or class. */
  decorated?(machine: Machine, decorator: Value, target: Value, span: Span): void;
  classMade?(machine: Machine, made: ClassData): void;
  /** Something installed is imported. */
  imported?(machine: Machine, name: string, span: Span): void;
  /** A module of ours begins to be imported. */
  loading?(machine: Machine, module: LoadingModule): void;
  missing?(machine: Machine, missing: MissingImport): void;
  /** A name of something installed whose value is known all the same. */
  external?(machine: Machine, name: string): Value | undefined;
}

export interface Callee {
  /** As the tables have it. */
  readonly name: string;
  /** Name of the type of what it gives. */
  readonly result: string;
}

/** The parts of the evaluator that need each other. */
export interface Evaluator {
  expression(machine: Machine, frame: Frame, expression: PyExpression): Value;
  block(machine: Machine, frame: Frame, body: readonly PyStatement[]): Completion;
  call(machine: Machine, frame: Frame, callee: Value, given: Given, site: Span): Value;
  attribute(machine: Machine, frame: Frame, object: Value, name: string, site: Span): Value;
}

/**
 * A careful run of Python code without running it: names hold values that may be unknown, both ways of a condition that cannot be
 * decided are followed and joined, calls are noted by qualified name. Holds everything that changes on the way.
 */
export interface Machine {
  readonly reader: Reader;
  readonly search: SearchContext;
  readonly environment: PyEnvironment;
  /** Variables that the code itself sets. */
  readonly variables: Store;
  readonly modules: Map<string, LoadingModule>;
  /** What is known of the things that were called, by the names they were called by, and of the names of attributes. */
  readonly callees: Map<string, Callee>;
  readonly attributes: Map<string, Map<string, string>>;
  hooks: Hooks;
  readonly evaluator: Evaluator;
  /** Functions that are being run, to stop recursion. */
  readonly active: Set<object>;
  /** Where calls are noted. */
  calls: PyCall[];
  /** Where calls of threads and processes that the code starts are noted. */
  background: PyCall[];
  trail: Trail | undefined;
  /** Nothing undecidable stands before the statement that runs. */
  certain: boolean;
  /** A call that never returns was met: what follows is not reached. */
  dead: boolean;
  chain: readonly Step[];
  /** The statement that runs, and the one of the module body that led to it. */
  statement: Span | undefined;
  topLevel: Span | undefined;
  /** What Django is loading at the moment. */
  during: PyCall['during'] | undefined;
  /** Levels of nesting of the run itself. */
  depth: number;
  /** Statements and rounds of loops that functions may still run; module bodies always run to their end. */
  budget: number;
  /** Wants to hear what functions of ours give back. */
  returned?: ((frame: Frame, item: Item) => void) | undefined;
  /** Inside a `try` that catches a missing module, and one that catches SystemExit. */
  catching: { readonly imports: boolean; readonly exit: boolean };
}

export interface Trail {
  readonly depth: number;
  readonly old: Map<Store, Map<string, Slot | undefined>>;
  readonly parent: Trail | undefined;
}

/** What a fork changed: the values it left behind. */
export type Delta = ReadonlyMap<Store, ReadonlyMap<string, Slot | undefined>>;

export const defaultBudget = 50_000;
/** Deeper than this, evaluation gives up: it must not use up the stack of the process. */
export const maxNesting = 600;

export function createMachine(
  reader: Reader,
  search: SearchContext,
  environment: PyEnvironment,
  evaluator: Evaluator,
  hooks: Hooks = {},
): Machine {
  return {
    evaluator,
    reader,
    search,
    environment,
    variables: { slots: new Map(), birth: 0 },
    modules: new Map(),
    callees: new Map(),
    attributes: new Map(),
    hooks,
    active: new Set(),
    calls: [],
    background: [],
    trail: undefined,
    certain: true,
    dead: false,
    chain: [],
    statement: undefined,
    topLevel: undefined,
    during: undefined,
    depth: 0,
    budget: defaultBudget,
    catching: { imports: false, exit: false },
  };
}

export function newStore(machine: Machine): Store {
  return { slots: new Map(), birth: machine.trail?.depth ?? 0 };
}

export function write(machine: Machine, store: Store, key: string, slot: Slot | undefined): void {
  const { trail } = machine;
  if (trail && trail.depth > store.birth) {
    let old = trail.old.get(store);
    if (!old) {
      old = new Map();
      trail.old.set(store, old);
    }
    if (!old.has(key)) old.set(key, store.slots.get(key));
  }
  if (slot) store.slots.set(key, slot);
  else store.slots.delete(key);
}

/** Runs something, then undoes every change it made and gives them back beside its result. */
export function fork<T>(machine: Machine, run: () => T): { readonly result: T; readonly delta: Delta } {
  const trail: Trail = { depth: (machine.trail?.depth ?? 0) + 1, old: new Map(), parent: machine.trail };
  machine.trail = trail;
  const result = run();
  const delta = new Map<Store, Map<string, Slot | undefined>>();
  for (const [store, old] of trail.old) {
    const now = new Map<string, Slot | undefined>();
    for (const [key, slot] of old) {
      now.set(key, store.slots.get(key));
      if (slot) store.slots.set(key, slot);
      else store.slots.delete(key);
    }
    delta.set(store, now);
  }
  machine.trail = trail.parent;
  return { result, delta };
}

export function apply(machine: Machine, delta: Delta): void {
  for (const [store, slots] of delta) for (const [key, slot] of slots) write(machine, store, key, slot);
}

/** Leaves behind what any of the ways may have left: equal values stay, others become a choice. */
export function join(machine: Machine, deltas: readonly Delta[], why: string): void {
  const touched = new Map<Store, Set<string>>();
  for (const delta of deltas) {
    for (const [store, slots] of delta) {
      const keys = touched.get(store) ?? new Set();
      for (const key of slots.keys()) keys.add(key);
      touched.set(store, keys);
    }
  }
  for (const [store, keys] of touched) {
    for (const key of keys) {
      const current = store.slots.get(key);
      const slots = deltas.map(delta => {
        const changed = delta.get(store);
        return changed?.has(key) ? changed.get(key) : current;
      });
      write(machine, store, key, joinSlots(slots, why));
    }
  }
}

function joinSlots(slots: readonly (Slot | undefined)[], why: string): Slot | undefined {
  const present = slots.filter(slot => slot !== undefined);
  const [first] = present;
  if (!first) return undefined;
  const value = either(
    present.map(slot => slot.value),
    why,
  );
  const maybe = present.length < slots.length || present.some(slot => slot.maybe);
  const was = present.find(slot => slot.was)?.was;
  return { value, ...(first.at && { at: first.at }), ...(maybe && { maybe }), ...(was && { was }) };
}

/** Everything that a way changed is unknown from here on: it may have run any number of times. */
export function blur(machine: Machine, delta: Delta, why: string, certain = false): void {
  for (const [store, slots] of delta) {
    for (const [key, slot] of slots) {
      const at = slot?.at ?? store.slots.get(key)?.at;
      write(machine, store, key, {
        value: unknown(why),
        ...(at && { at }),
        ...(!certain && !store.slots.has(key) && { maybe: true }),
      });
    }
  }
}

/** A store that is left open more often than this holds no names any more, so that the work stays in proportion. */
const maxOpenings = 100;

/** More names may be there, and those that are there may have changed. */
export function openStore(machine: Machine, store: Store, why: string): void {
  const times = (store.slots.get(openSlot)?.times ?? 0) + 1;
  for (const [key, slot] of [...store.slots]) {
    if (key !== openSlot)
      write(machine, store, key, times > maxOpenings ? undefined : { ...slot, value: unknown(why) });
  }
  write(machine, store, openSlot, { value: unknown(why), times });
}

export function makeSequence(machine: Machine, type: 'list' | 'tuple' | 'set', items: readonly Item[]): Value {
  const store = newStore(machine);
  // A copy: a list that grew has room for sixteen items more than it needs.
  store.slots.set(itemsSlot, { value: { data: { kind: 'items', items: items.slice() } } });
  return { data: { kind: 'sequence', type, store } };
}

export function makeDict(machine: Machine, entries: Iterable<readonly [string, Slot]>, of?: string): Value {
  const store = newStore(machine);
  for (const [key, slot] of entries) store.slots.set(key, slot);
  return { data: of ? { kind: 'dict', store, of } : { kind: 'dict', store } };
}

/** Runs something that may not happen at all, and undoes what it changed. */
export function doubtful<T>(
  machine: Machine,
  run: () => T,
): { readonly result: T; readonly delta: Delta; readonly dead: boolean } {
  const { certain, dead } = machine;
  machine.certain = false;
  const { result, delta } = fork(machine, run);
  const ended = machine.dead;
  machine.certain = certain;
  machine.dead = dead;
  return { result, delta, dead: ended };
}

/** Runs one of two ways, or both where it cannot be told which, and joins what they leave behind. */
export function branch(
  machine: Machine,
  which: boolean | undefined,
  then: () => Value,
  otherwise: () => Value,
  why: string,
): Value {
  if (which !== undefined) return which ? then() : otherwise();
  const first = doubtful(machine, then);
  const second = doubtful(machine, otherwise);
  const alive = [first, second].filter(way => !way.dead);
  join(
    machine,
    alive.map(way => way.delta),
    why,
  );
  if (alive.length === 0) machine.dead = true;
  return either(
    (alive.length > 0 ? alive : [first, second]).map(way => way.result),
    why,
  );
}
