import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monorepo } from '../../bench/inputs.mjs';
import { projectRoot } from '../sources.js';
import { run } from './process.js';

const folder = mkdtempSync(join(tmpdir(), 'gwlint-scale-'));
const services = Array.from({ length: 12 }, (_, i) => `services/s${i}`);
const cli = join(folder, 'package', 'dist', 'cli.js');

beforeAll(async () => {
  monorepo(folder, 12);
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', join(folder, 'package', 'dist')], {
    cwd: projectRoot,
  });
  writeFileSync(join(folder, 'package', 'package.json'), readFileSync(join(projectRoot, 'package.json')));
  symlinkSync(join(projectRoot, 'docs'), join(folder, 'package', 'docs'));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the built program; its findings make it end with 1. */
async function built(...argv: readonly string[]): Promise<string> {
  const ended = await promisify(execFile)(process.execPath, [cli, ...argv], { cwd: folder, env: {} }).catch(
    (error: { code?: number; stdout: string; stderr: string }) => {
      expect(error.stderr).toBe('');
      expect(error.code).toBe(1);
      return error;
    },
  );
  return ended.stdout;
}

describe('several threads', () => {
  test('give what one gives', async () => {
    const one = await built('--jobs', '1', '--format', 'json', ...services);
    expect(JSON.parse(one).summary).toMatchObject({ files: 48, errors: 1 });
    expect(await built('--jobs', '3', '--format', 'json', ...services)).toBe(one);
  }, 60_000);
});

describe('shards', () => {
  for (const format of ['json', 'sarif']) {
    test(`joined, are the report of the whole in ${format}`, async () => {
      const whole = await run(folder, ['--format', format, ...services]);
      const parts: string[] = [];
      for (const part of [1, 2, 3, 4, 5]) {
        const { stdout } = await run(folder, ['--shard', `${part}/5`, '--format', format, ...services]);
        const path = `part-${part}.${format}`;
        writeFileSync(join(folder, path), stdout);
        parts.push(path);
      }
      const merged = await run(folder, ['merge', ...parts]);
      expect(merged.stderr).toBe('');
      expect(merged.stdout).toBe(whole.stdout);
      expect(merged.code).toBe(1);
      expect((await run(folder, ['merge', '--fail-on', 'never', ...parts])).code).toBe(0);
    });
  }

  test('more shards than folders leave some with nothing to do', async () => {
    const { code, stdout } = await run(folder, [
      '--shard',
      '1/9',
      '--format',
      'json',
      services[0] ?? '',
      services[1] ?? '',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).summary.files).toBe(0);
  });

  test('one folder cannot be spread, and parts are counted from 1', async () => {
    expect(await run(folder, ['--shard', '1/2'])).toMatchObject({ code: 2, stdout: '' });
    for (const wrong of ['0/2', '3/2', '1', 'a/b', '-1/2']) {
      const { code, stderr } = await run(folder, [`--shard=${wrong}`, ...services]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('--shard takes a part')]);
    }
  });

  test('what is no report is refused', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"diagnostics":');
    writeFileSync(join(folder, 'other.json'), '{"results":[]}');
    for (const path of ['broken.json', 'other.json', 'gone.json']) {
      const { code, stdout, stderr } = await run(folder, ['merge', path]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(path);
    }
  });
});

describe('the cache', () => {
  const cache = join(folder, 'cache');
  const lint = async (...argv: readonly string[]) => run(folder, ['--format', 'json', ...argv, ...services]);
  const entries = () =>
    readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));

  test('gives what a run without it gives, before and after something changes', async () => {
    const without = await lint();
    expect(await lint('--cache', 'cache')).toEqual(without);
    expect(entries()).toHaveLength(12);
    expect(await lint('--cache', 'cache')).toEqual(without);

    const nginx = join(folder, 'services/s0/nginx.conf');
    const text = readFileSync(nginx, 'utf8');
    writeFileSync(nginx, text.replace('app:8000', 'app:9000'));
    const changed = await lint('--cache', 'cache');
    expect(changed).toEqual(await lint());
    expect(changed.stdout).not.toBe(without.stdout);
    writeFileSync(nginx, text);
    expect(await lint('--cache', 'cache')).toEqual(without);
  });

  test('a file that comes to be where one was looked for is seen', async () => {
    await lint('--cache', 'cache');
    const added = join(folder, 'services/s1/app/main/__init__.py');
    mkdirSync(join(folder, 'services/s1/app/main'));
    writeFileSync(added, 'raise SystemExit(1)\n');
    const now = await lint('--cache', 'cache');
    expect(now).toEqual(await lint());
    expect(now.stdout).toContain('services/s1/app/main/__init__.py');
    rmSync(join(folder, 'services/s1/app/main'), { recursive: true });
  });

  test('damaged and foreign entries are passed over', async () => {
    const without = await lint();
    await lint('--cache', 'cache');
    for (const [i, path] of entries().entries()) {
      const bytes = readFileSync(path);
      if (i % 3 === 0) writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
      else if (i % 3 === 1) writeFileSync(path, bytes.toString('utf8').replace('"diagnostics":[', '"diagnostics":[1,'));
      else writeFileSync(path, 'nothing of ours');
    }
    expect(await lint('--cache', 'cache')).toEqual(without);
    expect(await lint('--cache', 'cache')).toEqual(without);
  });

  test('a folder that cannot be written is no failure', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    expect(await lint('--cache', 'a-file')).toEqual(await lint());
  });

  test('runs that share it at the same time do not disturb each other', async () => {
    const without = await lint();
    const all = await Promise.all([1, 2, 3, 4].map(() => lint('--cache', 'shared')));
    for (const one of all) expect(one).toEqual(without);
  });
});
