import { describe, expect, test } from 'vitest';
import { locate } from '../../src/extract/place/files.js';
import { createSearch, relativeBase, resolveModule, type SearchContext } from '../../src/extract/python/modules.js';
import { isDeclared, nearModules } from '../../src/extract/python/near.js';
import type { Reader } from '../../src/extract/reader.js';
import { defaultSetting, type Setting } from '../../src/model/setting.js';
import { isOneEdit, isSlip } from '../../src/text/near.js';
import { memoryReader } from '../support/memory.js';
import { host } from '../support/python.js';

const files = {
  'web/__init__.py': '',
  'web/views.py': '',
  'web/models/base.py': '',
  'one.py': '',
  'two/one.py': '',
  'fast.cpython-311-x86_64-linux-gnu.so': '',
  'json.py': '',
  'tests/web/extra.py': '',
  'requirements/base.txt': '# flask in a comment\nDjango-Rest_Framework==3\ngunicorn[gevent]>=20\n',
  Dockerfile: 'RUN pip install uvicorn\nCMD hypercorn\n',
};

function searchOf(reader: Reader, folders: Setting<readonly string[]>): SearchContext {
  return createSearch(reader, inside => locate(reader, host, inside), folders);
}

describe('where a module is found', () => {
  test.each([
    ['web', { state: 'module', isPackage: true, path: '/srv/web/__init__.py' }],
    ['web.views', { state: 'module', isPackage: false }],
    ['web.models', { state: 'namespace' }],
    ['web.models.base', { state: 'module' }],
    ['one', { state: 'module', path: '/srv/one.py' }],
    ['fast', { state: 'unknown', why: 'it is compiled' }],
    ['json', { state: 'module' }],
    ['os', { state: 'standard' }],
    ['os.path', { state: 'standard' }],
    ['flask', { state: 'absent', parent: 'none' }],
    ['web.nothing', { state: 'absent', parent: 'package', why: 'web has no module nothing' }],
    ['one.two', { state: 'absent', parent: 'module', why: 'one is a module and not a package' }],
    ['web._version', { state: 'unknown' }],
    ['web.shop_pb2', { state: 'unknown' }],
  ])('%s', async (name, expected) => {
    const search = searchOf(await memoryReader(files), defaultSetting('', ['/srv', '/srv/two']));
    expect(resolveModule(search, name)).toMatchObject(expected);
  });

  test('the first folder of the search path wins, a later one fills in', async () => {
    const search = searchOf(await memoryReader(files), defaultSetting('', ['/srv/two', '/srv']));
    expect(resolveModule(search, 'one')).toMatchObject({ path: '/srv/two/one.py' });
    expect(resolveModule(search, 'web')).toMatchObject({ path: '/srv/web/__init__.py' });
  });

  test('nothing is missing where the search path or the place is not known', async () => {
    const reader = await memoryReader(files);
    const blind = searchOf(reader, {
      name: '',
      origin: 'default',
      known: false,
      why: 'chdir comes from a variable',
    });
    expect(resolveModule(blind, 'nothing')).toEqual({ state: 'unknown', why: 'chdir comes from a variable' });
    const elsewhere = searchOf(reader, defaultSetting('', ['/opt/app']));
    expect(resolveModule(elsewhere, 'nothing')).toMatchObject({ state: 'unknown' });
  });
});

test('dots count from the package of the module', () => {
  expect(relativeBase('a.b.c', false, 1)).toBe('a.b');
  expect(relativeBase('a.b.c', false, 2)).toBe('a');
  expect(relativeBase('a.b', true, 1)).toBe('a.b');
  expect(relativeBase('a', false, 1)).toBeUndefined();
  expect(relativeBase('a.b', false, 5)).toBeUndefined();
});

test('one edit is one letter more, less or other, or two exchanged', () => {
  for (const [a, b] of [
    ['wsgi', 'wgsi'],
    ['views', 'view'],
    ['models', 'modles'],
    ['main', 'mian'],
    ['app1', 'app2'],
  ] as const) {
    expect(isOneEdit(a, b), `${a} ${b}`).toBe(true);
  }
  for (const [a, b] of [
    ['wsgi', 'wsgi'],
    ['app', 'view'],
    ['ab', 'a'],
    ['models', 'melods'],
    ['wsgi', 'asgi2'],
  ] as const) {
    expect(isOneEdit(a, b), `${a} ${b}`).toBe(false);
  }
});

test('a slip is one edit that tells no two things of one kind apart', () => {
  for (const [a, b] of [
    ['wsig', 'wsgi'],
    ['setings', 'settings'],
    ['shop_a_pi', 'shop_a_api'],
    ['gunicron', 'gunicorn'],
  ] as const) {
    expect(isSlip(a, b), `${a} ${b}`).toBe(true);
  }
  for (const [a, b] of [
    ['wsgi', 'asgi'],
    ['app1', 'app2'],
    ['shop', 'shop2'],
    ['shop_a', 'shop_b'],
    ['workera', 'workerb'],
    ['api', 'app'],
    ['shop', 'shop'],
  ] as const) {
    expect(isSlip(a, b), `${a} ${b}`).toBe(false);
  }
});

test('what may be meant', async () => {
  const search = searchOf(await memoryReader(files), defaultSetting('', ['/srv']));
  expect(nearModules(search, 'web.veiws')).toEqual(['web.views']);
  expect(nearModules(search, 'views')).toEqual(['web.views']);
  expect(nearModules(search, 'extra')).toEqual([]);
});

test('declared requirements, by their normalised names, comments apart', async () => {
  const reader = await memoryReader(files);
  expect(isDeclared(reader, 'django_rest_framework')).toBe(true);
  expect(isDeclared(reader, 'gunicorn')).toBe(true);
  expect(isDeclared(reader, 'uvicorn')).toBe(true);
  expect(isDeclared(reader, 'flask')).toBe(false);
  expect(isDeclared(reader, 'hypercorn')).toBe(false);
});
