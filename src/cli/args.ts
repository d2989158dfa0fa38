import { parseArgs } from 'node:util';
import type { Severity } from '../lint/rule.js';
import { isVersion, type TargetVersions, type VersionedTool, versionedTools } from '../model/version.js';
import { nearest } from '../text/near.js';
import { type Command, commands, type Format, type OptionRow, options, type Values } from './options.js';

/** Where one format goes: to a file, or to stdout. */
export interface Output {
  readonly format: Format;
  /** As the user wrote it. */
  readonly file?: string;
}

export interface Options {
  readonly command: Command;
  /** Paths to lint; of `explain`, the rules; of `completion`, the shell. */
  readonly paths: readonly string[];
  /** Empty where the user asked for no format. */
  readonly outputs: readonly Output[];
  readonly fix: 'none' | 'safe' | 'unsafe';
  readonly diff: boolean;
  readonly interactive: boolean;
  readonly level: Severity;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly maxWarnings?: number;
  readonly since?: string;
  readonly baseline?: string;
  /** Empty where the user named no file. */
  readonly writeBaseline?: string;
  readonly stdinFilename?: string;
  readonly quiet: boolean;
  readonly statistics: boolean;
  readonly timing: boolean;
  readonly watch: boolean;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** Versions of the programs that will run, as the user names them. */
  readonly targets: TargetVersions;
  /** A configuration file that the user names. */
  readonly configFile?: string;
  readonly noConfig: boolean;
  readonly plugins: 'allow' | 'refuse' | 'ignore';
  /** Of `init`: hooks and pipelines to write files for. */
  readonly write: readonly string[];
  /** Names of the options that the user gave. */
  readonly given: ReadonlySet<string>;
  /** Folder of the cache as written; absent where the user names none. */
  readonly cache?: string;
  readonly noCache: boolean;
  /** Threads; absent: as many as there are cores, where that is worth it. */
  readonly jobs?: number;
  /** The part of the folders that this run is to lint, from 1. */
  readonly shard?: { readonly part: number; readonly of: number };
  /** Of `path`: the file whose place is to be explained. */
  readonly trace?: string;
  readonly allowOutside: boolean;
  readonly allowEmpty: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly verbose: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export type ParsedArguments =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly problem: string };

const rows: readonly OptionRow[] = options;

const flags = Object.fromEntries(
  rows.map(({ name, short, takes, many }) => [
    name,
    {
      type: takes === undefined ? ('boolean' as const) : ('string' as const),
      ...(short !== undefined && { short }),
      ...(many && { multiple: true }),
    },
  ]),
);

/** Reads the command line; a mistake is told in one sentence. */
export function parseArguments(given: readonly string[]): ParsedArguments {
  // Clients built on vscode-languageclient add it; the server library reads it by itself.
  const argv = given[0] === 'lsp' ? given.filter(word => !/^--clientProcessId=\d+$/.test(word)) : given;
  const unknown = unknownFlag(argv);
  if (unknown) return { ok: false, problem: unknown };
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return {
      ok: false,
      problem: error instanceof Error ? plainProblem(error.message) : 'the command line cannot be read',
    };
  }
  const [first, ...rest] = parsed.positionals;
  const command = commands.find(({ name }) => name === first && name !== 'lint')?.name ?? 'lint';
  const problem = rows.map(row => objection(row, parsed.values[row.name], command)).find(one => one !== undefined);
  if (problem !== undefined) return { ok: false, problem };
  const clash = clashOf(parsed.values as Values, parsed.positionals);
  if (clash !== undefined) return { ok: false, problem: clash };
  const objected = outputObjection(((parsed.values as Values).format ?? []).map(outputOf), command);
  if (objected !== undefined) return { ok: false, problem: objected };
  const opposed = opposites.find(pair => pair.every(name => parsed.values[name] !== undefined));
  if (opposed) return { ok: false, problem: `${opposed.map(name => `--${name}`).join(' and ')} exclude each other` };
  const malformed = numberObjection(parsed.values as Values);
  if (malformed !== undefined) return { ok: false, problem: malformed };
  const targets = targetVersions(listed((parsed.values as Values)['target-version']));
  if (typeof targets === 'string') return { ok: false, problem: targets };
  return {
    ok: true,
    options: toOptions(parsed.values as Values, command, command === 'lint' ? parsed.positionals : rest, targets),
  };
}

