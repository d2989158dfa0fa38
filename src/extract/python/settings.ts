import { isStandardModule } from '../../facts/python-stdlib.js';
import { applicationKind } from '../../facts/python-web.js';
import type { PartialText, PyCall, PyValue } from '../../model/entry.js';
import type { Setting } from '../../model/setting.js';
import type { Span, Step } from '../../text/source.js';
import type { Machine } from './machine.js';
import {
  constant,
  type Given,
  type Item,
  itemsOf,
  keyValue,
  openSlot,
  reasonOf,
  type Slot,
  type Value,
} from './values.js';

const maxDepth = 6;

/** A value as the model tells it. */
export function toSetting(name: string, item: Item | Slot, depth = 0): Setting<PyValue> {
  const { value, at } = item;
  if ('maybe' in item && item.maybe)
    return unknownSetting(name, at, value.via, 'it is set only under a condition that cannot be decided');
  const told = depth > maxDepth ? undefined : toPyValue(value, depth);
  return told ? knownSetting(name, at, value.via, told) : unknownSetting(name, at, value.via, reasonOf(value));
}

const origin = 'config file' as const;

/** A project has a hundred thousand of these: each is made at once, with the fields alone that it has. */
function knownSetting(
  name: string,
  span: Span | undefined,
  via: readonly Step[] | undefined,
  value: PyValue,
): Setting<PyValue> {
  const known = true;
  if (!span) return via ? { name, origin, via, known, value } : { name, origin, known, value };
  return via ? { name, origin, span, via, known, value } : { name, origin, span, known, value };
}

function unknownSetting(
  name: string,
  span: Span | undefined,
  via: readonly Step[] | undefined,
  why: string,
): Setting<PyValue> {
  const known = false;
  if (!span) return via ? { name, origin, via, known, why } : { name, origin, known, why };
  return via ? { name, origin, span, via, known, why } : { name, origin, span, known, why };
}

function toPyValue(value: Value, depth: number): PyValue | undefined {
  const { data } = value;
  switch (data.kind) {
    case 'constant':
      if (data.type === 'float' || data.type === 'bytes')
        return { kind: 'constant', value: data.value, type: data.type };
      return { kind: 'constant', value: data.value };
    case 'sequence': {
      const items = itemsOf(value)?.map((item, i) => toSetting(String(i), item, depth + 1));
      return items && (data.type === 'list' ? { kind: 'list', items } : { kind: 'list', items, type: data.type });
    }
    case 'dict':
      return data.store.slots.has(openSlot)
        ? undefined
        : { kind: 'dict', entries: dictEntries(data.store.slots, depth) };
    case 'path':
      return { kind: 'object', of: 'pathlib.Path', text: data.path };
    case 'module':
      return { kind: 'object', of: data.module.name };
    case 'function':
    case 'class':
      return { kind: 'object', of: `${data.module.name}.${data.name}` };
    case 'instance':
      return { kind: 'object', of: `${data.of.module.name}.${data.of.name}` };
    case 'external':
      return isReference(data.name) ? { kind: 'object', of: data.name } : undefined;
    case 'made':
      return isClassName(data.name) || applicationKind(data.name) ? { kind: 'object', of: data.name } : undefined;
    default:
      return undefined;
  }
}

function dictEntries(slots: ReadonlyMap<string, Slot>, depth: number): ReadonlyMap<string, Setting<PyValue>> {
  const entries = new Map<string, Setting<PyValue>>();
  for (const [key, slot] of slots) {
    const shown = key.startsWith('\u0001') ? showKey(key) : key;
    entries.set(shown, toSetting(shown, slot, depth + 1));
  }
  return entries;
}

/** A key that is no text, as Python would show it. */
function showKey(key: string): string {
  const { data } = keyValue(key);
  if (data.kind !== 'constant') return key;
  return data.type === 'bytes' ? `b'${data.value}'` : data.type === 'none' ? 'None' : String(data.value);
}

function isClassName(name: string): boolean {
  return /^[A-Z]\w*[a-z]/.test(name.slice(name.lastIndexOf('.') + 1));
}

/** A name of an installed package that certainly is a class or function, and not a value that nobody can see. */
function isReference(name: string): boolean {
  if (isClassName(name) || applicationKind(name)) return true;
  const last = name.slice(name.lastIndexOf('.') + 1);
  return isStandardModule(name.split('.', 1)[0] ?? '') && /^[a-z]/.test(last) && !/^(?:sys|os)\.\w+$/.test(name);
}

const exits = new Set(['sys.exit', 'exit', 'quit', 'raise SystemExit']);
const noSettings = new Map<string, Setting<PyValue>>();

/** The arguments that are known in part, by index or keyword. */
function textsIn(given: Given): PyCall['texts'] {
  let texts: Map<string, PartialText> | undefined;
  const note = (key: string, { data }: Value): void => {
    const known = data.kind === 'unknown' && data.of !== undefined ? [{ why: data.why, of: data.of }] : undefined;
    const parts = data.kind === 'text' ? data.parts : known;
    if (!parts) return;
    texts ??= new Map();
    texts.set(key, parts);
  };
  for (let i = 0; i < given.positional.length; i++) note(String(i), given.positional[i]?.value ?? nothing);
  for (const [key, { value }] of given.keywords) note(key, value);
  return texts;
}

const nothing = constant(null);

/** Notes a call that runs now. */
export function recordCall(
  machine: Machine,
  name: string,
  given: Given,
  span: Span,
  into: PyCall[] = machine.calls,
): void {
  const positional = given.positional.map((item, i) => toSetting(String(i), item));
  const keywords = given.keywords.size > 0 ? new Map<string, Setting<PyValue>>() : noSettings;
  for (const [key, item] of given.keywords) keywords.set(key, toSetting(key, item));
  const texts = textsIn(given);
  const caught = machine.catching.exit && exits.has(name);
  const call: Writable<PyCall> = {
    name,
    span,
    statement: machine.statement ?? span,
    positional,
    keywords,
    open: given.open,
    chain: machine.chain,
    certain: machine.certain && !caught,
  };
  if (machine.topLevel) call.topLevel = machine.topLevel;
  if (machine.during) call.during = machine.during;
  if (texts) call.texts = texts;
  if (caught) call.caught = caught;
  into.push(call);
}

/** While it is put together. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };
