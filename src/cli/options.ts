/** Words in the first place that are commands; a folder of that name is meant by `./path`. */
export const commands = [
  { name: 'lint', takes: '[path ...]', help: 'lint a folder (.) or what belongs to a file' },
  { name: 'path', takes: '[path ...]', help: 'show the way of a request through the stack' },
  { name: 'explain', takes: '<rule ...>', help: 'what a rule finds, with examples' },
  { name: 'rules', takes: '', help: 'list all rules' },
  { name: 'config', takes: '[path]', help: 'show the configuration that counts' },
  { name: 'init', takes: '[path]', help: 'write gwlint.yaml, and show hook and pipeline' },
  { name: 'merge', takes: '<report ...>', help: 'join the reports of shards' },
  { name: 'lsp', takes: '', help: 'serve an editor (language server protocol)' },
  { name: 'completion', takes: '<bash|zsh|fish>', help: 'print the completion script of a shell' },
] as const satisfies readonly CommandRow[];

interface CommandRow {
  readonly name: string;
  /** What stands behind it; empty for nothing. */
  readonly takes: string;
  readonly help: string;
}

export type Command = (typeof commands)[number]['name'];

/** The headings of the help, in order. */
export const groups = ['Output', 'Choice', 'Speed', 'Repair', 'Other'] as const;

export interface OptionRow {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What the value is: the words that are allowed, or a name for it. Absent for a flag. */
  readonly takes?: readonly string[] | string;
  /** The word may be followed by `=FILE`. */
  readonly andFile?: true;
  /** How the value is shown where the words of `takes` are too many. */
  readonly shown?: string;
  /** The value may be left out; it is only taken behind an equals sign. */
  readonly optional?: true;
  /** May be given several times. */
  readonly many?: true;
  /** For the help, in few words. */
  readonly help: string;
  /** More for the command reference: whole sentences, in Markdown. */
  readonly more?: string;
  readonly group: (typeof groups)[number];
  /** The commands that take it. */
  readonly of: readonly Command[];
  /** The commands whose help shows it; all that take it where this is absent. */
  readonly listed?: readonly Command[];
  /** What a shell offers as its value, where that is no word of `takes`. */
  readonly completes?: 'file' | 'rule';
}

const everywhere = commands.map(({ name }) => name);
const configurable: readonly Command[] = ['lint', 'path', 'config'];

/**
 * Every option: the one source for parsing, help, completion and the command reference. To add one: a row here, its field in
 * `Options` (args.ts), and `UPDATE=1 npx vitest run test/cli/reference.test.ts`.
 */
