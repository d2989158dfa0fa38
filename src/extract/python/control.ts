import type {
  PyExpression,
  PyFor,
  PyIf,
  PyMatch,
  PyStatement,
  PyTry,
  PyWhile,
  PyWith,
} from '../../syntax/python/tree.js';
import { boundNames } from './bound-names.js';
import { evaluate, settle, spanOf } from './expression.js';
import {
  apply,
  blur,
  type Completion,
  type Delta,
  doubtful,
  type Frame,
  fork,
  join,
  type Machine,
  maxNesting,
  openStore,
} from './machine.js';
import { assign, bindName } from './names.js';
import { compare } from './operators.js';
import { constant, type Item, itemsOf, reasonOf, truth, unknown, type Value } from './values.js';

interface Way {
  readonly completion: Completion;
  readonly delta: Delta;
}

/** Runs each way that may be taken, joins what they leave behind, and tells how all of them ended. */
function joinWays(machine: Machine, frame: Frame, ways: readonly Way[], why: string): Completion {
  const goingOn = ways.filter(way => way.completion !== 'raise');
  const normal = goingOn.filter(way => way.completion === 'next');
  const [first] = goingOn;
  if (!first) {
    join(
      machine,
      ways.map(way => way.delta),
      why,
    );
    return 'raise';
  }
  join(
    machine,
    goingOn.map(way =>
      way.completion === 'return' && normal.length > 0 ? withoutLocals(way.delta, frame, normal) : way.delta,
    ),
    why,
  );
  const alike = goingOn.every(way => way.completion === first.completion);
  if (!alike && goingOn.some(way => way.completion === 'return')) frame.returning = true;
  // Some ways leave early: what follows is reached only on the others.
  if (!alike || frame.returning) machine.certain = false;
  if (alike) return first.completion;
  if (goingOn.some(way => way.completion === 'break' || way.completion === 'continue')) frame.leaving = true;
  return normal.length > 0 ? 'next' : first.completion;
}

/** The names of a call that has returned matter no more: they are taken from a way that goes on. */
function withoutLocals(delta: Delta, frame: Frame, normal: readonly Way[]): Delta {
  const out = new Map(delta);
  const other = normal[0]?.delta.get(frame.scope.store);
  if (other) out.set(frame.scope.store, other);
  else out.delete(frame.scope.store);
  return out;
}

function takeWay(machine: Machine, run: () => Completion): Way {
  const way = doubtful(machine, run);
  return { completion: way.dead ? 'raise' : way.result, delta: way.delta };
}

export function runIf(machine: Machine, frame: Frame, statement: PyIf): Completion {
  return runBranch(machine, frame, statement, 0);
}

/** Too many conditions on one another: whatever they would set is unknown. */
function giveUp(machine: Machine, frame: Frame): Completion {
  openStore(machine, frame.scope.store, 'it is nested too deeply');
  return 'next';
}

function runBranch(machine: Machine, frame: Frame, statement: PyIf, at: number): Completion {
  const current = statement.branches[at];
  if (!current) return statement.otherwise ? machine.evaluator.block(machine, frame, statement.otherwise) : 'next';
  const test = evaluate(machine, frame, current.test);
  const held = truth(test);
  if (held === true) return machine.evaluator.block(machine, frame, current.body);
  if (held === false) return runBranch(machine, frame, statement, at + 1);
  if (machine.depth > maxNesting) return giveUp(machine, frame);
  machine.depth++;
  const then = takeWay(machine, () => machine.evaluator.block(machine, frame, current.body));
  const otherwise = takeWay(machine, () => runBranch(machine, frame, statement, at + 1));
  machine.depth--;
  return joinWays(machine, frame, [then, otherwise], reasonOf(test));
}

/** More rounds of a loop are not followed one by one. */
const maxRounds = 30;

