import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { type Config, noConfig } from '../config/config.js';
import { findConfigFile } from '../host/config-file.js';
import { realFolder } from '../host/disk.js';
import type { Options } from './args.js';
import { type Io, say } from './output.js';
import { type LoadRules, ownRules } from './rules.js';
import type { Target } from './targets.js';

/** A target, and what a configuration says about it. */
export interface ConfiguredTarget {
  readonly target: Target;
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

/** Finds the configuration of every target; where there is none, no rule is loaded. What is wrong with one is said, each problem with its place. */
export async function configureTargets(
  targets: readonly Target[],
  options: Options,
  io: Io,
): Promise<ConfiguredTargets> {
  const found: ConfiguredTarget[] = [];
  for (const target of targets) {
    const one = hasConfig(target, options, io)
      ? await configureTarget(target, options, io)
      : { target, config: noConfig, rules: ownRules };
    if (!one) return { ok: false };
    found.push(one);
  }
  return { ok: true, targets: found, options: withConfig(options, found), rules: () => allRules(found) };
}

function hasConfig({ root }: Target, { noConfig, configFile }: Options, io: Io): boolean {
  return !noConfig && (configFile !== undefined || findConfigFile(realFolder(root), homeOf(io)).kind !== 'none');
}

async function configureTarget(target: Target, options: Options, io: Io): Promise<ConfiguredTarget | undefined> {
  const { configure, rules, shownProblem } = await import('./judge.js');
  const { configFile, plugins } = options;
  const outcome = await configure({
    ...{ root: target.root, rules, home: homeOf(io), plugins },
    ...(configFile !== undefined && { file: resolve(io.cwd, configFile), base: io.cwd }),
  });
  if (outcome.ok) return { target, config: outcome.config, rules: async () => outcome.rules };
  for (const problem of outcome.problems) say(io, shownProblem(problem, shownFile(problem.path, io.cwd)));
  return undefined;
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
