import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';

async function script(shell: string): Promise<string> {
  const { stdout, code } = await run('/', ['completion', shell]);
  expect(code).toBe(0);
  return stdout;
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

test.each([
  [[], 'gwlint: completion takes bash, zsh, fish\n'],
  [['zhs'], 'gwlint: completion takes bash, zsh, fish; did you mean zsh?\n'],
  [['constructor'], 'gwlint: completion takes bash, zsh, fish\n'],
])('completion %j is refused', async (words, stderr) => {
  expect(await run('/', ['completion', ...words])).toEqual({ code: 2, stdout: '', stderr });
});

/** What a shell is asked, and some of the words that it must and must not offer. */
const questions: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['gwlint --fo', ['--format'], ['--fix', '--level']],
  ['gwlint exp', ['explain'], ['rules']],
  ['gwlint --format js', ['json'], ['pretty']],
  ['gwlint --level e', ['error'], ['warning']],
  ['gwlint explain timeout/gate', ['timeout/gateway-before-worker'], ['timeout/disabled', 'upstream/unknown-name']],
  ['gwlint --select timeout/gate', ['timeout/gateway-before-worker'], ['timeout/disabled']],
  ['gwlint path --a', ['--allow-empty'], ['--fix', '--fail-on']],
  ['gwlint completion f', ['fish'], ['bash']],
];

describe.skipIf(!isInstalled('bash'))('bash', () => {
  async function offered(line: string): Promise<readonly string[]> {
    const root = folderWith({ completion: await script('bash'), 'explicit/x': '', 'nginx.conf': '' });
    // Readline splits at the signs of COMP_WORDBREAKS; only the equals sign matters here.
    const words = line.replaceAll('=', ' = ').split(/ +/);
    const ask = `source ./completion
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gwlint
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', ask, 'bash', ...words], { cwd: root, encoding: 'utf8' })
      .trimEnd()
      .split('\n');
  }

  test.each(questions)('%j', async (line, some, none) => {
    const words = await offered(line);
    expect(words).toEqual(expect.arrayContaining([...some]));
    for (const word of none) expect(words).not.toContain(word);
  });

  test('behind an equals sign, and behind a comma', async () => {
    expect(await offered('gwlint --level=w')).toEqual(['warning']);
    expect(await offered('gwlint --level=')).toEqual(['error', 'warning', 'info']);
    expect(await offered('gwlint --select timeout,upstream/unkn')).toEqual(['timeout,upstream/unknown-name']);
  });

  test('leaves files to bash, and offers them beside commands', async () => {
    expect(await offered('gwlint ngi')).toEqual(['']);
    expect(await offered('gwlint exp')).toEqual(['explain', 'explicit']);
  });

  test('is registered', async () => {
    const root = folderWith({ completion: await script('bash') });
    const { stdout } = spawnSync('bash', ['--norc', '-c', 'source ./completion; complete -p gwlint'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout).toBe('complete -o bashdefault -o default -F _gwlint gwlint\n');
  });
});

describe.skipIf(!isInstalled('fish'))('fish', () => {
  test.each(questions)('%j', async (line, some, none) => {
    const root = folderWith({ completion: await script('fish') });
    const out = execFileSync('fish', ['--no-config', '-c', 'source ./completion; complete -C $argv[1]', line], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, HOME: root },
    });
    const words = out.split('\n').map(one => one.split('\t')[0]);
    expect(words).toEqual(expect.arrayContaining([...some]));
    for (const word of none) expect(words).not.toContain(word);
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh', () => {
  test('has a valid script', async () => {
    const root = folderWith({ _gwlint: await script('zsh') });
    expect(spawnSync('zsh', ['-n', './_gwlint'], { cwd: root, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});
