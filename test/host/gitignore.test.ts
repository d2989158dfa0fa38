import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import ignore from 'ignore';
import { describe, expect, test } from 'vitest';
import { ignoreRules } from '../../src/host/gitignore.js';
import { folderWith } from './temporary.js';

function ignored(text: string, path: string, isFolder = false): boolean | undefined {
  return ignoreRules(text)(path, isFolder);
}

describe('a line of .gitignore', () => {
  test.each([
    ['*.log', 'a/b/x.log', true],
    ['*.log', 'x.logs', undefined],
    ['/build', 'build', true],
    ['/build', 'a/build', undefined],
    ['a/b', 'a/b', true],
    ['a/b', 'x/a/b', undefined],
    ['**/b', 'x/y/b', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**', 'a', undefined],
    ['a/**', 'a/x/y', true],
    ['x?z', 'xyz', true],
    ['x?z', 'x/z', undefined],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', undefined],
    ['[[:digit:]]x', '4x', true],
    ['[x', '[x', true],
    ['\\#x', '#x', true],
    ['# x', 'x', undefined],
    ['x  ', 'x', true],
    ['x\r\ny\r', 'x', true],
    ['*.log\n!keep.log', 'keep.log', false],
  ])('%j says of %s: %s', (text, path, expected) => {
    expect(ignored(text, path)).toBe(expected);
  });

  test('ending in a slash speaks of folders only', () => {
    expect(ignored('env/', 'env', true)).toBe(true);
    expect(ignored('env/', 'env', false)).toBeUndefined();
  });

  test('a pattern made to backtrack is answered at once', () => {
    const started = performance.now();
    expect(ignored(`${'*a'.repeat(60)}b`, 'a'.repeat(250))).toBeUndefined();
    expect(ignored(`${'**/a/'.repeat(60)}b`, 'a/'.repeat(200).slice(0, -1))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('against other readers of the same file', () => {
  const name = fc.stringMatching(/^[abc.]{1,4}$/).filter(part => part !== '.' && part !== '..');
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
  const glob = fc.stringMatching(/^[ab*?/.!]{1,8}$/);

  test('the package ignore says the same of single patterns', () => {
    fc.assert(
      fc.property(glob, path, (pattern, file) => {
        fc.pre(!pattern.includes('//') && !/\*\*[^/]|[^/]\*\*/.test(pattern.replace(/^!/, '')));
        const theirs = ignore({ ignorecase: false }).add(pattern).checkIgnore(file);
        const names = file.split('/');
        const parents = names.map((_, i) => names.slice(0, i + 1).join('/'));
        const rules = ignoreRules(pattern);
        const ours = parents.some((parent, i) => rules(parent, i < parents.length - 1) === true);
        expect(ours, `${pattern} on ${file}`).toBe(theirs.ignored);
      }),
      { numRuns: 2000 },
    );
  });

  test('git says the same of a file with many patterns', () => {
    const text = [
      '*.py[co]',
      '/dist',
      'docs/**/build/',
      '!important.pyc',
      'a/*/c',
      '**/tmp',
      'x/**',
      '.env*',
      '!.env.example',
      'sp ace\\ ',
    ].join('\n');
    const paths = [
      'a.pyc',
      'important.pyc',
      'dist',
      'src/dist',
      'docs/x/y/build',
      'a/b/c',
      'a/b/d/c',
      'q/tmp',
      'x',
      'x/y',
      '.env',
      '.env.example',
      'b/.env.local',
      'sp ace ',
    ];
    const root = folderWith({ '.gitignore': text });
    execFileSync('git', ['init', '-q', root]);
    writeFileSync(join(root, 'list'), paths.join('\0'));
    const out = execFileSync('sh', ['-c', 'git check-ignore --no-index -z --stdin < list || true'], {
      cwd: root,
      encoding: 'utf8',
    });
    const theirs = out.split('\0').filter(Boolean);
    const rules = ignoreRules(text);
    const ours = paths.filter(one => {
      const names = one.split('/');
      return names.some((_, i) => rules(names.slice(0, i + 1).join('/'), i < names.length - 1) === true);
    });
    expect(ours).toEqual(theirs);
  });
});
