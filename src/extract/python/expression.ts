import type {
  PyCallExpression,
  PyComprehension,
  PyConstant,
  PyExpression,
  PyParameter,
} from '../../syntax/python/tree.js';
import type { Span } from '../../text/source.js';
import { getAttribute, getItem, getSlice } from './attribute.js';
import { readVariable } from './environment.js';
import { branch, doubtful, type Frame, join, type Machine, makeDict, makeSequence, maxNesting } from './machine.js';
import { assign, lookUp } from './names.js';
import { binary, compare, unary } from './operators.js';
import { joinedText } from './strings.js';
import {
  type Constant,
  constant,
  either,
  explained,
  type FunctionData,
  type Given,
  type Item,
  itemsOf,
  keyOf,
  noKeywords,
  openSlot,
  originOf,
  reasonOf,
  type Slot,
  textOf,
  truth,
  unknown,
  type Value,
} from './values.js';

export function spanOf(frame: Frame, range: { readonly start: number; readonly end: number }): Span {
  return { file: frame.module.tree.file, start: range.start, end: range.end };
}

/** What an expression gives, calls in it included. */
export function evaluate(machine: Machine, frame: Frame, expression: PyExpression): Value {
  if (machine.depth > maxNesting) return unknown('it is nested too deeply');
  machine.depth++;
  const value = evaluateKind(machine, frame, expression);
  machine.depth--;
  return value;
}

function evaluateKind(machine: Machine, frame: Frame, expression: PyExpression): Value {
  switch (expression.kind) {
    case 'name':
      return lookUp(frame, expression.id);
    case 'constant':
      return isTold(expression) ? { data: expression } : unknown('it is a literal that cannot be told');
    case 'joined':
      return joinedText(expression.parts, part => evaluate(machine, frame, part.value));
    case 'list':
    case 'tuple':
    case 'set':
      return sequence(machine, frame, expression.kind, expression.items);
    case 'dict':
      return dict(machine, frame, expression.entries);
    case 'unary':
      return unary(expression.operator, evaluate(machine, frame, expression.operand));
    case 'binary':
      return binary(
        machine,
        expression.operator,
        evaluate(machine, frame, expression.left),
        evaluate(machine, frame, expression.right),
      );
    case 'boolean':
      return boolean(machine, expression.operator, evaluate(machine, frame, expression.left), () =>
        evaluate(machine, frame, expression.right),
      );
    case 'comparison':
      return comparison(machine, frame, evaluate(machine, frame, expression.first), expression.rest);
    case 'conditional': {
      const test = evaluate(machine, frame, expression.test);
      const value = branch(
        machine,
        truth(test),
        () => evaluate(machine, frame, expression.value),
        () => evaluate(machine, frame, expression.otherwise),
        reasonOf(test),
      );
      return explained(value.data, value, test);
    }
    case 'attribute':
      return getAttribute(
        machine,
        frame,
        evaluate(machine, frame, expression.object),
        expression.name,
        spanOf(frame, expression),
      );
    case 'subscript': {
      const object = evaluate(machine, frame, expression.object);
      if (expression.index.kind === 'slice') {
        const { lower, upper, step } = expression.index;
        return getSlice(
          machine,
          object,
          lower && evaluate(machine, frame, lower),
          upper && evaluate(machine, frame, upper),
          step !== undefined,
        );
      }
      return subscript(machine, object, evaluate(machine, frame, expression.index));
    }
    case 'call':
      return evaluateCall(machine, frame, expression);
    case 'lambda': {
      const defaults = defaultsOf(machine, frame, expression.parameters);
      const { scope, module } = frame;
      return {
        data: { kind: 'function', name: '<lambda>', definition: expression, scope, module, defaults, wrapped: false },
      };
    }
    case 'comprehension':
      return comprehension(machine, frame, expression);
    case 'await':
      return settle(machine, frame, evaluate(machine, frame, expression.value), spanOf(frame, expression));
    case 'yield':
      if (expression.value)
        settle(machine, frame, evaluate(machine, frame, expression.value), spanOf(frame, expression));
      return unknown('it is sent into a generator');
    case 'walrus': {
      const value = evaluate(machine, frame, expression.value);
      assign(machine, frame, expression.target, { value, at: spanOf(frame, expression.value) });
      return value;
    }
    case 'starred':
      evaluate(machine, frame, expression.value);
      return unknown('it is unpacked');
    case 'slice':
      return unknown('it is a slice');
    case 'opaque':
      return unknown('it cannot be read');
  }
}

