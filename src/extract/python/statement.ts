import type { PyExpression, PyImportFrom, PyStatement } from '../../syntax/python/tree.js';
import { runFor, runIf, runMatch, runTry, runWhile, runWith } from './control.js';
import { defineClass, defineFunction } from './definition.js';
import { evaluate, spanOf } from './expression.js';
import { fromName, importModule, importName, importStar } from './load.js';
import { type Completion, type Frame, type Machine, maxNesting, openStore, write } from './machine.js';
import { assign, bindName, lookUp, setItem } from './names.js';
import { binary } from './operators.js';
import { recordCall } from './settings.js';
import {
  constant,
  external,
  type Item,
  itemsOf,
  itemsSlot,
  nothingGiven,
  reasonOf,
  unknown,
  type Value,
} from './values.js';

/** Runs statements in order and tells how they ended. */
export function runBlock(machine: Machine, frame: Frame, body: readonly PyStatement[]): Completion {
  if (machine.depth > maxNesting) {
    openStore(machine, frame.scope.store, 'it is nested too deeply');
    return 'next';
  }
  machine.depth++;
  let ended: Completion = 'next';
  const inFunction = frame.running !== undefined;
  const atTop = !inFunction && frame.scope.store === frame.module.store;
  for (const statement of body) {
    if (inFunction && machine.budget-- <= 0) {
      frame.returns.push(unknown('there is too much code to follow'));
      ended = 'return';
      break;
    }
    machine.statement = spanOf(frame, statement);
    if (atTop && isTop(frame, statement)) machine.topLevel = machine.statement;
    ended = runStatement(machine, frame, statement);
    if (machine.dead) {
      ended = 'raise';
      break;
    }
    if (ended !== 'next') break;
  }
  machine.depth--;
  return ended;
}

function isTop(frame: Frame, statement: PyStatement): boolean {
  const { text } = frame.module.tree.file;
  const before = text[statement.start - 1];
  return before === undefined || before === '\n' || before === '\r' || before === ';' || statement.start === 0;
}

function runStatement(machine: Machine, frame: Frame, statement: PyStatement): Completion {
  switch (statement.kind) {
    case 'expression':
      evaluate(machine, frame, statement.value);
      return 'next';
    case 'assign': {
      if (!statement.value) return 'next';
      const item: Item = { value: evaluate(machine, frame, statement.value), at: spanOf(frame, statement.value) };
      for (const target of statement.targets) assign(machine, frame, target, item);
      return 'next';
    }
    case 'augmented': {
      augment(machine, frame, statement.target, statement.operator, {
        value: evaluate(machine, frame, statement.value),
        at: spanOf(frame, statement.value),
      });
      return 'next';
    }
    case 'delete':
      for (const target of statement.targets) remove(machine, frame, target);
      return 'next';
    case 'return': {
      const value = statement.value ? evaluate(machine, frame, statement.value) : constant(null);
      frame.returns.push(value);
      machine.returned?.(frame, { value, at: spanOf(frame, statement.value ?? statement) });
      return 'return';
    }
    case 'raise':
      if (statement.value && isSystemExit(evaluate(machine, frame, statement.value)))
        recordCall(machine, 'raise SystemExit', nothingGiven, spanOf(frame, statement));
      return 'raise';
    case 'break':
    case 'continue':
      return statement.kind;
    case 'assert':
      evaluate(machine, frame, statement.test);
      return 'next';
    case 'global':
      frame.globals = new Set([...frame.globals, ...statement.names]);
      return 'next';
    case 'nonlocal':
      frame.nonlocals = new Set([...frame.nonlocals, ...statement.names]);
      return 'next';
    case 'import':
      for (const { name, alias } of statement.names) {
        const value = importModule(machine, name, spanOf(frame, statement), frame.module);
        if (alias !== undefined) bindName(machine, frame, alias, { value });
        else if (!name.includes('.')) bindName(machine, frame, name, { value });
        else bindTop(machine, frame, name.split('.', 1)[0] ?? name);
      }
      return 'next';
    case 'import from':
      importFrom(machine, frame, statement);
      return 'next';
    case 'if':
      return runIf(machine, frame, statement);
    case 'for':
      return runFor(machine, frame, statement);
    case 'while':
      return runWhile(machine, frame, statement);
    case 'try':
      return runTry(machine, frame, statement);
    case 'with':
      return runWith(machine, frame, statement);
    case 'match':
      return runMatch(machine, frame, statement);
    case 'function':
      defineFunction(machine, frame, statement);
      return 'next';
    case 'class':
      defineClass(machine, frame, statement);
      return 'next';
    case 'type alias':
      bindName(machine, frame, statement.name, { value: unknown('it is a type') });
      return 'next';
    case 'pass':
      return 'next';
    case 'opaque':
      openStore(machine, frame.scope.store, 'a statement that cannot be read may set it');
      return 'next';
  }
}

function bindTop(machine: Machine, frame: Frame, top: string): void {
  const module = machine.modules.get(top);
  bindName(machine, frame, top, { value: module ? { data: { kind: 'module', module } } : external(top) });
}

function importFrom(machine: Machine, frame: Frame, statement: PyImportFrom): void {
  if (statement.module === '__future__' && statement.level === 0) return;
  const site = spanOf(frame, statement);
  const dotted = fromName(frame.module, statement.level, statement.module);
  const base =
    dotted === undefined ? unknown('the import leaves its package') : importModule(machine, dotted, site, frame.module);
  if (statement.names === '*') {
    importStar(machine, base, frame.module);
    return;
  }
  for (const { name, alias, start, end } of statement.names) {
    const slot = importName(machine, base, name, spanOf(frame, { start, end }), frame.module);
    bindName(machine, frame, alias ?? name, slot);
  }
}

function augment(machine: Machine, frame: Frame, target: PyExpression, operator: string, item: Item): void {
  const before = target.kind === 'name' ? lookUp(frame, target.id) : evaluate(machine, frame, target);
  // A list is changed in place, so that every other name of it sees the change.
  if (operator === '+' && before.data.kind === 'sequence' && before.data.type === 'list') {
    const items = itemsOf(item.value);
    const { store } = before.data;
    const joined = items && itemsOf(before);
    const held = joined
      ? { data: { kind: 'items' as const, items: [...joined, ...items] } }
      : unknown(reasonOf(item.value));
    write(machine, store, itemsSlot, { value: held });
    if (target.kind === 'name') bindName(machine, frame, target.id, { value: before, ...(item.at && { at: item.at }) });
    return;
  }
  assign(machine, frame, target, {
    value: binary(machine, operator, before, item.value),
    ...(item.at && { at: item.at }),
  });
}

function remove(machine: Machine, frame: Frame, target: PyExpression): void {
  if (target.kind === 'name') bindName(machine, frame, target.id, undefined);
  else if (target.kind === 'subscript') {
    const object = evaluate(machine, frame, target.object);
    const index = target.index.kind === 'slice' ? undefined : evaluate(machine, frame, target.index);
    setItem(machine, frame, object, index, { value: unknown('it is deleted'), maybe: true });
  }
}

function isSystemExit({ data }: Value): boolean {
  return (data.kind === 'external' || data.kind === 'made') && /^(?:builtins\.)?SystemExit$/.test(data.name);
}
