import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hyperlink } from '../../src/report/style.js';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { serverAtImport, shortWait, working, wrongPort } from './stacks.js';

describe('formats', () => {
  test('go to files and to stdout in one run', async () => {
    const root = folderWith(wrongPort);
    const argv = ['--format=sarif=out.sarif', '--format=junit=out.xml', '--format=pretty'];
    const { code, stdout } = await run(root, argv);
    expect(code).toBe(1);
    expect(stdout).toBe((await run(root, [])).stdout);
    expect(JSON.parse(readFileSync(join(root, 'out.sarif'), 'utf8')).runs[0].results).toHaveLength(1);
    expect(readFileSync(join(root, 'out.xml'), 'utf8')).toContain('failures="1"');
  });

  test('lines of text may follow each other', async () => {
    const { stdout } = await run(folderWith(wrongPort), ['--format', 'compact', '--format', 'github']);
    expect(stdout).toMatch(
      /^nginx\.conf:6:31: error .*\n::error title=upstream\/address-mismatch,file=nginx\.conf,line=6,/,
    );
  });

  test('a file that cannot be written is told', async () => {
    const { code, stderr } = await run(folderWith(wrongPort), ['--format', 'json=no/where.json']);
    expect([code, stderr]).toEqual([2, 'gwlint: no/where.json: cannot be written (ENOENT)\n']);
  });
});

describe('in GitHub Actions', () => {
  const env = { GITHUB_ACTIONS: 'true' };

  test('annotations are made where no format is named', async () => {
    const root = folderWith(wrongPort);
    const plain = await run(root, []);
    const { stdout } = await run(root, [], { env });
    expect(stdout.startsWith(plain.stdout)).toBe(true);
    expect(stdout.slice(plain.stdout.length)).toMatch(/^::error title=[^\n]*\n$/);
    expect((await run(root, ['--format', 'pretty'], { env })).stdout).toBe(plain.stdout);
  });

  test('paths are those of the checkout', async () => {
    const root = folderWith(Object.fromEntries(Object.entries(wrongPort).map(([path, text]) => [`app/${path}`, text])));
    const argv = ['--format', 'github', '--format', 'sarif=out.sarif'];
    const { stdout } = await run(join(root, 'app'), argv, { env: { ...env, GITHUB_WORKSPACE: root } });
    expect(stdout).toContain(',file=app/nginx.conf,');
    expect(readFileSync(join(root, 'app/out.sarif'), 'utf8')).toContain('"uri": "app/nginx.conf"');
    const gitlab = await run(join(root, 'app'), ['--format', 'gitlab'], { env: { CI_PROJECT_DIR: root } });
    expect(JSON.parse(gitlab.stdout)[0].location.path).toBe('app/nginx.conf');
  });
});

describe('links to the pages of rules', () => {
  const linked = async (env: Record<string, string>, isTerminal = true, argv: readonly string[] = []) =>
    (await run(folderWith(wrongPort), argv, { env, isTerminal })).stdout.includes('\u001b]8;;');

  test.each<[boolean, Record<string, string>, boolean?, string[]?]>([
    [true, { TERM_PROGRAM: 'vscode' }],
    [true, { VTE_VERSION: '7200' }],
    [true, { WT_SESSION: 'x' }],
    [true, { TERM: 'xterm-kitty' }],
    [true, { FORCE_HYPERLINK: '1' }],
    [false, { TERM: 'xterm-256color' }],
    [false, { VTE_VERSION: '4000' }],
    [false, { TERM_PROGRAM: 'vscode', FORCE_HYPERLINK: '0' }],
    [false, { TERM_PROGRAM: 'vscode', NO_COLOR: '1' }],
    [false, { TERM_PROGRAM: 'vscode', CI: 'true' }],
    [false, { TERM_PROGRAM: 'vscode', TMUX: 'x' }],
    [false, { TERM_PROGRAM: 'vscode' }, false],
    [false, { TERM_PROGRAM: 'vscode' }, true, ['--color', 'never']],
  ])('%s with %j', async (expected, env, isTerminal, argv) => {
    expect(await linked(env, isTerminal, argv)).toBe(expected);
  });

  test('cannot be broken out of', () => {
    expect(hyperlink('a', 'file:///docs/a.md')).toBe('\u001b]8;;file:///docs/a.md\u001b\\a\u001b]8;;\u001b\\');
    expect(hyperlink('a', 'file:///\u001b\\x')).toBe('a');
  });
});

