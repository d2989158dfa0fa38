import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { equalWait, serverAtImport, shortWait, working, wrongPort } from './stacks.js';

describe('paths in the output', () => {
  test('are those from the working directory', async () => {
    const root = folderWith({ 'deploy/Procfile': '', 'x/y': '' });
    for (const [path, text] of Object.entries(wrongPort)) writeFileSync(join(root, 'deploy', path), text);
    expect((await run(root, ['deploy', '--format', 'compact'])).stdout).toMatch(
      /^deploy\/nginx\.conf:6:31: error upstream\/address-mismatch: /,
    );
    expect((await run(join(root, 'x'), ['../deploy', '--format', 'compact'])).stdout).toMatch(
      /^\.\.\/deploy\/nginx\.conf:6:31: /,
    );
    expect((await run(root, [join(root, 'deploy'), '--format', 'compact'])).stdout).toMatch(
      /^deploy\/nginx\.conf:6:31: /,
    );
  });

  test('are the same from run to run, and whatever the order of the folders', async () => {
    const files = Object.entries(wrongPort).flatMap(([path, text]) => [
      [`a/${path}`, text],
      [`b/${path}`, text],
    ]);
    const root = folderWith(Object.fromEntries(files));
    const once = await run(root, ['a', 'b', '--format', 'json']);
    expect((await run(root, ['b', 'a', '--format', 'json'])).stdout).toBe(once.stdout);
    expect(JSON.parse(once.stdout).diagnostics.map((one: { file: string }) => one.file)).toEqual([
      'a/nginx.conf',
      'b/nginx.conf',
    ]);
    const alone = JSON.parse((await run(root, ['a', '--format', 'json'])).stdout);
    expect(JSON.parse(once.stdout).summary).toMatchObject({ files: alone.summary.files * 2, errors: 2 });
  });
});

describe('a file', () => {
  test('is judged with the project that it is in, and only for itself', async () => {
    const root = folderWith({ 'deploy/nginx.conf': wrongPort['nginx.conf'], 'app/x': '' });
    mkdirSync(join(root, '.git'));
    for (const path of ['Procfile', 'gunicorn.conf.py', 'shop.py'])
      writeFileSync(join(root, path), wrongPort[path as keyof typeof wrongPort]);
    const { stdout, code } = await run(join(root, 'deploy'), ['nginx.conf', '--format', 'compact']);
    expect(stdout).toMatch(/^nginx\.conf:6:31: error upstream\/address-mismatch: /);
    expect(code).toBe(1);
  });

  test('may be named by a link to it', async () => {
    const root = folderWith(wrongPort);
    symlinkSync('nginx.conf', join(root, 'site.conf'));
    expect((await run(root, ['site.conf', '--format', 'compact'])).stdout).toMatch(/^nginx\.conf:6:31: error /);
  });

  test('that is no part of a deployment is told', async () => {
    const root = folderWith({ ...working, 'notes.md': 'x' });
    expect(await run(root, ['notes.md'])).toMatchObject({
      code: 0,
      stderr: 'gwlint: notes.md is no part of a deployment that gwlint can see\n',
    });
  });
});

