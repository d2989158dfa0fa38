import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diskHost } from '../../src/host/disk.js';
import { folderWith } from './temporary.js';

describe('files()', () => {
  test('leaves out what .gitignore names, at every level', () => {
    const root = folderWith({
      '.gitignore': '*.log\n/local\n',
      'nginx.conf': '',
      'x.log': '',
      'local/a.conf': '',
      'deploy/.gitignore': '!keep.log\nsecret.conf\n',
      'deploy/keep.log': '',
      'deploy/secret.conf': '',
      'deploy/local/b.conf': '',
    });
    expect(diskHost(root).files()).toEqual([
      '.gitignore',
      'deploy/.gitignore',
      'deploy/keep.log',
      'deploy/local/b.conf',
      'nginx.conf',
    ]);
  });

  test('leaves out other people’s code, caches and environments by whatever name', () => {
    const root = folderWith({
      'app.py': '',
      'node_modules/x/nginx.conf': '',
      'py/pyvenv.cfg': '',
      'py/lib/nginx.conf': '',
      'lib/site-packages/nginx.conf': '',
      'vendor/x/nginx.conf': '',
      'pyproject.toml': '',
      'build/lib/app.py': '',
      'dist/app-1.0.tar.gz': '',
      'env/nginx.conf': '',
    });
    expect(diskHost(root).files()).toEqual(['app.py', 'env/nginx.conf', 'pyproject.toml']);
  });

  test('keeps a folder called build that is no build of a Python package', () => {
    const root = folderWith({ 'pyproject.toml': '', 'build/nginx.conf': '', 'dist/nginx.conf': '' });
    expect(diskHost(root).files()).toEqual(['build/nginx.conf', 'dist/nginx.conf', 'pyproject.toml']);
  });

  test('lists a linked file once, by its own path, and enters no linked folder', () => {
    const root = folderWith({ 'sites-available/app': 'server {}', 'vendor/outer.conf': 'x' });
    mkdirSync(join(root, 'sites-enabled'));
    symlinkSync('../sites-available/app', join(root, 'sites-enabled/app'));
    symlinkSync('vendor/outer.conf', join(root, 'linked.conf'));
    symlinkSync('.', join(root, 'loop'));
    const host = diskHost(root);
    expect(host.files()).toEqual(['linked.conf', 'sites-available/app']);
    expect(host.read('sites-enabled/app')).toEqual({
      kind: 'file',
      file: { path: 'sites-available/app', text: 'server {}' },
    });
  });

  test('goes through folders too deep for a recursive walk', () => {
    const root = folderWith({});
    const deep = join(root, ...Array.from({ length: 700 }, () => 'd'));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'x'), '');
    expect(diskHost(root).files()).toHaveLength(1);
  });

  test('a folder that is not there has no files and is noted', () => {
    const host = diskHost('/nonexistent/for/sure');
    expect(host.files()).toEqual([]);
    expect(host.notes()).toEqual([{ path: '.', why: 'the folder cannot be listed' }]);
  });
});

describe('read()', () => {
  test('gives UTF-8 with its byte order mark, and Latin-1 for what is not UTF-8', () => {
    const root = folderWith({
      'bom.conf': Buffer.from('efbbbf61', 'hex'),
      'latin.conf': Buffer.from('a\xe9', 'latin1'),
    });
    const host = diskHost(root);
    expect(host.read('bom.conf')).toMatchObject({ file: { text: '\ufeffa' } });
    expect(host.read('latin.conf')).toMatchObject({ file: { text: 'aé' } });
  });

  test('says directory, missing and outside', () => {
    const root = folderWith({ 'a/b': '' });
    const host = diskHost(join(root, 'a'));
    expect(host.read('')).toEqual({ kind: 'directory' });
    expect(host.read('c')).toEqual({ kind: 'missing' });
    expect(host.read('b/c')).toEqual({ kind: 'missing' });
    expect(host.read('../a/b')).toMatchObject({ kind: 'file', file: { path: 'b' } });
    expect(host.read('../b')).toEqual({ kind: 'outside' });
    expect(host.read('/etc/passwd')).toEqual({ kind: 'outside' });
    expect(host.read('x\0y')).toEqual({ kind: 'missing' });
  });

  test('does not follow a link out of the root unless asked to', () => {
    const root = folderWith({ secret: 'outside', 'repo/x': '' });
    symlinkSync('../secret', join(root, 'repo/link'));
    symlinkSync('..', join(root, 'repo/up'));
    symlinkSync('/nonexistent/elsewhere', join(root, 'repo/dangling'));
    symlinkSync('not-there', join(root, 'repo/broken'));
    const host = diskHost(join(root, 'repo'));
    expect([
      host.kind('link'),
      host.kind('up'),
      host.kind('up/secret'),
      host.kind('dangling'),
      host.kind('broken'),
    ]).toEqual(['outside', 'outside', 'outside', 'outside', 'missing']);
    expect(host.list('up')).toEqual([]);
    expect(host.files()).toEqual(['x']);
    const open = diskHost(join(root, 'repo'), { allowOutside: true });
    expect(open.read('link')).toEqual({ kind: 'file', file: { path: 'link', text: 'outside' } });
    expect(open.files()).toEqual(['link', 'x']);
  });

  test('cuts loops of links', () => {
    const root = folderWith({});
    symlinkSync('b', join(root, 'a'));
    symlinkSync('a', join(root, 'b'));
    expect(diskHost(root).read('a')).toEqual({ kind: 'missing' });
    expect(diskHost(root).files()).toEqual([]);
  });

  test('never opens a named pipe, a device or a very large file', () => {
    const root = folderWith({ big: '' });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    truncateSync(join(root, 'big'), 50_000_001);
    symlinkSync('/dev/zero', join(root, 'zero'));
    const host = diskHost(root, { allowOutside: true });
    expect(host.read('pipe')).toEqual({ kind: 'unreadable', why: 'it is a named pipe' });
    expect(host.read('zero')).toEqual({ kind: 'unreadable', why: 'it is a device' });
    expect(host.read('big')).toEqual({ kind: 'unreadable', why: 'it is larger than 50 MB' });
    expect(host.notes().map(note => note.path)).toEqual(['pipe', 'zero', 'big']);
  });
});

test('list() gives every name in byte order, ignored ones too', () => {
  const root = folderWith({ '.gitignore': 'b', b: '', B: '', a: '', é: '', '\u{1f600}': '', '\ufb01': '' });
  expect(diskHost(root).list('')).toEqual(['.gitignore', 'B', 'a', 'b', 'é', '\ufb01', '\u{1f600}']);
});