export function runFor(machine: Machine, frame: Frame, statement: PyFor): Completion {
  const iterable = evaluate(machine, frame, statement.iterable);
  settle(machine, frame, iterable, spanOf(frame, statement.iterable));
  const items = itemsOf(iterable);
  const { certain } = machine;
  const round = (item: Item): Completion => {
    assign(machine, frame, statement.target, item);
    return machine.evaluator.block(machine, frame, statement.body);
  };
  let ended: Completion = 'next';
  if (items && items.length <= maxRounds && machine.budget > 0) {
    ended = runRounds(machine, frame, items, statement.body.length, round);
  } else {
    const value = unknown(`it is set in a loop${items ? '' : `, and ${reasonOf(iterable)}`}`, iterable.via);
    ended = runBlurred(machine, frame, statement.body, items !== undefined && items.length > 0, () => round({ value }));
  }
  const goesOn = certain && !frame.returning;
  machine.certain = goesOn && ended === 'next';
  if (ended === 'next' && statement.otherwise) ended = machine.evaluator.block(machine, frame, statement.otherwise);
  machine.certain = goesOn;
  return ended === 'return' || ended === 'raise' ? ended : 'next';
}

function runRounds(
  machine: Machine,
  frame: Frame,
  items: readonly Item[],
  size: number,
  round: (item: Item) => Completion,
): Completion {
  const leaving = frame.leaving;
  frame.leaving = false;
  const { result, delta } = fork(machine, () => {
    for (const item of items) {
      machine.budget -= size + 1;
      // Where it would take too long the rest is not followed.
      if (machine.budget <= 0) frame.leaving = true;
      if (machine.budget <= -maxRounds) return 'next';
      const ended = round(item);
      if (machine.dead) return 'raise';
      if (ended === 'break' || ended === 'return' || ended === 'raise') return ended;
    }
    return 'next';
  });
  if (frame.leaving) blur(machine, delta, 'it is set in a loop');
  else apply(machine, delta);
  frame.leaving = leaving;
  return result;
}

/** A body that runs any number of times: everything it sets is unknown afterwards, and unknown already while it runs. */
function runBlurred(
  machine: Machine,
  frame: Frame,
  body: readonly PyStatement[],
  atLeastOnce: boolean,
  round: () => Completion,
): Completion {
  const why = 'it is set in a loop';
  const { certain, dead } = machine;
  const leaving = frame.leaving;
  machine.certain = certain && atLeastOnce;
  const { result, delta } = fork(machine, () => {
    for (const name of boundNames(body)) bindName(machine, frame, name, { value: unknown(why) });
    return round();
  });
  const ended: Completion = machine.dead ? 'raise' : result;
  blur(machine, delta, why, atLeastOnce);
  if (ended === 'return' && !atLeastOnce) frame.returning = true;
  machine.certain = certain && !frame.returning;
  if (!atLeastOnce) machine.dead = dead;
  frame.leaving = leaving;
  if (ended === 'raise' && atLeastOnce) return 'raise';
  return ended === 'return' && atLeastOnce ? 'return' : 'next';
}

export function runWhile(machine: Machine, frame: Frame, statement: PyWhile): Completion {
  const test = evaluate(machine, frame, statement.test);
  const held = truth(test);
  if (held === false)
    return statement.otherwise ? machine.evaluator.block(machine, frame, statement.otherwise) : 'next';
  const ended = runBlurred(machine, frame, statement.body, held === true, () =>
    machine.evaluator.block(machine, frame, statement.body),
  );
  if (ended === 'next' && statement.otherwise) {
    const way = takeWay(machine, () => machine.evaluator.block(machine, frame, statement.otherwise ?? []));
    join(machine, [new Map(), way.delta], 'it is set behind a loop');
  }
  return ended;
}

/** Exceptions that catch what they are named for: a missing module, and SystemExit. */
function catches(statement: PyTry): Machine['catching'] {
  const names = statement.handlers.flatMap(handler => (handler.type ? caughtNames(handler.type) : ['BaseException']));
  return {
    imports: names.some(name => ['ImportError', 'ModuleNotFoundError', 'Exception', 'BaseException'].includes(name)),
    exit: names.some(name => ['SystemExit', 'BaseException'].includes(name)),
  };
}

function caughtNames(type: PyExpression): readonly string[] {
  if (type.kind === 'tuple') return type.items.flatMap(caughtNames);
  if (type.kind === 'name') return [type.id];
  return type.kind === 'attribute' ? [type.name] : [];
}

