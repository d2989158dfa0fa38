import { parseArgs } from 'node:util';
import type { Severity } from '../lint/rule.js';
import { isVersion, type TargetVersions, type VersionedTool, versionedTools } from '../model/version.js';
import { nearest } from '../text/near.js';

export type Format = 'pretty' | 'json' | 'compact';
export type Command = 'lint' | 'path' | 'explain' | 'rules';

export interface Options {
  readonly command: Command;
  /** Paths to lint; of `explain`, the rules. */
  readonly paths: readonly string[];
  readonly format: Format;
  readonly fix: 'none' | 'safe' | 'unsafe';
  readonly diff: boolean;
  readonly level: Severity;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** Versions of the programs that will run, as the user names them. */
  readonly targets: TargetVersions;
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

const flags = {
  format: { type: 'string' },
  fix: { type: 'boolean' },
  'unsafe-fixes': { type: 'boolean' },
  diff: { type: 'boolean' },
  level: { type: 'string' },
  'fail-on': { type: 'string' },
  select: { type: 'string', multiple: true },
  ignore: { type: 'string', multiple: true },
  'target-version': { type: 'string', multiple: true },
  'allow-outside': { type: 'boolean' },
  'allow-empty': { type: 'boolean' },
  color: { type: 'string' },
  'no-color': { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const choices = {
  format: ['pretty', 'json', 'compact'],
  level: ['error', 'warning', 'info'],
  'fail-on': ['error', 'warning', 'never'],
  color: ['auto', 'always', 'never'],
} as const;

/** Words in the first place that are commands; a folder of that name is meant by `./path`. */
export const commands: readonly Command[] = ['path', 'explain', 'rules'];

/** Reads the command line; a mistake is told in one sentence. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
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
  const { values, positionals } = parsed;
  for (const [name, allowed] of Object.entries(choices)) {
    const value = values[name as keyof typeof choices];
    if (value !== undefined && !(allowed as readonly string[]).includes(value)) {
      return { ok: false, problem: `--${name} takes ${allowed.join(', ')}, not '${value}'` };
    }
  }
  const targets = targetVersions(listed(values['target-version']));
  if (typeof targets === 'string') return { ok: false, problem: targets };
  const [first, ...rest] = positionals;
  const command = commands.find(one => one === first) ?? 'lint';
  return {
    ok: true,
    options: {
      command,
      paths: command === 'lint' ? positionals : rest,
      format: (values.format ?? 'pretty') as Format,
      fix: values['unsafe-fixes'] ? 'unsafe' : values.fix || values.diff ? 'safe' : 'none',
      diff: values.diff === true,
      level: (values.level ?? 'info') as Severity,
      failOn: (values['fail-on'] ?? 'warning') as Options['failOn'],
      select: listed(values.select),
      ignore: listed(values.ignore),
      targets,
      allowOutside: values['allow-outside'] === true,
      allowEmpty: values['allow-empty'] === true,
      color: values['no-color'] ? 'never' : ((values.color ?? 'auto') as Options['color']),
      verbose: values.verbose === true,
      help: values.help === true,
      version: values.version === true,
    },
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: flags, allowPositionals: true, strict: true });
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
