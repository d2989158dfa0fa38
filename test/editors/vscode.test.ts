import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../../src/lsp/settings.js';
import { projectRoot, textOf } from '../sources.js';

let scratch = '';
let entries: ReadonlyMap<string, Uint8Array> = new Map();
let size = 0;

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gwlint-vscode-')));
  execFileSync(process.execPath, [join(projectRoot, 'scripts/vsix.mjs'), scratch], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const packed = readFileSync(join(scratch, readdirSync(scratch).find(name => name.endsWith('.vsix')) ?? ''));
  size = packed.length;
  entries = new Map(Object.entries(unzipSync(packed)));
  for (const [path, bytes] of entries) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), bytes);
  }
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const manifest = JSON.parse(textOf('editors/vscode/package.json'));
const text = (path: string) => new TextDecoder().decode(entries.get(path));

describe('the package', () => {
  test('has a manifest, the extension, the server with its pages, and licences', () => {
    const { version } = JSON.parse(textOf('package.json'));
    expect(text('extension.vsixmanifest')).toContain(
      `<Identity Language="en-US" Id="gwlint" Version="${version}" Publisher="gwlint"/>`,
    );
    expect(JSON.parse(text('extension/package.json'))).toMatchObject({ main: './dist/extension.cjs', version });
    for (const path of [
      'extension/dist/extension.cjs',
      'extension/server/dist/cli.js',
      'extension/server/dist/tree-sitter-python.wasm',
      'extension/server/docs/rules/upstream/address-mismatch.md',
      'extension/syntaxes/nginx.tmLanguage.json',
      'extension/LICENSE',
    ])
      expect([...entries.keys()]).toContain(path);
    expect(text('extension/THIRD-PARTY-LICENSES')).toMatch(/^vscode-languageclient \d+\.\d+\.\d+ \(MIT\)$/m);
    expect([...entries.keys()].filter(path => /\.m?ts$/.test(path))).toEqual([]);
  });

  test('names a content type for every file', () => {
    const types = text('[Content_Types].xml');
    const endings = new Set([...types.matchAll(/Extension="([^"]+)"/g)].map(match => match[1]));
    const named = new Set([...types.matchAll(/PartName="\/([^"]+)"/g)].map(match => match[1]));
    const without = [...entries.keys()].filter(
      path => path !== '[Content_Types].xml' && !named.has(path) && !endings.has(/\.[^./]+$/.exec(path)?.[0] ?? ''),
    );
    expect(without).toEqual([]);
  });

  test('weighs at most 3 MB', () => expect(size).toBeLessThanOrEqual(3_000_000));
});

describe('the extension in a stand-in for the editor', () => {
  test('starts the server that it brings, shows findings, shows the way of requests, and stops', {
    timeout: 60_000,
  }, () => {
    const shop = join(scratch, 'shop');
    cpSync(join(projectRoot, 'examples/broken-shop'), shop, { recursive: true });
    const host = join(projectRoot, 'test/editors/host.cjs');
    const out = execFileSync(process.execPath, [host, join(scratch, 'extension'), shop], { encoding: 'utf8' });
    const { commands, found, opened } = JSON.parse(out);
    expect(commands).toEqual(expect.arrayContaining(['gwlint.showRequestPath', 'gwlint.restart']));
    const shown = new Map<string, string[]>(found);
    expect(shown.get(pathToFileURL(join(shop, 'nginx.conf')).href)?.[0]).toMatch(
      /^nginx passes location \/ to 127\.0\.0\.1:8001, but nobody listens there/,
    );
    expect(shown.has(pathToFileURL(join(shop, 'shop.py')).href)).toBe(true);
    expect(opened).toEqual([expect.stringMatching(/location \/reports\/ {2}nginx\.conf:16\n/)]);
  });
});

describe('the manifest', () => {
  test('has a setting for each that the server reads, and no other', () => {
    const { targets, ...read } = readSettings({});
    expect(targets).toBeDefined();
    const names = Object.keys(manifest.contributes.configuration.properties).filter(
      name => name !== 'gwlint.trace.server',
    );
    expect(names.sort()).toEqual([...Object.keys(read), 'targetVersion'].map(name => `gwlint.${name}`).sort());
  });

  test('names only commands and files that there are', () => {
    const source = textOf('editors/vscode/src/extension.mts');
    for (const { command } of manifest.contributes.commands) expect(source).toContain(`'${command}'`);
    for (const { path } of manifest.contributes.grammars) expect(textOf(join('editors/vscode', path))).not.toBe('');
  });
});

describe('the grammar of nginx', () => {
  const grammar = JSON.parse(textOf('editors/vscode/syntaxes/nginx.tmLanguage.json'));
  const patterns: RegExp[] = [];
  collect(grammar);

  function collect(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (/^(?:match|begin|end)$/.test(key) && typeof value === 'string') patterns.push(new RegExp(value, 'm'));
      else collect(value);
    }
  }

  test('has no pattern that cannot be read, and none that matches nothing', () => {
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns.filter(pattern => pattern.test('')).map(String)).toEqual([]);
  });

  test('includes only what it has', () => {
    const names = [...JSON.stringify(grammar).matchAll(/"include":"#([^"]+)"/g)].map(match => match[1] ?? '');
    expect(names.filter(name => !Object.hasOwn(grammar.repository, name))).toEqual([]);
  });

  test('tells the parts of a location apart', () => {
    const location = new RegExp(grammar.repository.location.match);
    expect(location.exec('location ~* \\.(png|jpe?g){1,2}$ {')?.slice(1)).toEqual([
      'location',
      '~*',
      '\\.(png|jpe?g){1,2}$',
    ]);
    expect(location.exec('    location = / {')?.slice(1)).toEqual(['location', '=', '/']);
  });
});