export const options = [
  {
    name: 'format',
    takes: ['pretty', 'compact', 'json', 'sarif', 'github', 'gitlab', 'junit', 'checkstyle', 'rdjson', 'markdown'],
    shown: '<name>[=<file>]',
    andFile: true,
    many: true,
    help: 'pretty, compact, json, sarif, github, gitlab, junit, checkstyle, rdjson, markdown',
    more:
      'May be given several times, each to a file or to stdout: `--format sarif=gwlint.sarif --format pretty`. Only formats that are lines of ' +
      'text (pretty, compact, github, markdown) share stdout. Without it: pretty, and in GitHub Actions pretty and github.',
    group: 'Output',
    of: ['lint', 'path', 'rules'],
    listed: ['lint'],
  },
  { name: 'json', help: 'for programs', group: 'Output', of: ['path', 'rules', 'config'] },
  {
    name: 'level',
    takes: ['error', 'warning', 'info'],
    help: 'show nothing weaker; default info',
    group: 'Output',
    of: ['lint'],
  },
  {
    name: 'color',
    takes: ['auto', 'always', 'never'],
    help: 'NO_COLOR and FORCE_COLOR are respected',
    group: 'Output',
    of: ['lint', 'path'],
  },
  { name: 'no-color', help: 'the same as --color never', group: 'Output', of: ['lint', 'path'] },
  {
    name: 'verbose',
    short: 'v',
    help: 'list what could not be checked',
    more: 'With `--version`: where gwlint and Node.js are.',
    group: 'Output',
    of: ['lint', 'path'],
  },
  {
    name: 'quiet',
    short: 'q',
    help: 'only errors, and nothing on stderr',
    more: 'The same as `--level error`, without notes and sums. `--max-warnings` still counts all warnings.',
    group: 'Output',
    of: ['lint'],
  },
  {
    name: 'statistics',
    help: 'how often each rule was found, no findings',
    more: 'As a table, or in JSON with `--format json`.',
    group: 'Output',
    of: ['lint'],
  },
  {
    name: 'timing',
    help: 'where the time went, by phase and rule',
    group: 'Output',
    of: ['lint'],
  },
  {
    name: 'watch',
    short: 'w',
    help: 'judge again after every change',
    group: 'Output',
    of: ['lint'],
  },
  {
    name: 'select',
    takes: 'rule or group,...',
    many: true,
    help: 'only these',
    group: 'Choice',
    of: ['lint'],
    completes: 'rule',
  },
  {
    name: 'ignore',
    takes: 'rule or group,...',
    many: true,
    help: 'all but these',
    group: 'Choice',
    of: ['lint'],
    completes: 'rule',
  },
  {
    name: 'fail-on',
    takes: ['error', 'warning', 'never'],
    help: 'when to exit with 1; default warning',
    group: 'Choice',
    of: ['lint', 'merge'],
  },
  {
    name: 'trace',
    takes: 'file',
    help: 'say why a file was or was not linked',
    more: 'The stacks that the file belongs to, at which paths containers see it, who reads or starts it, and what it dials; or why it belongs to none.',
    group: 'Choice',
    of: ['path'],
    completes: 'file',
  },
  {
    name: 'target-version',
    takes: 'program=version,...',
    many: true,
    help: 'of nginx, gunicorn, uwsgi that will run',
    more: 'They are judged as these versions do, whatever the files tell: `--target-version nginx=1.22,gunicorn=20.1`.',
    group: 'Choice',
    of: ['lint', 'path'],
  },
  {
    name: 'config',
    takes: 'file',
    help: 'use this configuration file',
    more:
      'Its paths are relative to the working directory. Without it: `gwlint.yaml`, `.gwlint.yaml` or `[tool.gwlint]` in `pyproject.toml`, in the ' +
      'folder that is linted or the nearest above it, up to the root of the repository.',
    group: 'Choice',
    of: configurable,
    completes: 'file',
  },
  { name: 'no-config', help: 'use no configuration file', group: 'Choice', of: configurable },
  {
    name: 'allow-plugins',
    help: 'run the code of plugins that it names',
    more:
      'Without it a configuration that names plugins is refused (exit code 2): whoever may change the repository, a pull request for example, ' +
      'could run code by it.',
    group: 'Choice',
    of: configurable,
  },
  { name: 'no-plugins', help: 'leave its plugins out', group: 'Choice', of: configurable },
  {
    name: 'max-warnings',
    takes: 'number',
    help: 'exit with 1 only above this many warnings',
    more: 'Errors fail in any case, except with `--fail-on never`.',
    group: 'Choice',
    of: ['lint'],
  },
  {
    name: 'since',
    takes: 'revision',
    help: 'only findings with an end in a changed line',
    more: 'A line is changed when it is not in the commit at which `HEAD` and the revision parted; where lines were removed, their neighbours count. Files that git does not know are new. Git is only asked for commits and old texts: no filter, driver or hook of the repository is run.',
    group: 'Choice',
    of: ['lint'],
  },
  {
    name: 'baseline',
    takes: 'file',
    help: 'report nothing that this file has',
    more: 'An entry is told by rule, file, text of the line and file of the other end, so lines may move. Entries that nothing answers to any more are told on stderr.',
    group: 'Choice',
    of: ['lint'],
    completes: 'file',
  },
  {
    name: 'write-baseline',
    takes: 'file',
    optional: true,
    help: 'take all that is found for known, exit with 0',
    more: 'Into the file behind the equals sign, else that of `--baseline`, else `gwlint-baseline.json`.',
    group: 'Choice',
    of: ['lint'],
    completes: 'file',
  },
  {
    name: 'stdin-filename',
    takes: 'path',
    help: 'judge standard input (-) as this file',
    more: '`gwlint - --stdin-filename nginx.conf` judges a buffer among the files on the disk. With `--fix` the repaired text goes to stdout and what is left to stderr.',
    group: 'Choice',
    of: ['lint'],
    completes: 'file',
  },
  {
    name: 'allow-outside',
    help: 'follow links and includes out of the folder',
    group: 'Choice',
    of: ['lint', 'path'],
  },
  { name: 'allow-empty', help: 'nothing to lint is no failure', group: 'Choice', of: ['lint', 'path'] },
  {
    name: 'cache',
    takes: 'folder',
    help: 'keep results there, and use those that still hold',
    more:
      'A result is used again when everything that it rests on is as it was: the program, the options, and every file and folder that was ' +
      'looked at. The folder may be shared between runs, branches, versions and machines; whoever can write to it decides what is found.',
    group: 'Speed',
    of: ['lint'],
    completes: 'file',
  },
  {
    name: 'no-cache',
    help: 'judge anew, and keep nothing',
    more:
      'Without it, and without `--cache`, what is found in one small folder is kept in that of the installed package, for its owner alone, and told again ' +
      'while everything that it rests on is as it was.',
    group: 'Speed',
    of: ['lint'],
  },
  {
    name: 'jobs',
    takes: 'number',
    help: 'threads for several folders; default all cores',
    group: 'Speed',
    of: ['lint'],
  },
  {
    name: 'shard',
    takes: 'part/of',
    help: 'only this part of the folders (2/4)',
    more: 'Each machine lints its part and writes json or sarif; `gwlint merge` joins the reports.',
    group: 'Speed',
    of: ['lint'],
  },
  { name: 'fix', help: 'apply safe fixes', group: 'Repair', of: ['lint'] },
  { name: 'unsafe-fixes', help: 'apply all fixes that are not alternatives', group: 'Repair', of: ['lint'] },
  { name: 'diff', help: 'print them as a patch instead of writing', group: 'Repair', of: ['lint'] },
  {
    name: 'interactive',
    short: 'i',
    help: 'ask for each finding which repair to take',
    more: 'Safe, unsafe and alternative ones. Only at a terminal.',
    group: 'Repair',
    of: ['lint'],
  },
  {
    name: 'stdio',
    help: 'talk over stdin and stdout, as it does anyway',
    more: 'Editors add it of themselves.',
    group: 'Other',
    of: ['lsp'],
  },
  {
    name: 'write',
    takes: ['pre-commit', 'github', 'gitlab', 'circleci', 'jenkins'],
    many: true,
    help: 'write the file for this hook or pipeline',
    more: 'May be given several times. A file that is there is never overwritten.',
    group: 'Other',
    of: ['init'],
  },
  { name: 'help', short: 'h', help: 'this text; behind a command, its own', group: 'Other', of: everywhere },
  { name: 'version', help: 'print the version', group: 'Other', of: everywhere },
] as const satisfies readonly OptionRow[];

export const exitCodes = [
  { code: 0, meaning: 'nothing found' },
  { code: 1, meaning: 'findings' },
  { code: 2, meaning: 'could not run' },
] as const;

export const examples = [
  { line: 'gwlint', help: 'lint the deployment in this folder' },
  { line: 'gwlint /etc/nginx', help: "lint this machine's nginx" },
  { line: 'gwlint --diff | git apply', help: 'look at the safe fixes first, then take them' },
  { line: 'gwlint --since main', help: 'only what this branch brings' },
  { line: 'gwlint path deploy/', help: 'see which server answers which location' },
  { line: 'gwlint path --trace nginx.conf', help: 'see why a file was linked, or not' },
] as const;

type Row = (typeof options)[number];
type ValueOf<R> = R extends { andFile: true }
  ? readonly string[]
  : R extends { takes: infer T; many: true }
    ? readonly (T extends readonly (infer W)[] ? W : string)[]
    : R extends { takes: infer T }
      ? T extends readonly (infer W)[]
        ? W
        : string
      : true;

export type Format = Extract<Row, { name: 'format' }>['takes'][number];

/** What was given, by the names of the options. */
export type Values = { readonly [R in Row as R['name']]?: ValueOf<R> };
