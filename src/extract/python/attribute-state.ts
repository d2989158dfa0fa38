import type { AttributeState } from '../../model/entry.js';
import type { AppTarget } from '../../model/server.js';
import type { PyStatement } from '../../syntax/python/tree.js';
import { upTo } from '../../text/ends.js';
import type { Span } from '../../text/source.js';
import { classify, quietly } from './application.js';
import { getAttribute } from './attribute.js';
import { evaluate, spanOf } from './expression.js';
import { whyBlind } from './load.js';
import type { Frame, Machine } from './machine.js';
import type { Observed } from './observe.js';
import { itemsSlot, type LoadingModule, nothingGiven, openSlot, type Slot, type Value } from './values.js';

export interface FoundAttribute {
  readonly attribute: AttributeState;
  /** What the server gets. */
  readonly application?: Value;
}

/** What the module has under the name that the server asks for; a factory that is named with a call is followed. */
export function findAttribute(
  machine: Machine,
  frame: Frame,
  module: LoadingModule,
  target: AppTarget,
  observed: Observed,
): FoundAttribute {
  const { attribute } = target;
  if (attribute === undefined) return { attribute: { state: 'unknown', why: 'the server needs no name in it' } };
  const path = upTo(attribute, '(').trim();
  if (!/^\w+(?:\.\w+)*$/.test(path)) return { attribute: { state: 'unknown', why: `${attribute} is no name` } };
  const [first = '', ...rest] = path.split('.');
  const slot = module.store.slots.get(first) ?? childModule(machine, module, first);
  if (!slot) return { attribute: absent(machine, frame, module, first) };
  if (slot.maybe)
    return { attribute: { state: 'unknown', why: `${first} is set only under a condition that cannot be decided` } };
  if (module.state === 'failed')
    return { attribute: { state: 'unknown', why: `the import of ${module.name} ends early` } };
  const at = slot.at ?? { file: module.tree.file, start: 0, end: 0 };
  let value = slot.value;
  for (const name of rest) value = getAttribute(machine, frame, value, name, at);
  if (target.called) value = callFactory(machine, frame, value, target, at);
  const classified = target.called ? classifyResult(machine, frame, value, at) : classify(machine, frame, value, at);
  noteBare(observed, value, classified.kind);
  return { attribute: { state: 'found', span: at, ...classified }, application: value };
}

function childModule(machine: Machine, module: LoadingModule, name: string): Slot | undefined {
  const child = machine.modules.get(`${module.name}.${name}`);
  return child && { value: { data: { kind: 'module', module: child } } };
}

/** The application that a called factory gives: never a factory itself. */
function classifyResult(machine: Machine, frame: Frame, value: Value, at: Span): ReturnType<typeof classify> {
  const classified = classify(machine, frame, value, at);
  return classified.kind === 'factory' ? { kind: 'unknown' } : classified;
}

/** Calls the factory as the server does, with the literal arguments that the target may have. */
function callFactory(machine: Machine, frame: Frame, value: Value, target: AppTarget, at: Span): Value {
  const open = target.text.indexOf('(');
  const inside = open < 0 ? '' : target.text.slice(open + 1, target.text.lastIndexOf(')'));
  if (inside.trim() === '') return machine.evaluator.call(machine, frame, value, nothingGiven, at);
  const text = `_(${inside})`;
  const tree = machine.reader.python({ path: '', text });
  const [statement] = tree?.body ?? [];
  const call = statement?.kind === 'expression' && statement.value.kind === 'call' ? statement.value : undefined;
  if (!call || !tree) return machine.evaluator.call(machine, frame, value, { ...nothingGiven, open: true }, at);
  // The arguments stand in another file: their places mean nothing here.
  const given = call.arguments.map(argument => ({
    name: argument.name,
    value: evaluate(machine, frame, argument.value),
  }));
  const positional = given.filter(each => each.name === undefined).map(({ value: each }) => ({ value: each }));
  const keywords = new Map(
    given.flatMap(each => (each.name === undefined ? [] : [[each.name, { value: each.value }] as const])),
  );
  return machine.evaluator.call(machine, frame, value, { positional, keywords, open: false }, at);
}

/** A function that the server calls with each request is a handler itself. */
function noteBare(observed: Observed, value: Value, kind: string): void {
  if (kind !== 'wsgi' && kind !== 'asgi') return;
  if (value.data.kind === 'function' || value.data.kind === 'instance')
    observed.handlers.push({ framework: kind, target: value });
}

const maxNames = 200;

function absent(machine: Machine, frame: Frame, module: LoadingModule, name: string): AttributeState {
  const blind = module.tree.problems.length > 0 ? 'the module does not parse' : whyBlind(module);
  // hug puts `__hug_wsgi__` into each module that imports it; such names are a library's own.
  if (/^__\w+__$/.test(name)) return { state: 'unknown', why: `a library may put ${name} into the module` };
  if (blind !== undefined) return { state: 'unknown', why: blind };
  const candidates: { name: string; span: Span }[] = [];
  for (const [each, slot] of [...module.store.slots].slice(0, maxNames)) {
    if (each === openSlot || each === itemsSlot || each.startsWith('_') || !slot.at || slot.maybe) continue;
    const { kind } = quietly(machine, () =>
      classify(machine, frame, slot.value, slot.at ?? { file: module.tree.file, start: 0, end: 0 }),
    );
    if (kind === 'wsgi' || kind === 'asgi') candidates.push({ name: each, span: slot.at });
  }
  const guarded = findGuarded(frame, module.tree.body, name);
  return { state: 'missing', candidates, ...(guarded && { guarded }) };
}

/** An assignment of the name in an `if` at the top of the module whose condition does not hold. */
function findGuarded(
  frame: Frame,
  body: readonly PyStatement[],
  name: string,
): { span: Span; guard: Span } | undefined {
  for (const statement of body) {
    if (statement.kind !== 'if') continue;
    for (const branch of statement.branches) {
      const found = branch.body.find(each => defines(each, name));
      if (found) return { span: spanOf(frame, found), guard: spanOf(frame, branch.header) };
    }
  }
  return undefined;
}

function defines(statement: PyStatement, name: string): boolean {
  if (statement.kind === 'assign')
    return statement.targets.some(target => target.kind === 'name' && target.id === name);
  return (statement.kind === 'function' || statement.kind === 'class') && statement.name === name;
}
