import { findInClass } from './attribute.js';
import { importModule } from './load.js';
import { type CallEvent, type Machine, openStore, write } from './machine.js';
import { constant, openSlot, reasonOf, type Slot, type Store, textOf, unknown, type Value } from './values.js';

/** A method of Flask's configuration object (flask/config.py): keys in upper case are taken over. */
export function configCall(machine: Machine, event: CallEvent, store: Store): Value | undefined {
  const method = event.name.slice(event.name.lastIndexOf('.') + 1);
  const [first] = event.given.positional;
  if (method === 'from_mapping') {
    const source = first?.value.data;
    if (source?.kind === 'dict' && !source.store.slots.has(openSlot)) copyUpper(machine, source.store.slots, store);
    else if (first) openStore(machine, store, reasonOf(first.value));
    copyUpper(machine, event.given.keywords, store);
    return constant(true);
  }
  if (method === 'from_object' && first) {
    fromObject(machine, event, first.value, store);
    return constant(null);
  }
  if (/^from_\w+$/.test(method)) {
    openStore(machine, store, `${method}() may set it`);
    return constant(true);
  }
  return undefined;
}

function copyUpper(machine: Machine, from: ReadonlyMap<string, Slot>, to: Store): void {
  for (const [key, slot] of from) if (/^[A-Z][A-Z0-9_]*$/.test(key)) write(machine, to, key, slot);
}

function fromObject(machine: Machine, event: CallEvent, source: Value, store: Store): void {
  const object = textOf(source) === undefined ? source : named(machine, event, textOf(source) ?? '');
  const { data } = object;
  if (data.kind === 'module') {
    if (data.module.store.slots.has(openSlot)) openStore(machine, store, `${data.module.name} may set it`);
    copyUpper(machine, data.module.store.slots, store);
  } else if (data.kind === 'class' || data.kind === 'instance') {
    const type = data.kind === 'class' ? data : data.of;
    const keys = new Set<string>();
    let open = type.wrapped;
    const pending: Value[] = [{ data: type }];
    for (let next = pending.pop(); next && keys.size < 1000; next = pending.pop()) {
      if (next.data.kind === 'class') {
        for (const key of next.data.store.slots.keys()) keys.add(key);
        pending.push(...next.data.bases);
      } else if (!(next.data.kind === 'external' && next.data.name === 'object')) open = true;
    }
    if (open) openStore(machine, store, `${type.name} may set it`);
    for (const key of keys) {
      const found = findInClass(type, key);
      if (found && 'slot' in found) copyUpper(machine, new Map([[key, found.slot]]), store);
    }
  } else openStore(machine, store, reasonOf(object));
}

/** `from_object("config.Production")`: a module, or an attribute of one. */
function named(machine: Machine, event: CallEvent, text: string): Value {
  if (!/^\w+(?:\.\w+)*$/.test(text)) return unknown('its name cannot be told');
  const whole = importModule(machine, text, event.span, undefined);
  if (whole.data.kind === 'module') return whole;
  const dot = text.lastIndexOf('.');
  if (dot < 0) return unknown(`it comes from ${text}`);
  const module = importModule(machine, text.slice(0, dot), event.span, undefined);
  if (module.data.kind !== 'module') return unknown(`it comes from ${text}`);
  return module.data.module.store.slots.get(text.slice(dot + 1))?.value ?? unknown(`it comes from ${text}`);
}
