import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNginxTree, remainder, shapeOf } from '../../fuzz/nginx.js';
import { parseWithCare } from '../../src/syntax/nginx/parse.js';
import { findTags } from '../../src/syntax/nginx/template.js';
import { walkNginx } from '../../src/syntax/nginx/walk.js';
import { nginxNames, outline, parseText } from '../oracles/nginx-names.js';

const pieces = [
  ...[
    '{',
    '}',
    ';',
    '"',
    "'",
    '\\',
    '#',
    '$',
    '(',
    ')',
    ' ',
    '\n',
    '\t',
    '\r',
    '\r\n',
    ':',
    '\0',
    '\u00a0',
    '\ufeff',
    '\u{1f600}',
  ],
  ...[
    'server',
    'location',
    'http',
    'listen',
    'root',
    'map',
    'if',
    'types',
    'upstream',
    'a',
    'x_by_lua_block',
    '...',
    'NAME',
  ],
  ...[
    '${A}',
    '$B',
    '{{',
    '}}',
    '{{ x }}',
    '{%',
    '%}',
    '{% if x %}',
    '{% else %}',
    '{% endif %}',
    '{% raw %}',
    '{#',
    '#}',
  ],
  ...[
    '<%',
    '%>',
    '<%= y %>',
    '<% end %>',
    '[[',
    ']]',
    '--',
    '[=[',
    '{2}',
    '@X@',
    '__Y__',
    '<z>',
    '    ',
    '\n  ',
    '\n    ',
  ],
];

const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map(parts => parts.join(''));

describe('any text', () => {
  test('gives a tree with all places inside the file', () => {
    fc.assert(
      fc.property(soup, fc.boolean(), (text, known) => checkNginxTree(parseText(text, known ? nginxNames : undefined))),
      { numRuns: 3000 },
    );
  });

  test('of any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => checkNginxTree(parseText(text, nginxNames))),
    );
  });

  test('is covered by its tree where nginx accepts it', () => {
    fc.assert(
      fc.property(soup, text => {
        const tree = parseText(text);
        fc.pre(!tree.refusal && tree.problems.length === 0 && findTags(text).length === 0);
        expect(remainder(tree)).toMatch(/^[ \t\r\n]*$/);
      }),
      { numRuns: 3000 },
    );
  });

  test('has the tree that a reading with care gives', () => {
    fc.assert(
      fc.property(soup, fc.boolean(), (text, known) => {
        const names = known ? nginxNames : undefined;
        expect(shapeOf(parseText(text, names))).toEqual(shapeOf(parseWithCare({ path: 'nginx.conf', text }, names)));
      }),
      { numRuns: 5000 },
    );
  });

  test('has the same tree where a word swallows the end of its line', () => {
    const text = 'server {\n  root a\\\n  listen 80;\n}\n';
    expect(shapeOf(parseText(text, nginxNames))).toEqual(
      shapeOf(parseWithCare({ path: 'nginx.conf', text }, nginxNames)),
    );
    expect(outline(parseText(text, nginxNames))).toEqual(['server', '  root | a\\\n', '  listen | 80']);
  });

  test('has problems exactly where nginx refuses it', () => {
    const plain = fc.array(fc.constantFrom('{', '}', ';', '"', "'", '\\', '#', '$', ')', ' ', '\n', 'a', 'bc'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(plain, parts => {
        const tree = parseText(parts.join(''));
        fc.pre(tree.template === 'none');
        expect(tree.problems.length > 0).toBe(tree.refusal !== undefined);
      }),
      { numRuns: 3000 },
    );
  });
});

interface Made {
  readonly text: string;
  readonly lines: readonly string[];
}

const word = fc.constantFrom(
  'a',
  '80',
  '/x/y',
  '$host',
  'http://${up}:1',
  '~*',
  '^/(a|b)\\.c$',
  '"q r"',
  "'s;t'",
  '"{"',
  '=404',
  'on',
);
const simple = fc.tuple(fc.constantFrom('listen', 'root', 'set', 'x'), fc.array(word, { maxLength: 4 }));

