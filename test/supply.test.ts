import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { projectRoot, textOf } from './sources.js';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const manifest = JSON.parse(textOf('package.json')) as Readonly<
  Record<string, Readonly<Record<string, string>> | undefined>
>;
const lock = JSON.parse(textOf('package-lock.json')) as { readonly packages: Readonly<Record<string, Locked>> };
const locked = Object.entries(lock.packages).filter(([path, one]) => path.includes('node_modules/') && !one.link);

/** Licences that let us bundle or use the package; a new one is read before it is added. */
const accepted = [
  'MIT',
  'MIT OR Apache-2.0',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'MPL-2.0',
];

/** Only used to build and test, never bundled: a licence that would bind our own code. */
const onlyTools = /(?:^|\/)node_modules\/lightningcss(?:-[\w-]+)?$/;

const folder = mkdtempSync(join(tmpdir(), 'gwlint-supply-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every dependency is pinned to one version', () => {
  expect(manifest['dependencies']).toBeUndefined();
  const loose = Object.entries(manifest['devDependencies'] ?? {}).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test('every package comes from the registry with a hash', () => {
  const wrong = locked.filter(([, one]) => !one.integrity?.startsWith('sha512-')).map(([path]) => path);
  expect(wrong).toEqual([]);
});

test('every licence was looked at', () => {
  const wrong = locked.filter(([, { license }]) => license === undefined || !accepted.includes(license));
  expect(wrong.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  const binding = locked.filter(([path, { license }]) => license === 'MPL-2.0' && !onlyTools.test(path));
  expect(binding.map(([path]) => path)).toEqual([]);
});

test('the WebAssembly that is shipped is the one that was recorded', () => {
  const recorded = textOf('scripts/wasm.sha256').trim().split('\n');
  expect(recorded).toHaveLength(2);
  for (const line of recorded) {
    const [hash, path = ''] = line.split(/\s+/);
    const bytes = readFileSync(join(projectRoot, 'node_modules', path));
    expect([path, createHash('sha256').update(bytes).digest('hex')]).toEqual([path, hash]);
  }
});

test('two builds give the same bytes', async () => {
  const hashes: string[][] = [];
  for (const name of ['one', 'two']) {
    const at = join(folder, name);
    await promisify(execFile)(process.execPath, ['scripts/build.mjs', at], { cwd: projectRoot });
    const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    const paths = files.map(entry => join(entry.parentPath, entry.name)).sort();
    hashes.push(
      paths.map(path => `${path.slice(at.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`),
    );
  }
  expect(hashes[0]?.length).toBeGreaterThan(20);
  expect(hashes[0]).toEqual(hashes[1]);
}, 120_000);
