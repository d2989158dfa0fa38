import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nativePaths } from '../../src/host/native.js';

const windows = nativePaths(win32);
const linux = nativePaths(posix);

describe('a path of the project on Windows', () => {
  test.each([
    ['C:\\shop', 'deploy/nginx.conf', 'C:\\shop\\deploy\\nginx.conf'],
    ['C:\\', 'nginx.conf', 'C:\\nginx.conf'],
    ['\\\\server\\share\\shop', 'nginx.conf', '\\\\server\\share\\shop\\nginx.conf'],
    ['\\\\server\\share\\', 'a/b', '\\\\server\\share\\a\\b'],
    ['C:\\shop', '', 'C:\\shop'],
    ['C:\\shop', '../other/x', 'C:\\other\\x'],
    ['C:\\shop', 'C:\\other\\x', 'C:\\other\\x'],
    ['C:\\shop', 'd:/nginx/conf/mime.types', 'd:\\nginx\\conf\\mime.types'],
    ['C:\\shop', '\\\\server\\share\\x', '\\\\server\\share\\x'],
  ])('%s and %s', (root, path, expected) => {
    expect(windows.absolute(root, path)).toBe(expected);
  });

  test.each(['C:foo', 'sites\\shop.conf', '..\\..\\secret', 'shop.py:stream', 'a/C:/b', 'C:\\a\\b:stream', 'a\0b'])(
    '%j names no file there',
    path => {
      expect(windows.absolute('C:\\shop', path)).toBeUndefined();
    },
  );

  test('on Linux the same letters are letters', () => {
    expect(linux.absolute('/shop', 'C:foo')).toBe('/shop/C:foo');
    expect(linux.absolute('/shop', 'sites\\shop.conf')).toBe('/shop/sites\\shop.conf');
    expect(linux.absolute('/shop', '/etc/nginx/nginx.conf')).toBe('/etc/nginx/nginx.conf');
    expect(linux.absolute('/shop', 'a\0b')).toBeUndefined();
  });
});

describe('inside a folder', () => {
  test.each([
    ['C:\\shop', 'C:\\shop\\deploy\\nginx.conf', 'deploy/nginx.conf'],
    ['C:\\shop', 'c:\\SHOP\\Deploy\\nginx.conf', 'Deploy/nginx.conf'],
    ['C:\\shop', 'C:\\shop', ''],
    ['C:\\shop', 'C:\\shopping\\x', undefined],
    ['C:\\shop', 'C:\\', undefined],
    ['C:\\shop', 'D:\\shop\\x', undefined],
    ['C:\\', 'C:\\x', 'x'],
    ['\\\\server\\share\\', '\\\\server\\share\\shop\\x', 'shop/x'],
    ['\\\\server\\share\\shop', '\\\\SERVER\\Share\\shop\\x', 'x'],
    ['\\\\server\\share\\shop', '\\\\server\\other\\shop\\x', undefined],
    ['C:\\shop', 'C:\\shop\\..x', '..x'],
  ])('%s: %s on Windows', (root, path, expected) => {
    expect(windows.below(root, path)).toBe(expected);
    expect(windows.isInside(root, path)).toBe(expected !== undefined);
  });

  test.each([
    ['/srv/shop', '/srv/shop/a/b', 'a/b'],
    ['/srv/shop', '/srv/SHOP/a', undefined],
    ['/srv/shop', '/srv/shopping', undefined],
    ['/', '/etc/x', 'etc/x'],
    ['/srv/shop', '/srv/shop', ''],
  ])('%s: %s on Linux', (root, path, expected) => {
    expect(linux.below(root, path)).toBe(expected);
  });
});

test('folder and name, and the root of a disk, which has neither', () => {
  expect(windows.split('C:\\shop\\nginx.conf')).toEqual(['C:\\shop', 'nginx.conf']);
  expect(windows.split('C:\\nginx.conf')).toEqual(['C:\\', 'nginx.conf']);
  expect(windows.split('C:\\')).toBeUndefined();
  expect(windows.split('\\\\server\\share\\')).toBeUndefined();
  expect(windows.split('\\\\server\\share\\x')).toEqual(['\\\\server\\share\\', 'x']);
  expect(linux.split('/x')).toEqual(['/', 'x']);
  expect(linux.split('/')).toBeUndefined();
  expect(windows.inFolder('C:\\', 'x')).toBe('C:\\x');
  expect(windows.inFolder('C:\\shop', 'x')).toBe('C:\\shop\\x');
});

test('the names of what a link holds', () => {
  expect(windows.names('..\\a/.\\b')).toEqual(['b', 'a', '..']);
  expect(linux.names('../a\\b/./c')).toEqual(['c', 'a\\b', '..']);
});

const roots = ['C:\\', 'C:\\shop', '\\\\server\\share\\', '\\\\server\\share\\a b'];
const part = fc.constantFrom('a', 'b.conf', '..', '.', '', 'C:', 'c:x', 'x\\y', 'NUL', 'PROGRA~1', '\u00e9', ' ');

test('whatever a file names, what is inside on Windows comes back as it was named', () => {
  fc.assert(
    fc.property(fc.constantFrom(...roots), fc.array(part, { maxLength: 6 }), (root, parts) => {
      const path = parts.join('/');
      const absolute = windows.absolute(root, path);
      if (absolute === undefined || !windows.isInside(root, absolute)) return;
      const below = windows.below(root, absolute);
      expect(below).not.toMatch(/\\|:|(?:^|\/)\.\.(?:\/|$)/);
      if (!win32.isAbsolute(path)) expect(below).toBe(posix.join('/', path).slice(1).replace(/\/$/, ''));
    }),
    { numRuns: 2000 },
  );
});
