import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFiles } from '../../src/cli/write.js';
import { projectRoot } from '../sources.js';

const folder = mkdtempSync(join(tmpdir(), 'gwlint-write-'));
const writer = join(folder, 'writer.mjs');

beforeAll(async () => {
  // The writer as a program of its own, so that it can be killed.
  const bundle = await rolldown({ input: join(projectRoot, 'src/cli/write.ts'), platform: 'node' });
  await bundle.write({ file: join(folder, 'write.mjs'), format: 'esm' });
  await bundle.close();
  writeFileSync(
    writer,
    `import { writeFiles } from './write.mjs';
import { readFileSync } from 'node:fs';
const files = process.argv.slice(2);
for (let round = 0; ; round++) {
  const rewrites = files.map(path => {
    const before = readFileSync(path, 'utf8');
    return { path, before, after: before[0] === 'a' ? 'b'.repeat(before.length) : 'a'.repeat(before.length) };
  });
  writeFiles(rewrites);
  if (round === 0) process.stdout.write('started');
}
`,
  );
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a crash at any point', () => {
  test('leaves each file old or new, never a mixture', async () => {
    const files = ['one.conf', 'two.conf', 'three.conf'].map(name => join(folder, 'killed', name));
    mkdirSync(dirname(files[0] ?? ''));
    for (let round = 0; round < 12; round++) {
      for (const path of files) writeFileSync(path, 'a'.repeat(200_000));
      const child = spawn(process.execPath, [writer, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise(done => child.stdout.once('data', done));
      await new Promise(done => setTimeout(done, (round * 7) % 40));
      child.kill('SIGKILL');
      await new Promise(done => child.once('exit', done));
      for (const path of files) {
        const text = readFileSync(path, 'utf8');
        expect(text.length).toBe(200_000);
        expect(text === 'a'.repeat(200_000) || text === 'b'.repeat(200_000)).toBe(true);
      }
    }
  }, 60_000);

  test('what it leaves beside the files does not stop the next run', () => {
    const path = join(folder, 'left', 'site.conf');
    mkdirSync(dirname(path));
    writeFileSync(path, 'old');
    writeFileSync(
      join(dirname(path), `.site.conf.${process.pid}.gwlint`),
      'half of an earlier run with this process number',
    );
    expect(writeFiles([{ path, before: 'old', after: 'new' }])).toEqual({ ok: true });
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

/** A file system of 64 KB; undefined where nobody may mount one. */
function smallDisk(): string | undefined {
  const at = join(folder, 'small');
  mkdirSync(at, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at]);
  return mounted.status === 0 ? at : undefined;
}

const disk = process.platform === 'linux' ? smallDisk() : undefined;
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', ['-l', disk]);
});

describe('a full disk', () => {
  test.skipIf(disk === undefined)('leaves all files as they were, and nothing beside them', () => {
    const at = disk ?? '';
    const [first, second] = [join(at, 'a.conf'), join(at, 'b.conf')];
    writeFileSync(first, 'a'.repeat(8_000));
    writeFileSync(second, 'b'.repeat(20_000));
    const outcome = writeFiles([
      { path: first, before: 'a'.repeat(8_000), after: 'A'.repeat(8_000) },
      { path: second, before: 'b'.repeat(20_000), after: 'B'.repeat(60_000) },
    ]);
    expect(outcome).toEqual({ ok: false, problem: 'nothing was written (ENOSPC)' });
    expect(readFileSync(first, 'utf8')).toBe('a'.repeat(8_000));
    expect(readFileSync(second, 'utf8')).toBe('b'.repeat(20_000));
    expect(readdirSync(at)).toEqual(['a.conf', 'b.conf']);
  });
});

describe('places that cannot be written', () => {
  test.skipIf(process.getuid?.() === 0)('a folder without the right to write is told', () => {
    const at = join(folder, 'closed');
    mkdirSync(at);
    writeFileSync(join(at, 'a.conf'), 'a');
    chmodSync(at, 0o500);
    expect(writeFiles([{ path: join(at, 'a.conf'), before: 'a', after: 'b' }])).toEqual({
      ok: false,
      problem: 'nothing was written (EACCES)',
    });
    chmodSync(at, 0o700);
  });

  test('special bits of the mode stay', () => {
    const path = join(folder, 'mode.conf');
    writeFileSync(path, 'a');
    chmodSync(path, 0o6751);
    expect(writeFiles([{ path, before: 'a', after: 'b' }])).toEqual({ ok: true });
    expect(statSync(path).mode & 0o7777).toBe(0o6751);
  });
});
