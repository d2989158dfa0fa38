import { flatTargets } from '../targets.js';
import type { PyExpression, PyStatement } from '../tree.js';
import { isTarget } from './brackets.js';
import {
  accept,
  type Cursor,
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
import { readExpression, readExpressions, readYield } from './expressions.js';
import { readImportedNames, readImportFrom } from './imports.js';
import type { TokenKind } from './tokens.js';

export function readSimpleStatements(cursor: Cursor, list: PyStatement[]): void {
  do {
    cursor.spareLinks = spareLinks;
    list.push(simpleStatement(cursor));
  } while (accept(cursor, ';') && kindOf(cursor) !== 'newline');
  expect(cursor, 'newline');
}

function simpleStatement(cursor: Cursor): PyStatement {
  const start = startOf(cursor);
  const kind = kindOf(cursor);
  switch (kind) {
    case 'import':
      cursor.at++;
      return { kind: 'import', names: readImportedNames(cursor, true), start, end: endOf(cursor) };
    case 'from':
      return readImportFrom(cursor, start);
    case 'pass':
      cursor.at++;
      return { kind, start, end: endOf(cursor) };
    case 'break':
    case 'continue':
      cursor.at++;
      if (!cursor.loop) throw doubt;
      return { kind, start, end: endOf(cursor) };
    case 'return': {
      cursor.at++;
      if (cursor.function === 'none') throw doubt;
      const value = ends(cursor) ? undefined : readExpressions(cursor);
      return { kind: 'return', ...(value && { value }), start, end: endOf(cursor) };
    }
    case 'raise': {
      cursor.at++;
      const value = ends(cursor) ? undefined : readExpression(cursor);
      if (value && accept(cursor, 'from')) readExpression(cursor);
      return { kind: 'raise', ...(value && { value }), start, end: endOf(cursor) };
    }
    case 'assert': {
      cursor.at++;
      const test = readExpression(cursor);
      if (accept(cursor, ',')) readExpression(cursor);
      return { kind: 'assert', test, start, end: endOf(cursor) };
    }
    case 'del': {
      cursor.at++;
      const targets = flatTargets(readExpressions(cursor));
      if (!targets.every(isTarget)) throw doubt;
      return { kind: 'delete', targets, start, end: endOf(cursor) };
    }
    case 'global':
    case 'nonlocal': {
      cursor.at++;
      const names = [takeName(cursor)];
      while (accept(cursor, ',')) names.push(takeName(cursor));
      return { kind, names: kept(names), start, end: endOf(cursor) };
    }
    default:
      return expressionStatement(cursor, start);
  }
}

export function ends(cursor: Cursor): boolean {
  const kind = kindOf(cursor);
  return kind === 'newline' || kind === ';';
}

const augmented = new Set<TokenKind>([
  '+=',
  '-=',
  '*=',
  '/=',
  '//=',
  '%=',
  '&=',
  '|=',
  '^=',
  '>>=',
  '<<=',
  '**=',
  '@=',
]);

function expressionStatement(cursor: Cursor, start: number): PyStatement {
  const word = kindOf(cursor) === 'name' ? softKeyword(cursor) : undefined;
  const { groups } = cursor;
  const first = valueOf(cursor);
  const next = kindOf(cursor);
  // What a statement of Python 2 could be as well.
  if (word && !(ends(cursor) && first.kind === 'call' && first.callee.kind === 'name')) throw doubt;
  if (next === '=') return assignment(cursor, first, groups, start);
  if (next === ':') {
    if (!isSingleTarget(first) || cursor.groups !== groups) throw doubt;
    cursor.at++;
    readExpression(cursor);
    const value = accept(cursor, '=') ? valueOf(cursor) : undefined;
    return { kind: 'assign', targets: [first], annotated: true, ...(value && { value }), start, end: endOf(cursor) };
  }
  if (augmented.has(next)) {
    if (!isSingleTarget(first) || cursor.groups !== groups) throw doubt;
    cursor.at++;
    const value = valueOf(cursor);
    return { kind: 'augmented', target: first, operator: next.slice(0, -1), value, start, end: endOf(cursor) };
  }
  // The grammar goes on in the next line behind `a, b,`, and does not know `*a, b` as a statement.
  if (cursor.tokens.kinds[cursor.at - 1] === ',') throw doubt;
  if (first.kind === 'tuple' && first.items.some(item => item.kind === 'starred')) throw doubt;
  return { kind: 'expression', value: first, start, end: endOf(cursor) };
}

function valueOf(cursor: Cursor): PyExpression {
  return kindOf(cursor) === 'yield' ? readYield(cursor) : readExpressions(cursor);
}

function isSingleTarget({ kind }: PyExpression): boolean {
  return kind === 'name' || kind === 'attribute' || kind === 'subscript';
}

function assignment(cursor: Cursor, first: PyExpression, groups: number, start: number): PyStatement {
  const targets: PyExpression[] = [];
  let value = first;
  let before = groups;
  while (accept(cursor, '=')) {
    // The grammar takes a single name in parentheses for a tuple.
    if (!isTarget(value) || cursor.groups !== before) throw doubt;
    targets.push(value);
    before = cursor.groups;
    value = valueOf(cursor);
  }
  return { kind: 'assign', targets: kept(targets), annotated: false, value, start, end: endOf(cursor) };
}

const onlyNames = new Set<TokenKind>(['.', '=']);

/** Names that a statement may begin with as if they were keywords. True: a call of `print` or `exec` must be all of it. */
function softKeyword(cursor: Cursor): boolean {
  const { text, tokens, at } = cursor;
  const next = kindAfter(cursor);
  switch (text.slice(tokens.starts[at], tokens.ends[at])) {
    case 'print':
    case 'exec':
      if (next !== '(') throw doubt;
      return true;
    case 'match':
    case 'case':
    case 'type':
      if (!onlyNames.has(next)) throw doubt;
      return false;
    default:
      return false;
  }
}
