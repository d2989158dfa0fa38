import type { PyClass, PyFunction, PyLambda, PyModule } from '../../syntax/python/tree.js';
import type { Span, Step } from '../../text/source.js';

/** A value while a module is evaluated, with the steps that explain it. */
export interface Value {
  readonly data: Data;
  readonly via?: readonly Step[];
}

/** A value that stands somewhere: `at` covers its expression. */
export interface Item {
  readonly value: Value;
  readonly at?: Span;
}

export interface Constant {
  readonly kind: 'constant';
  readonly type: 'str' | 'bytes' | 'int' | 'float' | 'bool' | 'none';
  readonly value: string | number | boolean | null;
}

/** A part of a text that is not known; `of` names what is put there (`flask.request.url_root`). */
export interface Hole {
  readonly why: string;
  readonly of?: string;
}

export type Data =
  | Constant
  | { readonly kind: 'text'; readonly parts: readonly (string | Hole)[] }
  | { readonly kind: 'sequence'; readonly type: 'list' | 'tuple' | 'set'; readonly store: Store }
  | { readonly kind: 'items'; readonly items: readonly Item[] }
  /** `of`: a dict with methods of its own, as `flask.Config`. */
  | { readonly kind: 'dict'; readonly store: Store; readonly of?: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'module'; readonly module: LoadingModule }
  | FunctionData
  | ClassData
  | { readonly kind: 'instance'; readonly of: ClassData; readonly store: Store }
  | { readonly kind: 'super'; readonly of: ClassData; readonly self: Value }
  /** Something of an installed package, by its qualified name; `self`: the object whose method it is. */
  | { readonly kind: 'external'; readonly name: string; readonly self?: Value }
  /** What a call of it returned. */
  | MadeData
  /** A call that has not run: `run` when it is awaited or iterated. */
  | {
      readonly kind: 'deferred';
      readonly type: 'coroutine' | 'generator';
      readonly of: FunctionData;
      readonly given: Given;
    }
  /** One of several, depending on a condition that cannot be decided. */
  | { readonly kind: 'choice'; readonly options: readonly Value[]; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string; readonly of?: string };

export interface FunctionData {
  readonly kind: 'function';
  readonly name: string;
  readonly definition: PyFunction | PyLambda;
  readonly scope: Scope;
  readonly module: LoadingModule;
  readonly defaults: ReadonlyMap<string, Item>;
  readonly owner?: ClassData;
  readonly self?: Value;
  readonly binding?: 'static' | 'class' | 'property';
  /** A decorator stands before it of which nobody can tell whether it calls the function. */
  readonly wrapped: boolean;
}

export interface ClassData {
  readonly kind: 'class';
  readonly name: string;
  readonly definition: PyClass;
  readonly module: LoadingModule;
  readonly bases: readonly Value[];
  readonly store: Store;
  readonly wrapped: boolean;
}

export interface MadeData {
  readonly kind: 'made';
  readonly name: string;
  readonly given: Given;
  readonly self?: Value;
  readonly store: Store;
  readonly at: Span;
}

/** Arguments of a call after evaluation. */
export interface Given {
  readonly positional: readonly Item[];
  readonly keywords: ReadonlyMap<string, Item>;
  /** `*x` or `**x` that cannot be told was passed. */
  readonly open: boolean;
  /** A call that was put off runs now. */
  readonly settled?: boolean;
  /** The server makes the call: it is no step on the way to what happens inside. */
  readonly byServer?: boolean;
}

export const noKeywords: Given['keywords'] = new Map();

export const nothingGiven: Given = { positional: [], keywords: noKeywords, open: false };

export interface Slot extends Item {
  /** The name may not be set at all. */
  readonly maybe?: boolean;
  /** What it was before something that cannot be followed may have changed it. */
  readonly was?: Value;
  /** Of the slot that leaves a store open: how often that happened. */
  readonly times?: number;
}

/** A mutable thing: the names of a module, the locals of a call, the items of a list. Written through `write` only. */
export interface Store {
  readonly slots: Map<string, Slot>;
  /** Depth of the fork in which it came to be: forks outside it need not undo its changes. */
  readonly birth: number;
  /** It holds the names of a module. */
  readonly ofModule?: true;
}