/** A literal whose value is known is that value: each run would make another such object of it. */
function isTold(literal: PyConstant): literal is PyConstant & Constant {
  return literal.value !== undefined && literal.type !== 'other';
}

/** Awaiting or iterating runs what a call of it put off. */
export function settle(machine: Machine, frame: Frame, value: Value, site: Span): Value {
  if (value.data.kind !== 'deferred') return value;
  return machine.evaluator.call(machine, frame, { data: value.data.of }, { ...value.data.given, settled: true }, site);
}

function item(machine: Machine, frame: Frame, expression: PyExpression): Item {
  return { value: evaluate(machine, frame, expression), at: spanOf(frame, expression) };
}

/** Values of defaults, which are made where the function is defined. */
export function defaultsOf(
  machine: Machine,
  frame: Frame,
  parameters: readonly PyParameter[],
): FunctionData['defaults'] {
  const given = parameters.flatMap(({ name, default: value }) =>
    value ? [[name, item(machine, frame, value)] as const] : [],
  );
  return given.length === 0 ? noDefaults : new Map(given);
}

/** Most functions have none: a table of its own for each would be a good part of what a large project takes. */
const noDefaults: FunctionData['defaults'] = new Map();

function sequence(
  machine: Machine,
  frame: Frame,
  type: 'list' | 'tuple' | 'set',
  expressions: readonly PyExpression[],
): Value {
  const items: Item[] = [];
  let blind: Value | undefined;
  for (const each of expressions) {
    if (each.kind !== 'starred') {
      items.push(item(machine, frame, each));
      continue;
    }
    const spreadOut = evaluate(machine, frame, each.value);
    const more = itemsOf(spreadOut);
    if (more) items.push(...more);
    else blind ??= spreadOut;
  }
  if (blind) return unknown(reasonOf(blind), blind.via);
  const made = makeSequence(machine, type, items);
  return explained(made.data, ...items.slice(0, 20).map(each => each.value));
}

function dict(
  machine: Machine,
  frame: Frame,
  entries: readonly { readonly key?: PyExpression; readonly value: PyExpression }[],
): Value {
  const slots = new Map<string, Slot>();
  for (const entry of entries) {
    const key = entry.key && evaluate(machine, frame, entry.key);
    const value = item(machine, frame, entry.value);
    const name = key && keyOf(key);
    if (name !== undefined) slots.set(name, value);
    else if (!key && value.value.data.kind === 'dict')
      for (const [each, slot] of value.value.data.store.slots) slots.set(each, slot);
    else slots.set(openSlot, { value: unknown(reasonOf(key ?? value.value)) });
  }
  return makeDict(machine, slots);
}

function boolean(machine: Machine, operator: 'and' | 'or', left: Value, right: () => Value): Value {
  const known = truth(left);
  if (known !== undefined) {
    if (known === (operator === 'or')) return left;
    const value = right();
    return explained(value.data, value, left);
  }
  const way = doubtful(machine, right);
  join(machine, [new Map(), ...(way.dead ? [] : [way.delta])], reasonOf(left));
  return way.dead ? left : either([left, way.result], reasonOf(left));
}

function comparison(
  machine: Machine,
  frame: Frame,
  first: Value,
  rest: readonly { readonly operator: string; readonly value: PyExpression }[],
): Value {
  let left = first;
  let decided: boolean | undefined = true;
  const used = [first];
  for (const { operator, value } of rest) {
    const right = evaluate(machine, frame, value);
    used.push(right);
    const held = isEnvironment(right) ? inEnvironment(machine, operator, left) : compare(operator, left, right);
    if (held === false) return explained(constant(false).data, ...used);
    if (held === undefined) decided = undefined;
    left = right;
  }
  if (decided !== undefined) return explained(constant(true).data, ...used);
  const asked = used.some(isEnvironment) ? textOf(first) : undefined;
  const variable = asked === undefined ? undefined : readVariable(machine, asked);
  if (variable?.state === 'unknown') return unknown(variable.why, variable.via);
  const blind = used.find(value => !['constant', 'sequence', 'dict'].includes(value.data.kind)) ?? first;
  return unknown(reasonOf(blind), explained(blind.data, ...used).via, originOf(blind));
}

function isEnvironment(value: Value): boolean {
  return value.data.kind === 'external' && value.data.name === 'os.environ';
}

function inEnvironment(machine: Machine, operator: string, name: Value): boolean | undefined {
  const text = textOf(name);
  if (text === undefined || (operator !== 'in' && operator !== 'not in')) return undefined;
  const variable = readVariable(machine, text);
  if (variable.state === 'unknown' && !variable.present) return undefined;
  return (variable.state !== 'absent') === (operator === 'in');
}