function toOptions(values: Values, command: Command, paths: readonly string[], targets: TargetVersions): Options {
  return {
    command,
    paths,
    outputs: values.json ? [{ format: 'json' }] : (values.format ?? []).map(outputOf),
    fix: values['unsafe-fixes'] ? 'unsafe' : values.fix || values.diff ? 'safe' : 'none',
    diff: values.diff === true,
    interactive: values.interactive === true,
    level: values.quiet ? 'error' : (values.level ?? 'info'),
    failOn: values['fail-on'] ?? 'warning',
    ...(values['max-warnings'] !== undefined && { maxWarnings: Number(values['max-warnings']) }),
    ...(values.since !== undefined && { since: values.since }),
    ...(values.baseline !== undefined && { baseline: values.baseline }),
    ...(values['write-baseline'] !== undefined && { writeBaseline: values['write-baseline'] }),
    ...(values['stdin-filename'] !== undefined && { stdinFilename: values['stdin-filename'] }),
    quiet: values.quiet === true,
    statistics: values.statistics === true,
    timing: values.timing === true,
    watch: values.watch === true,
    select: listed(values.select),
    ignore: listed(values.ignore),
    targets,
    ...(values.config !== undefined && { configFile: values.config }),
    noConfig: values['no-config'] === true,
    plugins: values['allow-plugins'] ? 'allow' : values['no-plugins'] ? 'ignore' : 'refuse',
    write: values.write ?? [],
    given: new Set(Object.keys(values)),
    ...(values.trace !== undefined && { trace: values.trace }),
    ...(values.cache !== undefined && { cache: values.cache }),
    noCache: values['no-cache'] === true,
    ...(values.jobs !== undefined && { jobs: Number(values.jobs) }),
    ...(values.shard !== undefined && { shard: shardOf(values.shard) }),
    allowOutside: values['allow-outside'] === true,
    allowEmpty: values['allow-empty'] === true,
    color: values['no-color'] ? 'never' : (values.color ?? 'auto'),
    verbose: values.verbose === true,
    help: values.help === true,
    version: values.version === true,
  };
}

const opposites = [
  ['config', 'no-config'],
  ['allow-plugins', 'no-plugins'],
  ['cache', 'no-cache'],
] as const;

/** What is wrong with an option that was given. */
function objection({ name, takes, of, andFile }: OptionRow, given: unknown, command: Command): string | undefined {
  if (given === undefined) return undefined;
  if (!of.includes(command)) {
    // `gwlint --version -v` has no command yet.
    return command === 'lint'
      ? `--${name} belongs to gwlint ${of.join(' and ')}`
      : `gwlint ${command} takes no --${name}`;
  }
  if (typeof takes !== 'object') return undefined;
  const words = [given].flat().map(value => (andFile ? outputOf(String(value)).format : String(value)));
  const wrong = words.find(word => !takes.includes(word));
  return wrong === undefined ? undefined : `--${name} takes ${takes.join(', ')}, not '${wrong}'`;
}

/** What is wrong with a value that is made of numbers. */
function numberObjection({ jobs, shard, cache }: Values): string | undefined {
  if (cache === '') return '--cache takes a folder';
  if (jobs !== undefined && !/^[1-9]\d{0,2}$/.test(jobs)) return `--jobs takes a number from 1 on, not '${jobs}'`;
  const [part, of] =
    /^(\d{1,5})\/(\d{1,5})$/
      .exec(shard ?? '1/1')
      ?.slice(1)
      .map(Number) ?? [];
  if (part !== undefined && of !== undefined && part >= 1 && part <= of) return undefined;
  return `--shard takes a part and the number of parts, such as 2/4, not '${shard}'`;
}

function shardOf(text: string): { readonly part: number; readonly of: number } {
  const [part = 1, of = 1] = text.split('/').map(Number);
  return { part, of };
}

/** `sarif` or `sarif=FILE`. */
function outputOf(value: string): Output {
  const equals = value.indexOf('=');
  if (equals < 0) return { format: value as Format };
  return { format: value.slice(0, equals) as Format, file: value.slice(equals + 1) };
}

