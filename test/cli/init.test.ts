import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { snippets } from '../../src/cli/snippets.js';
import { run } from './process.js';
import { working } from './stacks.js';

let scratch = '';
let made = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-init-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function project(files: Readonly<Record<string, string>>): string {
  const root = join(scratch, String(made++));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('writes a configuration that changes nothing, and names the stacks that are there', async () => {
  const root = project(working);
  const { code, stderr } = await run(root, ['init']);
  expect([code, stderr]).toEqual([0, 'gwlint: wrote gwlint.yaml\n']);
  const text = readFileSync(join(root, 'gwlint.yaml'), 'utf8');
  expect(text).toContain('#   the host files\n');
  expect(await run(root, [])).toMatchObject({ code: 0, stderr: '' });
  expect((await run(root, ['config'])).stdout).toContain('# read from gwlint.yaml\nlevel: info  # default\n');
});

test('every setting that it proposes is one', async () => {
  const root = project(working);
  await run(root, ['init']);
  const path = join(root, 'gwlint.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^ {2}# /gm, '  '));
  const { code, stdout, stderr } = await run(root, ['config']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('  timeout/disabled: off');
  expect(stdout).toContain('  sites-enabled: sites-available');
});

describe('shows what runs gwlint', () => {
  test('pre-commit and GitHub where nothing tells what is used', async () => {
    const { stdout } = await run(project(working), ['init']);
    expect(stdout).toContain('# pre-commit: put this into .pre-commit-config.yaml\n');
    expect(stdout).toContain('# GitHub Actions: put this into .github/workflows/gwlint.yml\n');
    expect(stdout).not.toContain('GitLab');
  });

  test.each([
    ['.gitlab-ci.yml', '# GitLab CI: add this to .gitlab-ci.yml\n'],
    ['.circleci/config.yml', '# CircleCI: add this to .circleci/config.yml\n'],
    ['Jenkinsfile', '# Jenkins: add this to Jenkinsfile\n'],
  ])('%s', async (path, line) => {
    const root = project({ ...working, [path]: 'mine' });
    const { stdout } = await run(root, ['init']);
    expect(stdout).toContain(line);
    expect(stdout).not.toContain('GitHub');
    expect(readFileSync(join(root, path), 'utf8')).toBe('mine');
  });
});

describe('writes what is asked for', () => {
  test.each(snippets.map(({ id, path }) => [id, path]))('%s', async (id, path) => {
    const root = project(working);
    const { code, stdout } = await run(root, ['init', '--write', id]);
    expect(code).toBe(0);
    const text = readFileSync(join(root, path), 'utf8');
    expect(text).toMatch(/gwlint@\d+\.\d+\.\d+/);
    if (path.endsWith('.yml') || path.endsWith('.yaml')) expect(parse(text)).toBeTruthy();
    expect(stdout).not.toContain(text);
  });
});

describe('overwrites nothing', () => {
  test('a configuration', async () => {
    for (const name of ['gwlint.yaml', '.gwlint.yaml']) {
      const root = project({ ...working, [name]: 'level: info\n' });
      const { code, stderr } = await run(root, ['init']);
      expect([code, stderr]).toEqual([2, `gwlint: ${name} is there already; nothing was written\n`]);
      expect(readFileSync(join(root, name), 'utf8')).toBe('level: info\n');
    }
  });

  test('a pipeline; then nothing at all is written', async () => {
    const root = project({ ...working, '.gitlab-ci.yml': 'mine' });
    const { code, stderr } = await run(root, ['init', '--write', 'gitlab']);
    expect([code, stderr]).toEqual([2, 'gwlint: .gitlab-ci.yml is there already; nothing was written\n']);
    expect(existsSync(join(root, 'gwlint.yaml'))).toBe(false);
  });
});

describe('asks', () => {
  const asking = (answers: Readonly<Record<string, string>>, asked: string[]) => ({
    isTerminal: true,
    ask: async (question: string) => {
      asked.push(question);
      return answers[question.split(' ')[1] ?? ''] ?? '';
    },
  });

  test('in a terminal, and writes only after a yes', async () => {
    const root = project(working);
    const asked: string[] = [];
    await run(root, ['init'], asking({ '.pre-commit-config.yaml': 'y' }, asked));
    expect(asked).toEqual([
      'Write .pre-commit-config.yaml for pre-commit? [y/N] ',
      'Write .github/workflows/gwlint.yml for GitHub Actions? [y/N] ',
    ]);
    expect(existsSync(join(root, '.pre-commit-config.yaml'))).toBe(true);
    expect(existsSync(join(root, '.github'))).toBe(false);
  });

  test('nothing about files that are there', async () => {
    const asked: string[] = [];
    await run(
      project({ ...working, '.pre-commit-config.yaml': 'repos: []\n', Jenkinsfile: '' }),
      ['init'],
      asking({}, asked),
    );
    expect(asked).toEqual([]);
  });

  test('nobody outside of a terminal', async () => {
    const asked: string[] = [];
    await run(project(working), ['init'], { ...asking({}, asked), isTerminal: false });
    expect(asked).toEqual([]);
  });
});

test.each([
  [['init', 'a', 'b'], 'gwlint: a: no such file or folder\n'],
  [
    ['init', '--write', 'travis'],
    "gwlint: --write takes pre-commit, github, gitlab, circleci, jenkins, not 'travis' (gwlint --help)\n",
  ],
])('%j', async (argv, stderr) => {
  expect(await run(project({}), argv)).toMatchObject({ code: 2, stderr });
});