function directive([name, words]: [string, string[]]): Made {
  const values = words.map(raw => raw.replace(/^["']|["']$/g, ''));
  return { text: `${[name, ...words].join(' ')};`, lines: [[name, ...values].join(' | ')] };
}

const { node } = fc.letrec<{ node: Made }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    simple.map(directive),
    fc
      .tuple(fc.constantFrom('server', 'location /a'), fc.array(tie('node'), { maxLength: 4 }))
      .map(([head, inner]) => ({
        text: `${head} {\n${inner.map(({ text }) => text.replace(/^/gm, '  ')).join('\n')}\n}`,
        lines: [head.replace(' ', ' | '), ...inner.flatMap(({ lines }) => lines.map(line => `  ${line}`))],
      })),
  ),
}));

const configuration = fc.array(node, { minLength: 1, maxLength: 5 });

describe('a configuration that was made up', () => {
  test('is read as it was made', () => {
    fc.assert(
      fc.property(configuration, made => {
        const tree = parseText(made.map(({ text }) => text).join('\n'));
        expect(tree.problems).toEqual([]);
        expect(shapeOf(tree)).toEqual(shapeOf(parseWithCare(tree.file)));
        expect(outline(tree)).toEqual(made.flatMap(({ lines }) => lines));
      }),
    );
  });
});

/** What this process has worked since then: on a busy machine the clock says more about the others. */
function milliseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

describe('size and depth', () => {
  test.each([
    ['open blocks', 'a{', ''],
    ['blocks of Lua', 'x_by_lua_block {', ''],
    ['nested branches', '{% if a %}', ''],
    ['blocks', 'a{', '}'],
  ])('300,000 levels of %s', (_, open, close) => {
    const tree = parseText(open.repeat(300_000) + close.repeat(300_000), nginxNames);
    expect(tree.problems.length).toBeLessThan(30);
    if (close) expect([...walkNginx(tree.nodes)].at(-1)?.depth).toBe(299_999);
  });

  test('10 MB in time that grows with the size', () => {
    const server = 'server {\n    listen 80;\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n';
    const time = (megabytes: number) => {
      const text = server.repeat(Math.ceil((megabytes * 1_000_000) / server.length));
      const begin = process.cpuUsage();
      expect(parseText(text).nodes.length).toBeGreaterThan(1000);
      return milliseconds(begin);
    };
    time(1);
    const small = Math.max(20, Math.min(time(1), time(1), time(1)));
    expect(time(10)).toBeLessThan(small * 60);
  });

  const hostile: readonly string[] = [
    ...[
      '"',
      '"\'',
      '\\',
      '${',
      '{{',
      '{{ a ; ',
      '{% raw %}',
      '<% x ',
      'a_by_lua_block {"\n}\n',
      'a_by_lua_block {[==[\n}\n',
    ],
    ...[
      'root\n',
      'a{2}',
      'location x{2,3}',
      'http {\n server {\n',
      'a ;{',
      '"a"b\n',
      'x "a\n',
      '{{ a }}\n# c\n',
      '@A',
      '__A',
      '#\r',
    ],
    ...[
      'listen 80\n',
      'server\n',
      'map a b\n',
      '}',
      ';',
      '{{"',
      '$A',
      '{% if a %}x{% else %}',
      '<a',
      '    \n',
      '/*',
      'a_by_lua_block {--',
    ],
  ];

  test.each(hostile)('%j repeated', piece => {
    const time = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      const begin = process.cpuUsage();
      parseText(text, nginxNames);
      return milliseconds(begin);
    };
    time(5_000);
    const small = Math.max(2, Math.min(time(5_000), time(5_000)));
    // Sixteen times the size; a square would be 256 times the time. A busy machine gets three attempts.
    const limit = small * 120;
    expect([80_000, 80_000, 80_000].some(length => time(length) < limit)).toBe(true);
  });
});
