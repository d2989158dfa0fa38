import { withoutEnd } from '../../text/ends.js';
import type { Machine } from './machine.js';
import { makeDict, makeSequence } from './machine.js';
import { formatText } from './strings.js';
import {
  bytesOf,
  type Constant,
  constant,
  type Data,
  either,
  explained,
  type Hole,
  itemsOf,
  keyOf,
  numberOf,
  openSlot,
  originOf,
  reasonOf,
  same,
  textOf,
  truth,
  unknown,
  type Value,
} from './values.js';

/** Longest text and list that evaluation builds; more is not a setting but an attack. */
const maxLength = 100_000;
const maxParts = 500;

/** `left operator right` for arithmetic, text and lists; unknown where Python would raise. */
export function binary(machine: Machine, operator: string, left: Value, right: Value): Value {
  if (left.data.kind === 'choice') return spread(left, each => binary(machine, operator, each, right));
  if (right.data.kind === 'choice') return spread(right, each => binary(machine, operator, left, each));
  const data = compute(machine, operator, left, right);
  if (data) return explained(data, left, right);
  const blind = [left, right].find(value => value.data.kind !== 'constant') ?? left;
  return unknown(reasonOf(blind), explained(blind.data, left, right).via, originOf(blind));
}

/** Applies a function to each option of a choice. */
export function spread(value: Value, run: (option: Value) => Value): Value {
  if (value.data.kind !== 'choice') return run(value);
  return either(value.data.options.map(run), value.data.why);
}

function compute(machine: Machine, operator: string, left: Value, right: Value): Data | undefined {
  const a = left.data;
  const b = right.data;
  if (operator === '%' && textOf(left) !== undefined) return formatText(textOf(left) ?? '', right)?.data;
  if (a.kind === 'path' && operator === '/' && textOf(right) !== undefined)
    return joinPath(a.path, textOf(right) ?? '');
  if (operator === '+') {
    const joined = concatenate(left, right) ?? addSequences(machine, left, right);
    if (joined) return joined;
  }
  if (operator === '*') {
    const repeated = repeat(machine, left, right) ?? repeat(machine, right, left);
    if (repeated) return repeated;
  }
  if (operator === '|' && a.kind === 'dict' && b.kind === 'dict') {
    return makeDict(machine, [...a.store.slots, ...b.store.slots]).data;
  }
  const x = numberOf(left);
  const y = numberOf(right);
  if (x === undefined || y === undefined || a.kind !== 'constant' || b.kind !== 'constant') return undefined;
  return arithmetic(operator, x, y, a.type === 'float' || b.type === 'float');
}

function joinPath(base: string, part: string): Data | undefined {
  if (base.length + part.length > 4096) return undefined;
  return { kind: 'path', path: part.startsWith('/') ? part : `${withoutEnd(base, '/')}/${part}` };
}

function concatenate(left: Value, right: Value): Data | undefined {
  const a = left.data;
  const b = right.data;
  if (a.kind === 'constant' && b.kind === 'constant') {
    if (a.type !== b.type || (a.type !== 'str' && a.type !== 'bytes')) return undefined;
    const text = String(a.value) + String(b.value);
    return text.length > maxLength ? undefined : { kind: 'constant', type: a.type, value: text };
  }
  if (!isText(a) && !isText(b)) return undefined;
  return joinText([...textParts(left), ...textParts(right)]);
}

function isText(data: Data): boolean {
  return data.kind === 'text' || (data.kind === 'constant' && data.type === 'str');
}

/** A text as its parts; what is no text is a hole. */
export function textParts(value: Value): readonly (string | Hole)[] {
  if (value.data.kind === 'text') return value.data.parts;
  const text = textOf(value);
  if (text !== undefined) return [text];
  const of = originOf(value);
  return [of === undefined ? { why: reasonOf(value) } : { why: reasonOf(value), of }];
}

/** One text from parts; a constant when nothing in it is unknown. */
export function joinText(parts: readonly (string | Hole)[]): Data {
  const out: (string | Hole)[] = [];
  let length = 0;
  for (const part of parts) {
    length += typeof part === 'string' ? part.length : 1;
    if (length > maxLength || out.length > maxParts) return { kind: 'text', parts: [{ why: 'it is too long' }] };
    const last = out.at(-1);
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else if (part !== '') out.push(part);
  }
  const [only = ''] = out;
  if (out.length < 2 && typeof only === 'string') return { kind: 'constant', type: 'str', value: only };
  return { kind: 'text', parts: out };
}

