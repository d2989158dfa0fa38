import { decodeNumber } from '../literals.js';
import type { PyExpression, PyUnary } from '../tree.js';
import { readArguments, readParameters } from './arguments.js';
import { readBraces, readList, readParenthesized, readSubscript } from './brackets.js';
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
  lastName,
  lastStart,
  lastText,
  link,
  startOf,
  takeName,
} from './cursor.js';
import { readLiteral } from './text.js';
import type { TokenKind } from './tokens.js';

/** `a if b else c`, `lambda`, and all that binds closer. */
export function readExpression(cursor: Cursor): PyExpression {
  return deeper(cursor, conditional);
}

function conditional(cursor: Cursor): PyExpression {
  if (kindOf(cursor) === 'lambda') return lambda(cursor);
  const start = startOf(cursor);
  const value = readDisjunction(cursor);
  if (!accept(cursor, 'if')) return value;
  const test = readDisjunction(cursor);
  expect(cursor, 'else');
  const otherwise = readExpression(cursor);
  return { kind: 'conditional', value, test, otherwise, start, end: endOf(cursor) };
}

/** An expression, or a walrus, where it stands in brackets or in a condition. */
export function readNamed(cursor: Cursor): PyExpression {
  if (kindAfter(cursor) !== ':=') return readExpression(cursor);
  const id = takeName(cursor);
  const target = { kind: 'name' as const, id, start: lastStart(cursor), end: endOf(cursor) };
  cursor.at++;
  return { kind: 'walrus', target, value: readExpression(cursor), start: target.start, end: endOf(cursor) };
}

/** One expression, or several with commas: a tuple. */
export function readExpressions(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  const first = starOr(cursor, readExpression);
  if (kindOf(cursor) !== ',') {
    if (first.kind === 'starred') throw doubt;
    return first;
  }
  const items = [first];
  while (accept(cursor, ',') && !endsList.has(kindOf(cursor))) items.push(starOr(cursor, readExpression));
  return { kind: 'tuple', items: kept(items), start, end: endOf(cursor) };
}

/** What may follow the last comma of a tuple without parentheses. */
const endsList = new Set<TokenKind>(['newline', ';', '=', ')', 'in', ':']);

export function starOr(cursor: Cursor, read: (cursor: Cursor) => PyExpression): PyExpression {
  const start = startOf(cursor);
  if (!accept(cursor, '*')) return read(cursor);
  const value = readArithmetic(cursor, 1);
  if (!unpacked.has(value.kind)) throw doubt;
  return { kind: 'starred', value, start, end: endOf(cursor) };
}

/** What is unpacked as a rule; behind a star the grammar does not know everything. */
const unpacked = new Set<PyExpression['kind']>([
  'name',
  'attribute',
  'call',
  'subscript',
  'list',
  'tuple',
  'comprehension',
]);

export function readYield(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  expect(cursor, 'yield');
  if (cursor.function === 'none') throw doubt;
  cursor.yields = true;
  if (accept(cursor, 'from')) {
    const value = readExpression(cursor);
    return { kind: 'yield', from: true, value, start, end: endOf(cursor) };
  }
  const next = kindOf(cursor);
  if (next === 'newline' || next === ';' || next === ')' || next === '=')
    return { kind: 'yield', from: false, start, end: endOf(cursor) };
  const value = readExpressions(cursor);
  return { kind: 'yield', from: false, value, start, end: endOf(cursor) };
}

function lambda(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  cursor.at++;
  const parameters = readParameters(cursor, ':', false);
  expect(cursor, ':');
  const { function: around, loop, yields } = cursor;
  cursor.function = 'lambda';
  cursor.loop = false;
  const body = readExpression(cursor);
  Object.assign(cursor, { function: around, loop, yields });
  return { kind: 'lambda', parameters, body, start, end: endOf(cursor) };
}

export function readDisjunction(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  let left = conjunction(cursor);
  for (let links = 0; accept(cursor, 'or'); links = link(cursor, links)) {
    const right = conjunction(cursor);
    left = { kind: 'boolean', operator: 'or', left, right, start, end: endOf(cursor) };
  }
  return left;
}

function conjunction(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  let left = inversion(cursor);
  for (let links = 0; accept(cursor, 'and'); links = link(cursor, links)) {
    const right = inversion(cursor);
    left = { kind: 'boolean', operator: 'and', left, right, start, end: endOf(cursor) };
  }
  return left;
}

function inversion(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  if (!accept(cursor, 'not')) return comparison(cursor);
  const operand = deeper(cursor, inversion);
  return { kind: 'unary', operator: 'not', operand, start, end: endOf(cursor) };
}

