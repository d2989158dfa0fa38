import type { PyArgument, PyParameter } from '../tree.js';
import { isFor, readComprehension } from './brackets.js';
import {
  accept,
  type Cursor,
  doubt,
  endOf,
  expect,
  kept,
  kindAfter,
  kindOf,
  lastText,
  startOf,
  takeName,
} from './cursor.js';
import { readExpression, readNamed } from './expressions.js';

/** From the opening parenthesis to the closing one. */
export function readArguments(cursor: Cursor): readonly PyArgument[] {
  const open = startOf(cursor);
  cursor.at++;
  const list: PyArgument[] = [];
  let keyword = false;
  let unpacked = false;
  while (!accept(cursor, ')')) {
    if (list.length > 0) {
      expect(cursor, ',');
      if (accept(cursor, ')')) break;
    }
    const start = startOf(cursor);
    if (accept(cursor, '*')) {
      if (unpacked) throw doubt;
      list.push({ star: '*', value: readExpression(cursor), start, end: endOf(cursor) });
    } else if (accept(cursor, '**')) {
      unpacked = true;
      list.push({ star: '**', value: readExpression(cursor), start, end: endOf(cursor) });
    } else if (kindAfter(cursor) === '=') {
      const name = takeName(cursor);
      cursor.at++;
      keyword = true;
      list.push({ name, value: readExpression(cursor), start, end: endOf(cursor) });
    } else {
      const value = readNamed(cursor);
      if (keyword || unpacked) throw doubt;
      if (!isFor(cursor)) {
        list.push({ value, start, end: endOf(cursor) });
        continue;
      }
      if (list.length > 0) throw doubt;
      const all = readComprehension(cursor, 'generator', [value], open, ')');
      return [{ value: all, start: open, end: endOf(cursor) }];
    }
  }
  return kept(list);
}

/** Parameters up to, and without, what closes them. */
export function readParameters(cursor: Cursor, close: ')' | ':', annotated: boolean): readonly PyParameter[] {
  // A `yield` in a default belongs to nobody that asks.
  const { function: around } = cursor;
  cursor.function = 'none';
  const list: PyParameter[] = [];
  const names = new Set<string>();
  let kind: PyParameter['kind'] = 'plain';
  let fallback = false;
  while (kindOf(cursor) !== close) {
    const start = startOf(cursor);
    if (accept(cursor, '/')) {
      if (list.length === 0 || kind !== 'plain') throw doubt;
    } else if (accept(cursor, '*') || accept(cursor, '**')) {
      const star = lastText(cursor) as '*' | '**';
      if (kind === 'keyword' && star === '*') throw doubt;
      if (star === '*' && kindOf(cursor) === ',') {
        if (kindAfter(cursor) === close) throw doubt;
      } else {
        const name = takeName(cursor);
        annotation(cursor, annotated);
        if (kindOf(cursor) === '=' || names.has(name)) throw doubt;
        names.add(name);
        list.push({ name, kind: star, start, end: endOf(cursor) });
        // Nothing may follow.
        if (star === '**' && accept(cursor, ',') && kindOf(cursor) !== close) throw doubt;
        if (star === '**' && kindOf(cursor) !== close) throw doubt;
      }
      kind = 'keyword';
      fallback = false;
    } else {
      const name = takeName(cursor);
      annotation(cursor, annotated);
      if (names.has(name)) throw doubt;
      names.add(name);
      if (accept(cursor, '=')) {
        fallback = true;
        list.push({ name, kind, default: readExpression(cursor), start, end: endOf(cursor) });
      } else {
        if (fallback && kind === 'plain') throw doubt;
        list.push({ name, kind, start, end: endOf(cursor) });
      }
    }
    if (kindOf(cursor) !== close) expect(cursor, ',');
  }
  cursor.function = around;
  return kept(list);
}

/** What stands behind the colon of a parameter is of no interest. */
function annotation(cursor: Cursor, allowed: boolean): void {
  if (allowed && accept(cursor, ':')) readExpression(cursor);
}
