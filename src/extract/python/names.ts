import type { PyExpression } from '../../syntax/python/tree.js';
import type { Span } from '../../text/source.js';
import { isBuiltin } from './builtin-names.js';
import { setVariable } from './environment.js';
import { type Frame, type Machine, makeSequence, openStore, write } from './machine.js';
import {
  external,
  type Item,
  itemsOf,
  itemsSlot,
  keyOf,
  numberOf,
  openSlot,
  originOf,
  reasonOf,
  type Scope,
  type Slot,
  type Store,
  textOf,
  unknown,
  type Value,
  withVia,
} from './values.js';

/** The value of a name as Python finds it: own scope, the functions around it, the module, the built-in names. */
export function lookUp(frame: Frame, name: string): Value {
  const { store } = frame.module;
  if (!frame.globals.has(name)) {
    for (let scope: Scope | undefined = frame.scope; scope; scope = scope.parent) {
      if (scope.isClass && scope !== frame.scope) continue;
      const slot = scope.store.slots.get(name);
      if (slot) return readSlot(name, slot);
    }
  }
  const slot = store.slots.get(name);
  if (slot) return readSlot(name, slot);
  if (isBuiltin(name)) return external(name);
  const open = store.slots.get(openSlot);
  if (open) return unknown(reasonOf(open.value));
  return unknown(
    frame.module.state === 'loading' ? `${name} is not defined` : `${name} is not defined in ${frame.module.name}`,
  );
}

const explainable = new Set(['constant', 'text', 'sequence', 'dict', 'path', 'unknown', 'choice']);

function readSlot(name: string, { value, at }: Slot): Value {
  if (!at || !explainable.has(value.data.kind)) return value;
  const via = value.via ?? [];
  if (via.length >= 8 || via.some(step => step.span.start === at.start && step.span.file.path === at.file.path))
    return value;
  return withVia(value.data, [{ span: at, message: `${name} is set here` }, ...via]);
}

/** The store that an assignment to the name changes. */
function storeOf(frame: Frame, name: string): Store {
  if (frame.globals.has(name)) return frame.module.store;
  if (frame.nonlocals.has(name)) {
    for (let scope = frame.scope.parent; scope; scope = scope.parent) {
      if (!scope.isClass && scope.store.slots.has(name)) return scope.store;
    }
  }
  return frame.scope.store;
}

export function bindName(machine: Machine, frame: Frame, name: string, slot: Slot | undefined): void {
  write(machine, storeOf(frame, name), name, slot);
}

/** `target = value`; what cannot be followed leaves the thing it may change unknown. */
export function assign(machine: Machine, frame: Frame, target: PyExpression, { value, at }: Item): void {
  switch (target.kind) {
    case 'name':
      bindName(machine, frame, target.id, { value, ...(at && { at }) });
      return;
    case 'tuple':
    case 'list':
      unpack(machine, frame, target.items, value, at);
      return;
    case 'starred':
      assign(machine, frame, target.value, { value: unknown(reasonOf(value)) });
      return;
    case 'attribute':
      setAttribute(machine, frame, machine.evaluator.expression(machine, frame, target.object), target.name, {
        value,
        ...(at && { at }),
      });
      return;
    case 'subscript': {
      const object = machine.evaluator.expression(machine, frame, target.object);
      const index =
        target.index.kind === 'slice' ? undefined : machine.evaluator.expression(machine, frame, target.index);
      setItem(machine, frame, object, index, { value, ...(at && { at }) });
      return;
    }
    default:
  }
}

function unpack(
  machine: Machine,
  frame: Frame,
  targets: readonly PyExpression[],
  value: Value,
  at: Span | undefined,
): void {
  const items = itemsOf(value);
  const star = targets.findIndex(target => target.kind === 'starred');
  const fits = items && (star < 0 ? items.length === targets.length : items.length >= targets.length - 1);
  targets.forEach((target, i) => {
    if (!items || !fits) {
      const of = originOf(value);
      assign(machine, frame, target, {
        value: unknown(reasonOf(value), value.via, of === undefined ? undefined : `${of}[]`),
        ...(at && { at }),
      });
    } else if (i === star && target.kind === 'starred') {
      const rest = items.slice(i, items.length - (targets.length - 1 - i));
      assign(machine, frame, target.value, { value: makeSequence(machine, 'list', rest), ...(at && { at }) });
    } else {
      const item = star >= 0 && i > star ? items[items.length - (targets.length - i)] : items[i];
      assign(machine, frame, target, item ?? { value: unknown(reasonOf(value)) });
    }
  });
}

function setAttribute(machine: Machine, frame: Frame, object: Value, name: string, slot: Slot): void {
  const { data } = object;
  if (data.kind === 'module') write(machine, data.module.store, name, slot);
  else if (data.kind === 'unknown' && data.of?.startsWith('sys.modules'))
    write(machine, frame.module.store, name, slot);
  else if (data.kind === 'instance' || data.kind === 'made' || data.kind === 'class')
    write(machine, data.store, name, slot);
  else if (data.kind === 'choice')
    for (const option of data.options) setAttribute(machine, frame, option, name, { ...slot, maybe: true });
}

/** `object[index] = value`; without an index: a slice. */
export function setItem(machine: Machine, frame: Frame, object: Value, index: Value | undefined, slot: Slot): void {
  const { data } = object;
  const key = index && keyOf(index);
  if (data.kind === 'dict') {
    if (key !== undefined) write(machine, data.store, key, slot);
    else openStore(machine, data.store, index ? reasonOf(index) : 'a part of it is replaced');
  } else if (data.kind === 'sequence') {
    const items = itemsOf(object);
    const at = index && numberOf(index);
    if (items && at !== undefined && items.at(at)) {
      const next = items.map((item, i) => (i === (at < 0 ? items.length + at : at) ? slot : item));
      write(machine, data.store, itemsSlot, { value: { data: { kind: 'items', items: next } } });
    } else write(machine, data.store, itemsSlot, { value: unknown('a part of it is replaced') });
  } else if (data.kind === 'external') setExternalItem(machine, frame, data.name, index, slot);
  else if (data.kind === 'choice') {
    for (const option of data.options) setItem(machine, frame, option, undefined, slot);
  }
}

function setExternalItem(machine: Machine, frame: Frame, name: string, index: Value | undefined, slot: Slot): void {
  const key = index && textOf(index);
  if (name === 'os.environ') {
    if (key !== undefined) setVariable(machine, key, slot);
    else openStore(machine, machine.variables, 'the code itself sets environment variables');
  } else if (name === 'sys.modules') openStore(machine, frame.module.store, 'the module replaces itself');
  else if (name === 'sys.path') machine.search.open ??= 'the code itself changes sys.path';
}

/** What `globals()` and `vars()` of a module give: a dict whose changes are those of the module's names. */
export function namesOf(module: Frame['module']): Value {
  return { data: { kind: 'dict', store: module.store } };
}