function addSequences(machine: Machine, left: Value, right: Value): Data | undefined {
  if (left.data.kind !== 'sequence' || right.data.kind !== 'sequence' || left.data.type !== right.data.type)
    return undefined;
  const a = itemsOf(left);
  const b = itemsOf(right);
  if (!a || !b || a.length + b.length > maxLength) return undefined;
  return makeSequence(machine, left.data.type, [...a, ...b]).data;
}

function repeat(machine: Machine, what: Value, times: Value): Data | undefined {
  const count = times.data.kind === 'constant' && times.data.type === 'int' ? Number(times.data.value) : undefined;
  if (count === undefined) return undefined;
  const text = textOf(what);
  if (text !== undefined) {
    if (text.length * count > maxLength) return undefined;
    return { kind: 'constant', type: 'str', value: text.repeat(Math.max(0, count)) };
  }
  const bytes = bytesOf(what);
  if (bytes !== undefined) {
    if (bytes.length * count > maxLength) return undefined;
    return { kind: 'constant', type: 'bytes', value: bytes.repeat(Math.max(0, count)) };
  }
  const items = itemsOf(what);
  if (!items || what.data.kind !== 'sequence' || items.length * count > 1000) return undefined;
  return makeSequence(machine, what.data.type, Array.from({ length: Math.max(0, count) }, () => items).flat()).data;
}

function arithmetic(operator: string, x: number, y: number, float: boolean): Constant | undefined {
  const zero = y === 0 && (operator === '/' || operator === '//' || operator === '%');
  if (zero) return undefined;
  const whole = float ? undefined : wholeNumber(operator, x, y);
  if (whole !== undefined)
    return Number.isSafeInteger(whole) ? { kind: 'constant', type: 'int', value: whole } : undefined;
  const value = realNumber(operator, x, y);
  return value === undefined || !Number.isFinite(value) ? undefined : { kind: 'constant', type: 'float', value };
}

function wholeNumber(operator: string, x: number, y: number): number | undefined {
  const small = Math.abs(x) < 2 ** 31 && Math.abs(y) < 2 ** 31;
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '//':
      return Math.floor(x / y);
    case '%':
      return x - y * Math.floor(x / y);
    case '**':
      return y >= 0 ? x ** y : undefined;
    case '<<':
      return x >= 0 && y >= 0 && y < 40 ? x * 2 ** y : Number.NaN;
    case '>>':
      return x >= 0 && y >= 0 ? Math.floor(x / 2 ** y) : Number.NaN;
    case '|':
      return small ? x | y : Number.NaN;
    case '&':
      return small ? x & y : Number.NaN;
    case '^':
      return small ? x ^ y : Number.NaN;
    default:
      return undefined;
  }
}

function realNumber(operator: string, x: number, y: number): number | undefined {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '//':
      return Math.floor(x / y);
    case '%':
      return x - y * Math.floor(x / y);
    case '**':
      return x ** y;
    default:
      return undefined;
  }
}

export function unary(operator: string, value: Value): Value {
  if (value.data.kind === 'choice') return spread(value, each => unary(operator, each));
  if (operator === 'not') {
    const known = truth(value);
    return known === undefined
      ? unknown(reasonOf(value), value.via, originOf(value))
      : constant(!known, 'bool', value.via);
  }
  const number = numberOf(value);
  if (number === undefined || value.data.kind !== 'constant') return unknown(reasonOf(value), value.via);
  const type = value.data.type === 'float' ? 'float' : 'int';
  if (operator === '-') return constant(-number, type, value.via);
  if (operator === '+') return constant(number, type, value.via);
  return type === 'int' ? constant(-number - 1, 'int', value.via) : unknown(reasonOf(value), value.via);
}

/** Outcome of a comparison, or undefined where it cannot be told. */
export function compare(operator: string, left: Value, right: Value): boolean | undefined {
  if (left.data.kind === 'choice') return agree(left.data.options.map(each => compare(operator, each, right)));
  if (right.data.kind === 'choice') return agree(right.data.options.map(each => compare(operator, left, each)));
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
    case '<>':
      return negate(equal(left, right));
    case 'is':
      return identical(left, right);
    case 'is not':
      return negate(identical(left, right));
    case 'in':
      return contains(right, left);
    case 'not in':
      return negate(contains(right, left));
    default:
      return ordered(operator, left, right);
  }
}

