import type { LibraryCall } from './library.js';
import { type Machine, makeDict, makeSequence, openStore, write } from './machine.js';
import { joinText, sortOrder, textParts } from './operators.js';
import { formatCall, splitText, textMethod } from './strings.js';
import {
  constant,
  explained,
  type Hole,
  type Item,
  itemsOf,
  itemsSlot,
  keyOf,
  keyValue,
  numberOf,
  openSlot,
  reasonOf,
  type Slot,
  type Store,
  same,
  textOf,
  unknown,
  type Value,
} from './values.js';

/** A method of a text (or another constant). */
export function textCall({ machine, given }: LibraryCall, self: Value, method: string): Value {
  const values = given.positional.map(item => item.value);
  if (method === 'join') return joinItems(self, values[0]);
  if (method === 'encode' || method === 'decode') {
    const text = self.data.kind === 'constant' && typeof self.data.value === 'string' ? self.data.value : undefined;
    const changed = text === undefined || given.open ? undefined : recode(text, method, values, given.keywords.size);
    if (changed === undefined) return unknown(reasonOf(self), self.via);
    return explained(constant(changed, method === 'encode' ? 'bytes' : 'str').data, self);
  }
  const text = textOf(self);
  if (text === undefined || given.open) return unknown(reasonOf(self), self.via);
  if (method === 'format') {
    const named = new Map([...given.keywords].map(([key, item]) => [key, item.value] as const));
    return formatCall(text, values, named) ?? unknown('its format cannot be told');
  }
  const parts =
    /^(?:split|rsplit|splitlines)$/.test(method) && given.keywords.size === 0
      ? splitText(text, method, values)
      : undefined;
  if (parts && parts.length < 10_000) {
    const items = parts.map(part => ({ value: constant(part, 'str', self.via) }));
    return explained(makeSequence(machine, 'list', items).data, self);
  }
  const result = given.keywords.size === 0 ? textMethod(text, method, values) : undefined;
  if (result === undefined)
    return unknown(values.length > 0 ? reasonOf(values[0] ?? self) : `the result of ${method}() cannot be told`);
  return explained(constant(result).data, self, ...values);
}

