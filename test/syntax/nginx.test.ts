import { describe, expect, test } from 'vitest';
import { directiveNames, directiveRows } from '../../src/facts/nginx.js';
import { insideOf, opensBlock } from '../../src/syntax/nginx/blocks.js';
import { luaSpan, nodeSpan, walkNginx, wordSpan } from '../../src/syntax/nginx/walk.js';
import { spanText } from '../../src/text/source.js';
import { outline, parseText } from '../oracles/nginx-names.js';

function accepted(text: string): readonly string[] {
  const tree = parseText(text);
  expect(tree.problems).toEqual([]);
  expect(tree.refusal).toBeUndefined();
  return outline(tree);
}

function refusal(text: string): string | undefined {
  const tree = parseText(text);
  expect(tree.problems.length).toBeGreaterThan(0);
  return tree.refusal && `${tree.refusal.line}: ${tree.refusal.message}`;
}

describe('a tree holds what nginx reads', () => {
  test('directives, blocks and their words', () => {
    expect(accepted('user www;\nhttp {\n  server { listen 80 default_server; }\n}\n')).toEqual([
      'user | www',
      'http',
      '  server',
      '    listen | 80 | default_server',
    ]);
  });

  test('places of words, terminators and closing braces', () => {
    const text = 'server {\n  root "/a b" ; # x\n}\n';
    const tree = parseText(text);
    const [server] = tree.nodes;
    const [root] = server?.children ?? [];
    expect(server).toMatchObject({ start: 0, end: 30, terminator: '{', terminatorAt: 7, closeAt: 29 });
    expect(root).toMatchObject({ start: 11, end: 24, terminator: ';', terminatorAt: 23, closeAt: -1 });
    expect(root?.words[1]).toMatchObject({ value: '/a b', quote: '"', start: 16, end: 22 });
    expect(tree.comments).toEqual([{ start: 25, end: 28 }]);
  });

  test('spans by function', () => {
    const tree = parseText('listen 80;');
    const [node] = tree.nodes;
    if (!node?.words[1]) throw new Error('no node');
    expect(node.name).toBe('listen');
    expect(spanText(nodeSpan(tree.file, node))).toBe('listen 80;');
    expect(spanText(wordSpan(tree.file, node.words[1]))).toBe('80');
    expect(luaSpan(tree.file, node)).toBeUndefined();
  });

  test('a walk names the blocks around each directive', () => {
    const tree = parseText('http { server { listen 80; } root a; } user b;');
    const seen = [...walkNginx(tree.nodes)].map(({ node, parent, depth }) => {
      return [depth, parent?.node.name, node.name].join(' ');
    });
    expect(seen).toEqual(['0  http', '1 http server', '2 server listen', '1 http root', '0  user']);
  });
});

describe('what the tokenizer of nginx knows', () => {
  test.each([
    ['only space, tab, CR and LF separate', 'a\tb\rc\nd\ve\ff\u00a0g\0h;', ['a | b | c | d\ve\ff\u00a0g\0h']],
    ['# inside a word is no comment', 'a b#c;', ['a | b#c']],
    ['# begins a comment at the start of a word', 'a #b;\n c;', ['a | c']],
    ['a comment may follow a terminator directly', 'a b;#c\nd {#e\n}#f', ['a | b', 'd']],
    ['a lone CR does not end a comment', 'a;#b\rc;\nd;', ['a', 'd']],
    ['a quote inside a word is an ordinary character', 'a it\'s b"c;', ['a | it\'s | b"c']],
    ['quotes hide separators and may span lines', 'a "b;\n{ }" \'c d\';', ['a | b;\n{ } | c d']],
    ['an empty string is a word', `a "" '';`, ['a |  | ']],
    [') after a quote begins a word', 'if ("$a" = "b") { c; }', ['if | ("$a" | = | b | )', '  c']],
    ['{ ends a word', 'location /a{b;}', ['location | /a', '  b']],
    ['{ behind $ does not', 'a ${b}c ${{d;', ['a | ${b}c | ${{d']],
    ['${ without its end is a word too', 'a ${b;', ['a | ${b']],
    ['} inside or at the end of a word is an ordinary character', 'a b}c d};', ['a | b}c | d}']],
    ['six escapes are decoded', String.raw`a \" \' \\ \t \r \n;`, ['a | " | \' | \\ | \t | \r | \n']],
    ['and in quotes', String.raw`a "\"\t\\" '\'';`, ['a | "\t\\ | \'']],
    ['any other backslash stays', String.raw`a \d+\.php$ \q;`, [String.raw`a | \d+\.php$ | \q`]],
    ['and hides the character behind it', 'a b\\;c d\\ e \\{ f\\\ng;', ['a | b\\;c | d\\ e | \\{ | f\\\ng']],
    ['a name may be empty or quoted', `"" b; "c" d;`, [' | b', 'c | d']],
    ['CRLF', 'a b;\r\nc {\r\n}\r\n', ['a | b', 'c']],
    ['white space at the end', 'a; \t', ['a']],
    ['nothing', '', []],
    ['a comment at the end of the file', '# a', []],
    ['a comment that ends in CR', '#\r', []],
  ])('%s', (_, text, expected) => {
    expect(accepted(text)).toEqual(expected);
  });

  test.each([
    ['a quote must be followed by a separator', 'a "b"c;', '1: unexpected "c"'],
    ['even by no comment', 'a "b"#c\n;', '1: unexpected "#"'],
    ['or a closing brace', 'a { b "c"}', '1: unexpected "}"'],
    ['; without a directive', 'a;\n;', '2: unexpected ";"'],
    ['{ without a directive', 'a;\n{ }', '2: unexpected "{"'],
    ['} without a block', 'a;\n}', '2: unexpected "}"'],
    ['} in a directive', 'a {\n b\n}', '3: unexpected "}"'],
    ['the end in a directive', 'a\nb', '2: unexpected end of file, expecting ";" or "}"'],
    ['the end in a block', 'a {\nb;\n', '3: unexpected end of file, expecting "}"'],
    ['the end in a string', 'a "b;\n', '2: unexpected end of file, expecting ";" or "}"'],
    ['lines are counted by LF alone', 'a;\r\r\n}', '2: unexpected "}"'],
  ])('%s', (_, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });
});

