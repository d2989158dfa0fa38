import { cachedDataVersionTag } from 'node:v8';
import { expect, test } from 'vitest';
import { youngCollector } from '../../src/lsp/rest.js';

test('young objects are collected, and V8 runs under the flags that it had', () => {
  const flags = cachedDataVersionTag();
  const collect = youngCollector();
  expect(cachedDataVersionTag()).toBe(flags);
  collect();
  const used = process.memoryUsage().heapUsed;
  let garbage: object[] = [];
  for (let i = 0; i < 20_000; i++) garbage.push({ i });
  expect(process.memoryUsage().heapUsed - used).toBeGreaterThan(500_000);
  garbage = [];
  collect();
  expect(process.memoryUsage().heapUsed - used).toBeLessThan(400_000);
  expect(garbage).toEqual([]);
});
