import { canonicalName } from '../../facts/python-web.js';
import type { Span } from '../../text/source.js';
import { moduleAttribute } from './load.js';
import { type Frame, type Machine, makeSequence } from './machine.js';
import { spread } from './operators.js';
import {
  type ClassData,
  constant,
  external,
  type FunctionData,
  itemsOf,
  itemsSlot,
  keyOf,
  nothingGiven,
  numberOf,
  openSlot,
  originOf,
  reasonOf,
  type Slot,
  textOf,
  unknown,
  type Value,
  withVia,
} from './values.js';

/** `value.name`. */
export function getAttribute(machine: Machine, frame: Frame, value: Value, name: string, site: Span): Value {
  const { data } = value;
  switch (data.kind) {
    case 'choice':
      return spread(value, each => getAttribute(machine, frame, each, name, site));
    case 'module':
      return moduleAttribute(machine, data.module, name)?.value ?? unknown(`${data.module.name} has no ${name}`);
    case 'class':
      return (
        classAttribute(machine, frame, data, name, value, undefined, site) ?? unknown(`${data.name} has no ${name}`)
      );
    case 'instance': {
      const own = data.store.slots.get(name);
      if (own) return own.value;
      return (
        classAttribute(machine, frame, data.of, name, value, value, site) ?? unknown(`${data.of.name} has no ${name}`)
      );
    }
    case 'super':
      return superAttribute(machine, frame, data.of, name, data.self, site);
    case 'made':
      return data.store.slots.get(name)?.value ?? external(attributeName(machine, data.name, name), value);
    case 'external': {
      const full = attributeName(machine, data.name, name);
      return machine.hooks.external?.(machine, full) ?? external(full, data.self);
    }
    case 'path':
      return pathAttribute(machine, value, data.path, name);
    case 'constant':
      return external(`${data.type}.${name}`, value);
    case 'text':
      return external(`str.${name}`, value);
    case 'sequence':
      return external(`${data.type}.${name}`, value);
    case 'dict':
      return external(`${data.of ?? 'dict'}.${name}`, value);
    case 'unknown': {
      const of = data.of === undefined ? undefined : `${data.of}.${name}`;
      return unknown(data.why, value.via, of);
    }
    case 'function':
      return unknown(`it is an attribute of the function ${data.name}`);
    default:
      return unknown(reasonOf(value), value.via);
  }
}

/** What the tables call an attribute of something installed; each is put together once. */
function attributeName(machine: Machine, of: string, name: string): string {
  let known = machine.attributes.get(of);
  if (!known) {
    known = new Map();
    machine.attributes.set(of, known);
  }
  let full = known.get(name);
  if (full === undefined) {
    full = canonicalName(`${of}.${name}`);
    known.set(name, full);
  }
  return full;
}

/** Looks through a class and its bases, depth first. `self`: the object through which it is asked for. */
function classAttribute(
  machine: Machine,
  frame: Frame,
  of: ClassData,
  name: string,
  through: Value,
  self: Value | undefined,
  site: Span,
): Value | undefined {
  const found = findInClass(of, name);
  if (!found) return undefined;
  if ('external' in found) return external(canonicalName(`${found.external}.${name}`), self ?? through);
  const { value } = found.slot;
  if (value.data.kind === 'function') return bind(machine, frame, value, value.data, through, self, site);
  if (hasForeignBase(of)) return unknown(`${of.name} gets its values from what it inherits`, value.via);
  return found.slot.maybe ? unknown('it is set only under a condition that cannot be decided') : value;
}

function bind(
  machine: Machine,
  frame: Frame,
  value: Value,
  data: FunctionData,
  through: Value,
  self: Value | undefined,
  site: Span,
): Value {
  if (data.binding === 'static') return value;
  if (data.binding === 'class') {
    const owner: Value = through.data.kind === 'instance' ? { data: through.data.of } : through;
    return withVia({ ...data, self: owner }, value.via);
  }
  if (!self) return value;
  const bound: Value = withVia({ ...data, self }, value.via);
  return data.binding === 'property' ? machine.evaluator.call(machine, frame, bound, nothingGiven, site) : bound;
}

const maxBases = 30;

