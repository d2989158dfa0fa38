import type { PyExpression, PyHandler, PyRange, PyStatement } from '../tree.js';
import { readArguments, readParameters } from './arguments.js';
import { isTarget, readTargets } from './brackets.js';
import {
  accept,
  type Cursor,
  deeper,
  doubt,
  endOf,
  expect,
  kept,
  kindAfter,
  kindOf,
  spareLinks,
  startOf,
  takeName,
} from './cursor.js';
import { readExpression, readExpressions, readNamed, readPrimary } from './expressions.js';
import { readSimpleStatements } from './statements.js';

export function readStatements(cursor: Cursor, end: 'end' | 'dedent'): readonly PyStatement[] {
  const list: PyStatement[] = [];
  while (!accept(cursor, end)) readStatement(cursor, list);
  return kept(list);
}

/** A block with its colon. */
function block(cursor: Cursor): readonly PyStatement[] {
  expect(cursor, ':');
  if (accept(cursor, 'newline')) {
    expect(cursor, 'indent');
    return deeper(cursor, inner => readStatements(inner, 'dedent'));
  }
  const list: PyStatement[] = [];
  readSimpleStatements(cursor, list);
  return kept(list);
}

function readStatement(cursor: Cursor, list: PyStatement[]): void {
  cursor.spareLinks = spareLinks;
  const start = startOf(cursor);
  switch (kindOf(cursor)) {
    case 'if':
      list.push(ifStatement(cursor, start));
      break;
    case 'for':
      list.push(forStatement(cursor, start));
      break;
    case 'while':
      list.push(whileStatement(cursor, start));
      break;
    case 'try':
      list.push(tryStatement(cursor, start));
      break;
    case 'with':
      list.push(withStatement(cursor, start));
      break;
    case 'def':
    case 'class':
      list.push(definition(cursor, [], start));
      break;
    case '@':
      list.push(decorated(cursor, start));
      break;
    case 'async':
      list.push(asynchronous(cursor, start));
      break;
    default:
      readSimpleStatements(cursor, list);
  }
}

function asynchronous(cursor: Cursor, start: number): PyStatement {
  const next = kindAfter(cursor);
  if (next === 'def') return definition(cursor, [], start);
  cursor.at++;
  if (next === 'for') return forStatement(cursor, start);
  if (next === 'with') return withStatement(cursor, start);
  throw doubt;
}

function ifStatement(cursor: Cursor, start: number): PyStatement {
  const branches = [branch(cursor)];
  while (kindOf(cursor) === 'elif') branches.push(branch(cursor));
  const otherwise = elseBlock(cursor);
  return { kind: 'if', branches: kept(branches), ...(otherwise && { otherwise }), start, end: endOf(cursor) };
}

function branch(cursor: Cursor) {
  const start = startOf(cursor);
  cursor.at++;
  const test = readNamed(cursor);
  const header = headerFrom(cursor, start);
  return { test, header, body: block(cursor) };
}

/** Up to the colon, which comes next. */
function headerFrom(cursor: Cursor, start: number): PyRange {
  return { start, end: cursor.tokens.ends[cursor.at] ?? start };
}

function elseBlock(cursor: Cursor): readonly PyStatement[] | undefined {
  return accept(cursor, 'else') ? block(cursor) : undefined;
}

function forStatement(cursor: Cursor, start: number): PyStatement {
  cursor.at++;
  const target = readTargets(cursor);
  expect(cursor, 'in');
  const iterable = readExpressions(cursor);
  const body = loopBlock(cursor);
  const otherwise = elseBlock(cursor);
  return { kind: 'for', target, iterable, body, ...(otherwise && { otherwise }), start, end: endOf(cursor) };
}

function whileStatement(cursor: Cursor, start: number): PyStatement {
  cursor.at++;
  const test = readNamed(cursor);
  const body = loopBlock(cursor);
  const otherwise = elseBlock(cursor);
  return { kind: 'while', test, body, ...(otherwise && { otherwise }), start, end: endOf(cursor) };
}

function loopBlock(cursor: Cursor): readonly PyStatement[] {
  const { loop } = cursor;
  cursor.loop = true;
  const body = block(cursor);
  cursor.loop = loop;
  return body;
}