export interface Scope {
  readonly store: Store;
  readonly parent?: Scope;
  /** Names of a class body are not seen in its methods. */
  readonly isClass: boolean;
}

export interface LoadingModule {
  readonly name: string;
  readonly tree: PyModule;
  readonly store: Store;
  readonly isPackage: boolean;
  /** Absolute path inside the place; undefined where nobody knows it. */
  readonly path?: string;
  /** Folders in which its submodules are looked for. */
  readonly folders: readonly string[];
  readonly chain: readonly Step[];
  state: 'loading' | 'loaded' | 'failed';
  certain: boolean;
}

/** Set in a store to which more may be added, or in which anything may be changed, by what cannot be followed. */
export const openSlot = '\u0000open';
/** Holds the items of a sequence. */
export const itemsSlot = '\u0000items';

export function constant(value: Constant['value'], type?: Constant['type'], via?: readonly Step[]): Value {
  const told =
    type ?? (value === null ? 'none' : typeof value === 'string' ? 'str' : typeof value === 'boolean' ? 'bool' : 'int');
  return withVia({ kind: 'constant', type: told, value }, via);
}

export function unknown(why: string, via?: readonly Step[], of?: string): Value {
  return withVia(of === undefined ? { kind: 'unknown', why } : { kind: 'unknown', why, of }, via);
}

export function withVia(data: Data, via: readonly Step[] | undefined): Value {
  return via && via.length > 0 ? { data, via } : { data };
}

/** The same data, explained by the steps of several values. */
export function explained(data: Data, ...by: readonly (Value | undefined)[]): Value {
  if (!by.some(value => value?.via)) return { data };
  return withVia(data, mergeVia(by.flatMap(value => value?.via ?? [])));
}

const maxSteps = 8;

export function mergeVia(steps: readonly Step[]): readonly Step[] {
  if (steps.length < 2) return steps;
  const out: Step[] = [];
  for (const step of steps) {
    if (out.length >= maxSteps) break;
    if (!out.some(each => each.span.start === step.span.start && each.span.file.path === step.span.file.path))
      out.push(step);
  }
  return out;
}

export function external(name: string, self?: Value): Value {
  return { data: self ? { kind: 'external', name, self } : { kind: 'external', name } };
}

export function makeModule(module: LoadingModule): Value {
  return { data: { kind: 'module', module } };
}

/** Why a value cannot be told, to complete "not known, because ...". */
export function reasonOf(value: Value): string {
  const { data } = value;
  switch (data.kind) {
    case 'unknown':
    case 'choice':
      return data.why;
    case 'text':
      for (const part of data.parts) if (typeof part !== 'string') return part.why;
      return 'it is a text that cannot be told';
    case 'made':
      return `it is what ${data.name}() returns`;
    case 'external':
      return `it comes from ${data.name}`;
    case 'deferred':
      return `it is what ${data.of.name}() returns`;
    default:
      return 'its value cannot be told';
  }
}

/** Qualified name of what cannot be told, where it has one. */
export function originOf(value: Value): string | undefined {
  const { data } = value;
  if (data.kind === 'external' || data.kind === 'made') return data.name;
  if (data.kind === 'unknown') return data.of;
  return undefined;
}

export function textOf(value: Value | undefined): string | undefined {
  return value?.data.kind === 'constant' && value.data.type === 'str' ? String(value.data.value) : undefined;
}

/** Bytes, with one character for each. */
export function bytesOf(value: Value | undefined): string | undefined {
  return value?.data.kind === 'constant' && value.data.type === 'bytes' ? String(value.data.value) : undefined;
}

export function numberOf(value: Value | undefined): number | undefined {
  if (value?.data.kind !== 'constant') return undefined;
  if (value.data.type === 'int' || value.data.type === 'float') return Number(value.data.value);
  return value.data.type === 'bool' ? (value.data.value ? 1 : 0) : undefined;
}

