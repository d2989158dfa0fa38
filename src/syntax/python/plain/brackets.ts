import type { PyComprehension, PyExpression } from '../tree.js';
import { accept, type Cursor, doubt, endOf, expect, kept, kindAfter, kindOf, startOf } from './cursor.js';
import {
  readArithmetic,
  readDisjunction,
  readExpression,
  readNamed,
  readPrimary,
  readYield,
  starOr,
} from './expressions.js';

export function readParenthesized(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  cursor.at++;
  if (accept(cursor, ')')) return { kind: 'tuple', items: [], start, end: endOf(cursor) };
  if (kindOf(cursor) === 'yield') {
    const value = readYield(cursor);
    expect(cursor, ')');
    cursor.groups++;
    return value;
  }
  const first = starOr(cursor, readNamed);
  if (isFor(cursor)) return readComprehension(cursor, 'generator', [first], start, ')');
  if (kindOf(cursor) === ',') {
    const items = rest(cursor, [first], ')');
    return { kind: 'tuple', items, start, end: endOf(cursor) };
  }
  expect(cursor, ')');
  if (first.kind === 'starred') throw doubt;
  cursor.groups++;
  return first;
}

export function readList(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  cursor.at++;
  if (accept(cursor, ']')) return { kind: 'list', items: [], start, end: endOf(cursor) };
  const first = starOr(cursor, readNamed);
  if (isFor(cursor)) return readComprehension(cursor, 'list', [first], start, ']');
  const items = rest(cursor, [first], ']');
  return { kind: 'list', items, start, end: endOf(cursor) };
}

/** What follows the first item, up to the closing bracket. */
function rest(cursor: Cursor, items: PyExpression[], close: ')' | ']' | '}'): readonly PyExpression[] {
  while (!accept(cursor, close)) {
    expect(cursor, ',');
    if (kindOf(cursor) !== close) items.push(starOr(cursor, readNamed));
  }
  return kept(items);
}

export function readBraces(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  cursor.at++;
  if (accept(cursor, '}')) return { kind: 'dict', entries: [], start, end: endOf(cursor) };
  if (kindOf(cursor) !== '**') {
    const first = starOr(cursor, readNamed);
    if (kindOf(cursor) !== ':') {
      if (isFor(cursor)) return readComprehension(cursor, 'set', [first], start, '}');
      const items = rest(cursor, [first], '}');
      return { kind: 'set', items, start, end: endOf(cursor) };
    }
    if (first.kind === 'walrus' || first.kind === 'starred') throw doubt;
    cursor.at++;
    const value = readExpression(cursor);
    if (isFor(cursor)) return readComprehension(cursor, 'dict', [first, value], start, '}');
    return dict(cursor, [{ key: first, value }], start);
  }
  return dict(cursor, [entry(cursor)], start);
}

type Entry = { readonly key?: PyExpression; readonly value: PyExpression };

function dict(cursor: Cursor, entries: Entry[], start: number): PyExpression {
  while (!accept(cursor, '}')) {
    expect(cursor, ',');
    if (kindOf(cursor) !== '}') entries.push(entry(cursor));
  }
  return { kind: 'dict', entries: kept(entries), start, end: endOf(cursor) };
}

function entry(cursor: Cursor): Entry {
  if (accept(cursor, '**')) return { value: readArithmetic(cursor, 1) };
  const key = readExpression(cursor);
  expect(cursor, ':');
  return { key, value: readExpression(cursor) };
}

export function isFor(cursor: Cursor): boolean {
  const kind = kindOf(cursor);
  return kind === 'for' || kind === 'async';
}

export function readComprehension(
  cursor: Cursor,
  type: PyComprehension['type'],
  results: readonly PyExpression[],
  start: number,
  close: ')' | ']' | '}',
): PyExpression {
  if (results.some(result => result.kind === 'starred')) throw doubt;
  const clauses: PyComprehension['clauses'][number][] = [];
  while (!accept(cursor, close)) {
    if (accept(cursor, 'if')) {
      const named = kindAfter(cursor) === ':=';
      clauses.push({ kind: 'if', test: named ? readNamed(cursor) : readDisjunction(cursor) });
      continue;
    }
    if (accept(cursor, 'async') && cursor.function !== 'async') throw doubt;
    expect(cursor, 'for');
    const target = readTargets(cursor);
    expect(cursor, 'in');
    clauses.push({ kind: 'for', target, iterable: readDisjunction(cursor) });
  }
  return { kind: 'comprehension', type, results, clauses: kept(clauses), start, end: endOf(cursor) };
}

/** What a loop assigns to, up to its `in`. */
export function readTargets(cursor: Cursor): PyExpression {
  const { groups } = cursor;
  const start = startOf(cursor);
  const items = [starOr(cursor, readPrimary)];
  const single = kindOf(cursor) !== ',';
  while (accept(cursor, ',') && kindOf(cursor) !== 'in') items.push(starOr(cursor, readPrimary));
  const [first] = items;
  const target: PyExpression =
    single && first ? first : { kind: 'tuple', items: kept(items), start, end: endOf(cursor) };
  // The grammar takes a single name in parentheses for a tuple.
  if (cursor.groups !== groups || !isTarget(target)) throw doubt;
  return target;
}

/** Tells whether something can be assigned to. */
export function isTarget(value: PyExpression): boolean {
  switch (value.kind) {
    case 'name':
    case 'attribute':
    case 'subscript':
      return true;
    case 'tuple':
    case 'list':
      return value.items.every(item => isTarget(item.kind === 'starred' ? item.value : item));
    default:
      return false;
  }
}

/** From behind the opening bracket to the closing one. */
export function readSubscript(cursor: Cursor): PyExpression {
  const first = index(cursor);
  if (accept(cursor, ']')) return first;
  const items = [first];
  while (!accept(cursor, ']')) {
    expect(cursor, ',');
    if (kindOf(cursor) !== ']') items.push(index(cursor));
  }
  return { kind: 'tuple', items: kept(items), start: first.start, end: items.at(-1)?.end ?? first.end };
}

export function index(cursor: Cursor): PyExpression {
  const start = startOf(cursor);
  const lower = kindOf(cursor) === ':' ? undefined : readExpression(cursor);
  if (!accept(cursor, ':')) return lower ?? never();
  const upper = bound(cursor);
  const step = accept(cursor, ':') ? bound(cursor) : undefined;
  return {
    kind: 'slice',
    ...(lower && { lower }),
    ...(upper && { upper }),
    ...(step && { step }),
    start,
    end: endOf(cursor),
  };
}

function bound(cursor: Cursor): PyExpression | undefined {
  const kind = kindOf(cursor);
  return kind === ':' || kind === ']' || kind === ',' ? undefined : readExpression(cursor);
}

function never(): never {
  throw doubt;
}
