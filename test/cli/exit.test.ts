import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { equalWait, serverAtImport, shortWait, working, wrongPort } from './stacks.js';

type Files = Readonly<Record<string, string>>;

/** Exit codes are a contract: 0 nothing found, 1 findings, 2 could not run. */
const table: readonly (readonly [number, string, Files, readonly string[]])[] = [
  [0, 'a working stack', working, []],
  [1, 'an error', wrongPort, []],
  [1, 'an error that is repaired only by choice', wrongPort, ['--fix']],
  [0, 'an error that is repaired', serverAtImport, ['--fix']],
  [1, 'an error that would be repaired', serverAtImport, ['--diff']],
  [1, 'a warning', shortWait, []],
  [0, 'a warning, errors asked for', shortWait, ['--fail-on', 'error']],
  [1, 'an error, errors asked for', wrongPort, ['--fail-on', 'error']],
  [0, 'an error that must not fail', wrongPort, ['--fail-on', 'never']],
  [0, 'a warning that is not shown', shortWait, ['--level', 'error']],
  [0, 'advice', equalWait, []],
  [0, 'an error of a rule that is not asked for', wrongPort, ['--select', 'timeout']],
  [0, 'an error of a rule that is ignored', wrongPort, ['--ignore', 'upstream/address-mismatch']],
  [1, 'an error in JSON', wrongPort, ['--format', 'json']],
  [1, 'an error in one of two folders', { ...prefixed('a/', working), ...prefixed('b/', wrongPort) }, ['a', 'b']],
  [1, 'a file that an error touches', wrongPort, ['shop.py', 'gunicorn.conf.py']],
  [0, 'a file that no error touches', wrongPort, ['shop.py']],
  [0, 'as many warnings as may be', shortWait, ['--max-warnings', '1']],
  [1, 'more warnings than may be', shortWait, ['--max-warnings', '0']],
  [1, 'more warnings than may be, hidden', shortWait, ['--max-warnings', '0', '--quiet']],
  [1, 'an error among the warnings that may be', wrongPort, ['--max-warnings', '9']],
  [0, 'too many warnings that must not fail', shortWait, ['--max-warnings', '0', '--fail-on', 'never']],
  [0, 'a warning that is not told', shortWait, ['--quiet']],
  [1, 'an error, quietly', wrongPort, ['--quiet']],
  [1, 'an error, counted', wrongPort, ['--statistics']],
  [1, 'an error, timed', wrongPort, ['--timing']],
  [1, 'an error in a file', wrongPort, ['--format', 'sarif=out.sarif']],
  [0, 'findings that are written down', wrongPort, ['--write-baseline']],
  [0, 'a comment with a reason', ignored(': started by hand'), []],
  [1, 'a comment without a reason', ignored(''), []],
  [
    1,
    'a comment that silences nothing',
    { ...working, Procfile: `# gwlint-ignore upstream: why\n${working.Procfile}` },
    [],
  ],
  [0, 'the completion of a shell', {}, ['completion', 'bash']],
  [2, 'the completion of no shell', {}, ['completion']],
  [2, 'a format that is none', working, ['--format', 'yaml']],
  [2, 'a file that cannot be written', working, ['--format', 'sarif=nowhere/out.sarif']],
  [2, 'two documents on stdout', working, ['--format', 'sarif', '--format', 'json']],
  [2, 'a number that is none', working, ['--max-warnings', 'few']],
  [2, 'a revision without a repository', working, ['--since', 'main']],
  [2, 'a baseline that is not there', working, ['--baseline', 'nope.json']],
  [2, 'a baseline that is none', { ...working, 'b.json': '[]' }, ['--baseline', 'b.json']],
  [2, 'a question that nobody can be asked', wrongPort, ['--interactive']],
  [2, 'standard input without a name', working, ['-']],
  [2, 'a name without standard input', working, ['--stdin-filename', 'nginx.conf']],
  [2, 'an unknown option', working, ['--fixx']],
  [2, 'a wrong value of an option', working, ['--level', 'loud']],
  [2, 'an unknown rule', working, ['--select', 'upstream/adress-mismatch']],
  [2, 'a path that is not there', working, ['nope']],
  [2, 'one path of two that is not there', working, ['.', 'nope']],
  [2, 'an empty folder', {}, []],
  [0, 'an empty folder that may be empty', {}, ['--allow-empty']],
  [2, 'nothing of a deployment', { 'README.md': 'x', 'index.js': 'x' }, []],
  [2, 'a binary file', { 'x.bin': 'ab\0cd' }, ['x.bin']],
  [0, 'help', {}, ['--help']],
  [0, 'version', {}, ['--version']],
  [0, 'the list of rules', {}, ['rules']],
  [0, 'the page of a rule', {}, ['explain', 'upstream/address-mismatch']],
  [2, 'the page of no rule', {}, ['explain']],
  [2, 'the page of an unknown rule', {}, ['explain', 'upstream/x']],
  [0, 'the way of a request', wrongPort, ['path']],
  [2, 'the way of a request in an empty folder', {}, ['path']],
];

function ignored(reason: string): Files {
  const text = wrongPort['nginx.conf'].replace('8000;', `8000; # gwlint-ignore upstream/address-mismatch${reason}`);
  return { ...wrongPort, 'nginx.conf': text };
}

function prefixed(prefix: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text]));
}

describe('exit code', () => {
  test.each(table)('%i: %s', async (code, _, files, argv) => {
    const { code: ended, stdout, stderr } = await run(folderWith(files), argv);
    expect(ended, stdout + stderr).toBe(code);
    if (code === 2) {
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^gwlint: [^\n]+\n$/);
    }
  });

  test('2: a named pipe is not opened', async () => {
    const root = folderWith(working);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const { code, stderr } = await run(root, ['pipe']);
    expect([code, stderr]).toEqual([2, 'gwlint: pipe: neither a file nor a folder\n']);
    expect((await run(root, [])).code).toBe(0);
  });

  test('2: what nobody foresaw is one line, and the stack only when asked for', async () => {
    const broken = () => {
      throw new Error('first line\nsecond line');
    };
    const plain = await run(folderWith({}), ['--help'], { stdout: broken });
    expect(plain.code).toBe(2);
    expect(plain.stderr).toMatch(/^gwlint: internal error, please report it .*: first line\n$/);
    const debug = await run(folderWith({}), ['--help'], { stdout: broken, env: { GWLINT_DEBUG: '1' } });
    expect(debug.stderr).toContain('exit.test.ts');
  });
});

describe('a mistake is told with what may be meant', () => {
  test.each([
    [['--formt', 'json'], 'gwlint: there is no option --formt; did you mean --format? (gwlint --help)\n'],
    [
      ['--select', 'upstream/adress-mismatch'],
      'gwlint: there is no rule or group upstream/adress-mismatch; did you mean upstream/address-mismatch?\n',
    ],
    [['--ignore', 'timeouts'], 'gwlint: there is no rule or group timeouts; did you mean timeout?\n'],
    [
      ['explain', 'adress-mismatch'],
      'gwlint: there is no rule or group adress-mismatch; did you mean upstream/address-mismatch?\n',
    ],
    [['nope/nginx.conf'], 'gwlint: nope/nginx.conf: no such file or folder\n'],
    [['exlpain'], 'gwlint: exlpain: no such file or folder; did you mean gwlint explain?\n'],
  ])('%j', async (argv, stderr) => {
    expect((await run(folderWith(working), argv)).stderr).toBe(stderr);
  });
});
