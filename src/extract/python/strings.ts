import type { PyTextPart } from '../../syntax/python/tree.js';
import { joinText } from './operators.js';
import {
  constant,
  explained,
  type Hole,
  itemsOf,
  numberOf,
  openSlot,
  originOf,
  reasonOf,
  textOf,
  type Value,
} from './values.js';

/** What `str(value)` gives; a hole where it cannot be told. */
export function asText(value: Value): string | Hole {
  const { data } = value;
  if (data.kind === 'path') return data.path;
  if (data.kind === 'constant') {
    if (data.type === 'str') return String(data.value);
    if (data.type === 'none') return 'None';
    if (data.type === 'bool') return data.value ? 'True' : 'False';
    if (data.type === 'int') return String(data.value);
    if (data.type === 'float')
      return floatText(Number(data.value)) ?? { why: 'it is a number whose text depends on rounding' };
  }
  const of = originOf(value);
  return of === undefined ? { why: reasonOf(value) } : { why: reasonOf(value), of };
}

function floatText(value: number): string | undefined {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${value}.0`;
  const text = String(value);
  return text.includes('e') ? undefined : text;
}

/** What `repr(value)` gives. */
export function asRepr(value: Value): string | Hole {
  const text = textOf(value);
  if (text === undefined) return asText(value);
  if (/^[ -&(-[\]-~]*$/.test(text)) return `'${text}'`;
  return { why: 'it is quoted by Python' };
}

/** One replacement field with its format specification. */
export function formatField(value: Value, specification: string, conversion?: string): readonly (string | Hole)[] {
  if (conversion === 'r' || conversion === 'a') return [asRepr(value)];
  if (specification === '') return value.data.kind === 'text' ? value.data.parts : [asText(value)];
  const number = numberOf(value);
  const digits = /^(0?)(\d{0,3})d$/.exec(specification);
  if (digits && number !== undefined && Number.isInteger(number))
    return [pad(number, digits[2] ?? '', digits[1] === '0' ? '0' : ' ')];
  const zeros = /^0(\d{1,3})$/.exec(specification);
  if (zeros && number !== undefined && Number.isInteger(number)) return [pad(number, zeros[1] ?? '', '0')];
  const fixed = /^\.(\d{1,2})f$/.exec(specification);
  if (fixed && number !== undefined) return [number.toFixed(Number(fixed[1]))];
  if (number !== undefined && number >= 0 && Number.isInteger(number)) {
    if (specification === 'x') return [number.toString(16)];
    if (specification === 'o') return [number.toString(8)];
    if (specification === 'b') return [number.toString(2)];
  }
  if (specification === 's') return [asText(value)];
  return [{ why: 'its format cannot be told' }];
}

function pad(value: number, width: string, fill: string): string {
  const size = Math.min(Number(width || '0'), 200);
  if (fill === '0' && value < 0) return `-${String(-value).padStart(size - 1, '0')}`;
  return String(value).padStart(size, fill);
}

/** An f-string; `evaluate` gives the values of its fields. */
export function joinedText(
  parts: readonly PyTextPart[],
  evaluate: (part: Exclude<PyTextPart, string>) => Value,
): Value {
  const out: (string | Hole)[] = [];
  const used: Value[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      out.push(part);
      continue;
    }
    const value = evaluate(part);
    used.push(value);
    const specification = part.format ? joinedText(part.format, evaluate) : constant('');
    const text = textOf(specification);
    out.push(
      ...(text === undefined ? [{ why: 'its format cannot be told' }] : formatField(value, text, part.conversion)),
    );
  }
  return explained(joinText(out), ...used);
}

/** `text % values`; undefined where the number of values does not fit. */
export function formatText(text: string, right: Value): Value | undefined {
  const tuple = right.data.kind === 'sequence' && right.data.type === 'tuple' ? itemsOf(right) : undefined;
  if (right.data.kind === 'sequence' && right.data.type === 'tuple' && !tuple) return undefined;
  const values = tuple ? tuple.map(item => item.value) : [right];
  const out: (string | Hole)[] = [];
  const used: Value[] = [];
  let next = 0;
  let at = 0;
  for (const match of text.matchAll(/%(?:\((\w+)\))?([-+ 0#]{0,3}\d{0,3}(?:\.\d{1,2})?)([a-zA-Z%])/g)) {
    out.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, name, flags = '', letter = ''] = match;
    if (letter === '%') {
      out.push('%');
      continue;
    }
    const value = name === undefined ? values[next++] : entryOf(right, name);
    if (!value) return undefined;
    used.push(value);
    out.push(...percentField(value, flags, letter));
  }
  out.push(text.slice(at));
  if (text.slice(at).includes('%') || out.some(part => typeof part === 'string' && /%$/.test(part) && part !== '%'))
    return undefined;
  return explained(joinText(out), ...used);
}

function percentField(value: Value, flags: string, letter: string): readonly (string | Hole)[] {
  if (letter === 's' && flags === '') return value.data.kind === 'text' ? value.data.parts : [asText(value)];
  if (letter === 'r' && flags === '') return [asRepr(value)];
  const number = numberOf(value);
  if ((letter === 'd' || letter === 'i') && /^\d*$/.test(flags)) {
    if (number !== undefined) return formatField(constant(Math.trunc(number)), `${flags}d`);
  } else if (letter === 'f' && number !== undefined)
    return formatField(value, `${flags.startsWith('.') ? flags : '.6'}f`);
  else if ((letter === 'x' || letter === 'o') && flags === '') return formatField(value, letter);
  const of = originOf(value);
  return [of === undefined ? { why: reasonOf(value) } : { why: reasonOf(value), of }];
}

function entryOf(value: Value, name: string): Value | undefined {
  if (value.data.kind !== 'dict' || value.data.store.slots.has(openSlot)) return undefined;
  return value.data.store.slots.get(name)?.value;
}

/** `text.format(...)`; undefined where it cannot be told. */
export function formatCall(
  text: string,
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): Value | undefined {
  const out: (string | Hole)[] = [];
  const used: Value[] = [];
  let next = 0;
  let at = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([\w]*)(?:!([rsa]))?(?::([^{}]*))?\}/g)) {
    out.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, name, conversion, specification = ''] = match;
    if (whole === '{{' || whole === '}}') {
      out.push(whole.charAt(0));
      continue;
    }
    const value =
      name === '' ? positional[next++] : /^\d+$/.test(name ?? '') ? positional[Number(name)] : named.get(name ?? '');
    if (!value) return undefined;
    used.push(value);
    out.push(...formatField(value, specification, conversion));
  }
  const rest = text.slice(at);
  if (/[{}]/.test(rest)) return undefined;
  return explained(joinText([...out, rest]), ...used);
}

/** Longest text that a method gives. */
const maxLength = 100_000;

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

const spaces = ' \t\n\r\f\v';

function strip(text: string, characters: string, left: boolean, right: boolean): string {
  let start = 0;
  let end = text.length;
  while (left && start < end && characters.includes(text.charAt(start))) start++;
  while (right && end > start && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** A method of `str` with constant arguments, where its result is a text, a number or a truth value. */
export function textMethod(text: string, name: string, given: readonly Value[]): string | number | boolean | undefined {
  const texts = given.map(textOf);
  const [a, b] = texts;
  if (given.length > 0 && name.endsWith('strip') && a === undefined) return undefined;
  switch (name) {
    case 'strip':
      return strip(text, a ?? spaces, true, true);
    case 'lstrip':
      return strip(text, a ?? spaces, true, false);
    case 'rstrip':
      return strip(text, a ?? spaces, false, true);
    case 'lower':
    case 'casefold':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'replace':
      if (a === undefined || b === undefined || given.length > 2 || a === '') return undefined;
      return text.length + countOf(text, a) * b.length > maxLength ? undefined : text.replaceAll(a, () => b);
    case 'startswith':
    case 'endswith':
      if (a === undefined || given.length > 1) return undefined;
      return name === 'startswith' ? text.startsWith(a) : text.endsWith(a);
    case 'removeprefix':
      return a === undefined ? undefined : text.startsWith(a) ? text.slice(a.length) : text;
    case 'removesuffix':
      return a === undefined ? undefined : a !== '' && text.endsWith(a) ? text.slice(0, -a.length) : text;
    case 'isdigit':
    case 'isnumeric':
    case 'isdecimal':
      return /^[\x20-\x7e]*$/.test(text) ? /^[0-9]+$/.test(text) : undefined;
    case 'count':
      return a === undefined || a === '' || given.length > 1 ? undefined : countOf(text, a);
    case 'find':
      return a === undefined || given.length > 1 || !/^[\x20-\x7e]*$/.test(text) ? undefined : text.indexOf(a);
    default:
      return undefined;
  }
}

/** `text.split(...)`, `rsplit` and `splitlines`. */
export function splitText(text: string, name: string, given: readonly Value[]): readonly string[] | undefined {
  if (name === 'splitlines')
    return given.length > 0 ? undefined : text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const separator = given[0] ? textOf(given[0]) : undefined;
  const limit = given[1] ? numberOf(given[1]) : -1;
  if (limit === undefined || separator === '') return undefined;
  if (given[0] && separator === undefined && !(given[0].data.kind === 'constant' && given[0].data.type === 'none'))
    return undefined;
  if (separator === undefined) {
    if (limit >= 0) return undefined;
    const trimmed = strip(text, spaces, true, true);
    return trimmed === '' ? [] : trimmed.split(/[ \t\n\r\f\v]+/);
  }
  const parts = text.split(separator);
  if (limit < 0 || parts.length - 1 <= limit) return parts;
  if (name === 'rsplit') {
    const keep = parts.length - limit;
    return [parts.slice(0, keep).join(separator), ...parts.slice(keep)];
  }
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

/** Number in a text as `int(text, base)` reads it. */
export function parseWhole(text: string, base: number): number | undefined {
  const plain = strip(text, spaces, true, true)
    .replace(/(?<=\d)_(?=\d)/g, '')
    .toLowerCase();
  const match = /^([-+]?)(0[xob])?([0-9a-f]+)$/.exec(plain);
  if (!match) return undefined;
  const [, sign, prefix, digits = ''] = match;
  const prefixBase = prefix === '0x' ? 16 : prefix === '0o' ? 8 : prefix === '0b' ? 2 : undefined;
  if (
    prefixBase === undefined
      ? base === 0 && digits.length > 1 && digits.startsWith('0')
      : base !== 0 && base !== prefixBase
  )
    return undefined;
  const radix = prefixBase ?? (base === 0 ? 10 : base);
  if (radix < 2 || radix > 36 || [...digits].some(digit => Number.isNaN(Number.parseInt(digit, radix))))
    return undefined;
  const value = Number.parseInt(digits, radix);
  return Number.isSafeInteger(value) ? (sign === '-' ? -value : value) : undefined;
}
