import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { walkNginx } from '../../src/syntax/nginx/walk.js';
import { parseText } from './nginx-names.js';

const child = fileURLToPath(new URL('nginx-conf.child.mjs', import.meta.url));

/** What the package nginx-conf makes of each text; undefined where its process did not end in time. */
function packageReads(texts: readonly string[], timeout = 15_000): readonly (string | readonly string[])[] | undefined {
  const run = spawnSync(process.execPath, ['--max-old-space-size=256', child], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 50_000_000,
  });
  return run.status === 0 ? JSON.parse(run.stdout) : undefined;
}

/** The same lines from our tree: the package keeps the arguments as they stand. */
function weRead(text: string): readonly string[] {
  const tree = parseText(text);
  expect(tree.problems).toEqual([]);
  return [...walkNginx(tree.nodes)].map(({ node, depth }) => {
    const raw = node.words.map(({ start, end }) => text.slice(start, end));
    const first = node.words[1]?.start;
    const value = first === undefined ? '' : text.slice(first, node.words.at(-1)?.end);
    return [depth, raw[0], value, node.terminator === '{' ? '{' : ''].join('\t');
  });
}

const word = fc.constantFrom(
  'a',
  '80',
  '/x/y',
  '$host',
  'http://${up}:1',
  '~*',
  '^/(a|b)$',
  '"q r"',
  "'s;t'",
  '"{"',
  '=404',
  '"a\nb"',
);
const name = fc.constantFrom('listen', 'root', 'set', 'x');
const gap = fc.constantFrom(' ', '  ', '\n', '\n\n    ', '\t');
const comment = fc.constantFrom('', '', '', '# c\n', '# c; { }\n', '#\n');

const { text } = fc.letrec<{ text: string }>(tie => ({
  text: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(name, fc.array(fc.tuple(gap, word), { maxLength: 4 }), comment).map(([head, words, note]) => {
      return `${note}${head}${words.flat().join('')};\n`;
    }),
    fc
      .tuple(fc.constantFrom('server', 'location /a', 'map $a $b'), gap, fc.array(tie('text'), { maxLength: 4 }))
      .map(([head, space, inner]) => `${head}${space}{\n${inner.join('')}}\n`),
  ),
}));

describe('the package nginx-conf', () => {
  test('makes the same tree of generated configurations', () => {
    const texts = fc.sample(fc.array(text, { maxLength: 5 }), 400).map(parts => parts.join(''));
    const theirs = packageReads(texts) ?? [];
    expect(theirs).toHaveLength(texts.length);
    for (const [i, one] of texts.entries()) expect(theirs[i], one).toEqual(weRead(one));
  });

  // Where it is wrong about what nginx accepts (see docs/dependencies.md). An entry that no longer differs must go.
  test.each([
    ['a comment behind a terminator takes the next directive', 'listen 80; #x\nserver_name a;\n'],
    ['white space at the end', 'listen 80;\n '],
    ['a backslash hides a brace', 'location ~ \\{ {\n}\n'],
    ['a backslash hides a semicolon', 'a b\\;c;\n'],
    ['a quote inside a word', "a it's;\n"],
    ['a Lua block with an argument', 'set_by_lua_block $r { return 1 }\n'],
    ['a brace in a Lua comment', 'content_by_lua_block { -- }\n}\n'],
    ['a brace in a Lua string', 'content_by_lua_block { x = "}" }\n'],
  ])('differs: %s', (_, one) => {
    expect(packageReads([one])?.[0]).not.toEqual(weRead(one));
  });

  test.each(['a {', 'a; }', 'a { b }', 'a "b"c;', 'a;;', '{{ x }}'])('accepts what nginx refuses: %s', one => {
    expect(parseText(one).refusal).toBeDefined();
    expect(packageReads([one])?.[0]).toBeInstanceOf(Array);
  });

  test('drops a byte order mark, and throws at a closing brace in a directive', () => {
    expect(parseText('\ufeffuser a;').problems.map(({ kind }) => kind)).toEqual(['bom']);
    expect(parseText('a b };').refusal).toEqual({ message: 'unexpected "}"', line: 1 });
    expect(packageReads(['\ufeffuser a;', 'a b };'])).toEqual([['0\tuser\ta\t'], expect.stringMatching(/^thrown: /)]);
  });

  test('does not return from a comment that ends in CR at the end of the file', () => {
    expect(parseText('#\r').problems).toEqual([]);
    expect(packageReads(['#\r'], 3000)).toBeUndefined();
  });
});
