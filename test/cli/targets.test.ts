import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { targetsOf } from '../../src/cli/targets.js';
import { folderWith } from '../host/temporary.js';

test('without a path the working directory is meant', () => {
  const root = folderWith({});
  expect(targetsOf([], root)).toEqual({ ok: true, targets: [{ root }] });
});

test('a file stands for the git repository that it is in', () => {
  const root = folderWith({ 'repo/deploy/nginx.conf': '', 'repo/app.py': '', 'repo/x/y': '' });
  mkdirSync(join(root, 'repo/.git'));
  expect(targetsOf(['repo/deploy/nginx.conf', 'repo/app.py', 'repo/x'], root)).toEqual({
    ok: true,
    targets: [
      { root: join(root, 'repo'), only: new Set(['deploy/nginx.conf', 'app.py']) },
      { root: join(root, 'repo/x') },
    ],
  });
});

test('a file in no repository stands for its folder', () => {
  const root = folderWith({ 'deploy/nginx.conf': '' });
  expect(targetsOf(['deploy/nginx.conf'], root)).toEqual({
    ok: true,
    targets: [{ root: join(root, 'deploy'), only: new Set(['nginx.conf']) }],
  });
});

test('a folder named beside its own file is judged whole', () => {
  const root = folderWith({ 'a.conf': '' });
  const whole = { ok: true, targets: [{ root }] };
  expect(targetsOf(['.', 'a.conf'], root)).toEqual(whole);
  expect(targetsOf(['a.conf', '.'], root)).toEqual(whole);
});

test('what is not there is told', () => {
  const root = folderWith({ file: '' });
  expect(targetsOf(['nope'], root)).toEqual({ ok: false, problem: 'nope: no such file or folder' });
  expect(targetsOf(['file/inside'], root)).toEqual({ ok: false, problem: 'file/inside: no such file or folder' });
  expect(targetsOf(['/dev/null'], root)).toEqual({ ok: false, problem: '/dev/null: neither a file nor a folder' });
  expect(targetsOf(['a\0b'], root)).toEqual({ ok: false, problem: 'a\0b: cannot be read' });
});