const comparisons = new Set<TokenKind>(['<', '<=', '==', '!=', '>=', '>', 'in', 'is', 'not']);

function comparison(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  const first = readArithmetic(cursor, 1);
  if (!comparisons.has(kindOf(cursor))) return first;
  const rest: { operator: string; value: PyExpression }[] = [];
  while (comparisons.has(kindOf(cursor))) {
    const operator = comparisonOperator(cursor);
    rest.push({ operator, value: readArithmetic(cursor, 1) });
  }
  return { kind: 'comparison', first, rest: kept(rest), start, end: endOf(cursor) };
}

function comparisonOperator(cursor: Cursor): string {
  const kind = kindOf(cursor);
  cursor.at++;
  if (kind === 'not') {
    expect(cursor, 'in');
    return 'not in';
  }
  return kind === 'is' && accept(cursor, 'not') ? 'is not' : kind;
}

/** How close the operators bind that stand between two operands. Left out: `^`, which the grammar has bind closer than `&`. */
const ranks = new Map<TokenKind, number>([
  ['|', 1],
  ['&', 3],
  ['<<', 4],
  ['>>', 4],
  ['+', 5],
  ['-', 5],
  ['*', 6],
  ['/', 6],
  ['//', 6],
  ['%', 6],
  ['@', 6],
]);

export function readArithmetic(cursor: Cursor, least: number): PyExpression {
  const start = startOf(cursor);
  let left = unary(cursor);
  for (let links = 0; ; links = link(cursor, links)) {
    const operator = kindOf(cursor);
    const rank = ranks.get(operator);
    if (rank === undefined || rank < least) return left;
    cursor.at++;
    const right = readArithmetic(cursor, rank + 1);
    left = { kind: 'binary', operator, left, right, start, end: endOf(cursor) };
  }
}

function unary(cursor: Cursor): PyExpression {
  const kind = kindOf(cursor);
  if (kind !== '-' && kind !== '+' && kind !== '~') return power(cursor);
  const start = startOf(cursor);
  cursor.at++;
  const operand = deeper(cursor, unary);
  return { kind: 'unary', operator: kind as PyUnary['operator'], operand, start, end: endOf(cursor) };
}

function power(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  const awaited = kindOf(cursor) === 'await';
  const left = awaited ? awaiting(cursor) : readPrimary(cursor);
  if (kindOf(cursor) !== '**') return left;
  if (awaited) throw doubt;
  cursor.at++;
  const right = deeper(cursor, unary);
  return { kind: 'binary', operator: '**', left, right, start, end: endOf(cursor) };
}

function awaiting(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  cursor.at++;
  if (cursor.function !== 'async') throw doubt;
  const value = readPrimary(cursor);
  return { kind: 'await', value, start, end: endOf(cursor) };
}

/** A name or literal with the calls, attributes and subscripts behind it. */
export function readPrimary(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  let value = atom(cursor);
  for (let links = 0; ; links = link(cursor, links)) {
    const kind = kindOf(cursor);
    if (kind === '.') {
      cursor.at++;
      const name = takeName(cursor);
      value = { kind: 'attribute', object: value, name, start, end: endOf(cursor) };
    } else if (kind === '(') {
      const list = deeper(cursor, readArguments);
      value = { kind: 'call', callee: value, arguments: list, start, end: endOf(cursor) };
    } else if (kind === '[') {
      cursor.at++;
      const index = deeper(cursor, readSubscript);
      value = { kind: 'subscript', object: value, index, start, end: endOf(cursor) };
    } else return value;
  }
}

function atom(cursor: Cursor): PyExpression {
  const kind = kindOf(cursor);
  switch (kind) {
    case 'string':
    case 'f-start':
      return readLiteral(cursor);
    case '(':
      return deeper(cursor, readParenthesized);
    case '[':
      return deeper(cursor, readList);
    case '{':
      return deeper(cursor, readBraces);
  }
  cursor.at++;
  const start = lastStart(cursor);
  const end = endOf(cursor);
  switch (kind) {
    case 'name':
      return { kind: 'name', id: lastName(cursor), start, end };
    case 'number': {
      const { type, value } = decodeNumber(lastText(cursor));
      return { kind: 'constant', type, value, start, end };
    }
    case 'True':
    case 'False':
      return { kind: 'constant', type: 'bool', value: kind === 'True', start, end };
    case 'None':
      return { kind: 'constant', type: 'none', value: null, start, end };
    case '...':
      return { kind: 'constant', type: 'other', value: undefined, start, end };
    default:
      throw doubt;
  }
}
