import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from '../../src/cli/write.js';
import { folderWith } from '../host/temporary.js';

function rewrite(root: string, path: string, before: string, after: string) {
  return { path: join(root, path), before, after };
}

test('bytes outside the change, the mode and the owner stay', () => {
  const root = folderWith({ 'a.conf': Buffer.from('\u{feff}listen 80;\r\n# caf\u00e9\r\n') });
  chmodSync(join(root, 'a.conf'), 0o640);
  const owner = statSync(join(root, 'a.conf')).uid;
  const before = '\ufefflisten 80;\r\n# café\r\n';
  expect(writeFiles([rewrite(root, 'a.conf', before, before.replace('80', '81'))])).toEqual({ ok: true });
  expect(readFileSync(join(root, 'a.conf'))).toEqual(Buffer.from('\u{feff}listen 81;\r\n# caf\u00e9\r\n'));
  expect(statSync(join(root, 'a.conf')).mode & 0o777).toBe(0o640);
  expect(statSync(join(root, 'a.conf')).uid).toBe(owner);
  expect(readdirSync(root)).toEqual(['a.conf']);
});

test('a file in Latin-1 is written in Latin-1, or not at all', () => {
  const root = folderWith({ 'a.conf': Buffer.from('# caf\xe9\nx', 'latin1') });
  expect(writeFiles([rewrite(root, 'a.conf', '# café\nx', '# café\ny')])).toEqual({ ok: true });
  expect(readFileSync(join(root, 'a.conf'))).toEqual(Buffer.from('# caf\xe9\ny', 'latin1'));
  const refused = writeFiles([rewrite(root, 'a.conf', '# café\ny', '# café\n漢')]);
  expect(refused).toMatchObject({ ok: false });
  expect(readFileSync(join(root, 'a.conf'), 'latin1')).toBe('# café\ny');
});

test('a link stays a link, and the file it leads to is written', () => {
  const root = folderWith({ 'real.conf': 'x' });
  symlinkSync('real.conf', join(root, 'link.conf'));
  expect(writeFiles([rewrite(root, 'link.conf', 'x', 'y')])).toEqual({ ok: true });
  expect(lstatSync(join(root, 'link.conf')).isSymbolicLink()).toBe(true);
  expect(readlinkSync(join(root, 'link.conf'))).toBe('real.conf');
  expect(readFileSync(join(root, 'real.conf'), 'utf8')).toBe('y');
});

test('nothing is written when one of the files has changed since it was read', () => {
  const root = folderWith({ 'a.conf': 'a', 'b.conf': 'b' });
  const files = [rewrite(root, 'a.conf', 'a', 'A'), rewrite(root, 'b.conf', 'b', 'B')];
  writeFileSync(join(root, 'b.conf'), 'someone else');
  const outcome = writeFiles(files);
  expect(outcome).toEqual({
    ok: false,
    problem: `${join(root, 'b.conf')} was changed since it was read; nothing was written`,
  });
  expect(readFileSync(join(root, 'a.conf'), 'utf8')).toBe('a');
  expect(readdirSync(root)).toEqual(['a.conf', 'b.conf']);
});

test('a file that is gone is told, and nothing is left behind', () => {
  const root = folderWith({ 'a.conf': 'a' });
  const outcome = writeFiles([rewrite(root, 'a.conf', 'a', 'A'), rewrite(root, 'gone.conf', 'b', 'B')]);
  expect(outcome).toEqual({ ok: false, problem: 'nothing was written (ENOENT)' });
  expect(readFileSync(join(root, 'a.conf'), 'utf8')).toBe('a');
  expect(readdirSync(root)).toEqual(['a.conf']);
});
