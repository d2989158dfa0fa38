import { describe, expect, test } from 'vitest';
import { newMemory } from '../../src/extract/memory.js';
import { type EntryRequest, entryPoint } from '../../src/extract/python/entry.js';
import { programServers } from '../../src/extract/python/program.js';
import { createReader, type Reader } from '../../src/extract/reader.js';
import { memoryHost } from '../../src/host/memory.js';
import { steadyHost } from '../../src/host/steady.js';
import type { EntryPoint } from '../../src/model/entry.js';
import type { Place } from '../../src/model/place.js';
import { defaultSetting, type Setting } from '../../src/model/setting.js';
import { loadLanguages } from '../../src/syntax/languages.js';
import type { SourceFile } from '../../src/text/source.js';
import { memoryReader } from '../support/memory.js';
import { host, plain } from '../support/python.js';

const files = {
  'shop/__init__.py': '',
  'shop/wsgi.py':
    'import os\nimport shop.views\nfrom django.core.wsgi import get_wsgi_application\nDEBUG = os.environ.get("DEBUG", "no")\napplication = get_wsgi_application()\n',
  'shop/views.py': 'import redis\n',
  'other/views.py': 'import time\ntime.sleep(5)\n',
  'run.py': 'import os\nfrom flask import Flask\nFlask("x").run(port=int(os.environ["PORT"]))\n',
};

const compose: SourceFile = { path: 'compose.yml', text: 'DEBUG: yes\nMODE: fast\nPORT: 80' };

function service(name: string, changes: Partial<Place> = {}): Place {
  const code = { kind: 'copy', inside: '/app', repo: '' } as const;
  return { ...host, id: name, kind: 'service', image: defaultSetting('', 'python:3.12'), mounts: [code], ...changes };
}

/** As if each stood in compose.yml, at `shift` characters. */
function variables(values: Readonly<Record<string, string>>, shift = 0): ReadonlyMap<string, Setting<string>> {
  return new Map(
    Object.entries(values).map(([name, value], i) => {
      const span = { file: compose, start: shift + i, end: shift + i + 1 };
      return [name, { name, origin: 'environment', span, known: true, value }];
    }),
  );
}

function entryIn(
  reader: Reader,
  place: Place,
  given: ReadonlyMap<string, Setting<string>> = new Map(),
  more: Partial<EntryRequest> = {},
): EntryPoint {
  const target = { text: 'shop.wsgi', module: 'shop.wsgi', attribute: 'application', called: false, implied: false };
  const environment = { variables: given, open: false };
  return entryPoint({ reader, place, target, searchPath: defaultSetting('', ['/app']), environment, ...more });
}

function debugOf({ names }: EntryPoint): unknown {
  const setting = names?.get('DEBUG');
  return setting && plain(setting);
}

describe('one program in several services', () => {
  test('is followed once where they differ only in what it does not ask for', async () => {
    const reader = await memoryReader(files, 'python');
    const first = entryIn(reader, service('web'));
    expect(entryIn(reader, service('beat'), variables({ MODE: 'fast' }))).toBe(first);
    const logs = { kind: 'bind', inside: '/app/logs', repo: 'logs' } as const;
    expect(entryIn(reader, service('logged', { mounts: [...service('web').mounts, logs] }))).toBe(first);
    expect(entryIn(reader, service('pod', { kind: 'pod' }))).toBe(first);
  });

  test('has the values of each where it asks for a variable', async () => {
    const reader = await memoryReader(files, 'python');
    const given = [{}, { DEBUG: 'yes' }, { DEBUG: 'perhaps' }];
    expect(given.map(values => debugOf(entryIn(reader, service('web'), variables(values))))).toEqual([
      'no',
      'yes',
      'perhaps',
    ]);
    const elsewhere = entryIn(reader, service('web'), variables({ DEBUG: 'yes' }, 30)).names?.get('DEBUG');
    expect(elsewhere?.via?.map(({ span }) => span.start)).toEqual([30]);
    expect(debugOf(entryIn(reader, service('web'), variables({ DEBUG: 'yes' })))).toBe('yes');
    const open = entryIn(reader, service('web'), new Map(), { environment: { variables: new Map(), open: true } });
    expect(debugOf(open)).toEqual({ unknown: 'DEBUG comes from the environment, which no file states' });
  });

  test('has the files of each', async () => {
    const reader = await memoryReader(files, 'python');
    const views = { kind: 'bind', inside: '/app/shop/views.py', repo: 'other/views.py' } as const;
    const replaced = service('other', { mounts: [...service('web').mounts, views] });
    const calls = [service('web'), replaced].map(place => entryIn(reader, place).importCalls.map(call => call.name));
    expect(calls).toEqual([
      ['django.core.wsgi.get_wsgi_application'],
      ['time.sleep', 'django.core.wsgi.get_wsgi_application'],
    ]);
  });

  test('has the Python of each: print "x" is a mistake only for the third', async () => {
    const old = { 'shop/wsgi.py': 'print "x"\napplication = None\n', 'shop/__init__.py': '' };
    const reader = await memoryReader(old, 'python');
    const problems = ['python:3.12', 'python:2.7', 'python:3.12'].map(image => {
      const place = service('web', { image: defaultSetting('', image) });
      return entryIn(reader, place).modules.flatMap(module => module.problems).length;
    });
    expect(problems).toEqual([1, 0, 1]);
  });

  test('says of each why its file is missing', async () => {
    const reader = await memoryReader(files, 'python');
    const target = { text: 'no.py', file: 'no.py', attribute: 'app', called: false, implied: false };
    const folder = service('mounted', { mounts: [{ kind: 'bind', inside: '/app', repo: 'shop' }] });
    const modules = [service('web'), folder].map(place => entryIn(reader, place, new Map(), { target }).module);
    expect(modules).toMatchObject([
      { state: 'missing', why: 'nothing copies or mounts a file there' },
      { state: 'missing', why: 'there is no shop/no.py in the repository' },
    ]);
  });

  test('a program that starts a server by itself listens on the port of each', async () => {
    const reader = await memoryReader(files, 'python');
    const ports = ['8000', '9000', '8000'].map(PORT => {
      const found = programServers({
        reader,
        place: service('web'),
        program: { file: 'run.py' },
        workingDirectory: defaultSetting('', '/app'),
        environment: { variables: variables({ PORT, MODE: PORT }), open: false },
      });
      const port = found.state === 'found' ? found.starts[0]?.keywords.get('port') : undefined;
      return port && plain(port);
    });
    expect(ports).toEqual([8000, 9000, 8000]);
  });
});

test('the next run follows it again only where something that was asked for has changed', async () => {
  const languages = await loadLanguages(['python']);
  const memory = newMemory();
  const run = (changes: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): EntryPoint => {
    const steady = steadyHost(memoryHost(new Map(Object.entries({ ...files, ...changes }))), memory.answers);
    const reader = createReader(steady, languages, new Map(), memory);
    const found = entryIn(reader, service('web'), variables(given));
    reader.remember();
    memory.answers = steady.answers;
    return found;
  };
  const first = run({}, {});
  expect(run({}, { MODE: 'fast' })).toBe(first);
  expect(run({ 'run.py': '' }, {})).toBe(first);
  expect(debugOf(run({}, { DEBUG: 'yes' }))).toBe('yes');
  expect(run({ 'shop/views.py': 'import time\ntime.sleep(9)\n' }, {}).importCalls[0]?.name).toBe('time.sleep');
  expect(run({ 'redis.py': '' }, {}).modules.map(({ name }) => name)).toContain('redis');
});