/** Items of a sequence whose items are all there to be seen. */
export function itemsOf(value: Value | undefined): readonly Item[] | undefined {
  if (value?.data.kind !== 'sequence') return undefined;
  const held = value.data.store.slots.get(itemsSlot)?.value.data;
  return held?.kind === 'items' ? held.items : undefined;
}

/** Key under which a dict keeps a constant: text as it is, other types marked. */
export function keyOf(value: Value): string | undefined {
  const { data } = value;
  if (data.kind !== 'constant') return undefined;
  if (data.type === 'str') return String(data.value);
  const type = data.type === 'bytes' || data.type === 'none' ? data.type : 'number';
  return `\u0001${type}:${type === 'number' ? Number(data.value) : data.value}`;
}

export function keyValue(key: string): Value {
  if (!key.startsWith('\u0001')) return constant(key);
  const colon = key.indexOf(':');
  const type = key.slice(1, colon);
  const rest = key.slice(colon + 1);
  if (type === 'number') return constant(Number(rest), Number.isInteger(Number(rest)) ? 'int' : 'float');
  return type === 'none' ? constant(null) : constant(rest, 'bytes');
}

/** True, false, or undefined where it cannot be told. */
export function truth(value: Value): boolean | undefined {
  const { data } = value;
  switch (data.kind) {
    case 'constant':
      return data.type === 'none' ? false : Boolean(data.value);
    case 'text':
      return data.parts.some(part => typeof part === 'string' && part !== '') ? true : undefined;
    case 'sequence': {
      const items = itemsOf(value);
      return items && items.length > 0;
    }
    case 'dict':
      if ([...data.store.slots.keys()].some(key => key !== openSlot && !data.store.slots.get(key)?.maybe)) return true;
      return data.store.slots.size > 0 ? undefined : false;
    case 'path':
    case 'module':
    case 'function':
    case 'class':
    case 'deferred':
      return true;
    case 'external':
      return data.name === 'typing.TYPE_CHECKING' || data.name === 'typing_extensions.TYPE_CHECKING'
        ? false
        : undefined;
    case 'choice': {
      const all = data.options.map(truth);
      return all.every(each => each === all[0]) ? all[0] : undefined;
    }
    default:
      return undefined;
  }
}

/** Equal in every run; deep structures count as equal only when they are the same object. */
export function same(a: Value, b: Value, depth = 0): boolean {
  const x = a.data;
  const y = b.data;
  if (x === y) return true;
  if (x.kind !== y.kind || depth > 2) return false;
  if (x.kind === 'constant' && y.kind === 'constant') return x.type === y.type && x.value === y.value;
  if (x.kind === 'path' && y.kind === 'path') return x.path === y.path;
  if (x.kind === 'external' && y.kind === 'external') return x.name === y.name && x.self?.data === y.self?.data;
  if (x.kind === 'module' && y.kind === 'module') return x.module === y.module;
  if (x.kind === 'function' && y.kind === 'function')
    return x.definition === y.definition && x.self?.data === y.self?.data;
  if (x.kind === 'class' && y.kind === 'class') return x.definition === y.definition;
  if (x.kind === 'sequence' && y.kind === 'sequence') {
    const left = itemsOf(a);
    const right = itemsOf(b);
    if (x.type !== y.type || !left || !right || left.length !== right.length || left.length > 50) return false;
    return left.every((item, i) => same(item.value, right[i]?.value ?? item.value, depth + 1));
  }
  return false;
}

const maxOptions = 4;

/** Either of two values. */
export function either(values: readonly Value[], why: string): Value {
  const [one] = values;
  if (one && values.length === 1 && one.data.kind !== 'choice') return one;
  const options: Value[] = [];
  for (const value of values) {
    for (const each of value.data.kind === 'choice' ? value.data.options : [value]) {
      if (!options.some(option => same(option, each))) options.push(each);
    }
  }
  const [only] = options;
  if (options.length === 1 && only) return only;
  const via = mergeVia(options.flatMap(option => option.via ?? []));
  const blind = options.find(option => option.data.kind === 'unknown');
  if (options.length > maxOptions || options.length === 0) return unknown(blind ? reasonOf(blind) : why, via);
  return withVia({ kind: 'choice', options, why: blind ? reasonOf(blind) : why }, via);
}
