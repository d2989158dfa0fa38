import type { LibraryCall, LibraryFunction } from './library.js';
import { makeDict, makeSequence } from './machine.js';
import { entriesOf, sortItems, updateDict } from './methods.js';
import { namesOf } from './names.js';
import { joinText, sortOrder } from './operators.js';
import { asRepr, asText, parseWhole } from './strings.js';
import {
  bytesOf,
  constant,
  explained,
  type Item,
  itemsOf,
  numberOf,
  originOf,
  reasonOf,
  textOf,
  truth,
  unknown,
  type Value,
} from './values.js';

function blind(value: Value | undefined, why = 'it cannot be told'): Value {
  if (!value) return unknown(why);
  const seen = ['constant', 'sequence', 'dict'].includes(value.data.kind);
  return unknown(seen ? why : reasonOf(value), value.via, originOf(value));
}

/** A function of one argument that is known only for values that can be told. */
function ofOne(compute: (value: Value, call: LibraryCall) => Value | undefined): LibraryFunction {
  return call => {
    const value = call.given.positional[0]?.value;
    if (!value) return blind(undefined);
    if (value.data.kind === 'choice') return blind(value);
    const result = compute(value, call);
    return result ? explained(result.data, result, value) : blind(value);
  };
}

const silent: LibraryFunction = () => constant(null);

export const builtinCalls: Readonly<Record<string, LibraryFunction>> = {
  int: call => {
    const [value, base] = call.given.positional.map(item => item.value);
    if (!value) return constant(0);
    if (value.data.kind === 'constant' && typeof value.data.value === 'string') {
      const radix = base ? numberOf(base) : 10;
      const whole = radix === undefined ? undefined : parseWhole(value.data.value, radix);
      return whole === undefined ? blind(value, 'it is no whole number') : constant(whole, 'int', value.via);
    }
    const number = numberOf(value);
    return number === undefined ? blind(value) : constant(Math.trunc(number), 'int', value.via);
  },
  float: ofOne(value => {
    const text = textOf(value);
    if (text !== undefined)
      return /^\s*[-+]?\d+(?:\.\d*)?\s*$/.test(text.slice(0, 50)) ? constant(Number(text), 'float') : undefined;
    const number = numberOf(value);
    return number === undefined ? undefined : constant(number, 'float');
  }),
  str: call => {
    const value = call.given.positional[0]?.value;
    if (!value) return constant('');
    if (value.data.kind === 'text') return value;
    return explained(joinText([asText(value)]), value);
  },
  repr: ofOne(value => {
    const text = asRepr(value);
    return typeof text === 'string' ? constant(text) : undefined;
  }),
  bool: call => {
    const value = call.given.positional[0]?.value;
    if (!value) return constant(false);
    const known = truth(value);
    return known === undefined ? blind(value) : constant(known, 'bool', value.via);
  },
  len: ofOne(value => {
    const text = textOf(value);
    const size =
      itemsOf(value)?.length ??
      bytesOf(value)?.length ??
      (text === undefined ? entriesOf(value)?.length : [...text].length);
    return size === undefined ? undefined : constant(size);
  }),
  list: call => collection(call, 'list'),
  tuple: call => collection(call, 'tuple'),
  set: call => collection(call, 'set'),
  frozenset: call => collection(call, 'set'),
  dict: dictOf,
  'collections.OrderedDict': dictOf,
  sorted: ofOne((value, { machine, given }) => {
    const sorted = given.keywords.size === 0 ? sortItems(itemsOf(value) ?? []) : undefined;
    return sorted && itemsOf(value) ? makeSequence(machine, 'list', sorted) : undefined;
  }),
  reversed: ofOne((value, { machine }) => {
    const items = itemsOf(value);
    return items && makeSequence(machine, 'list', items.toReversed());
  }),
  range: ({ machine, given }) => {
    const [a, b, step] = given.positional.map(item => numberOf(item.value));
    const from = b === undefined ? 0 : a;
    const to = b === undefined ? a : b;
    if (from === undefined || to === undefined || step !== undefined || given.positional.length > 2 || to - from > 100)
      return unknown('its numbers cannot be told');
    return makeSequence(
      machine,
      'list',
      Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ value: constant(from + i) })),
    );
  },
  max: call => extreme(call, 1),
  min: call => extreme(call, -1),
  sum: ofOne(value => {
    const numbers = itemsOf(value)?.map(item => numberOf(item.value));
    if (!numbers || numbers.some(number => number === undefined || !Number.isInteger(number))) return undefined;
    return constant(numbers.reduce<number>((total, number) => total + (number ?? 0), 0));
  }),
  abs: ofOne(value => {
    const number = numberOf(value);
    return number === undefined || value.data.kind !== 'constant'
      ? undefined
      : constant(Math.abs(number), value.data.type === 'float' ? 'float' : 'int');
  }),
  round: ofOne((value, { given }) => {
    const number = numberOf(value);
    if (number === undefined || given.positional.length > 1) return undefined;
    // Python rounds halves to the even neighbour.
    const floor = Math.floor(number);
    const half = number - floor === 0.5;
    return constant(half ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(number));
  }),
  any: ofOne(value => allOf(value, true)),
  all: ofOne(value => allOf(value, false)),
  isinstance: () => unknown('its type is asked for'),
  issubclass: () => unknown('its type is asked for'),
  callable: () => unknown('its type is asked for'),
  type: () => unknown('its type is asked for'),
  id: () => unknown('it differs from run to run'),
  hash: () => unknown('it differs from run to run'),
  print: silent,
  iter: call => call.given.positional[0]?.value ?? blind(undefined),
  map: () => unknown('it is the result of map()'),
  filter: () => unknown('it is the result of filter()'),
  zip: () => unknown('it is the result of zip()'),
  enumerate: ofOne((value, { machine, given }) => {
    const items = given.positional.length === 1 && given.keywords.size === 0 ? itemsOf(value) : undefined;
    if (!items) return undefined;
    return makeSequence(
      machine,
      'list',
      items.map((item, i) => ({ value: makeSequence(machine, 'tuple', [{ value: constant(i) }, item]) })),
    );
  }),
  globals: ({ frame }) => namesOf(frame.module),
  locals: ({ frame }) => (frame.scope.parent ? unknown('it holds the local names') : namesOf(frame.module)),
  vars: ({ frame, given }) => {
    if (given.positional.length === 0 && !frame.scope.parent) return namesOf(frame.module);
    const { data } = given.positional[0]?.value ?? constant(null);
    return data.kind === 'module' ? namesOf(data.module) : unknown('it holds the attributes of an object');
  },
  dir: () => unknown('it lists names'),
  object: () => unknown('it is a bare object'),
  'object.__init__': silent,
  'typing.cast': call => call.given.positional[1]?.value ?? blind(undefined),
  'copy.copy': copyOf,
  'copy.deepcopy': copyOf,
};