/** The slot of a class or of the first base that has it; or the installed base that may have it. */
export function findInClass(
  of: ClassData,
  name: string,
): { readonly slot: Slot } | { readonly external: string } | undefined {
  const pending: Value[] = [{ data: of }];
  for (let seen = 0; pending.length > 0 && seen < maxBases; seen++) {
    const data = pending.shift()?.data;
    if (data?.kind === 'class') {
      const slot = data.store.slots.get(name);
      if (slot) return { slot };
      pending.unshift(...data.bases);
    } else if (data?.kind === 'external' || data?.kind === 'made') {
      if (data.name !== 'object') return { external: data.name };
    } else if (data) return { external: 'unknown' };
  }
  return undefined;
}

/** A base of it is not ours, so values may come from elsewhere (pydantic reads the environment). */
function hasForeignBase(of: ClassData, depth = 0): boolean {
  if (of.wrapped || depth > maxBases) return true;
  return of.bases.some(base => {
    if (base.data.kind === 'class') return hasForeignBase(base.data, depth + 1);
    return !(base.data.kind === 'external' && base.data.name === 'object');
  });
}

function superAttribute(machine: Machine, frame: Frame, of: ClassData, name: string, self: Value, site: Span): Value {
  for (const base of of.bases) {
    if (base.data.kind === 'class') {
      const found = classAttribute(machine, frame, base.data, name, self, self, site);
      if (found) return found;
    } else if (base.data.kind === 'external') return external(canonicalName(`${base.data.name}.${name}`), self);
  }
  return external(`object.${name}`, self);
}

function pathAttribute(machine: Machine, value: Value, path: string, name: string): Value {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  switch (name) {
    case 'parent':
      return withVia({ kind: 'path', path: parentOf(path) }, value.via);
    case 'parents': {
      const items = [];
      for (let at = path; at !== '/' && at !== '.' && items.length < 50; ) {
        at = parentOf(at);
        items.push({ value: withVia({ kind: 'path', path: at }, value.via) });
      }
      return makeSequence(machine, 'tuple', items);
    }
    case 'name':
      return constant(base, 'str', value.via);
    case 'stem':
      return constant(dot > 0 ? base.slice(0, dot) : base, 'str', value.via);
    case 'suffix':
      return constant(dot > 0 ? base.slice(dot) : '', 'str', value.via);
    default:
      return external(`pathlib.Path.${name}`, value);
  }
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
}

/** `value[index]` for an index that is no slice. */
export function getItem(value: Value, index: Value): Value {
  const { data } = value;
  if (data.kind === 'choice') return spread(value, each => getItem(each, index));
  if (index.data.kind === 'choice') return spread(index, each => getItem(value, each));
  if (data.kind === 'dict') {
    const key = keyOf(index);
    const slot = key === undefined ? undefined : data.store.slots.get(key);
    if (slot && !slot.maybe) return slot.value;
    const open = data.store.slots.get(openSlot);
    return unknown(open ? reasonOf(open.value) : key === undefined ? reasonOf(index) : `the dict has no ${key}`);
  }
  const items = itemsOf(value);
  const number = numberOf(index);
  if (items && number !== undefined) return items.at(number)?.value ?? unknown('the list has no such item');
  const text = textOf(value);
  if (text !== undefined && number !== undefined && Number.isInteger(number)) {
    const character = text.at(number);
    return character === undefined ? unknown('the text has no such character') : constant(character, 'str', value.via);
  }
  if (data.kind === 'sequence')
    return unknown(items ? reasonOf(index) : reasonOf(data.store.slots.get(itemsSlot)?.value ?? value));
  const of = originOf(value);
  return unknown(reasonOf(value), value.via, of === undefined ? undefined : `${of}[]`);
}

/** `value[lower:upper]`; steps are not followed. */
export function getSlice(
  machine: Machine,
  value: Value,
  lower: Value | undefined,
  upper: Value | undefined,
  stepped: boolean,
): Value {
  const from = lower ? numberOf(lower) : 0;
  const to = upper ? numberOf(upper) : Number.MAX_SAFE_INTEGER;
  if (stepped || from === undefined || to === undefined) return unknown('a slice of it cannot be told');
  const text = textOf(value);
  if (text !== undefined) return constant(text.slice(from, to), 'str', value.via);
  const items = itemsOf(value);
  if (items && value.data.kind === 'sequence') return makeSequence(machine, value.data.type, items.slice(from, to));
  return unknown(reasonOf(value), value.via);
}
