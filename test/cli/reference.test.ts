import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spelling, usage } from '../../src/cli/help.js';
import { commands, examples, exitCodes, groups, type OptionRow, options } from '../../src/cli/options.js';
import { displayWidth } from '../../src/report/visible.js';
import { projectRoot } from '../sources.js';
import { run } from './process.js';

const rows: readonly OptionRow[] = options;
const path = join(projectRoot, 'docs/cli.md');

/** The command reference; `UPDATE=1` writes it. */
function reference(): string {
  const lines = ['# Commands and options', ''];
  for (const { name, takes, help } of commands) {
    const own = rows.filter(({ of, listed }) => (listed ?? of).includes(name)).map(option => `\`--${option.name}\``);
    lines.push(`## gwlint${name === 'lint' ? '' : ` ${name}`}`, '', `\`${usage(name, takes)}\`: ${help}.`, '');
    if (name !== 'lint') lines.push(`Options: ${own.join(', ')}.`, '');
  }
  for (const group of groups) {
    lines.push(`## Options: ${group.toLowerCase()}`, '', '| option | what it does |', '|---|---|');
    for (const row of rows.filter(one => one.group === group)) {
      const only = row.of.includes('lint') ? '' : ` (${row.of.map(one => `\`gwlint ${one}\``).join(', ')})`;
      const text = [`${row.help}${only}`, row.more].filter(Boolean).join('. ');
      lines.push(`| \`${spelling(row).replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} |`);
    }
    lines.push('');
  }
  lines.push('## Exit codes', '', '| code | meaning |', '|---|---|');
  for (const { code, meaning } of exitCodes) lines.push(`| ${code} | ${meaning} |`);
  lines.push('', '## Examples', '', '```sh');
  const width = Math.max(...examples.map(({ line }) => line.length));
  for (const { line, help } of examples) lines.push(`${line.padEnd(width)}  # ${help}`);
  return `${[...lines, '```'].join('\n')}\n`;
}

test('the command reference shows every command and option as it is', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(path, reference());
  expect(readFileSync(path, 'utf8')).toBe(reference());
});

describe('help', () => {
  test.each(['lint', ...commands.map(({ name }) => name)])('of %s fits a terminal of 80 columns', async name => {
    const { code, stdout } = await run('/', name === 'lint' ? ['--help'] : [name, '--help']);
    expect(code).toBe(0);
    const wide = stdout.split('\n').filter(line => displayWidth(line) > 80);
    // The first sentence says what gwlint is.
    expect(wide.filter(line => !line.startsWith('gwlint checks'))).toEqual([]);
  });

  test('of a command lists only what it takes', async () => {
    const { stdout } = await run('/', ['path', '-h']);
    expect(stdout).toMatch(/^gwlint path \[path \.\.\.\]: show the way of a request through the stack\n\nOptions\n/);
    expect(stdout).toMatch(/^ {2}--json +for programs$/m);
    expect(stdout).not.toContain('--fix');
  });

  test('of the whole names every command, every option of linting, and how it ends', async () => {
    const { stdout } = await run('/', ['--help']);
    for (const { name } of commands.filter(one => one.name !== 'lint'))
      expect(stdout).toContain(`\n  gwlint ${name} `.trimEnd());
    for (const row of rows.filter(({ of }) => of.includes('lint'))) expect(stdout).toContain(`--${row.name}`);
    expect(stdout).toContain('\nExit codes: 0 nothing found, 1 findings, 2 could not run.\n');
    for (const { line } of examples) expect(stdout).toContain(`\n  ${line}`);
  });
});

test('every option is told in a few words and belongs to a command', () => {
  for (const { name, help, of, short } of rows) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(help.length, name).toBeLessThanOrEqual(92);
    expect(of, name).not.toEqual([]);
    if (short !== undefined) expect(short).toMatch(/^[a-zA-Z]$/);
  }
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});
