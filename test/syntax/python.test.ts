import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { scanLines, unfold } from '../../src/syntax/python/lines.js';
import { loadPython } from '../../src/syntax/python/parse.js';
import type { PyExpression, PyModule, PyStatement } from '../../src/syntax/python/tree.js';
import type { SourceFile } from '../../src/text/source.js';

let parse: (file: SourceFile) => PyModule;

beforeAll(async () => {
  parse = await loadPython();
});

test('loading at the same time gives one parser: two would share their memory', async () => {
  const parsers = await Promise.all(Array.from({ length: 8 }, () => loadPython()));
  expect(new Set([...parsers, parse]).size).toBe(1);
});

function body(text: string): readonly PyStatement[] {
  return parse({ path: 'app.py', text }).body;
}

function expression(text: string): PyExpression {
  const [statement] = body(text);
  if (statement?.kind !== 'expression') throw new Error(`${text} is no expression`);
  return statement.value;
}

/** The first problem as `line: message`. */
function problem(text: string): string | undefined {
  const [first] = parse({ path: 'app.py', text }).problems;
  return first && `${text.slice(0, first.span.start).split('\n').length}: ${first.message}`;
}

describe('the tree', () => {
  test('imports of every form', () => {
    expect(
      body(
        'import a.b as c, d\nfrom ..x . y import (p as q, r,)\nfrom . import s\nfrom t import *\nfrom __future__ import annotations\n',
      ),
    ).toMatchObject([
      { kind: 'import', names: [{ name: 'a.b', alias: 'c' }, { name: 'd' }] },
      { kind: 'import from', level: 2, module: 'x.y', names: [{ name: 'p', alias: 'q' }, { name: 'r' }] },
      { kind: 'import from', level: 1, module: '', names: [{ name: 's' }] },
      { kind: 'import from', level: 0, module: 't', names: '*' },
      { kind: 'import from', module: '__future__', names: [{ name: 'annotations' }] },
    ]);
  });

  test('functions: parameters, decorators, headers, generators', () => {
    const text =
      '@app.route("/")\nasync def f(a, /, b: int = 3, *args, c, d=4, **kw) -> int:\n    x = yield\ndef g(*, k): return (lambda: (yield))\n';
    const [f, g] = body(text);
    expect(f).toMatchObject({
      kind: 'function',
      name: 'f',
      start: 0,
      asynchronous: true,
      generator: true,
      decorators: [{ kind: 'call', callee: { kind: 'attribute', name: 'route' } }],
      parameters: [
        { name: 'a', kind: 'plain' },
        { name: 'b', kind: 'plain', default: { value: 3 } },
        { name: 'args', kind: '*' },
        { name: 'c', kind: 'keyword' },
        { name: 'd', kind: 'keyword', default: { value: 4 } },
        { name: 'kw', kind: '**' },
      ],
    });
    expect(f?.kind === 'function' && text.slice(f.header.start, f.header.end)).toBe(
      'async def f(a, /, b: int = 3, *args, c, d=4, **kw) -> int:',
    );
    expect(g).toMatchObject({ generator: false, asynchronous: false });
  });

  test('compound statements', () => {
    expect(
      body(`
if a: pass
elif b: pass
else: x
try:
    1
except* (A, B) as e: 2
except C: 3
else: 4
finally: 5
with (open("x") as f, g): pass
for i, j in k: pass
else: y
while 1: break
match v:
    case 1 | "a": pass
    case [p, *q] if p: pass
    case A.b: pass
    case _: pass
`),
    ).toMatchObject([
      { kind: 'if', branches: [{ test: { id: 'a' } }, { test: { id: 'b' } }], otherwise: [{ kind: 'expression' }] },
      {
        kind: 'try',
        handlers: [{ type: { kind: 'tuple' }, name: 'e' }, { type: { id: 'C' } }],
        otherwise: [{}],
        finally: [{}],
      },
      { kind: 'with', items: [{ target: { id: 'f' } }, { value: { id: 'g' } }] },
      { kind: 'for', target: { kind: 'tuple' }, otherwise: [{}] },
      { kind: 'while', body: [{ kind: 'break' }] },
      {
        kind: 'match',
        cases: [
          { matches: [{ value: 1 }, { value: 'a' }] },
          { binds: ['p', 'q'], guard: { id: 'p' }, matches: undefined },
          { binds: [], matches: undefined },
          { matches: 'always' },
        ],
      },
    ]);
  });

  test('expressions', () => {
    expect(expression('f(1, *a, k=2, **o)')).toMatchObject({
      arguments: [{}, { star: '*' }, { name: 'k' }, { star: '**' }],
    });
    expect(expression('a < b is not c not in d')).toMatchObject({
      rest: [{ operator: '<' }, { operator: 'is not' }, { operator: 'not in' }],
    });
    expect(expression('a[1:, ::2]')).toMatchObject({
      index: {
        kind: 'tuple',
        items: [
          { kind: 'slice', lower: { value: 1 } },
          { kind: 'slice', step: { value: 2 } },
        ],
      },
    });
    expect(expression('[x for x in y if z]')).toMatchObject({
      kind: 'comprehension',
      type: 'list',
      clauses: [{ kind: 'for' }, { kind: 'if' }],
    });
    expect(expression('x if y else z')).toMatchObject({
      test: { id: 'y' },
      value: { id: 'x' },
      otherwise: { id: 'z' },
    });
    expect(expression('("a" "b")')).toMatchObject({ kind: 'constant', type: 'str', value: 'ab' });
    expect(expression('f"{a!r:>{w}}{{c"')).toMatchObject({
      parts: [{ value: { id: 'a' }, conversion: 'r', format: ['>', { value: { id: 'w' } }] }, '{c'],
    });
    expect(body('a = b = 1')).toMatchObject([
      { kind: 'assign', targets: [{ id: 'a' }, { id: 'b' }], value: { value: 1 } },
    ]);
  });

  test('numbers and texts as Python reads them', () => {
    for (const [text, value] of [
      ['1_000', 1000],
      ['0x1F', 31],
      ['0o17', 15],
      ['1e3', 1000],
      ['.5', 0.5],
      ['"\\x41\\u0042\\n"', 'AB\n'],
      ["r'\\n'", '\\n'],
      ["b'a\\'b'", "a'b"],
      ['"""a\r\nb"""', 'a\nb'],
      ['"a\\\nb"', 'ab'],
      ['9007199254740993', undefined],
      ['3j', undefined],
      ['"\\N{BULLET}"', undefined],
    ] as const) {
      expect(expression(text), text).toMatchObject({ kind: 'constant', value });
    }
  });

  test('spans count UTF-16 units', () => {
    const text = 'a = "😀é"\nb = 2\n';
    const second = body(text)[1];
    expect(second && text.slice(second.start, second.end)).toBe('b = 2');
  });

  test('nesting without end is cut, not followed', () => {
    for (const text of [
      `x = ${'('.repeat(50_000)}1${')'.repeat(50_000)}`,
      `x = ${'not '.repeat(50_000)}1`,
      `x = a${'.b'.repeat(50_000)}`,
      '('.repeat(50_000),
    ]) {
      expect(() => parse({ path: 'deep.py', text })).not.toThrow();
    }
  });
});