describe('--fix', () => {
  test('writes safe repairs and reports what is left', async () => {
    const root = folderWith(serverAtImport);
    const { code, stdout, stderr } = await run(root, ['--fix']);
    expect(stdout).toMatch(/^No problems found in \d files\.\n$/);
    expect([code, stderr]).toEqual([
      0,
      'gwlint: repaired 1 finding in shop.py\n' +
        'gwlint:   shop.py:5: Start it only when the file is run as a program (python/server-at-import)\n',
    ]);
    expect(readFileSync(join(root, 'shop.py'), 'utf8')).toMatch(
      /\nif __name__ == "__main__":\n {4}application\.run\(port=5000\)\n$/,
    );
  });

  test('leaves unsafe repairs and alternatives alone', async () => {
    for (const files of [shortWait, wrongPort]) {
      const root = folderWith(files);
      await run(root, ['--fix']);
      for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, path), 'utf8')).toBe(text);
    }
  });

  test('--unsafe-fixes writes unsafe ones too, but takes no alternative', async () => {
    const root = folderWith(shortWait);
    expect(await run(root, ['--unsafe-fixes'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toContain('proxy_read_timeout 125s;');
    const other = folderWith(wrongPort);
    expect(await run(other, ['--unsafe-fixes'])).toMatchObject({ code: 1 });
    expect(readFileSync(join(other, 'nginx.conf'), 'utf8')).toBe(wrongPort['nginx.conf']);
  });

  test('tells what is left and why', async () => {
    const both = { ...wrongPort, 'gunicorn.conf.py': 'bind = "127.0.0.1:8001"\ntimeout = 120\n' };
    expect((await run(folderWith(both), ['--fix'])).stderr).toBe(
      'gwlint: left 1 finding\n' +
        'gwlint:   nginx.conf:6: upstream/address-mismatch: there are 2 ways to repair it; gwlint --interactive asks which\n',
    );
    expect((await run(folderWith(shortWait), ['--fix'])).stderr).toBe(
      'gwlint: left 1 finding\n' +
        'gwlint:   nginx.conf:7: timeout/gateway-before-worker: its repair is not safe; gwlint --unsafe-fixes applies it\n',
    );
    expect((await run(folderWith(equalWait), ['--fix'])).stderr).toBe(
      'gwlint: left 1 finding; for none of them there is a repair\n',
    );
  });

  test('repairs only what is selected and touches the named files', async () => {
    const root = folderWith(serverAtImport);
    await run(root, ['--fix', '--ignore', 'python']);
    await run(root, ['--fix', 'nginx.conf']);
    expect(readFileSync(join(root, 'shop.py'), 'utf8')).toBe(serverAtImport['shop.py']);
  });
});

describe('--diff', () => {
  test.each([
    ['LF', (text: string) => text],
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no line end at the end', (text: string) => text.replace(/\n$/, '')],
  ])('prints a patch that git takes, and writes nothing: %s', async (_, change) => {
    const before = change(serverAtImport['shop.py']);
    const root = folderWith({ ...serverAtImport, 'shop.py': before });
    const { stdout, stderr } = await run(root, ['--diff']);
    expect(stderr).toBe(
      'gwlint: 1 of 1 finding would be repaired; nothing was written\n' +
        'gwlint:   shop.py:5: Start it only when the file is run as a program (python/server-at-import)\n',
    );
    expect(readFileSync(join(root, 'shop.py'), 'utf8')).toBe(before);
    execFileSync('git', ['apply', '-'], { cwd: root, input: stdout });
    expect((await run(root, [])).code).toBe(0);
  });

  test('is in the encoding of the file', async () => {
    const root = folderWith({
      ...shortWait,
      'nginx.conf': Buffer.from(`# caf\xe9\n${shortWait['nginx.conf']}# caf\xe9\n`, 'latin1'),
    });
    const out: Uint8Array[] = [];
    await run(root, ['--diff', '--unsafe-fixes'], { stdout: text => void out.push(Buffer.from(text)) });
    expect(Buffer.concat(out).includes('proxy_read_timeout 125s;')).toBe(true);
    execFileSync('git', ['apply', '-'], { cwd: root, input: Buffer.concat(out) });
  });
});

test('what lies outside the folder is not read', async () => {
  const root = folderWith({
    'secret.conf': 'server { listen 80 }',
    'repo/Procfile': 'web: gunicorn shop:application\n',
  });
  symlinkSync('../secret.conf', join(root, 'repo/nginx.conf'));
  const { stdout } = await run(join(root, 'repo'), ['--format', 'json', '-v']);
  expect(stdout).not.toContain('listen 80');
});

describe('colour', () => {
  const colour = async (argv: string[], env: Record<string, string>, isTerminal: boolean) => {
    const { stdout } = await run(folderWith(wrongPort), argv, { env, isTerminal });
    return stdout.includes('\u001b[');
  };

  test.each([
    [true, [], {}, true],
    [false, [], {}, false],
    [false, [], { NO_COLOR: '1' }, true],
    [true, [], { NO_COLOR: '' }, true],
    [true, [], { FORCE_COLOR: '1' }, false],
    [false, [], { FORCE_COLOR: '0' }, true],
    [false, [], { TERM: 'dumb' }, true],
    [true, ['--color', 'always'], { NO_COLOR: '1' }, false],
    [false, ['--color', 'never'], { FORCE_COLOR: '1' }, true],
    [false, ['--no-color'], {}, true],
  ] as [boolean, string[], Record<string, string>, boolean][])(
    '%s for %j with %j on a terminal: %s',
    async (expected, argv, env, isTerminal) => {
      expect(await colour(argv, env, isTerminal)).toBe(expected);
    },
  );
});

test('a comment without a reason is told and silences nothing', async () => {
  const quiet = (reason: string) => ({
    ...wrongPort,
    'nginx.conf': wrongPort['nginx.conf'].replace('8000;', `8000; # gwlint-ignore upstream/address-mismatch${reason}`),
  });
  expect(await run(folderWith(quiet(': it is started by hand')), [])).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await run(folderWith(quiet('')), ['--format', 'compact']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^nginx\.conf:6:31: error upstream\/address-mismatch: /);
  expect(stdout).toMatch(/\nnginx\.conf:6:49: warning gwlint\/unused-ignore: gwlint-ignore needs a reason to count: /);
});
