import { expect, test } from 'vitest';
import { recent } from '../../src/host/recent.js';

test('what was told or asked for lately is known, and the rest is forgotten', () => {
  const known = recent<number>(3);
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3, d: 4 })) known.set(key, value);
  expect(['a', 'b', 'c', 'd'].map(known.get)).toEqual([1, 2, 3, 4]);
  for (const [key, value] of Object.entries({ e: 5, f: 6, g: 7, h: 8, i: 9, j: 10 })) known.set(key, value);
  expect(['a', 'b'].map(known.get)).toEqual([undefined, undefined]);
  expect(known.get('j')).toBe(10);
});

test('what is asked for again and again stays, however much is told between', () => {
  const known = recent<string>(10);
  known.set('root', 'here');
  for (let i = 0; i < 1000; i++) {
    known.set(`path ${i}`, 'there');
    expect(known.get('root')).toBe('here');
  }
  expect(known.get('path 0')).toBeUndefined();
});

test('what is deleted is not known, however long ago it was told', () => {
  const known = recent<number>(2);
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3 })) known.set(key, value);
  known.delete('a');
  known.delete('c');
  expect(['a', 'b', 'c'].map(known.get)).toEqual([undefined, 2, undefined]);
});
