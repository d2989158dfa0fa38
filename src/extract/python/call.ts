import { canonicalName, resultName } from '../../facts/python-web.js';
import type { Span } from '../../text/source.js';
import { findInClass, getAttribute } from './attribute.js';
import { libraryCall } from './library.js';
import {
  apply,
  type Callee,
  doubtful,
  type Frame,
  join,
  type Machine,
  makeDict,
  makeSequence,
  newStore,
  noNames,
  openStore,
} from './machine.js';
import { recordCall } from './settings.js';
import {
  type ClassData,
  constant,
  either,
  type FunctionData,
  type Given,
  type Item,
  type MadeData,
  openSlot,
  originOf,
  reasonOf,
  type Slot,
  type Store,
  unknown,
  type Value,
} from './values.js';

/** Functions that may be inside one another; Python code that serves requests is not nested deeper. */
const maxCalls = 40;

/** Calls a value: follows functions of ours, notes calls of what is installed. */
export function callValue(machine: Machine, frame: Frame, callee: Value, given: Given, site: Span): Value {
  const { data } = callee;
  switch (data.kind) {
    case 'choice': {
      const ways = data.options.map(option => doubtful(machine, () => callValue(machine, frame, option, given, site)));
      join(
        machine,
        ways.filter(way => !way.dead).map(way => way.delta),
        data.why,
      );
      return either(
        ways.map(way => way.result),
        data.why,
      );
    }
    case 'function': {
      if (!frame.threaded?.has(data.definition)) return callFunction(machine, data, given, site);
      const { calls } = machine;
      machine.calls = machine.background;
      const result = callFunction(machine, data, given, site);
      machine.calls = calls;
      return result;
    }
    case 'class':
      return instantiate(machine, frame, data, given, site);
    case 'external':
      return callExternal(machine, frame, data.name, data.self, given, site);
    case 'made':
      return callMade(machine, frame, callee, data, given, site);
    case 'instance': {
      const method = getAttribute(machine, frame, callee, '__call__', site);
      return method.data.kind === 'function'
        ? callValue(machine, frame, method, given, site)
        : unknown(`it is what ${data.of.name} gives when it is called`);
    }
    default: {
      exposed(machine, given, undefined);
      const of = originOf(callee);
      return unknown(reasonOf(callee), callee.via, of === undefined ? undefined : `${of}()`);
    }
  }
}

function callMade(machine: Machine, frame: Frame, callee: Value, made: MadeData, given: Given, site: Span): Value {
  if (made.name === 'functools.partial') {
    const [inner, ...rest] = made.given.positional;
    if (!inner) return unknown('it is a partial call of nothing');
    const keywords = new Map([...made.given.keywords, ...given.keywords]);
    const all = { positional: [...rest, ...given.positional], keywords, open: made.given.open || given.open };
    return callValue(machine, frame, inner.value, all, site);
  }
  const result = callExternal(machine, frame, `${made.name}.__call__`, callee, given, site);
  const [only] = given.positional;
  // A decorator that is called by hand usually gives back what it was given, in another coat.
  if (only && (only.value.data.kind === 'function' || only.value.data.kind === 'class')) {
    machine.hooks.decorated?.(machine, callee, only.value, site);
  }
  return result.data.kind === 'made' ? unknown(`it is what ${made.name}() gives when it is called`) : result;
}

function callExternal(
  machine: Machine,
  frame: Frame,
  called: string,
  self: Value | undefined,
  given: Given,
  site: Span,
): Value {
  const { name, result } = calledAs(machine, called);
  const known = libraryCall(self ? { machine, frame, name, self, given, site } : { machine, frame, name, given, site });
  if (known) return known;
  recordCall(machine, name, given, site);
  exposed(machine, given, name);
  const event = self ? { name, self, given, span: site, frame } : { name, given, span: site, frame };
  const replaced = machine.hooks.called?.(machine, event);
  if (replaced) return replaced;
  const store = newStore(machine);
  const data: MadeData = self
    ? { kind: 'made', name: result, given, self, store, at: site }
    : { kind: 'made', name: result, given, store, at: site };
  const value = { data };
  machine.hooks.objectMade?.(machine, value);
  return value;
}

/** The name of what is called, and of what it gives: a program calls the same few hundred things many times. */
function calledAs(machine: Machine, called: string): Callee {
  let known = machine.callees.get(called);
  if (!known) {
    const name = canonicalName(called.endsWith('.__init__') ? called.slice(0, -'.__init__'.length) : called);
    known = { name, result: resultName(name) };
    machine.callees.set(called, known);
  }
  return known;
}

