import { wrap } from '../report/visible.js';
import { type Command, commands, examples, exitCodes, groups, type OptionRow, options } from './options.js';

const rows: readonly OptionRow[] = options;
const nameWidth = 31;

/** The text of `--help`: of the whole program, or of one command with the options that it takes. */
export function helpText(command: Command): string {
  return command === 'lint' ? programHelp() : commandHelp(command);
}

function programHelp(): string {
  return `gwlint checks that nginx, the socket, Gunicorn / uWSGI / uvicorn and the Python entry file fit together.

Usage
${commands.map(({ name, takes, help }) => twoColumns(usage(name, takes), help)).join('')}
${groups
  .map(group =>
    optionBlock(
      group,
      rows.filter(row => row.group === group && row.of.includes('lint')),
    ),
  )
  .join('')}Exit codes: ${exitCodes.map(({ code, meaning }) => `${code} ${meaning}`).join(', ')}.

Examples
${examples.map(({ line, help }) => twoColumns(line, help)).join('')}`;
}

function commandHelp(command: Command): string {
  const { name, takes, help } = commands.find(one => one.name === command) ?? commands[0];
  const own = rows.filter(row => (row.listed ?? row.of).includes(command));
  return `${usage(name, takes)}: ${help}\n\n${optionBlock('Options', own).trimEnd()}\n`;
}

/** How a command is called. */
export function usage(name: Command, takes: string): string {
  return `gwlint ${name === 'lint' ? '[options]' : name} ${takes}`.trimEnd();
}

function optionBlock(title: string, some: readonly OptionRow[]): string {
  if (some.length === 0) return '';
  return `${title}\n${some.map(row => twoColumns(spelling(row), row.help)).join('')}\n`;
}

/** An option with its short form and what it takes. */
export function spelling({ name, short, takes, shown, optional }: OptionRow): string {
  const value = shown ?? (takes === undefined ? '' : `<${typeof takes === 'string' ? takes : takes.join('|')}>`);
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === '' ? '' : optional ? `[=${value}]` : ` ${value}`}`;
}

/** The right column in as many lines as it needs; the left one has a line of its own where it is too wide. */
function twoColumns(left: string, right: string): string {
  const indent = ' '.repeat(nameWidth + 3);
  const lines = wrap(right, 80, indent).join('\n');
  const beside = left.length <= nameWidth;
  return beside ? `  ${left.padEnd(nameWidth)} ${lines.slice(indent.length)}\n` : `  ${left}\n${lines}\n`;
}
