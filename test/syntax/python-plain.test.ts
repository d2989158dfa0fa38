import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadPython } from '../../src/syntax/python/parse.js';
import { readPlain } from '../../src/syntax/python/plain/read.js';
import type { PyModule } from '../../src/syntax/python/tree.js';
import type { SourceFile } from '../../src/text/source.js';
import { filesBelow, textOf } from '../sources.js';

let parse: (file: SourceFile) => PyModule;

beforeAll(async () => {
  parse = await loadPython();
});

const modules = [...filesBelow('fixtures'), ...filesBelow('examples')].filter(path => path.endsWith('.py'));

/** What is read quickly must be what is read with care. Tells whether it is. */
function isPlain(text: string, path = 'app.py'): boolean {
  const file = { path, text };
  const plain = readPlain(file);
  if (plain) expect(plain).toEqual(parse(file));
  return plain !== undefined;
}

describe('the quick reading of Python', () => {
  test('takes nearly every module of the fixtures, and sees in it what tree-sitter does', () => {
    const plain = modules.filter(path => isPlain(textOf(path), path));
    expect(modules.length).toBeGreaterThan(500);
    expect(plain.length / modules.length).toBeGreaterThan(0.9);
  });

  test.each([
    ['names, attributes and calls', 'a.b(c, *d, e=f, **g)[1:2, ::3].h = -i ** +j\n'],
    ['operators', 'x = not a or b and c < d <= e is not f not in g | h & i & j << k + l * m // n @ o % ~p\n'],
    ['texts', 'x = "a" \'b\\n\' r"\\d" b"c" """d\n e""" f"{f!r:>{g}} {{h}} {i=}" u"j"\n'],
    ['raw texts of backslashes', "x = r'\\\\' + r'\\'' + '\\\\'\n"],
    ['brackets', 'x = [1, *a, (b), (c,), (), {}, {d: e, **f}, {g, h}, [i for i, in j if k for l in m]]\n'],
    ['a star before more than a name', 'x = [*a.b, *c(), *d[0]]\nf(*a.b, *c())\n*e.f, g = h\n'],
    ['assignments', 'a = b, *c = d\ne: int = 3\nf: "x"\ng.h += 1,\n(i, [j, k]), l = m\n'],
    [
      'functions',
      '@a\n@b(c)\nasync def f(d, /, e: int = 1, *g: h, i, j=2, **k) -> l:\n    return await m(n async for n in o)\n',
    ],
    ['generators', 'def f():\n    x = yield\n    yield a, b\n    yield from c\n    def g(): return lambda: (yield)\n'],
    ['classes', 'class A(b, metaclass=c):  # d\n    """e"""\n    f = 1; g = 2;\nclass H: pass\n'],
    [
      'branches',
      'if a: b\nelif (c := d): # e\n  pass\n  # f\n# g\nelse:\n  h  # i\n  # j\nwhile k:\n  break\nelse: l\n',
    ],
    ['comments behind a block', 'def f():\n    if a:\n        b\n        # c\n    # d\n  # e\n# f\ng\n'],
    ['exceptions', 'try:\n  a\nexcept (b, c) as d: raise e from f\nexcept: raise\nelse: g\nfinally:\n  h\n'],
    [
      'with',
      'with a as b.c, d(): pass\nwith (e as f, g): h\nwith (i): j\nwith (k(), l()): m\nwith (n if o else p() as q): r\n',
    ],
    [
      'imports',
      'import a.b as c, d\nfrom ...e.f import (g as h, i,)\nfrom . import *\nfrom __future__ import annotations\n',
    ],
    ['lines that go on', 'x = a + \\\n  b\nif c and \\\n   d: pass\n'],
    ['line ends of Windows', 'def f():\r\n    """a\r\n    b"""\r\n    return 1  # c\r\n    # d\r\n\r\nx = 2'],
    ['tabs', 'if a:\n\tif b:\n\t\tc\n\t# d\n'],
    ['soft keywords as names', 'match = type.x = case.y = 1\nprint(match)\nx.print().exec.type\n'],
  ])('takes %s', (_, text) => {
    expect(isPlain(text)).toBe(true);
  });

  test.each([
    ['Python 2', 'print "a"\n'],
    ['Python 2 that looks like 3', 'print (a), b\n'],
    ['numbers of Python 2', 'x = 0777\n'],
    ['a match', 'match a:\n    case 1: pass\n'],
    ['type parameters', 'def f[T](a: T): pass\n'],
    ['groups of exceptions', 'try:\n  a\nexcept* b: pass\n'],
    ['a value that is assigned to', 'f() = 1\n'],
    ['a name in brackets that is assigned to', '(a) = 1\n'],
    ['a return outside of a function', 'return 1\n'],
    ['an await in a function that waits for nothing', 'def f(): await a\n'],
    ['a break outside of a loop', 'for a in b: pass\nelse: break\n'],
    ['a default before a parameter without one', 'def f(a=1, b): pass\n'],
    ['a parameter that is there twice', 'def f(a, *, a): pass\n'],
    ['an argument behind a keyword', 'f(a=1, b)\n'],
    ['an indentation too much', 'a\n  b\n'],
    ['a block that ends nowhere', 'if a:\n    b\n  c\n'],
    ['a block that is missing', 'if a:\nb\n'],
    ['tabs and blanks', 'if a:\n\tb\nif c:\n        d\n'],
    ['a bracket that is not closed', 'x = (1\n'],
    ['a text that is not closed', 'x = "a\n'],
    ['a placeholder', '{% if a %}\nx = {{ b }}\n'],
    ['names beyond ASCII', 'größe = 1\n'],
    ['a lone carriage return', 'x = 1 # a\rbreak\n'],
    ['a NUL', 'x = "a\0b"\n'],
    ['quotes in a field that Python 3.11 does not know', 'x = f"{a["b"]}"\n'],
  ])('leaves %s', (_, text) => {
    expect(isPlain(text)).toBe(false);
  });

  test('leaves what is nested deeper than tree-sitter is followed', () => {
    expect(isPlain(`x = ${'['.repeat(500)}${']'.repeat(500)}\n`)).toBe(false);
    expect(isPlain(`x = ${'a + '.repeat(500)}b\n`)).toBe(false);
    expect(isPlain(`x = a${'.b()'.repeat(500)}\n`)).toBe(false);
    expect(isPlain(`x = ${'not '.repeat(500)}b\n`)).toBe(false);
  });

  const pieces = fc.constantFrom(
    ...[
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ':',
      ',',
      '.',
      ' = ',
      ' := ',
      '\n',
      '\n    ',
      '\n\t',
      '"',
      "'",
      '"""',
      '# c\n',
      '\\\n',
      ' if ',
      ' else ',
    ],
    ...[
      'not ',
      ' in ',
      ' is ',
      'lambda a: ',
      'yield ',
      'await ',
      'async ',
      ' for a in ',
      'return ',
      'print ',
      'print(',
      '*',
      '**',
      '-',
      '@',
      '<',
    ],
    ...[
      '->',
      '0',
      '1.',
      '.5',
      '1e3',
      'f"{a}"',
      "f'{a!r:>{w}}'",
      'b"x"',
      'r"\\d"',
      'x',
      'é',
      '\r\n',
      ';',
      '...',
      'None',
      'del ',
      'with ',
      ' as x',
    ],
    ...[
      'import ',
      'from ',
      'pass',
      'break',
      'class A:',
      'def f(a, b=1): ',
      'try:\n',
      'except:\n',
      '{{',
      '}}',
      '1j',
      '$',
      'x',
      'x',
      ' + ',
    ],
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(5), pieces), { minLength: 1, maxLength: 3 });

  test('sees what tree-sitter sees in modules with slips of all kinds', () => {
    const seeds = modules.filter(path => textOf(path).length < 1500);
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...seeds), changes, (path, slips) => {
        let text = textOf(path);
        for (const [place, length, piece] of slips) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + piece + text.slice(at + (length === 5 ? 3 : 0));
        }
        if (isPlain(text)) taken++;
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  test('sees what tree-sitter sees in any sequence of tokens', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
        isPlain(`${parts.join('')}\n`);
      }),
      { numRuns: 5000 },
    );
  });
});

test('an annotation may be any expression', () => {
  const text = 'def f(a: list[int] or None = None) -> tuple[A, B] or None: pass\nmatch a:\n    case _: pass\n';
  expect(isPlain(text.split('match')[0] ?? '')).toBe(true);
  expect(parse({ path: 'app.py', text }).problems).toEqual([]);
});
