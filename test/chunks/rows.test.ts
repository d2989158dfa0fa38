import { expect, test } from 'vitest';
import { lazyRows } from '../../src/chunks/rows.js';

const text = ['["listen","root","__proto__"]', '[{"args":2}]', '[]', '"own"'].join('\n');

test('rows of a built table are those of an object', () => {
  const rows = lazyRows(text);
  expect(rows['listen']).toEqual([{ args: 2 }]);
  expect(rows['listen']).toBe(rows['listen']);
  expect(rows['nothing']).toBeUndefined();
  expect(Object.keys(rows)).toEqual(['listen', 'root', '__proto__']);
  expect(Object.entries(rows)).toEqual([
    ['listen', [{ args: 2 }]],
    ['root', []],
    ['__proto__', 'own'],
  ]);
  expect(['listen', 'constructor', 'toString', '0'].map(name => Object.hasOwn(rows, name))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(['root', 'toString'].map(name => name in rows)).toEqual([true, false]);
});