function subscript(machine: Machine, object: Value, index: Value): Value {
  const name = textOf(index);
  if (!isEnvironment(object) || name === undefined) return getItem(object, index);
  const variable = readVariable(machine, name);
  if (variable.state === 'set') return variable.value;
  return variable.state === 'unknown'
    ? unknown(variable.why, variable.via)
    : unknown(`${name} is not set in the environment`);
}

function evaluateCall(machine: Machine, frame: Frame, call: PyCallExpression): Value {
  const callee = evaluate(machine, frame, call.callee);
  const positional: Item[] = [];
  let keywords: Map<string, Item> | undefined;
  let open = false;
  for (const argument of call.arguments) {
    const given = item(machine, frame, argument.value);
    if (argument.star === '*') {
      const more = itemsOf(given.value);
      if (more && !open) positional.push(...more);
      else open = true;
    } else if (argument.star === '**') {
      const { data } = given.value;
      if (data.kind !== 'dict' || data.store.slots.has(openSlot)) open = true;
      else {
        keywords ??= new Map();
        for (const [key, slot] of data.store.slots) keywords.set(key, slot);
      }
    } else if (argument.name !== undefined) {
      keywords ??= new Map();
      keywords.set(argument.name, given);
    } else positional.push(given);
  }
  const given: Given = { positional, keywords: keywords ?? noKeywords, open };
  return machine.evaluator.call(machine, frame, callee, given, spanOf(frame, call));
}

const maxIterations = 500;

/** Runs a comprehension over sequences that are known; otherwise once, to see the calls in it. */
function comprehension(machine: Machine, frame: Frame, expression: PyComprehension): Value {
  const inner: Frame = {
    ...frame,
    scope: { store: { slots: new Map(), birth: machine.trail?.depth ?? 0 }, parent: frame.scope, isClass: false },
  };
  const results: Item[][] = [];
  const state = { left: maxIterations, blind: undefined as string | undefined };
  const [first] = expression.clauses;
  if (expression.type === 'generator' && first?.kind === 'for') {
    // Only the first iterable is evaluated before somebody asks for the items.
    const way = doubtful(machine, () => runClauses(machine, inner, expression, 0, results, state));
    join(machine, [new Map(), way.delta], 'it depends on a generator');
  } else runClauses(machine, inner, expression, 0, results, state);
  if (state.blind !== undefined) return unknown(state.blind);
  if (expression.type === 'dict') {
    const slots = new Map<string, Slot>();
    for (const [key, value] of results) {
      const name = key && keyOf(key.value);
      if (name === undefined || !value) return unknown('its keys cannot be told');
      slots.set(name, value);
    }
    return makeDict(machine, slots);
  }
  const items = results.flat();
  return explained(
    makeSequence(machine, expression.type === 'set' ? 'set' : 'list', items).data,
    ...items.slice(0, 20).map(each => each.value),
  );
}

function runClauses(
  machine: Machine,
  frame: Frame,
  expression: PyComprehension,
  at: number,
  results: Item[][],
  state: { left: number; blind: string | undefined },
): void {
  const clause = expression.clauses[at];
  if (!clause) {
    results.push(expression.results.map(each => item(machine, frame, each)));
    return;
  }
  if (clause.kind === 'if') {
    const test = evaluate(machine, frame, clause.test);
    const held = truth(test);
    if (held === false) return;
    if (held === undefined) {
      state.blind ??= reasonOf(test);
      const way = doubtful(machine, () => runClauses(machine, frame, expression, at + 1, results, state));
      join(machine, [new Map(), way.delta], reasonOf(test));
    } else runClauses(machine, frame, expression, at + 1, results, state);
    return;
  }
  const iterable = settle(machine, frame, evaluate(machine, frame, clause.iterable), spanOf(frame, clause.iterable));
  const items = itemsOf(iterable);
  if (items && items.length <= state.left && items.length < machine.budget) {
    state.left -= items.length;
    machine.budget -= items.length;
    for (const each of items) {
      assign(machine, frame, clause.target, each);
      runClauses(machine, frame, expression, at + 1, results, state);
    }
    return;
  }
  state.blind ??= reasonOf(iterable);
  const way = doubtful(machine, () => {
    assign(machine, frame, clause.target, { value: unknown(reasonOf(iterable), iterable.via, originOf(iterable)) });
    runClauses(machine, frame, expression, at + 1, results, state);
  });
  join(machine, [new Map(), way.delta], reasonOf(iterable));
}