export function runTry(machine: Machine, frame: Frame, statement: PyTry): Completion {
  const { catching } = machine;
  const own = catches(statement);
  const why = 'an exception may change it';
  let ended: Completion;
  if (statement.handlers.length === 0) ended = machine.evaluator.block(machine, frame, statement.body);
  else {
    machine.catching = { imports: catching.imports || own.imports, exit: catching.exit || own.exit };
    const dead = machine.dead;
    const body = fork(machine, () => machine.evaluator.block(machine, frame, statement.body));
    const bodyEnd: Completion = machine.dead ? 'raise' : body.result;
    machine.dead = dead;
    machine.catching = catching;
    const { returning } = frame;
    const handlers = statement.handlers.map(handler =>
      takeWay(machine, () => {
        // The body may have got to any point.
        join(machine, [new Map(), body.delta], why);
        if (handler.name !== undefined)
          bindName(machine, frame, handler.name, { value: unknown('it is an exception') });
        return machine.evaluator.block(machine, frame, handler.body);
      }),
    );
    frame.returning = returning;
    const smooth = fork(machine, () => {
      apply(machine, body.delta);
      return bodyEnd === 'next' && statement.otherwise
        ? machine.evaluator.block(machine, frame, statement.otherwise)
        : bodyEnd;
    });
    const smoothEnd: Completion = machine.dead && !dead ? 'raise' : smooth.result;
    machine.dead = dead;
    const { certain } = machine;
    const afterSmooth = frame.returning;
    ended = joinWays(machine, frame, [{ completion: smoothEnd, delta: smooth.delta }, ...handlers], why);
    // A handler that returns is the exception, not the rule.
    if (ended === 'next' && smoothEnd === 'next') {
      machine.certain = certain;
      frame.returning = afterSmooth;
    }
  }
  if (statement.finally) {
    const dead = machine.dead;
    machine.dead = false;
    const last = machine.evaluator.block(machine, frame, statement.finally);
    machine.dead ||= dead;
    if (last !== 'next') return last;
  }
  return ended;
}

export function runWith(machine: Machine, frame: Frame, statement: PyWith): Completion {
  const { catching } = machine;
  for (const { value, target } of statement.items) {
    const held = evaluate(machine, frame, value);
    if (held.data.kind === 'made' && held.data.name === 'contextlib.suppress')
      machine.catching = { imports: true, exit: true };
    if (!target) continue;
    const entered =
      held.data.kind === 'instance' || held.data.kind === 'made' || held.data.kind === 'external'
        ? held
        : unknown(reasonOf(held));
    assign(machine, frame, target, { value: entered, at: spanOf(frame, value) });
  }
  const ended = machine.evaluator.block(machine, frame, statement.body);
  machine.catching = catching;
  return ended;
}

export function runMatch(machine: Machine, frame: Frame, statement: PyMatch): Completion {
  const subject = evaluate(machine, frame, statement.subject);
  return runCase(machine, frame, statement, subject, 0);
}

function runCase(machine: Machine, frame: Frame, statement: PyMatch, subject: Value, at: number): Completion {
  const current = statement.cases[at];
  if (!current) return 'next';
  const held = current.guard ? undefined : matches(subject, current.matches);
  const body = (): Completion => {
    for (const name of current.binds)
      bindName(machine, frame, name, { value: unknown('it is taken out of a pattern') });
    if (current.guard) evaluate(machine, frame, current.guard);
    return machine.evaluator.block(machine, frame, current.body);
  };
  if (held === true) return body();
  if (held === false) return runCase(machine, frame, statement, subject, at + 1);
  if (machine.depth > maxNesting) return giveUp(machine, frame);
  machine.depth++;
  const then = takeWay(machine, body);
  const otherwise = takeWay(machine, () => runCase(machine, frame, statement, subject, at + 1));
  machine.depth--;
  return joinWays(machine, frame, [then, otherwise], reasonOf(subject));
}

function matches(subject: Value, pattern: PyMatch['cases'][number]['matches']): boolean | undefined {
  if (pattern === 'always') return true;
  if (!pattern) return undefined;
  const all = pattern.map(each => {
    if (each.value === undefined || each.type === 'other') return undefined;
    return compare('==', subject, constant(each.value, each.type));
  });
  if (all.includes(true)) return true;
  return all.every(each => each === false) ? false : undefined;
}