describe('what Python refuses', () => {
  test.each([
    ['def f()\n    pass\n', "1: expected ':'"],
    ['x = 1\nif x == 1\n    y = 2\n', "2: expected ':'"],
    ['else\n', "1: expected ':'"],
    ['x = (1,\n     2\ny = 3\n', "1: '(' was never closed"],
    ['x = [1)\n', "1: closing parenthesis ')' does not match opening parenthesis '['"],
    ['x = 1)\n', "1: unmatched ')'"],
    ['a = 1\nx = "abc\n', '2: unterminated string literal'],
    ['x = """abc\n', '1: unterminated triple-quoted string literal'],
    ['x = f"{a}\n', '1: unterminated f-string literal'],
    ['if x:\npass\n', '2: expected an indented block after "if"'],
    ['def f():\n', '1: expected an indented block after the function definition'],
    ['class A:\n    x = 1\n  y = 2\n', '3: unindent does not match any outer indentation level'],
    ['x = 1\n    y = 2\n', '2: unexpected indent'],
    ['if x:\n        a\n\tb\n', '3: inconsistent use of tabs and spaces in indentation'],
    ['a = 1\nprint "hello"\n', "2: missing parentheses in call to 'print'"],
    ['exec "x"\n', "1: missing parentheses in call to 'exec'"],
    ['raise E, "x"\n', '1: invalid syntax: "raise" takes one value'],
    ['x = 0777\n', '1: Python 3 does not know this form of a number'],
    ['return 1\n', "1: 'return' outside function"],
    ['class A:\n    return 1\n', "2: 'return' outside function"],
    ['def f():\n    await x\n', "2: 'await' outside async function"],
    ['for x in y:\n    pass\nelse:\n    break\n', "4: 'break' outside loop"],
    ['f(a=1, b)\n', '1: positional argument follows keyword argument'],
    ['def f(a=1, b): pass\n', '1: parameter without a default follows parameter with a default'],
    ['def f(a, a): pass\n', "1: duplicate argument 'a' in function definition"],
    ['a = 1\n<<<<<<< HEAD\nb = 2\n=======\nb = 3\n>>>>>>> x\n', '2: a mark of an unfinished merge stands here'],
    ['a = 1\nb = = 2\nc = 3\n', '2: invalid syntax'],
    ['import os\nfrom x import\ny = 1\n', '2: invalid syntax'],
    ['import os\n\n@app.route("/")\n@cached\ndef index()\n    return 1\n', "5: expected ':'"],
  ])('%j', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  test.each([
    'match = 1\nmatch.x\ncase = match\nprint(match)\ntype = 2\n_ = type\n',
    'match x:\n    case {"a": 1, **rest}: pass\n    case Point(x=0): pass\n    case (1, 2) | [*_]: pass\n',
    'type X[T] = list[T]\ndef f[T: int, *Ts, **P](a: T) -> T: ...\nclass A[T]: pass\n',
    'type X[T = int] = T\n',
    'try:\n    pass\nexcept* ValueError:\n    pass\n',
    'with (open("a") as a, open("b") as b,):\n    pass\n',
    'if (n := 10) > 5: print(n)\n',
    'f"{x!r:{width}.{precision}} {"nested" + f"{y}"} {a["k"]}"\n',
    'def f(a, /, b, *, c): ...\nasync def g():\n    async with x as y, z: pass\n    return [i async for i in y if await i]\n',
    'def make(n):\n    return (i for i in range(n) if await wrap(i))\n',
    'print >>sys.stderr, "x"\nprint\nexec("x") in ns\n',
    'x = [\n1,\n  2, # comment )\n]\ndef f():\n        (bar.\n    baz)\n        return 1\n',
    'if a and \\\n   b:\n    x = 1; y = 2;\n',
    'if x:\n\ty = 1\n\tif z:\n\t\tw = 2\n',
    'def f():\n    """doc\nnot indented\n    """\n    return 1\n',
    '\f\nclass A:\n    x: int\n\f\n    y = 1\n',
    '\ufeffx = 1\n',
    'x = 1\r\nif x:\r\n    y = 2\r\n',
    'lambda *a, k=1, **o: (yield)\nf(*a, b, *c, k=1, **d, **e)\nf(a=1, *b)\n',
    'x = rb"\\\\" + Rb"a"\ny = u"x"; z = B""; w = F""; v = rF""\n',
    '@(yield_)\ndef f(): pass\n',
    'for x in *a, *b: pass\n',
    'a, *b = c\n(a), [b] = c\n',
    '',
    '# only a comment',
    'x = """a\n# )\n"""\n',
  ])('accepts %j', text => {
    expect(problem(text)).toBeUndefined();
  });

  test('a template has no problems, but is known as one', () => {
    const templates = [
      { path: 'app.py', text: 'DEBUG = {{ cookiecutter.debug }}\n{% if cookiecutter.x %}\nimport x\n{% endif %}\n' },
      { path: '{{cookiecutter.slug}}/app.py', text: 'x = "{{ cookiecutter.name }}"\n' },
      { path: 'settings.py.j2', text: 'x = 1\n' },
    ];
    for (const file of templates) expect(parse(file), file.path).toMatchObject({ templated: true, problems: [] });
    expect(parse({ path: 'app.py', text: 'x = "{{ name }}"\ny = {{1: 2}.get(1)}\n' })).toMatchObject({
      templated: false,
      problems: [],
    });
    expect(parse({ path: 'app.py', text: 'x = "{{ name }}"\ndef f(\n' }).problems).toHaveLength(1);
  });
});

describe('any text', () => {
  const tokens = [
    'x',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ':',
    '=',
    '"',
    "'",
    '"""',
    'f"',
    '\\',
    '#',
    '\n',
    '\n    ',
    '\t',
    'if ',
    'def f',
    'class A',
    'return',
    'print ',
    '1',
    '0x',
    ' ',
    ',',
    '*',
    '**',
    '@',
    '.',
    '\u0000',
    '😀',
    'é',
    '\r',
    '\f',
    'lambda',
    'match ',
    'case ',
  ];

  test('gives a tree and spans inside the file, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.constantFrom(...tokens), { maxLength: 60 }).map(parts => parts.join('')),
        ),
        text => {
          const module = parse({ path: 'x.py', text });
          for (const { span } of module.problems) {
            expect(span.start).toBeGreaterThanOrEqual(0);
            expect(span.end).toBeGreaterThanOrEqual(span.start);
            expect(span.end).toBeLessThanOrEqual(text.length);
          }
          for (const statement of module.body) expect(statement.end).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('is split into lines that do not overlap, and unfolded to the same length', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 60 }), parts => {
        const text = parts.join('');
        const scanned = scanLines(text);
        let at = 0;
        for (const line of scanned.lines) {
          expect(line.start).toBeGreaterThanOrEqual(at);
          expect(line.first).toBeGreaterThanOrEqual(line.start);
          expect(line.end).toBeGreaterThan(line.first);
          at = line.end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
        expect(unfold(text, scanned)).toHaveLength(text.length);
      }),
      { numRuns: 400 },
    );
  });

  test('takes time in proportion to its length', () => {
    const line = 'value = compute(first, second)[0] + {"key": [1, 2, 3]}["key"][0]\n';
    const time = (count: number): number => {
      const before = performance.now();
      parse({ path: 'long.py', text: line.repeat(count) });
      return performance.now() - before;
    };
    time(500);
    const short = Math.max(time(1_000), 5);
    expect(time(10_000)).toBeLessThan(short * 40);
  });
});
