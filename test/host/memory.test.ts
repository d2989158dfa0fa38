import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskHost } from '../../src/host/disk.js';
import { memoryHost } from '../../src/host/memory.js';
import { folderWith } from './temporary.js';

test('a map of texts has files, folders and nothing else', () => {
  const host = memoryHost({ 'a/b/c.conf': 'x', 'a/d': '', __proto__x: '' });
  expect(host.files()).toEqual(['__proto__x', 'a/b/c.conf', 'a/d']);
  expect(host.list('a')).toEqual(['b', 'd']);
  expect(host.list('')).toEqual(['__proto__x', 'a']);
  expect([host.kind('a'), host.kind('a/d'), host.kind('q'), host.kind('toString')]).toEqual([
    'directory',
    'file',
    'missing',
    'missing',
  ]);
  expect(host.read('a/b')).toEqual({ kind: 'directory' });
  expect(host.read('a/b/c.conf')).toEqual({ kind: 'file', file: { path: 'a/b/c.conf', text: 'x' } });
});

test('buffers hide the files of the disk below them, also when read through a link', () => {
  const root = folderWith({ 'one.conf': 'old', 'two.conf': 'two' });
  symlinkSync('one.conf', join(root, 'link.conf'));
  const host = memoryHost(
    new Map([
      ['one.conf', 'new'],
      ['new/three.conf', '3'],
    ]),
    diskHost(root),
  );
  expect(host.files()).toEqual(['new/three.conf', 'one.conf', 'two.conf']);
  expect(host.read('one.conf')).toMatchObject({ file: { text: 'new' } });
  expect(host.read('link.conf')).toMatchObject({ file: { path: 'one.conf', text: 'new' } });
  expect(host.read('two.conf')).toMatchObject({ file: { text: 'two' } });
  expect(host.list('')).toEqual(['link.conf', 'new', 'one.conf', 'two.conf']);
  expect(host.kind('new')).toBe('directory');
});
