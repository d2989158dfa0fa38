import type { PyImportedName, PyStatement } from '../tree.js';
import { accept, type Cursor, doubt, endOf, expect, kept, kindOf, startOf, takeName } from './cursor.js';

export function readImportedNames(cursor: Cursor, dotted: boolean): readonly PyImportedName[] {
  const names: PyImportedName[] = [];
  do {
    if (names.length > 0 && kindOf(cursor) === ')') break;
    const start = startOf(cursor);
    const name = dotted ? dottedName(cursor) : takeName(cursor);
    const alias = accept(cursor, 'as') ? takeName(cursor) : undefined;
    names.push({ name, ...(alias !== undefined && { alias }), start, end: endOf(cursor) });
  } while (accept(cursor, ','));
  return kept(names);
}

function dottedName(cursor: Cursor): string {
  const start = startOf(cursor);
  takeName(cursor);
  while (kindOf(cursor) === '.') {
    adjoining(cursor);
    cursor.at++;
    adjoining(cursor);
    takeName(cursor);
  }
  return cursor.text.slice(start, endOf(cursor));
}

/** The next token must stand right behind the last one. */
function adjoining(cursor: Cursor): void {
  if (startOf(cursor) !== endOf(cursor)) throw doubt;
}

export function readImportFrom(cursor: Cursor, start: number): PyStatement {
  cursor.at++;
  const from = startOf(cursor);
  for (let kind = kindOf(cursor); kind === '.' || kind === '...'; kind = kindOf(cursor)) {
    if (startOf(cursor) > from) adjoining(cursor);
    cursor.at++;
  }
  const level = startOf(cursor) === from ? 0 : endOf(cursor) - from;
  if (level > 0 && kindOf(cursor) === 'name') adjoining(cursor);
  const module = level > 0 && kindOf(cursor) === 'import' ? '' : dottedName(cursor);
  const isFuture = level === 0 && module === '__future__';
  const moduleRange = isFuture ? { start: start + 5, end: start + 15 } : { start: from, end: endOf(cursor) };
  expect(cursor, 'import');
  const names = imported(cursor);
  return { kind: 'import from', level, module, moduleRange, names, start, end: endOf(cursor) };
}

function imported(cursor: Cursor): readonly PyImportedName[] | '*' {
  if (accept(cursor, '*')) return '*';
  if (!accept(cursor, '(')) return readImportedNames(cursor, false);
  const names = readImportedNames(cursor, false);
  expect(cursor, ')');
  return names;
}
