import { isStandardModule } from '../../facts/python-stdlib.js';
import { applicationKind } from '../../facts/python-web.js';
import type { PartialText, PyCall, PyValue } from '../../model/entry.js';
import type { Setting } from '../../model/setting.js';
import type { Span } from '../../text/source.js';
import type { Machine } from './machine.js';
import { type Given, type Item, itemsOf, keyValue, openSlot, reasonOf, type Slot, type Value } from './values.js';

const maxDepth = 6;

/** A value as the model tells it. */
export function toSetting(name: string, item: Item | Slot, depth = 0): Setting<PyValue> {
  const { value, at } = item;
  const facts = {
    name,
    origin: 'config file' as const,
    ...(at && { span: at }),
    ...(value.via && { via: value.via }),
  };
  if ('maybe' in item && item.maybe) {
    return { ...facts, known: false, why: 'it is set only under a condition that cannot be decided' };
  }
  const told = depth > maxDepth ? undefined : toPyValue(value, depth);
  return told ? { ...facts, known: true, value: told } : { ...facts, known: false, why: reasonOf(value) };
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

/** Notes a call that runs now. */
export function recordCall(
  machine: Machine,
  name: string,
  given: Given,
  span: Span,
  into: PyCall[] = machine.calls,
): void {
  const positional = given.positional.map((item, i) => toSetting(String(i), item));
  const keywords = new Map<string, Setting<PyValue>>();
  const texts = new Map<string, PartialText>();
  for (const [key, item] of given.keywords) keywords.set(key, toSetting(key, item));
  for (const [key, item] of [...given.positional.entries(), ...given.keywords]) {
    if (item.value.data.kind === 'text') texts.set(String(key), item.value.data.parts);
    else if (item.value.data.kind === 'unknown' && item.value.data.of !== undefined) {
      texts.set(String(key), [{ why: item.value.data.why, of: item.value.data.of }]);
    }
  }
  const caught = machine.catching.exit && /^(?:sys\.exit|exit|quit|raise SystemExit)$/.test(name);
  into.push({
    name,
    span,
    statement: machine.statement ?? span,
    ...(machine.topLevel && { topLevel: machine.topLevel }),
    ...(machine.during && { during: machine.during }),
    positional,
    keywords,
    ...(texts.size > 0 && { texts }),
    open: given.open,
    chain: machine.chain,
    certain: machine.certain && !caught,
    ...(caught && { caught }),
  });
}
