import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { equalWait, serverAtImport, shortWait, working, wrongPort } from './stacks.js';

function typed(text: string | Uint8Array) {
  return { stdin: async () => Buffer.from(text) };
}

test('a buffer is judged among the files on the disk, and nothing is written', async () => {
  const root = folderWith(working);
  const argv = ['-', '--stdin-filename', 'gunicorn.conf.py', '--format', 'compact'];
  const { code, stdout } = await run(root, argv, typed(wrongPort['gunicorn.conf.py']));
  expect([code, stdout.split(':').slice(0, 2)]).toEqual([1, ['nginx.conf', '6']]);
  expect((await run(root, argv, typed(working['gunicorn.conf.py']))).code).toBe(0);
  expect(readFileSync(join(root, 'gunicorn.conf.py'), 'utf8')).toBe(working['gunicorn.conf.py']);
});

test('only what touches the buffer is reported', async () => {
  const root = folderWith({ ...wrongPort, ...{ 'shop.py': serverAtImport['shop.py'] } });
  const { stdout } = await run(root, ['-', '--stdin-filename=shop.py', '--format=compact'], typed(working['shop.py']));
  expect(stdout).toBe('');
});

test('the file need not be there, nor need it be called from its folder', async () => {
  const { 'nginx.conf': nginx, ...others } = wrongPort;
  const root = folderWith({ ...others, 'deploy/x': '' });
  mkdirSync(join(root, '.git'));
  const argv = ['-', '--stdin-filename', '../nginx.conf', '--format', 'compact'];
  expect((await run(join(root, 'deploy'), argv, typed(nginx))).stdout).toMatch(/^\.\.\/nginx\.conf:6:31: error /);
});

test('with --fix the text comes out as it should be, and what is left is told beside', async () => {
  const root = folderWith(working);
  const fixed = await run(root, ['-', '--stdin-filename=shop.py', '--fix'], typed(serverAtImport['shop.py']));
  expect(fixed.stdout).toMatch(/\nif __name__ == "__main__":\n {4}application\.run\(port=5000\)\n$/);
  expect([fixed.code, fixed.stderr]).toEqual([0, '']);
  const left = await run(root, ['-', '--stdin-filename=nginx.conf', '--fix'], typed(shortWait['nginx.conf']));
  expect(left.stdout).toBe(shortWait['nginx.conf']);
  expect(left.stderr).toMatch(/^nginx\.conf:7:\d+: warning timeout\/gateway-before-worker: /);
  expect(left.code).toBe(1);
  const advice = await run(root, ['-', '--stdin-filename=nginx.conf', '--fix'], typed(equalWait['nginx.conf']));
  expect(advice.code).toBe(0);
});

test('a repair that lies in another file is left', async () => {
  const root = folderWith(serverAtImport);
  const { stdout } = await run(root, ['-', '--stdin-filename=Procfile', '--fix'], typed(working.Procfile));
  expect(stdout).toBe(working.Procfile);
  expect(readFileSync(join(root, 'shop.py'), 'utf8')).toBe(serverAtImport['shop.py']);
});

test.each([
  [['-'], 'gwlint: - needs --stdin-filename: what a file means depends on where it stands\n'],
  [['-', 'x', '--stdin-filename=y'], 'gwlint: - cannot be judged beside other paths\n'],
  [['--stdin-filename=y'], 'gwlint: --stdin-filename belongs to gwlint -\n'],
])('%j is told', async (argv, stderr) => {
  expect(await run(folderWith(working), argv)).toEqual({ code: 2, stdout: '', stderr });
});
