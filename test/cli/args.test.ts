import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/args.js';

function options(...argv: string[]) {
  const parsed = parseArguments(argv);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.options;
}

test('without arguments the folder is linted, and nothing is written', () => {
  expect(options()).toEqual({
    command: 'lint',
    paths: [],
    outputs: [],
    fix: 'none',
    diff: false,
    interactive: false,
    quiet: false,
    statistics: false,
    timing: false,
    watch: false,
    level: 'info',
    failOn: 'warning',
    given: new Set(),
    noCache: false,
    noConfig: false,
    plugins: 'refuse',
    write: [],
    select: [],
    ignore: [],
    targets: new Map(),
    allowOutside: false,
    allowEmpty: false,
    color: 'auto',
    verbose: false,
    help: false,
    version: false,
  });
});

describe('what is meant', () => {
  test('the first word may be a command', () => {
    expect(options('path', 'deploy')).toMatchObject({ command: 'path', paths: ['deploy'] });
    expect(options('deploy', 'path')).toMatchObject({ command: 'lint', paths: ['deploy', 'path'] });
    expect(options('--format=json', 'rules')).toMatchObject({ command: 'rules', outputs: [{ format: 'json' }] });
    expect(options('lint')).toMatchObject({ command: 'lint', paths: ['lint'] });
  });

  test('lists are given with commas or several times', () => {
    expect(options('--select', 'a/b, c', '--select=d').select).toEqual(['a/b', 'c', 'd']);
  });

  test('versions are named by program, in one list or several', () => {
    expect(options('--target-version', 'nginx=1.22, gunicorn=v20.1').targets).toEqual(
      new Map([
        ['nginx', '1.22'],
        ['gunicorn', '20.1'],
      ]),
    );
    expect(options('--target-version=uwsgi=2.0', '--target-version', 'uwsgi=2.0.30').targets).toEqual(
      new Map([['uwsgi', '2.0.30']]),
    );
  });

  test('a format goes to stdout or to a file, several to several', () => {
    expect(options('--format', 'sarif=out/a=b.sarif', '--format=pretty', '--format', 'github').outputs).toEqual([
      { format: 'sarif', file: 'out/a=b.sarif' },
      { format: 'pretty' },
      { format: 'github' },
    ]);
  });

  test('the file of a baseline may be left out, and is only taken behind an equals sign', () => {
    expect(options('--write-baseline', 'deploy')).toMatchObject({ writeBaseline: '', paths: ['deploy'] });
    expect(options('--write-baseline=x.json', '--', '--write-baseline')).toMatchObject({
      writeBaseline: 'x.json',
      paths: ['--write-baseline'],
    });
    expect(options('--baseline', 'x.json').writeBaseline).toBeUndefined();
  });

  test('quiet is about errors', () => {
    expect(options('-q', '--level=info', '--max-warnings', '3')).toMatchObject({
      quiet: true,
      level: 'error',
      maxWarnings: 3,
    });
  });

  test('every way of fixing', () => {
    expect(options('--fix')).toMatchObject({ fix: 'safe', diff: false });
    expect(options('--unsafe-fixes')).toMatchObject({ fix: 'unsafe', diff: false });
    expect(options('--diff')).toMatchObject({ fix: 'safe', diff: true });
    expect(options('--diff', '--unsafe-fixes')).toMatchObject({ fix: 'unsafe', diff: true });
  });

  test('behind -- everything is a path', () => {
    expect(options('--', '--fix').paths).toEqual(['--fix']);
  });
});

test.each([
  [['--formt', 'json'], 'there is no option --formt; did you mean --format?'],
  [['--colour=never'], 'there is no option --colour; did you mean --color?'],
  [['--xyzzy'], 'there is no option --xyzzy'],
  [['--constructor'], 'there is no option --constructor'],
  [['--target-version', '1.22'], "--target-version takes nginx=1.22, gunicorn=20.1 or uwsgi=2.0, not '1.22'"],
  [['--target-version', 'nginx=new'], "--target-version takes nginx=1.22, gunicorn=20.1 or uwsgi=2.0, not 'nginx=new'"],
  [
    ['--target-version=ngnix=1.22'],
    "--target-version takes nginx=1.22, gunicorn=20.1 or uwsgi=2.0, not 'ngnix=1.22'; did you mean nginx=1.22?",
  ],
  [['-x'], "there is no option '-x'"],
  [
    ['--format', 'yaml'],
    "--format takes pretty, compact, json, sarif, github, gitlab, junit, checkstyle, rdjson, markdown, not 'yaml'",
  ],
  [['--format=sarif='], '--format needs the name of a file behind the equals sign'],
  [
    ['--format=json', '--format=pretty'],
    'json and pretty cannot share stdout; write one to a file: --format json=FILE',
  ],
  [['--format=sarif=x', '--format=json=x'], 'two formats cannot both be written to x'],
  [['--max-warnings=few'], "--max-warnings takes a number, not 'few'"],
  [['--max-warnings', '-1'], "option '--max-warnings' argument is ambiguous"],
  [['--interactive', '--diff'], '--interactive and --diff exclude each other'],
  [['--write-baseline', '--fix'], '--write-baseline and --fix exclude each other'],
  [['--watch', '--unsafe-fixes'], '--watch and --unsafe-fixes exclude each other'],
  [['--watch', '-'], '--watch and - exclude each other'],
  [['-i', '-'], '--interactive and - exclude each other'],
  [['--statistics', '--format=sarif'], '--statistics goes with --format pretty or json, not sarif'],
  [['path', '--format=sarif'], 'gwlint path takes --format pretty or json'],
  [['rules', '--format=json=x'], 'gwlint rules takes --format pretty or json'],
  [['--level=high'], "--level takes error, warning, info, not 'high'"],
  [['--fail-on=info'], "--fail-on takes error, warning, never, not 'info'"],
  [['rules', '--fix'], 'gwlint rules takes no --fix'],
  [['--fix=yes'], "option '--fix' does not take an argument"],
])('%j is told: %s', (argv, problem) => {
  expect(parseArguments(argv)).toEqual({ ok: false, problem });
});

test('a value that is missing is told in one line', () => {
  const parsed = parseArguments(['--format']);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.problem).toMatch(/^option '--format <value>' argument missing$/);
});

test('any words are read or refused in one line', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--', '-', '--fix', '--format', '--select=', '-v', '-vh', '--no-fix'),
  );
  fc.assert(
    fc.property(fc.array(word), argv => {
      const parsed = parseArguments(argv);
      if (!parsed.ok) expect(parsed.problem).not.toContain('\n');
    }),
  );
});

test('what editors add to the command of the language server is no mistake', () => {
  expect(options('lsp', '--stdio', '--clientProcessId=4711').command).toBe('lsp');
  expect(parseArguments(['--clientProcessId=4711'])).toMatchObject({ ok: false });
});