/** What is wrong with formats that were asked for together. */
function outputObjection(outputs: readonly Output[], command: Command): string | undefined {
  if (outputs.some(({ file }) => file === '')) return '--format needs the name of a file behind the equals sign';
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, i) => files.indexOf(file) < i);
  if (twice !== undefined) return `two formats cannot both be written to ${twice}`;
  if (command !== 'lint') {
    const [first, ...more] = outputs;
    const fits = !first || ((first.format === 'pretty' || first.format === 'json') && first.file === undefined);
    return fits && more.length === 0 ? undefined : `gwlint ${command} takes --format pretty or json`;
  }
  const shared = outputs.filter(({ file }) => file === undefined).map(({ format }) => format);
  const document = shared.find(format => !lines.includes(format));
  if (document === undefined || shared.length === 1) return undefined;
  return `${shared.join(' and ')} cannot share stdout; write one to a file: --format ${document}=FILE`;
}

/** Formats that may stand one behind the other. */
const lines: readonly Format[] = ['pretty', 'compact', 'github', 'markdown'];

/** Options that cannot be given together, and numbers that are none. */
function clashOf(values: Values, words: readonly string[]): string | undefined {
  const most = values['max-warnings'];
  if (most !== undefined && !/^\d{1,9}$/.test(most)) return `--max-warnings takes a number, not '${most}'`;
  const writes = (['fix', 'unsafe-fixes', 'diff', 'interactive'] as const).find(name => values[name]);
  if (values.interactive && values.diff) return '--interactive and --diff exclude each other';
  if (values['write-baseline'] !== undefined && writes) return `--write-baseline and --${writes} exclude each other`;
  if (values.watch && (writes || words.includes('-')))
    return `--watch and ${writes ? `--${writes}` : '-'} exclude each other`;
  if (words.includes('-') && values.interactive) return '--interactive and - exclude each other';
  const other = values.statistics && values.format?.find(value => !/^(?:pretty|json)(?:=|$)/.test(value));
  return other ? `--statistics goes with --format pretty or json, not ${other}` : undefined;
}

/** `--name` of an option whose value may be left out, as the parser wants it. */
function withValues(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    const row = end < 0 || i < end ? rows.find(({ name, optional }) => optional && word === `--${name}`) : undefined;
    return row ? `${word}=` : word;
  });
}

function parse(argv: readonly string[]): Pick<ReturnType<typeof parseOptions>, 'values' | 'positionals'> {
  // Most command lines only name folders and files, for which the parser need not be loaded.
  if (!argv.some(word => word.startsWith('-'))) return { values: {}, positionals: [...argv] };
  return parseOptions(argv);
}

function parseOptions(argv: readonly string[]) {
  return parseArgs({ args: [...withValues(argv)], options: flags, allowPositionals: true, strict: true });
}

function listed(values: readonly string[] | undefined): readonly string[] {
  return (values ?? [])
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(Boolean);
}

/** `nginx=1.22` ...: a map, or what is wrong. */
function targetVersions(words: readonly string[]): TargetVersions | string {
  const found = new Map<VersionedTool, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const version = word.slice(equals + 1).trim();
    const tool = versionedTools.find(one => one === name);
    if (!tool || !isVersion(version)) {
      const near = !tool && name !== '' ? nearest(name, versionedTools) : undefined;
      const hint = near ? `; did you mean ${near}=${version}?` : '';
      return `--target-version takes nginx=1.22, gunicorn=20.1 or uwsgi=2.0, not '${word}'${hint}`;
    }
    found.set(tool, version.replace(/^v/, ''));
  }
  return found;
}

function unknownFlag(argv: readonly string[]): string | undefined {
  for (const word of argv) {
    if (word === '--') return undefined;
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || Object.hasOwn(flags, name)) continue;
    const near = nearest(name, Object.keys(flags));
    return `there is no option --${name}${near ? `; did you mean --${near}?` : ''}`;
  }
  return undefined;
}

/** The first sentence of what node:util says, without its advice about `--`. */
function plainProblem(message: string): string {
  const sentence = /^[^.\n]*/.exec(message)?.[0] ?? message;
  return sentence.replace(/^Option /, 'option ').replace(/^Unknown option/, 'there is no option');
}