/** The names of a module were handed out: whoever got them may set any of them. */
function exposed(machine: Machine, given: Given, to: string | undefined): void {
  for (const { value } of given.positional) expose(machine, value, to);
  for (const { value } of given.keywords.values()) expose(machine, value, to);
}

function expose(machine: Machine, { data }: Value, to: string | undefined): void {
  if (data.kind !== 'dict' || !data.store.ofModule) return;
  const who = to === undefined ? 'a function that cannot be followed' : `${to}()`;
  openStore(machine, data.store, `${who} may set it`);
}

/** Runs a function of ours with these arguments. */
function callFunction(machine: Machine, data: FunctionData, given: Given, site: Span): Value {
  const { definition } = data;
  if (definition.kind === 'function' && (definition.asynchronous || definition.generator) && !given.settled) {
    const type = definition.generator ? 'generator' : 'coroutine';
    return { data: { kind: 'deferred', type, of: data, given } };
  }
  const why = `what ${data.name}() returns cannot be told`;
  if (machine.active.has(definition) || machine.active.size >= maxCalls || machine.budget <= 0) return unknown(why);
  if (!data.wrapped) return runFunction(machine, data, given, site, why);
  const way = doubtful(machine, () => runFunction(machine, data, given, site, why));
  join(machine, [new Map(), way.delta], why);
  return unknown(`a decorator may change what ${data.name}() returns`);
}

function runFunction(machine: Machine, data: FunctionData, given: Given, site: Span, why: string): Value {
  const { definition } = data;
  const { chain, certain, statement, catching } = machine;
  const frame: Frame = {
    module: data.module,
    scope: { store: newStore(machine), parent: data.scope, isClass: false },
    globals: noNames,
    nonlocals: noNames,
    returns: [],
    running: data,
    leaving: false,
    returning: false,
    threaded: new Set(),
  };
  bindParameters(machine, frame.scope.store, data, given);
  machine.active.add(definition);
  if (!given.byServer) machine.chain = [...chain, { span: site, message: `${data.name}() is called here` }];
  let result: Value;
  if (definition.kind === 'lambda') result = machine.evaluator.expression(machine, frame, definition.body);
  else {
    const completion = machine.evaluator.block(machine, frame, definition.body);
    if (completion === 'raise') machine.dead = true;
    if (completion === 'next') frame.returns.push(constant(null));
    result = definition.generator ? unknown(`it comes out of ${data.name}()`) : either(frame.returns, why);
  }
  machine.active.delete(definition);
  machine.chain = chain;
  machine.certain = certain;
  machine.statement = statement;
  machine.catching = catching;
  return frame.returns.length === 0 && definition.kind === 'function' ? unknown(why) : result;
}

function bindParameters(machine: Machine, store: Store, data: FunctionData, given: Given): void {
  const positional: Item[] = data.self ? [{ value: data.self }, ...given.positional] : [...given.positional];
  let rest: Map<string, Slot> | undefined = given.keywords.size > 0 ? new Map(given.keywords) : undefined;
  for (const { name, kind } of data.definition.parameters) {
    let item: Item | undefined;
    if (kind === '*') {
      const more = positional.splice(0);
      item = given.open ? { value: unknown('it is passed through') } : { value: makeSequence(machine, 'tuple', more) };
    } else if (kind === '**') {
      rest ??= new Map();
      if (given.open) rest.set(openSlot, { value: unknown('it is passed through') });
      item = { value: makeDict(machine, rest) };
    } else if (kind === 'plain' && positional.length > 0) item = positional.shift();
    else {
      item = rest?.get(name);
      rest?.delete(name);
    }
    const fallback = data.defaults.get(name);
    const value = item ?? (given.open ? undefined : fallback) ?? { value: unknown(`it is the argument ${name}`) };
    store.slots.set(name, value);
  }
}

function instantiate(machine: Machine, frame: Frame, data: ClassData, given: Given, site: Span): Value {
  const instance: Value = { data: { kind: 'instance', of: data, store: newStore(machine) } };
  const start = findInClass(data, '__init__');
  if (start && 'slot' in start && start.slot.value.data.kind === 'function') {
    const way = start.slot.value.data;
    if (data.wrapped) {
      const maybe = doubtful(machine, () => callFunction(machine, { ...way, self: instance }, given, site));
      apply(machine, maybe.delta);
    } else callFunction(machine, { ...way, self: instance }, given, site);
  } else if (start && 'external' in start && start.external !== 'unknown') {
    const name = canonicalName(start.external);
    recordCall(machine, name, given, site);
    machine.hooks.called?.(machine, { name, self: instance, given, span: site, frame });
  }
  return instance;
}
