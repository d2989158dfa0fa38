import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './process.js';
import { working } from './stacks.js';

let scratch = '';
let made = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-config-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder of its own with these files; the folder above it is no part of anything. */
function project(files: Readonly<Record<string, string>>): string {
  const root = join(scratch, String(made++));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const impatient = {
  ...working,
  'nginx.conf': working['nginx.conf'].replace('            proxy_read_timeout 125s;\n', ''),
};
const found = 'warning timeout/gateway-before-worker';
const off = 'rules:\n  timeout: off\n';

async function lint(cwd: string, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await run(cwd, ['--format', 'compact', ...argv], { env: { HOME: '/nobody' } });
  return { code, stderr, found: stdout.includes(found) };
}

describe('the configuration is found', () => {
  test.each([
    ['gwlint.yaml', off],
    ['gwlint.yml', off],
    ['.gwlint.yaml', off],
    ['pyproject.toml', '[tool.gwlint]\nrules.timeout = "off"\n'],
    ['pyproject.toml', '[tool.gwlint.rules]\ntimeout = "off"\n'],
    ['pyproject.toml', '[tool."gwlint"]\nrules = { timeout = "off" }\n'],
  ])('in %s', async (path, text) => {
    expect(await lint(project(impatient))).toEqual({ code: 1, stderr: '', found: true });
    expect(await lint(project({ ...impatient, [path]: text }))).toEqual({ code: 0, stderr: '', found: false });
  });

  test('above the folder that is linted, up to the root of the repository', async () => {
    const below = Object.fromEntries(Object.entries(impatient).map(([path, text]) => [`a/b/${path}`, text]));
    const root = project({ ...below, 'gwlint.yaml': off, '.git/HEAD': '' });
    expect((await lint(root, 'a/b')).found).toBe(false);
    expect((await lint(join(root, 'a/b'))).found).toBe(false);
    const inner = project({ ...below, 'gwlint.yaml': off, 'a/.git/HEAD': '' });
    expect((await lint(inner, 'a/b')).found).toBe(true);
  });

  test('not in the home directory above', async () => {
    const home = project({
      'gwlint.yaml': off,
      ...Object.fromEntries(Object.entries(impatient).map(([path, text]) => [`shop/${path}`, text])),
    });
    const { stdout } = await run(join(home, 'shop'), ['--format', 'compact'], { env: { HOME: home } });
    expect(stdout).toContain(found);
  });

  test('the nearest one counts', async () => {
    const root = project({ ...impatient, 'gwlint.yaml': 'rules: { timeout: info }\n' });
    writeFileSync(join(scratch, 'gwlint.yaml'), off);
    const { stdout } = await run(root, ['--format', 'compact'], { env: { HOME: '/nobody' } });
    rmSync(join(scratch, 'gwlint.yaml'));
    expect(stdout).toContain('info timeout/gateway-before-worker');
  });

  test('a pyproject.toml of another tool is none', async () => {
    expect((await lint(project({ ...impatient, 'pyproject.toml': '[tool.gwlinter]\nx = not toml\n' }))).code).toBe(1);
  });

  test('for a named file: that of its project', async () => {
    const root = project({ ...impatient, '.git/HEAD': '', 'gwlint.yaml': off });
    expect(await lint(root, 'nginx.conf')).toEqual({ code: 0, stderr: '', found: false });
  });

  test('two in one folder are told', async () => {
    const two = project({ ...impatient, 'gwlint.yaml': off, '.gwlint.yaml': off });
    expect(await lint(two)).toEqual({
      code: 2,
      stderr: 'gwlint: .gwlint.yaml: gwlint.yaml beside it is a configuration as well; keep one\n',
      found: false,
    });
    const both = project({ ...impatient, 'gwlint.yaml': off, 'pyproject.toml': '[tool.gwlint]\n' });
    expect((await lint(both)).stderr).toBe(
      'gwlint: pyproject.toml: [tool.gwlint] and gwlint.yaml beside it both configure gwlint; keep one\n',
    );
  });

  test('a link out of its folder is not followed', async () => {
    const secret = project({ 'secret.yaml': 'password: hunter2\n' });
    const root = project(impatient);
    symlinkSync(join(secret, 'secret.yaml'), join(root, 'gwlint.yaml'));
    const { code, stderr } = await lint(root);
    expect([code, stderr]).toEqual([2, 'gwlint: gwlint.yaml: a link out of its folder\n']);
  });
});

describe('mistakes', () => {
  test('end with 2 and are told with their places, all at once', async () => {
    const root = project({ ...impatient, 'gwlint.yaml': 'ruels: {}\nrules:\n  timeuot: off\n' });
    expect(await lint(root)).toEqual({
      code: 2,
      stderr:
        'gwlint: gwlint.yaml:1:1: there is no setting "ruels"; did you mean rules?\n' +
        'gwlint: gwlint.yaml:3:3: there is no rule or group timeuot; did you mean timeout?\n',
      found: false,
    });
    expect((await run(root, ['path'])).code).toBe(2);
    expect((await run(root, ['config'])).code).toBe(2);
  });

  test('of the file above are told by its path from here', async () => {
    const root = project({ 'gwlint.yaml': 'levle: info\n', 'deploy/nginx.conf': 'events {}\n', '.git/HEAD': '' });
    expect((await lint(join(root, 'deploy'))).stderr).toBe(
      'gwlint: ../gwlint.yaml:1:1: there is no setting "levle"; did you mean level?\n',
    );
  });
});

describe('--config and --no-config', () => {
  test('a named file counts in place of one that would be found; its paths are relative to the working directory', async () => {
    const root = project({ ...impatient, 'gwlint.yaml': off, 'ci/strict.yaml': 'rules: { timeout: error }\n' });
    const { stdout } = await run(root, ['--config', 'ci/strict.yaml', '--format', 'compact']);
    expect(stdout).toContain('error timeout/gateway-before-worker');
    writeFileSync(join(root, 'ci/narrow.yaml'), 'exclude: [nginx.conf]\n');
    expect((await lint(root, '--config', 'ci/narrow.yaml')).found).toBe(false);
    writeFileSync(join(root, 'ci/gwlint.toml'), 'exclude = ["nginx.conf"]\n');
    expect((await lint(root, '--config', 'ci/gwlint.toml')).found).toBe(false);
  });

  test.each([
    ['missing.yaml', 'gwlint: missing.yaml: no such file\n'],
    ['.', 'gwlint: : a folder, not a file\n'],
  ])('%s', async (path, stderr) => {
    const result = await lint(project(impatient), '--config', path);
    expect([result.code, result.stderr.replace('gwlint: .:', 'gwlint: :')]).toEqual([2, stderr]);
  });

  test('without any', async () => {
    const root = project({ ...impatient, 'gwlint.yaml': 'not: [valid\n' });
    expect(await lint(root, '--no-config')).toEqual({ code: 1, stderr: '', found: true });
  });

  test('both are a contradiction', async () => {
    const { code, stderr } = await lint(project(impatient), '--config', 'x', '--no-config');
    expect([code, stderr]).toEqual([2, 'gwlint: --config and --no-config exclude each other (gwlint --help)\n']);
  });
});

describe('options of the command line are stronger', () => {
  test('fail-on and level', async () => {
    const root = project({ ...impatient, 'gwlint.yaml': 'fail-on: error\nlevel: error\n' });
    expect(await lint(root)).toEqual({ code: 0, stderr: '', found: false });
    expect(await lint(root, '--level', 'warning')).toEqual({ code: 0, stderr: '', found: true });
    expect(await lint(root, '--level', 'warning', '--fail-on', 'warning')).toEqual({
      code: 1,
      stderr: '',
      found: true,
    });
  });

  test('target-version', async () => {
    const upstream = `events {}
http {
    resolver 127.0.0.53;
    upstream shop { zone shop 64k; server shop.internal:8000 resolve; }
    server { listen 80; location / { proxy_pass http://shop; } }
}
`;
    const root = project({ 'nginx.conf': upstream, 'gwlint.yaml': 'target-version: { nginx: 1.24 }\n' });
    expect((await run(root, ['--format', 'compact'])).stdout).toContain('nginx/upstream-parameter');
    const newer = await run(root, ['--format', 'compact', '--target-version', 'nginx=1.27.3']);
    expect(newer.stdout).not.toContain('nginx/upstream-parameter');
  });
});

test('a named file that is excluded is told', async () => {
  const root = project({ ...impatient, '.git/HEAD': '', 'gwlint.yaml': 'exclude: [nginx.conf]\n' });
  expect((await lint(root, 'nginx.conf')).stderr).toContain('gwlint: nginx.conf is excluded by gwlint.yaml\n');
});

test('repairs are judged by the same configuration', async () => {
  const root = project({ ...impatient, 'gwlint.yaml': 'rules: { all: off, headers: on }\n' });
  await run(root, ['--unsafe-fixes']);
  expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toBe(impatient['nginx.conf']);
  writeFileSync(join(root, 'gwlint.yaml'), 'rules: { all: off, timeout: on }\n');
  await run(root, ['--unsafe-fixes']);
  expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toContain('proxy_read_timeout 125s;');
});

test('what a variable is goes into the path of a request, with its place', async () => {
  const root = project({
    'nginx.conf.template':
      'events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:${PORT}; } } }\n',
    Procfile: 'web: gunicorn --bind 127.0.0.1:8000 shop:application\n',
    'gwlint.yaml': 'variables:\n  PORT: 8000\n',
  });
  const { stdout } = await run(root, ['path']);
  expect(stdout).toContain('127.0.0.1:8000');
});

describe('gwlint config', () => {
  const text = `rules:
  timeout: off
  limits/connections: { backlog: 64 }
exclude: [legacy/]
variables:
  port: "8000"
  debug: "on"
paths:
  /etc/nginx: deploy/nginx
overrides:
  - files: [examples/]
    rules: { python: info }
level: warning
`;

  test('shows what counts and where it comes from', async () => {
    const root = project({ 'gwlint.yaml': text });
    const { code, stdout } = await run(root, ['config']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    for (const line of [
      '# read from gwlint.yaml',
      'level: warning  # gwlint.yaml:13:8',
      'fail-on: warning  # default',
      '  - legacy/  # gwlint.yaml:4:11',
      '  port: "8000"  # gwlint.yaml:6:9',
      '  debug: "on"  # gwlint.yaml:7:10',
      '  /etc/nginx: deploy/nginx  # gwlint.yaml:9:15',
      '  - files: [examples/]  # gwlint.yaml:12:22',
      '    rules: { python: info }',
      '  timeout/disabled: off  # gwlint.yaml:2:12',
      '  limits/connections: { severity: warning, backlog: 64, worker-connections: 32 }  # gwlint.yaml:3:3',
    ])
      expect(lines).toContain(line);
    expect(lines.some(line => line.includes('upstream/address-mismatch'))).toBe(false);
  });

  test('what it prints is a configuration that says the same', async () => {
    const root = project({ 'gwlint.yaml': text });
    const { stdout } = await run(root, ['config']);
    writeFileSync(join(root, 'gwlint.yaml'), stdout);
    const again = await run(root, ['config']);
    const plain = (shown: string) => shown.replace(/ {2}# gwlint\.yaml:\d+:\d+$/gm, '').replace(/ {2}# default$/gm, '');
    expect(again.stderr).toBe('');
    expect(plain(again.stdout)).toBe(plain(stdout));
  });

  test('as JSON, with every rule', async () => {
    const root = project({ 'gwlint.yaml': text });
    const { stdout } = await run(root, ['config', '--json']);
    const { version, file, settings, rules } = JSON.parse(stdout);
    expect([version, file]).toEqual([1, 'gwlint.yaml']);
    expect(settings).toContainEqual({ setting: 'exclude', value: 'legacy/', origin: 'gwlint.yaml:4:11' });
    expect(settings).toContainEqual({ setting: 'variables', name: 'port', value: '8000', origin: 'gwlint.yaml:6:9' });
    const one = (id: string) => rules.find((rule: { id: string }) => rule.id === id);
    expect(one('timeout/disabled')).toEqual({
      id: 'timeout/disabled',
      severity: 'off',
      default: 'info',
      options: {},
      origin: 'gwlint.yaml:2:12',
    });
    expect(one('upstream/address-mismatch')).toMatchObject({ severity: 'error', origin: 'default' });
  });

  test('without a file', async () => {
    const { stdout } = await run(project({}), ['config'], { env: { HOME: '/nobody' } });
    expect(stdout).toMatch(/^# no configuration file: all is as it is by default\nlevel: info {2}# default\n/);
  });
});
