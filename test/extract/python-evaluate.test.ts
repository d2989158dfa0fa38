import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluated, values } from '../support/python.js';

describe('static evaluation of a module', () => {
  test('constants, arithmetic and comparisons as Python computes them', async () => {
    expect(
      await values(`
a = 8000
b = a + 1
c = 7 // 2
d = -7 // 2
e = -7 % 3
f = 2 ** 10
g = 7 / 2
h = 4.0
i = 0o27 | 0b1000
j = not a
k = 1 < a <= 8000 and "yes" or "no"
l = True + 1
m = 10 ** 400
n = 1 / 0
o = 5 if a > 1 else 6
`),
    ).toEqual({
      a: 8000,
      b: 8001,
      c: 3,
      d: -4,
      e: 2,
      f: 1024,
      g: 3.5,
      h: 4,
      i: 31,
      j: false,
      k: 'yes',
      l: 2,
      m: { unknown: 'its value cannot be told' },
      n: { unknown: 'its value cannot be told' },
      o: 5,
    });
  });

  test('texts: formatting, f-strings and methods', async () => {
    expect(
      await values(`
port = 8000
a = "0.0.0.0:%d" % port
b = "{}:{port:05d}".format("127.0.0.1", port=port)
c = f"unix:/run/{'app'!s}.sock:{port + 1}"
d = " a, b ".strip().split(", ")
e = "-".join(["a", "b", str(port)])
f = "A" "b" + 'c'.upper()
g = "%(x)s and 100%%" % {"x": 1}
h = "a/b/c".rsplit("/", 1)
i = b"bytes".decode()
j = r"\\d\\n"
k = "tab\\t\\x41\\u0042"
l = f"{port:>10}"
m = "x".replace("x", "yy")[0]
n = "%s" % 1.5
`),
    ).toEqual({
      port: 8000,
      a: '0.0.0.0:8000',
      b: '127.0.0.1:08000',
      c: 'unix:/run/app.sock:8001',
      d: ['a', 'b'],
      e: 'a-b-8000',
      f: 'AbC',
      g: '1 and 100%',
      h: ['a/b', 'c'],
      i: 'bytes',
      j: '\\d\\n',
      k: 'tab\tAB',
      l: { unknown: 'its format cannot be told' },
      m: 'y',
      n: '1.5',
    });
  });

  test('lists and dicts, and what changes them, under every name they have', async () => {
    expect(
      await values(`
a = ["x"]
b = a
b.append("y")
a += ["z"]
c = a[-1] + a[0]
d = {"k": 1, **{"l": 2}}
d["m"] = len(a)
d.update(n=3)
e = d.get("none", "default")
f = [item * 2 for item in (1, 2, 3) if item != 2]
g, (h, *i) = 1, [2, 3, 4]
j = sorted([3, 1, 2])[:2]
k = "x" in a and "q" not in d
del d["k"]
`),
    ).toMatchObject({
      a: ['x', 'y', 'z'],
      b: ['x', 'y', 'z'],
      c: 'zx',
      d: { l: 2, m: 3, n: 3 },
      e: 'default',
      f: [2, 6],
      g: 1,
      h: 2,
      i: [3, 4],
      j: [1, 2],
      k: true,
    });
  });

  test('both ways of a condition that cannot be decided count only where they agree', async () => {
    const text = `
import os
if os.environ.get("DEBUG"):
    reload = True
    timeout = 5
    extra = 1
else:
    reload = True
    timeout = 60
`;
    expect(await values(text, { open: true })).toMatchObject({
      reload: true,
      timeout: { unknown: 'DEBUG comes from the environment, which no file states' },
      extra: { unknown: 'it is set only under a condition that cannot be decided' },
    });
    expect(await values(text)).toMatchObject({ reload: true, timeout: 60 });
    expect(await values(text, { env: { DEBUG: '1' } })).toMatchObject({ reload: true, timeout: 5, extra: 1 });
  });

  test('the environment: set, absent where it is closed, unknown where it is open', async () => {
    const text = `
import os
from os import environ, getenv as env
a = os.environ.get("PORT", 5000)
b = int(env("PORT", "5000"))
c = environ["PORT"]
d = os.getenv("PORT") or "none"
os.environ.setdefault("MODE", "production")
e = os.environ["MODE"]
f = "PORT" in os.environ
`;
    expect(await values(text)).toMatchObject({
      a: 5000,
      b: 5000,
      c: { unknown: 'PORT is not set in the environment' },
      d: 'none',
      e: 'production',
      f: false,
    });
    expect(await values(text, { env: { PORT: '9000', MODE: 'test' } })).toMatchObject({
      a: '9000',
      b: 9000,
      c: '9000',
      d: '9000',
      e: 'test',
      f: true,
    });
    const why = { unknown: 'PORT comes from the environment, which no file states' };
    expect(await values(text, { open: true })).toMatchObject({ a: why, b: why, c: why, d: why, f: why });
  });

  test('packages that read the environment', async () => {
    const text = `
from decouple import config
import environ
env = environ.Env(DEBUG=(bool, False))
a = config("WORKERS", default=2, cast=int)
b = env.int("WORKERS", default=2)
c = env("DEBUG")
`;
    expect(await values(text)).toMatchObject({ a: { unknown: 'WORKERS may be set in a .env file' }, b: 2, c: false });
    expect(await values(text, { env: { WORKERS: '4' } })).toMatchObject({ a: 4, b: 4 });
    expect(await values(`${text}environ.Env.read_env()\nd = env.int("WORKERS", default=2)\n`)).toMatchObject({
      d: { unknown: 'read_env() may set it from a .env file' },
    });
  });

  test('what depends on the machine or on the run is unknown and says so', async () => {
    const machine = { unknown: 'it depends on the machine' };
    expect(
      await values(
        'import multiprocessing as mp, os\na = mp.cpu_count() * 2 + 1\nb = min(4, os.cpu_count())\nc = f"{os.cpu_count()}"\n',
      ),
    ).toMatchObject({
      a: machine,
      b: machine,
      c: machine,
    });
  });

  test('paths from the place of the file', async () => {
    expect(
      await values(`
import os
from pathlib import Path
a = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run", "app.sock")
b = str(Path(__file__).resolve().parent / "logs")
c = os.getcwd() + "/x"
d = os.path.exists("/tmp")
`),
    ).toMatchObject({
      a: '/srv/run/app.sock',
      b: '/srv/logs',
      c: '/srv/x',
      d: { unknown: 'it depends on the files of the machine' },
    });
  });

  test('functions and classes of the module', async () => {
    expect(
      await values(`
def port(base, step=1, *rest, **named):
    if base:
        return base + step
    return 0
class Settings:
    host = "h"
    def bind(self, p):
        self.seen = p
        return f"{self.host}:{p}"
s = Settings()
a = s.bind(port(8000))
b = s.seen
c = (lambda x: x * 2)(4)
def boom(): return boom()
d = boom()
def changes():
    global e
    e = 2
e = 1
changes()
`),
    ).toMatchObject({ a: 'h:8001', b: 8001, c: 8, d: { unknown: 'what boom() returns cannot be told' }, e: 2 });
  });

  test('loops: a few known rounds are followed, others leave their names unknown', async () => {
    expect(
      await values(
        'a = []\nfor i in range(3):\n    a.append(i)\nfor x in unknown():\n    b = 1\nwhile a:\n    c = 1\n    break\n',
      ),
    ).toMatchObject({
      a: [0, 1, 2],
      i: 2,
      c: { unknown: 'it is set in a loop' },
    });
  });

  test('an exception may have come at any point of a try', async () => {
    expect(
      await values(
        'port = 1\ntry:\n    import nothing\n    port = 2\nexcept ImportError:\n    pass\nelse:\n    z = 3\n',
      ),
    ).toMatchObject({
      port: { unknown: 'an exception may change it' },
    });
    expect(await values('try:\n    a = 1\nexcept ValueError:\n    a = 1\nfinally:\n    b = 2\n')).toMatchObject({
      a: 1,
      b: 2,
    });
  });

  test('modules of the repository are followed', async () => {
    const files = {
      'base.py': 'from deep.values import PORT as P\n_hidden = 1\nworkers = 3\n',
      'deep/__init__.py': '',
      'deep/values.py': 'PORT = 7000\n',
    };
    const { values: found, complete } = await evaluated(
      'from base import *\nimport deep.values\nbind = f":{P}"\nport = deep.values.PORT\n',
      {},
      files,
    );
    expect(complete).toBe(true);
    expect(found.get('workers')).toMatchObject({
      known: true,
      value: { value: 3 },
      span: { file: { path: 'base.py' } },
    });
    expect(found.get('bind')).toMatchObject({ known: true, value: { value: ':7000' } });
    expect(found.get('port')).toMatchObject({ known: true, value: { value: 7000 } });
    expect(found.has('_hidden')).toBe(false);
  });

  test.each([
    ['from local_settings import *', 'names may come from local_settings'],
    ['exec(open("x").read())', 'exec() may set it'],
    ['globals().update(load())', 'load is not defined'],
    ['import django_heroku\ndjango_heroku.settings(locals())', 'django_heroku.settings() may set it'],
    ['import sys\nsys.modules[__name__] = object()', 'the module replaces itself'],
  ])('%s leaves every name open', async (line, why) => {
    const found = await evaluated(`workers = 2\n${line}\ntimeout = 3\n`);
    expect(found.complete).toBe(false);
    expect(found.values.get('workers')?.known).toBe(false);
    expect(found.values.get('timeout')).toMatchObject({ known: true });
    expect(found.why).toContain(why);
  });

  test('each value has its place, and the places it was made of', async () => {
    const { values: found } = await evaluated('import os\nport = int(os.environ["PORT"])\nbind = f"0.0.0.0:{port}"\n', {
      env: { PORT: '80' },
    });
    const bind = found.get('bind');
    expect(bind?.span?.file.text.slice(bind.span.start, bind.span.end)).toBe('f"0.0.0.0:{port}"');
    expect(bind?.via?.map(step => `${step.span.file.path}: ${step.message}`)).toEqual([
      'gunicorn.conf.py: port is set here',
      'app.service: PORT is set here',
    ]);
  });

  test('types that a double or a text cannot show are told', async () => {
    const { values: found } = await evaluated('a = 2.0\nb = b"x"\nc = (1,)\nd = 2\n');
    expect(found.get('a')).toMatchObject({ value: { kind: 'constant', value: 2, type: 'float' } });
    expect(found.get('b')).toMatchObject({ value: { kind: 'constant', value: 'x', type: 'bytes' } });
    expect(found.get('c')).toMatchObject({ value: { kind: 'list', type: 'tuple' } });
    expect(found.get('d')).toMatchObject({ value: { kind: 'constant', value: 2 } });
  });

  test('names that JavaScript treats specially are ordinary', async () => {
    expect(
      await values(
        'constructor = 1\ntoString = 2\nd = {"constructor": 3, "hasOwnProperty": 4}\nx = d["constructor"]\n',
      ),
    ).toMatchObject({ constructor: 1, toString: 2, x: 3 });
  });

  test('work is bounded: doubling values, nested loops, calls of calls, deep imports', async () => {
    const doubling = `x = "a"\n${'x = f"{x}{x}"\n'.repeat(60)}`;
    const loops = `${Array.from({ length: 10 }, (_, i) => `${' '.repeat(i)}for i in range(30):`).join('\n')}\n${' '.repeat(10)}y = 1\n`;
    const calls = `${Array.from({ length: 50 }, (_, i) => `def f${i}(): return f${i + 1}() + f${i + 1}()`).join('\n')}\nz = f0()\n`;
    const elifs = `if a:\n  p = 1\n${'elif b:\n  p = 2\n'.repeat(5_000)}`;
    const before = performance.now();
    expect(await values(doubling + loops + calls)).toMatchObject({ x: { unknown: 'it is too long' } });
    expect(await values(elifs)).toHaveProperty('p.unknown');
    const files = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`m${i}.py`, `from m${i + 1} import v\n`]));
    await evaluated('from m0 import v\n', {}, files);
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  test('no text makes it throw', async () => {
    const words = [
      'x',
      '=',
      '1',
      '"a"',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      ':',
      ',',
      '.',
      '+',
      '*',
      '**',
      '%',
      'if',
      'else',
      'for',
      'in',
      'def',
      'class',
      'lambda',
      'import',
      'from',
      'os',
      'environ',
      'return',
      'try',
      'except',
      'with',
      'as',
      'global',
      'del',
      'f"{x}"',
      '\n',
      '\n  ',
      'not',
      'and',
      'is',
      'super()',
      'x.append(x)',
      'globals()',
      '__name__',
      'while',
      'yield',
      'await',
      'async',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 40 }), async tokens => {
        const { values: found } = await evaluated(tokens.join(' '));
        for (const setting of found.values()) {
          if (setting.span) expect(setting.span.end).toBeLessThanOrEqual(setting.span.file.text.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