/** What `encode()` and `decode()` give; undefined where the encoding is another than the usual ones, or bytes are no ASCII. */
function recode(
  text: string,
  method: 'encode' | 'decode',
  values: readonly Value[],
  keywords: number,
): string | undefined {
  const [encoding] = values;
  const named = encoding ? textOf(encoding)?.toLowerCase().replaceAll('_', '-') : 'utf-8';
  if (keywords > 0 || named === undefined || !/^(?:utf-?8|ascii|us-ascii|latin-?1|iso-8859-1)$/.test(named))
    return undefined;
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  if (method === 'decode' || !/^utf-?8$/.test(named) || text.length > longestEncoded) return undefined;
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Of text that is more than ASCII. */
const longestEncoded = 10_000;

function joinItems(separator: Value, sequence: Value | undefined): Value {
  const text = textOf(separator);
  const items = itemsOf(sequence);
  if (text === undefined || !items) return unknown(reasonOf(sequence ?? separator), sequence?.via);
  const parts: (string | Hole)[] = [];
  items.forEach((item, i) => {
    if (i > 0) parts.push(text);
    parts.push(...textParts(item.value));
  });
  return explained(joinText(parts), separator, ...items.map(item => item.value));
}

/** A method of a list, tuple, set or dict. */
export function containerCall(call: LibraryCall, self: Value, method: string): Value | undefined {
  if (self.data.kind === 'dict') return dictMethod(call, self.data.store, method, self.data.of !== undefined);
  return self.data.kind === 'sequence' ? sequenceMethod(call, self, self.data.store, method) : undefined;
}

/** Longest list that is followed while it grows. */
const maxItems = 5_000;

function setItems(machine: Machine, store: Store, items: readonly Item[]): Value {
  const held = items.length > maxItems ? unknown('it is too long') : { data: { kind: 'items' as const, items } };
  write(machine, store, itemsSlot, { value: held });
  return constant(null);
}

function sequenceMethod({ machine, given }: LibraryCall, self: Value, store: Store, method: string): Value {
  const items = itemsOf(self);
  const [first, second] = given.positional;
  if (!items) return unknown(reasonOf(store.slots.get(itemsSlot)?.value ?? self));
  switch (method) {
    case 'append':
      return first ? setItems(machine, store, [...items, first]) : unknown('append() needs a value');
    case 'add':
      if (!first || items.some(item => same(item.value, first.value))) return constant(null);
      return setItems(machine, store, [...items, first]);
    case 'extend':
    case 'update': {
      const more = itemsOf(first?.value);
      return more ? setItems(machine, store, [...items, ...more]) : blurItems(machine, store, first?.value ?? self);
    }
    case 'insert': {
      const at = numberOf(first?.value);
      if (at === undefined || !second) return blurItems(machine, store, first?.value ?? self);
      const index = at < 0 ? Math.max(0, items.length + at) : at;
      return setItems(machine, store, [...items.slice(0, index), second, ...items.slice(index)]);
    }
    case 'remove':
    case 'discard': {
      const index = first ? items.findIndex(item => same(item.value, first.value)) : -1;
      if (index < 0 || items.some(item => item.value.data.kind !== 'constant')) return blurItems(machine, store, self);
      return setItems(machine, store, items.toSpliced(index, 1));
    }
    case 'copy':
      return makeSequence(machine, self.data.kind === 'sequence' ? self.data.type : 'list', items);
    case 'clear':
      return setItems(machine, store, []);
    case 'reverse':
      return setItems(machine, store, items.toReversed());
    case 'sort': {
      const sorted = given.keywords.size === 0 ? sortItems(items) : undefined;
      return sorted ? setItems(machine, store, sorted) : blurItems(machine, store, self);
    }
    case 'count':
    case 'index':
      return unknown('its position cannot be told');
    default:
      return blurItems(machine, store, self);
  }
}

/** Sorted as Python does it; undefined where an order cannot be told. */
export function sortItems(items: readonly Item[]): readonly Item[] | undefined {
  const [first] = items;
  if (!first) return items;
  if (items.some(item => sortOrder(first.value, item.value) === undefined)) return undefined;
  return items.toSorted((a, b) => sortOrder(a.value, b.value) ?? 0);
}

function blurItems(machine: Machine, store: Store, why: Value): Value {
  write(machine, store, itemsSlot, { value: unknown(reasonOf(why)) });
  return unknown(reasonOf(why));
}

const reading = new Set(['get', 'keys', 'values', 'items', 'copy']);

function dictMethod(
  { machine, given }: LibraryCall,
  store: Store,
  method: string,
  special: boolean,
): Value | undefined {
  const [first, second] = given.positional;
  const open = store.slots.get(openSlot);
  const entries = [...store.slots].filter(([key]) => key !== openSlot);
  if (open && reading.has(method) && method !== 'get') return unknown(reasonOf(open.value));
  switch (method) {
    case 'get':
    case 'setdefault':
    case 'pop':
      return dictEntry(machine, store, method, first, second);
    case 'keys':
      return makeSequence(
        machine,
        'list',
        entries.map(([key]) => ({ value: keyValue(key) })),
      );
    case 'values':
      return makeSequence(
        machine,
        'list',
        entries.map(([, slot]) => slot),
      );
    case 'items': {
      const pairs = entries.map(([key, slot]) => ({
        value: makeSequence(machine, 'tuple', [{ value: keyValue(key) }, slot]),
      }));
      return makeSequence(machine, 'list', pairs);
    }
    case 'copy':
      return makeDict(machine, entries);
    case 'clear':
      for (const [key] of entries) write(machine, store, key, undefined);
      return constant(null);
    case 'update':
      updateDict(machine, store, first?.value, given.keywords, given.open);
      return constant(null);
    default:
      if (special) return undefined;
      openStore(machine, store, `${method}() may change it`);
      return unknown(`the result of ${method}() cannot be told`);
  }
}

function dictEntry(
  machine: Machine,
  store: Store,
  method: string,
  key: Item | undefined,
  fallback: Item | undefined,
): Value {
  const name = key && keyOf(key.value);
  const open = store.slots.get(openSlot);
  if (name === undefined) {
    if (method !== 'get') openStore(machine, store, reasonOf(key?.value ?? constant('')));
    return unknown(reasonOf(key?.value ?? constant('')));
  }
  const slot = store.slots.get(name);
  if (method === 'pop') write(machine, store, name, undefined);
  if (slot && !slot.maybe) return slot.value;
  if (slot || open)
    return unknown(open ? reasonOf(open.value) : 'it is set only under a condition that cannot be decided');
  if (method === 'setdefault') write(machine, store, name, fallback ?? { value: constant(null) });
  return fallback?.value ?? (method === 'pop' ? unknown(`the dict has no ${name}`) : constant(null));
}

/** `target.update(source, name=value)`. */
export function updateDict(
  machine: Machine,
  store: Store,
  source: Value | undefined,
  keywords: ReadonlyMap<string, Slot>,
  open: boolean,
): void {
  const pairs = source && (entriesOf(source) ?? 'unknown');
  if (pairs === 'unknown' || open) openStore(machine, store, reasonOf(source ?? unknown('its entries cannot be told')));
  else for (const [key, slot] of pairs ?? []) write(machine, store, key, slot);
  for (const [key, slot] of keywords) write(machine, store, key, slot);
}

/** Entries of a dict, or of a sequence of pairs; undefined where they cannot be told. */
export function entriesOf(value: Value): readonly (readonly [string, Slot])[] | undefined {
  if (value.data.kind === 'dict') {
    return value.data.store.slots.has(openSlot) ? undefined : [...value.data.store.slots];
  }
  const out: (readonly [string, Slot])[] = [];
  for (const item of itemsOf(value) ?? [undefined]) {
    const [key, held] = itemsOf(item?.value) ?? [];
    const name = key && keyOf(key.value);
    if (name === undefined || !held) return undefined;
    out.push([name, held]);
  }
  return out;
}