describe('the buffer of 4096 bytes', () => {
  const long = (length: number, of = 'x') => of.repeat(length);

  test('a word of 4095 bytes is read, one of 4096 is not', () => {
    accepted(`a ${long(4095)};`);
    expect(refusal(`\na ${long(4096)};`)).toBe('2: too long parameter "xxxxxxxxxx..." started');
  });

  test('a string may have 4094 bytes', () => {
    accepted(`a "${long(4094)}";`);
    expect(refusal(`a "${long(4095)}";`)).toBe('1: too long parameter "xxxxxxxxxx..." started');
    expect(refusal(`a "${long(4096)}";`)).toBe('1: too long parameter, probably missing terminating """ character');
    expect(refusal(`a '${long(9000)}`)).toBe(`1: too long parameter, probably missing terminating "'" character`);
  });

  test('white space behind a word counts with it', () => {
    accepted(`a ${long(4094)} ;`);
    expect(refusal(`a ${long(4095)} ;`)).toBe('1: too long parameter "xxxxxxxxxx..." started');
    accepted(`a "${long(4093)}" ;`);
    expect(refusal(`a "${long(4094)}" ;`)).toBe('1: too long parameter "xxxxxxxxxx..." started');
  });

  test('bytes count, not characters', () => {
    accepted(`a ${long(1365, '\u20ac')};`);
    expect(refusal(`a ${long(1366, '\u20ac')};`)).toMatch(/too long parameter/);
    expect(refusal(`a ${long(1024, '\u{1f600}')};`)).toMatch(/too long parameter/);
  });

  test('a comment is read into it too', () => {
    accepted(`#${long(4094)}\na;`);
    expect(refusal(`#${long(4095)}\na;`)).toBe('1: too long parameter "#xxxxxxxxx..." started');
    accepted(`#${long(4095)}`);
  });
});

describe('blocks of Lua', () => {
  test('are one piece of raw text', () => {
    const tree = parseText(
      'a {\n content_by_lua_block {\n  local t = { "}", [[ } ]] } -- }\n  --[==[ } ]==]\n }\n b;\n}',
    );
    expect(tree.problems).toEqual([]);
    expect(outline(tree)).toEqual(['a', '  content_by_lua_block', '  b']);
    const node = tree.nodes[0]?.children?.[0];
    const span = node && luaSpan(tree.file, node);
    expect(node?.terminator).toBe('lua');
    expect(span && spanText(span)).toBe('\n  local t = { "}", [[ } ]] } -- }\n  --[==[ } ]==]\n ');
  });

  test.each([
    ['a quoted name', '"content_by_lua_block" { x = "}" }'],
    ['an argument', 'set_by_lua_block $res { return "}" }'],
    ['an escaped quote in a string', String.raw`init_by_lua_block { x = "\"}" }`],
    ['a string that does not end on its line is none', `init_by_lua_block { x = "it's {\n}\n}`],
    ['an opening bracket that is none', 'init_by_lua_block { x = a[b[1]] } '],
  ])('with %s', (_, text) => {
    expect(accepted(text)).toHaveLength(1);
  });

  test.each([
    ['{', 'unexpected end of file, expecting terminating characters for lua code block'],
    ['-- }', 'unexpected end of file, expecting terminating characters for lua code block'],
    ['[=[ }', 'Lua code block missing the closing long bracket "]=]", the inlined Lua code may be too long'],
  ])('without an end: %s', (code, message) => {
    expect(refusal(`a;\ninit_by_lua_block { ${code}`)).toBe(`2: ${message}`);
  });
});

test('a byte order mark is reported and read over', () => {
  const tree = parseText('\ufeffuser www;\n');
  expect(outline(tree)).toEqual(['user | www']);
  expect(tree.problems).toMatchObject([
    { kind: 'bom', nginx: 'unknown directive "\ufeffuser"', span: { start: 0, end: 1 } },
  ]);
});

test('the blocks that the parser knows are those of the tables', () => {
  for (const name of directiveNames()) {
    for (const row of directiveRows(name)) {
      for (const context of row.contexts) {
        expect([name, context, opensBlock(name, [context])]).toEqual([name, context, row.block !== undefined]);
        if (row.block === undefined) continue;
        const inside = insideOf(name, [context]);
        if (row.block === 'free') expect(['free', 'pairs']).toContain(inside);
        else expect(row.opens?.split(' | ')).toContain(typeof inside === 'object' ? inside.at(0) : inside);
      }
    }
  }
});