function tryStatement(cursor: Cursor, start: number): PyStatement {
  cursor.at++;
  const body = block(cursor);
  const handlers: PyHandler[] = [];
  while (kindOf(cursor) === 'except') handlers.push(handler(cursor));
  const otherwise = handlers.length > 0 ? elseBlock(cursor) : undefined;
  const closing = accept(cursor, 'finally') ? block(cursor) : undefined;
  if (handlers.length === 0 && !closing) throw doubt;
  return {
    kind: 'try',
    body,
    handlers: kept(handlers),
    ...(otherwise && { otherwise }),
    ...(closing && { finally: closing }),
    start,
    end: endOf(cursor),
  };
}

function handler(cursor: Cursor): PyHandler {
  const start = startOf(cursor);
  cursor.at++;
  const type = kindOf(cursor) === ':' ? undefined : readExpression(cursor);
  const name = type && accept(cursor, 'as') ? takeName(cursor) : undefined;
  const body = block(cursor);
  return { ...(type && { type }), ...(name !== undefined && { name }), body, start, end: endOf(cursor) };
}

function withStatement(cursor: Cursor, start: number): PyStatement {
  cursor.at++;
  const bracketed = accept(cursor, '(');
  const items: { value: PyExpression; target?: PyExpression }[] = [];
  do {
    if (bracketed && items.length > 0 && kindOf(cursor) === ')') break;
    const value = readExpression(cursor);
    items.push({ value, ...(accept(cursor, 'as') && { target: withTarget(cursor) }) });
  } while (accept(cursor, ','));
  // `with (open(a)) as b:` and its like, where the brackets belong to the first expression, end here.
  if (bracketed) expect(cursor, ')');
  const body = block(cursor);
  return { kind: 'with', items: kept(items), body, start, end: endOf(cursor) };
}

function withTarget(cursor: Cursor): PyExpression {
  const { groups } = cursor;
  const target = readPrimary(cursor);
  if (!isTarget(target) || cursor.groups !== groups) throw doubt;
  return target;
}

function decorated(cursor: Cursor, start: number): PyStatement {
  const decorators: PyExpression[] = [];
  while (accept(cursor, '@')) {
    decorators.push(readExpression(cursor));
    expect(cursor, 'newline');
  }
  return definition(cursor, kept(decorators), start);
}

function definition(cursor: Cursor, decorators: readonly PyExpression[], start: number): PyStatement {
  const from = startOf(cursor);
  const isAsync = accept(cursor, 'async');
  if (accept(cursor, 'def')) return functionDefinition(cursor, isAsync, decorators, start, from);
  if (isAsync) throw doubt;
  expect(cursor, 'class');
  const name = takeName(cursor);
  const bases = kindOf(cursor) === '(' ? inside(cursor, 'none', readArguments) : [];
  const header = headerFrom(cursor, from);
  const body = inside(cursor, 'none', block);
  return { kind: 'class', arguments: bases, name, header, decorators, body, start, end: endOf(cursor) };
}

function functionDefinition(
  cursor: Cursor,
  isAsync: boolean,
  decorators: readonly PyExpression[],
  start: number,
  from: number,
): PyStatement {
  const name = takeName(cursor);
  expect(cursor, '(');
  const parameters = readParameters(cursor, ')', true);
  expect(cursor, ')');
  if (accept(cursor, '->')) inside(cursor, 'none', readExpression);
  const header = headerFrom(cursor, from);
  const { yields } = cursor;
  cursor.yields = false;
  const body = inside(cursor, isAsync ? 'async' : 'plain', block);
  const generator = cursor.yields;
  cursor.yields = yields;
  return {
    kind: 'function',
    parameters,
    asynchronous: isAsync,
    generator,
    name,
    header,
    decorators,
    body,
    start,
    end: endOf(cursor),
  };
}

/** What is read belongs to another function than what is around it, or to none. */
function inside<T>(cursor: Cursor, kind: Cursor['function'], read: (cursor: Cursor) => T): T {
  const { function: around, loop } = cursor;
  cursor.function = kind;
  cursor.loop = false;
  const found = read(cursor);
  cursor.function = around;
  cursor.loop = loop;
  return found;
}
