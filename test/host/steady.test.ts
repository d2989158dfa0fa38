import { expect, test } from 'vitest';
import type { Host } from '../../src/host/host.js';
import { memoryHost } from '../../src/host/memory.js';
import { steadyHost } from '../../src/host/steady.js';

/** A host that notes what it is asked. */
function counted(texts: ReadonlyMap<string, string>): { readonly host: Host; readonly asked: string[] } {
  const host = memoryHost(texts);
  const asked: string[] = [];
  const noting =
    <T>(what: string, ask: (path: string) => T) =>
    (path: string): T => {
      asked.push(`${what} ${path}`);
      return ask(path);
    };
  return {
    asked,
    host: {
      ...host,
      read: noting('read', host.read),
      kind: noting('kind', host.kind),
      list: noting('list', host.list),
    },
  };
}

test('each question is asked once', () => {
  const { host, asked } = counted(new Map([['shop/app.py', 'app = 1']]));
  const steady = steadyHost(host);
  for (let i = 0; i < 3; i++) {
    expect(steady.read('shop/app.py')).toBe(steady.read('shop/app.py'));
    expect(steady.read('shop/wsgi.py')).toEqual({ kind: 'missing' });
    expect([steady.kind('shop'), steady.kind('docs')]).toEqual(['directory', 'missing']);
    expect(steady.list('shop')).toEqual(['app.py']);
  }
  expect(asked).toEqual(['read shop/app.py', 'read shop/wsgi.py', 'kind shop', 'kind docs', 'list shop']);
});

test('of thousands of paths that are not there not all are kept, and the answers stay true', () => {
  const { host, asked } = counted(new Map([['app.py', 'app = 1']]));
  const steady = steadyHost(host);
  const file = steady.read('app.py');
  for (let i = 0; i < 10_000; i++) {
    expect(steady.read(`m${i}.py`).kind).toBe('missing');
    expect(steady.kind(`m${i}.py`)).toBe('missing');
  }
  expect(steady.read('m0.py')).toEqual({ kind: 'missing' });
  expect(steady.read('app.py')).toBe(file);
  expect(steady.kind('app.py')).toBe('file');
  expect(asked.filter(one => one.endsWith(' app.py'))).toEqual(['read app.py']);
  expect(asked.filter(one => one === 'read m9999.py')).toHaveLength(1);
});

test('a text that is to be forgotten is asked for again, also where there was none', () => {
  const texts = new Map([['app.py', 'app = 1']]);
  const { host } = counted(texts);
  const steady = steadyHost(host);
  expect(steady.read('wsgi.py')).toEqual({ kind: 'missing' });
  const before = steady.read('app.py');
  steady.forget(['app.py', 'wsgi.py']);
  expect(steady.read('app.py')).not.toBe(before);
  expect(steady.read('app.py')).toEqual(before);
});