function collection({ machine, given }: LibraryCall, type: 'list' | 'tuple' | 'set'): Value {
  const value = given.positional[0]?.value;
  if (!value) return makeSequence(machine, type, []);
  const text = textOf(value);
  const keys =
    value.data.kind === 'dict' ? entriesOf(value)?.map(([key]): Item => ({ value: constant(key) })) : undefined;
  const items =
    text === undefined
      ? (keys ?? itemsOf(value))
      : [...text].slice(0, 1000).map((each): Item => ({ value: constant(each) }));
  if (!items) return blind(value);
  return explained(makeSequence(machine, type, items).data, value);
}

function dictOf({ machine, given }: LibraryCall): Value {
  const made = makeDict(machine, []);
  if (made.data.kind === 'dict')
    updateDict(machine, made.data.store, given.positional[0]?.value, given.keywords, given.open);
  return made;
}

function copyOf({ machine, given }: LibraryCall): Value {
  const value = given.positional[0]?.value;
  if (value?.data.kind === 'dict') return makeDict(machine, value.data.store.slots);
  const items = itemsOf(value);
  if (items && value?.data.kind === 'sequence') return makeSequence(machine, value.data.type, items);
  return value ?? blind(undefined);
}

function extreme({ given }: LibraryCall, sign: 1 | -1): Value {
  const [only] = given.positional;
  const items = given.positional.length === 1 ? itemsOf(only?.value) : given.positional;
  if (!items || items.length === 0 || given.keywords.size > 0 || given.open) return blind(only?.value);
  let best = items[0];
  for (const item of items) {
    const order = best && sortOrder(item.value, best.value);
    if (order === undefined) return blind(items.find(each => numberOf(each.value) === undefined)?.value);
    if (order * sign > 0) best = item;
  }
  return best ? explained(best.value.data, ...items.map(item => item.value)) : blind(undefined);
}

function allOf(value: Value, wanted: boolean): Value | undefined {
  const items = itemsOf(value)?.map(item => truth(item.value));
  if (!items) return undefined;
  if (items.includes(wanted)) return constant(wanted);
  return items.includes(undefined) ? undefined : constant(!wanted);
}
