import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import type { Packed } from '../cache/pack.js';
import { type Config, noConfig } from '../config/config.js';
import { placeConfig } from '../host/config-place.js';
import type { SourceFile } from '../text/source.js';
import type { Answers } from './answers.js';
import type { Options } from './args.js';
import { type Io, say } from './output.js';
import { type LoadRules, ownRules } from './rules.js';
import type { Target } from './targets.js';

/** A target, and what a configuration says about it. */
export interface ConfiguredTarget {
  readonly target: Target;
  /** What paths in the configuration are relative to, itself relative to the root. */
  readonly base: string;
  readonly config: Config;
  /** gwlint's own and those of plugins. */
  readonly rules: LoadRules;
}

export type ConfiguredTargets =
  | {
      readonly ok: true;
      readonly targets: readonly ConfiguredTarget[];
      /** The options of the command line, over those that the configuration gives. */
      readonly options: Options;
      /** All rules, those of plugins as well. */
      readonly rules: LoadRules;
    }
  | { readonly ok: false };

/**
 * Finds the configuration of every target. It is not read where there is an answer that was given under it, and no rule is loaded then. What is wrong
 * with one is said, each problem with its place.
 */
export async function configureTargets(
  targets: readonly Target[],
  options: Options,
  io: Io,
  answers?: Answers,
): Promise<ConfiguredTargets> {
  const found: ConfiguredTarget[] = [];
  for (const target of targets) {
    const one = await configureTarget(target, options, io, answers);
    if (!one) return { ok: false };
    found.push(one);
  }
  return { ok: true, targets: found, options: withConfig(options, found), rules: () => allRules(found) };
}

async function configureTarget(
  target: Target,
  options: Options,
  io: Io,
  answers: Answers | undefined,
): Promise<ConfiguredTarget | undefined> {
  const found = options.noConfig ? none : placeConfig({ root: target.root, home: homeOf(io), ...namedBy(options, io) });
  if (found.kind === 'none') return { target, base: '', config: noConfig, rules: ownRules };
  const base = found.kind === 'file' ? shownFile(found.folder, found.root) : '';
  // Which of the files that the user names are excluded is to be told.
  if (found.kind === 'file' && answers && !target.only) {
    const { file } = found;
    const known = await answers.before({ target, base, file });
    if (known) return { target, base, config: asKnown(file, known), rules: ownRules };
  }
  const { configureFrom, rules, shownProblem } = await import('./judge.js');
  const outcome = await configureFrom(found, { rules, plugins: options.plugins });
  if (outcome.ok) return { target, base, config: outcome.config, rules: async () => outcome.rules };
  for (const problem of outcome.problems) say(io, shownProblem(problem, shownFile(problem.path, io.cwd)));
  return undefined;
}

const none = { kind: 'none' } as const;

function namedBy({ configFile }: Options, { cwd }: Io) {
  return configFile === undefined ? {} : { file: resolve(cwd, configFile), base: cwd };
}

/** What of a configuration matters once everything is judged. */
function asKnown(file: SourceFile, { settings: { level, failOn } }: Packed): Config {
  const span = { file, start: 0, end: 0 };
  return {
    ...noConfig,
    file,
    ...(level && { level: { value: level, span } }),
    ...(failOn && { failOn: { value: failOn, span } }),
  };
}

function homeOf({ env }: Io): string {
  return env['HOME'] ?? homedir();
}

/** The first of each name. */
async function allRules(targets: readonly ConfiguredTarget[]) {
  const all = new Map((await ownRules()).map(rule => [rule.id, rule]));
  for (const { rules } of targets) for (const rule of await rules()) if (!all.has(rule.id)) all.set(rule.id, rule);
  return [...all.values()];
}

/** The path of a file as seen from `cwd`. */
export function shownFile(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join('/');
}

/** Of several configurations, the first that says something counts. */
function withConfig(options: Options, targets: readonly ConfiguredTarget[]): Options {
  const { given } = options;
  const level = targets.map(({ config }) => config.level?.value).find(one => one !== undefined);
  const failOn = targets.map(({ config }) => config.failOn?.value).find(one => one !== undefined);
  return {
    ...options,
    ...(level !== undefined && !given.has('level') && !given.has('quiet') && { level }),
    ...(failOn !== undefined && !given.has('fail-on') && { failOn }),
  };
}
