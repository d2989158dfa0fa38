import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedLines } from '../../src/report/diff.js';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { repositoryWith } from './repository.js';
import { shortWait, working, wrongPort } from './stacks.js';

const env = { PATH: process.env['PATH'] };

async function found(root: string, argv: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await run(root, ['--format', 'compact', ...argv], { env });
  return code === 2 ? stderr : stdout.replace(/^(\S+): (\w+) (\S+): .*$/gm, '$1 $3').trimEnd();
}

const mismatch = 'nginx.conf:6:31 upstream/address-mismatch';

describe('--since', () => {
  test('leaves out what was there', async () => {
    const { root, write } = repositoryWith(wrongPort);
    expect(await found(root, ['--since', 'HEAD'])).toBe('');
    write('notes.md', 'new');
    write('shop.py', `${wrongPort['shop.py']}# new\n`);
    expect(await found(root, ['--since', 'HEAD'])).toBe('');
  });

  test('keeps what has its place in a changed line, or its other end', async () => {
    const near = repositoryWith({ ...wrongPort, 'nginx.conf': wrongPort['nginx.conf'].replace('8000', '8003') });
    near.write('nginx.conf', wrongPort['nginx.conf']);
    expect(await found(near.root, ['--since', 'HEAD'])).toBe(mismatch);
    const far = repositoryWith(working);
    far.write('gunicorn.conf.py', wrongPort['gunicorn.conf.py']);
    expect(await found(far.root, ['--since', 'HEAD'])).toBe(mismatch);
    far.commit();
    expect(await found(far.root, ['--since', 'HEAD'])).toBe('');
    expect(await found(far.root, ['--since', 'HEAD~1'])).toBe(mismatch);
  });

  test('knows new files, removed lines, lines that moved and other line ends', async () => {
    const { root, write, git } = repositoryWith({ 'README.md': 'x' });
    for (const [path, text] of Object.entries(wrongPort)) write(path, text);
    expect(await found(root, ['--since', 'HEAD'])).toBe(mismatch);
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    write(
      'nginx.conf',
      wrongPort['nginx.conf'].replace('        listen 80;\n', '        # moved\n\n        listen 80;\n'),
    );
    expect(await found(root, ['--since', 'HEAD'])).toBe('');
    write('nginx.conf', wrongPort['nginx.conf'].replaceAll('\n', '\r\n'));
    expect(await found(root, ['--since', 'HEAD'])).toBe('');
    write('nginx.conf', wrongPort['nginx.conf'].replace(/ *proxy_read_timeout.*\n/, ''));
    expect(await found(root, ['--since', 'HEAD'])).toContain(mismatch);
  });

  test('is about the branch, not about what others did meanwhile', async () => {
    const { root, write, git, commit } = repositoryWith(wrongPort);
    git('checkout', '-q', '-b', 'topic');
    git('checkout', '-q', 'main');
    write('nginx.conf', working['nginx.conf'].replace('8000', '8001'));
    commit();
    git('checkout', '-q', 'topic');
    expect(await found(root, ['--since', 'main'])).toBe('');
  });

  test('works in a folder of the repository, and with repairs', async () => {
    const { root, git, write } = repositoryWith({ x: '' });
    mkdirSync(join(root, 'deploy'));
    for (const [path, text] of Object.entries(shortWait)) write(`deploy/${path}`, text);
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    expect((await run(join(root, 'deploy'), ['--since', 'HEAD', '--unsafe-fixes'], { env })).stderr).toBe('');
    write('deploy/nginx.conf', shortWait['nginx.conf'].replace('60s', '61s'));
    expect((await run(join(root, 'deploy'), ['--since', 'HEAD', '--unsafe-fixes'], { env })).stderr).toMatch(
      /^gwlint: repaired 1 finding in nginx\.conf\n/,
    );
  });

  test.each([
    ['nope', 'gwlint: git knows no revision nope\n'],
    ['--upload-pack=x', "gwlint: '--upload-pack=x' is no revision of git\n"],
  ])('%s is told', async (revision, stderr) => {
    const { root } = repositoryWith(working);
    expect(await run(root, [`--since=${revision}`], { env })).toEqual({ code: 2, stdout: '', stderr });
  });

  test('outside of a repository, or without git, is told', async () => {
    const root = folderWith(working);
    expect((await run(root, ['--since', 'HEAD'], { env })).stderr).toMatch(
      /^gwlint: not a git repository.*--since needs/,
    );
    expect((await run(root, ['--since', 'HEAD'], { env: { PATH: '/nowhere' } })).stderr).toBe(
      'gwlint: git is not installed\n',
    );
  });

  test('runs nothing that the repository configures', async () => {
    const { root, git, write } = repositoryWith({ ...working, '.gitattributes': '* diff=evil filter=evil\n' });
    const touch = `touch ${join(root, 'RAN')}; cat`;
    for (const [key, value] of [
      ['diff.external', touch],
      ['diff.evil.command', touch],
      ['diff.evil.textconv', touch],
      ['filter.evil.clean', touch],
      ['filter.evil.smudge', touch],
      ['filter.evil.process', touch],
      ['core.fsmonitor', touch],
      ['core.pager', touch],
      ['core.sshCommand', touch],
      ['core.hooksPath', join(root, 'hooks')],
      ['alias.cat-file', `!${touch}`],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', `ext::sh -c "${touch}"`],
      ['remote.origin.uploadpack', touch],
      ['protocol.ext.allow', 'always'],
    ] as const) {
      git('config', key, value);
    }
    mkdirSync(join(root, 'hooks'));
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit']) {
      writeFileSync(join(root, 'hooks', hook), `#!/bin/sh\n${touch}\n`, { mode: 0o755 });
    }
    write('gunicorn.conf.py', wrongPort['gunicorn.conf.py']);
    expect(await found(root, ['--since', 'HEAD'])).toBe(mismatch);
    // A file that the commit does not have would be asked for at the remote.
    write('new.conf', 'server { listen 80; }');
    await found(root, ['--since', 'HEAD']);
    expect(existsSync(join(root, 'RAN'))).toBe(false);
  });
});

test.each([
  ['a\nb\nc\n', 'a\nB\nc\n', [2]],
  ['a\nb\nc\n', 'a\nc\n', [1, 2]],
  ['a\nb\n', 'x\na\nb\ny\n', [1, 4]],
  ['a\r\nb', 'a\nb\n', []],
  ['', 'a\n', [1]],
  ['b\n', '', [1]],
])('from %j to %j these lines are changed: %j', (before, after, lines) => {
  expect([...changedLines(before, after)].sort((a, b) => a - b)).toEqual(lines);
});
