import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { working, wrongPort } from './stacks.js';

/** Waits until the condition holds; the test ends by its own limit otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(done => setTimeout(done, 20));
}

test('judges again when a file changes, until it is stopped', async () => {
  const root = folderWith(wrongPort);
  const stop = new AbortController();
  const out: string[] = [];
  let told = '';
  const io = {
    stop: stop.signal,
    stdout: (text: string | Uint8Array) => void out.push(String(text)),
    stderr: (text: string) => {
      told += text;
    },
  };
  const ended = run(root, ['--watch', '--format', 'compact'], io);
  await until(() => told.includes('watching'));
  expect(out.join('')).toMatch(/^nginx\.conf:6:31: error upstream\/address-mismatch: /);
  writeFileSync(join(root, 'gunicorn.conf.py'), working['gunicorn.conf.py']);
  await until(() => out.length === 2 && told.split('watching').length === 3);
  expect(out[1]).toBe('');
  expect(told).toMatch(/gwlint: \d\d:\d\d:\d\d changed: gunicorn\.conf\.py\n/);
  writeFileSync(join(root, 'gunicorn.conf.py'), wrongPort['gunicorn.conf.py']);
  await until(() => told.split('watching').length === 4);
  expect(out[2]).toBe(out[0]);
  stop.abort();
  expect((await ended).code).toBe(1);
});

test('a folder that is not there is told', async () => {
  expect(await run(folderWith({}), ['--watch', 'nope'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'gwlint: nope: no such file or folder\n',
  });
});
