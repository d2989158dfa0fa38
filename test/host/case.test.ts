import { realpathSync } from 'node:fs';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { diskHost } from '../../src/host/disk.js';
import { folderWith } from './temporary.js';

const real = await vi.importActual<typeof import('node:fs')>('node:fs');
const insensitive = vi.hoisted(() => ({ on: false }));

/** A disk that finds a name in any case, as those of Windows and macOS do. */
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>();
  const found = (path: unknown): never => {
    if (!insensitive.on || typeof path !== 'string') return path as never;
    let at = '/';
    for (const part of path.split('/').filter(Boolean)) {
      let names: readonly string[] = [];
      try {
        names = fs.readdirSync(at);
      } catch {}
      const name = names.includes(part) ? part : names.find(one => one.toLowerCase() === part.toLowerCase());
      at = at === '/' ? `/${name ?? part}` : `${at}/${name ?? part}`;
    }
    return at as never;
  };
  return {
    ...fs,
    lstatSync: (path: unknown, options?: never) => fs.lstatSync(found(path), options),
    readFileSync: (path: unknown, options?: never) => fs.readFileSync(found(path), options),
    readdirSync: (path: unknown, options?: never) => fs.readdirSync(found(path), options),
  };
});

beforeEach(() => {
  insensitive.on = true;
});
afterAll(() => {
  insensitive.on = false;
});

test('where the disk finds a name in any case, only the name as it is listed counts', () => {
  insensitive.on = false;
  const root = realpathSync(folderWith({ 'shop/app.py': 'app = 1\n', 'conf/Site.conf': 'x' }));
  insensitive.on = true;
  const careless = diskHost(root, { ignoresCase: false });
  expect(careless.kind('Shop/App.py')).toBe('file');
  const host = diskHost(root, { ignoresCase: true });
  expect(host.kind('Shop/App.py')).toBe('missing');
  expect(host.kind('shop/App.py')).toBe('missing');
  expect(host.kind('Shop')).toBe('missing');
  expect(host.kind('conf/site.conf')).toBe('missing');
  expect(host.read('conf/site.conf')).toEqual({ kind: 'missing' });
  expect(host.read('conf/Site.conf')).toEqual({ kind: 'file', file: { path: 'conf/Site.conf', text: 'x' } });
  expect(host.kind('shop/app.py')).toBe('file');
  expect(host.kind('shop')).toBe('directory');
  expect(host.kind('')).toBe('directory');
  expect(host.files()).toEqual(['conf/Site.conf', 'shop/app.py']);
});

test('a link is followed by the name that it holds', () => {
  insensitive.on = false;
  const root = realpathSync(folderWith({ 'available/shop': 'x' }));
  real.mkdirSync(`${root}/enabled`);
  real.symlinkSync('../available/shop', `${root}/enabled/good`);
  real.symlinkSync('../available/Shop', `${root}/enabled/bad`);
  insensitive.on = true;
  const host = diskHost(root, { ignoresCase: true });
  expect(host.read('enabled/good')).toEqual({ kind: 'file', file: { path: 'available/shop', text: 'x' } });
  expect(host.kind('enabled/bad')).toBe('missing');
});
