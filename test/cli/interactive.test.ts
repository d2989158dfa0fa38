import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { serverAtImport, shortWait, wrongPort } from './stacks.js';

/** A person who gives these answers, one after the other. */
function person(...answers: readonly (string | undefined)[]) {
  const questions: string[] = [];
  const ask = async (question: string) => answers[questions.push(question) - 1];
  return { questions, io: { ask, isTerminal: true, env: { NO_COLOR: '1' } } };
}

const alternatives =
  '  1  Let nginx dial 8001 (unsafe)\n  2  Let the server listen on 8000 (gunicorn.conf.py:1) (unsafe)\n';

test('one of two ways is taken', async () => {
  for (const [answer, file, text] of [
    ['1', 'nginx.conf', 'proxy_pass http://127.0.0.1:8001;'],
    ['2', 'gunicorn.conf.py', 'bind = "127.0.0.1:8000"'],
  ] as const) {
    const root = folderWith(wrongPort);
    const { questions, io } = person(answer);
    const { code, stdout } = await run(root, ['--interactive'], io);
    expect(stdout).toContain('error upstream/address-mismatch\n');
    expect(stdout).toMatch(/\n {2}1 {2}[^\n]*8001[^\n]*\n {2}2 {2}[^\n]*8000[^\n]*\n/);
    expect(questions).toEqual(['Repair with [1-2], leave [l], or write and quit [q]? ']);
    expect(code).toBe(0);
    expect(readFileSync(join(root, file), 'utf8')).toContain(text);
  }
  expect(alternatives).toContain('1');
});

test('unsafe ones are offered, and a slip of the finger is asked again', async () => {
  const root = folderWith(shortWait);
  const { questions, io } = person('7', 'yes', '1');
  const { code, stdout } = await run(root, ['-i'], io);
  expect(questions).toHaveLength(3);
  expect(stdout).toContain('There is no 7.\n');
  expect(code).toBe(0);
  expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toContain('proxy_read_timeout 125s;');
});

test.each([
  ['left', 'l'],
  ['left by the empty answer', ''],
  ['left at the end of the input', undefined],
])('a finding is %s', async (_, answer) => {
  const root = folderWith(wrongPort);
  const { code, stderr } = await run(root, ['--interactive'], person(answer).io);
  expect(code).toBe(1);
  expect(stderr).toContain('upstream/address-mismatch: left by choice\n');
  expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toBe(wrongPort['nginx.conf']);
});

test('what was chosen before quitting is written', async () => {
  const root = folderWith({ ...shortWait, 'shop.py': serverAtImport['shop.py'] });
  const { io } = person('1', 'q');
  expect((await run(root, ['--interactive'], io)).code).toBe(1);
  expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toContain('125s');
  expect(readFileSync(join(root, 'shop.py'), 'utf8')).toBe(serverAtImport['shop.py']);
});

test('nobody is asked where nobody sits', async () => {
  expect(await run(folderWith(wrongPort), ['--interactive'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'gwlint: --interactive asks at a terminal, and there is none\n',
  });
});