function agree(all: readonly (boolean | undefined)[]): boolean | undefined {
  return all.every(each => each === all[0]) ? all[0] : undefined;
}

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

function equal(left: Value, right: Value): boolean | undefined {
  const a = left.data;
  const b = right.data;
  if (a.kind === 'constant' && b.kind === 'constant') {
    const x = numberOf(left);
    const y = numberOf(right);
    if (x !== undefined && y !== undefined) return x === y;
    return a.type === b.type && a.value === b.value;
  }
  if (a.kind === 'text' || b.kind === 'text') return textEqual(left, right);
  if (a.kind === 'sequence' && b.kind === 'sequence') {
    const x = itemsOf(left);
    const y = itemsOf(right);
    if (!x || !y) return undefined;
    if (x.length !== y.length || a.type !== b.type) return a.type === 'set' ? undefined : false;
    return x.every((item, i) => same(item.value, y[i]?.value ?? item.value)) ? true : undefined;
  }
  const plain = (data: Data): boolean => data.kind === 'constant' || data.kind === 'sequence' || data.kind === 'dict';
  if (plain(a) && plain(b)) return false;
  return undefined;
}

/** A text that is known in part differs from another where the known beginning or end does. */
function textEqual(left: Value, right: Value): boolean | undefined {
  const [partial, other] = left.data.kind === 'text' ? [left, right] : [right, left];
  const text = textOf(other);
  if (text === undefined || partial.data.kind !== 'text') return undefined;
  const first = partial.data.parts[0];
  const last = partial.data.parts.at(-1);
  if (typeof first === 'string' && !text.startsWith(first)) return false;
  return typeof last === 'string' && !text.endsWith(last) ? false : undefined;
}

function identical(left: Value, right: Value): boolean | undefined {
  const none = (value: Value): boolean => value.data.kind === 'constant' && value.data.type === 'none';
  const blind = (value: Value): boolean => ['unknown', 'made', 'external'].includes(value.data.kind);
  if (none(left) || none(right)) {
    const other = none(left) ? right : left;
    return blind(other) ? undefined : none(other);
  }
  return equal(left, right);
}

function contains(container: Value, item: Value): boolean | undefined {
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(item);
    return part === undefined ? undefined : text.includes(part);
  }
  if (container.data.kind === 'dict') {
    const key = keyOf(item);
    if (key === undefined) return undefined;
    const slot = container.data.store.slots.get(key);
    if (slot) return slot.maybe ? undefined : true;
    return container.data.store.slots.has(openSlot) ? undefined : false;
  }
  const items = itemsOf(container);
  if (!items) return undefined;
  let decided = true;
  for (const each of items) {
    const found = equal(each.value, item);
    if (found) return true;
    if (found === undefined) decided = false;
  }
  return decided ? false : undefined;
}

function ordered(operator: string, left: Value, right: Value): boolean | undefined {
  const order = sortOrder(left, right);
  if (order === undefined) return undefined;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  if (operator === '>') return order > 0;
  return operator === '>=' ? order >= 0 : undefined;
}

/** Negative, zero or positive as Python orders numbers, texts and tuples of them. */
export function sortOrder(left: Value, right: Value): number | undefined {
  const version = versionOrder(left, right);
  if (version !== undefined) return version;
  const x = numberOf(left);
  const y = numberOf(right);
  if (x !== undefined && y !== undefined) return x - y;
  const a = textOf(left);
  const b = textOf(right);
  if (a === undefined || b === undefined) return undefined;
  const p = [...a];
  const q = [...b];
  for (let i = 0; i < p.length && i < q.length; i++) {
    const difference = (p[i]?.codePointAt(0) ?? 0) - (q[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return p.length - q.length;
}

/** `sys.version_info` against a tuple: every Python that is still in use is 3.6 or later. */
function versionOrder(left: Value, right: Value): number | undefined {
  if (left.data.kind !== 'external' || left.data.name !== 'sys.version_info') return undefined;
  const [major, minor] = itemsOf(right)?.map(item => numberOf(item.value)) ?? [];
  if (major === undefined) return undefined;
  if (major < 3) return 1;
  return major === 3 && (minor === undefined || minor < 6) ? 1 : undefined;
}