describe('--quiet', () => {
  test('tells errors and nothing else', async () => {
    const { stdout, stderr } = await run(folderWith({ ...wrongPort, 'notes.md': 'x' }), ['-q']);
    expect(stdout).toMatch(/^error upstream\/address-mismatch\n/);
    expect(stdout).not.toContain('Found');
    expect(stderr).toBe('');
    expect(await run(folderWith(shortWait), ['-q'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('--statistics', () => {
  const files = { ...shortWait, 'shop.py': serverAtImport['shop.py'] };

  test('counts by rule, with what can be repaired', async () => {
    expect((await run(folderWith(files), ['--statistics'])).stdout).toMatch(
      /^1 {2}\* error {4}python\/server-at-import\n1 {2}\* warning {2}timeout\/gateway-before-worker\n\* can be repaired, \+ some of them can\nFound 1 error and 1 warning in \d files\./,
    );
    expect((await run(folderWith(working), ['--statistics'])).stdout).toMatch(/^No problems found in \d files\.\n$/);
  });

  test('in JSON', async () => {
    expect(JSON.parse((await run(folderWith(files), ['--statistics', '--format=json'])).stdout)).toEqual({
      version: 1,
      statistics: [
        { rule: 'python/server-at-import', severity: 'error', count: 1, fixable: 1 },
        { rule: 'timeout/gateway-before-worker', severity: 'warning', count: 1, fixable: 1 },
      ],
    });
  });
});

test('--timing tells phases and the slowest rules, beside the findings', async () => {
  const root = folderWith(wrongPort);
  const plain = await run(root, []);
  const timed = await run(root, ['--timing']);
  expect(timed.stdout).toBe(plain.stdout);
  const names = timed.stderr.split('\n').map(line => /^ *[\d.]+ ms {2}(.*)$/.exec(line)?.[1]);
  expect(names.slice(0, 4)).toEqual(['list files', 'read files', 'link', 'rules']);
  expect(names.filter(name => name?.includes('/'))).toHaveLength(10);
  expect(names.slice(14, 16)).toEqual(['report', 'all']);
  expect(timed.stderr).toMatch(/\d+ more rules \(-v lists them\)\n$/);
  const all = await run(root, ['--timing', '-v']);
  expect(all.stderr.match(/^ *[\d.]+ ms {4}[a-z]+\/[\w-]+$/gm)?.length).toBeGreaterThan(90);
});

test('--version -v tells where it runs', async () => {
  const { stdout } = await run('/', ['--version', '-v']);
  expect(stdout).toMatch(
    /^gwlint \d+\.\d+\.\d+\nfrom {6}\/.*\nNode\.js {3}v\d+\.\d+\.\d+ \(\/.*\)\nplatform {2}\w+ \w+, .*\n$/,
  );
});

test('gwlint rules --json lists every rule', async () => {
  const { version, rules } = JSON.parse((await run('/', ['rules', '--json'])).stdout);
  expect(version).toBe(1);
  expect(rules.length).toBeGreaterThan(90);
  expect(rules[0]).toEqual({
    id: expect.stringMatching(/^\w+\/[\w-]+$/),
    severity: expect.any(String),
    symptom: expect.any(String),
    fix: expect.any(String),
    summary: expect.any(String),
    docs: expect.stringMatching(/^docs\/rules\/.*\.md$/),
  });
});
