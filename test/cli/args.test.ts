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
    format: 'pretty',
    fix: 'none',
    diff: false,
    level: 'info',
    failOn: 'warning',
    select: [],
    ignore: [],
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
    expect(options('--format=json', 'rules')).toMatchObject({ command: 'rules', format: 'json' });
  });

  test('lists are given with commas or several times', () => {
    expect(options('--select', 'a/b, c', '--select=d').select).toEqual(['a/b', 'c', 'd']);
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
  [['-q'], "there is no option '-q'"],
  [['--format', 'yaml'], "--format takes pretty, json, compact, not 'yaml'"],
  [['--level=high'], "--level takes error, warning, info, not 'high'"],
  [['--fail-on=info'], "--fail-on takes error, warning, never, not 'info'"],
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
