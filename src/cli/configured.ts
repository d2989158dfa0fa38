import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { noConfig } from '../config/config.js';
import { type ConfigProblem, type Configured, configure, shownProblem } from '../configure.js';
import type { Rule } from '../lint/rule.js';
import type { Options } from './args.js';
import { type Io, say } from './output.js';
import type { Target } from './targets.js';

/** A target, and what a configuration says about it. */
export interface ConfiguredTarget extends Configured {
  readonly target: Target;
}

export type ConfiguredTargets =
  | {
      readonly ok: true;
      readonly targets: readonly ConfiguredTarget[];
      /** The options of the command line, over those that the configuration gives. */
      readonly options: Options;
      /** All rules, those of plugins as well. */
      readonly rules: readonly Rule[];
    }
  | { readonly ok: false };

/** Finds the configuration of every target. What is wrong with one is said, each problem with its place. */
export async function configureTargets(
  targets: readonly Target[],
  options: Options,
  rules: readonly Rule[],
  io: Io,
): Promise<ConfiguredTargets> {
  const { configFile } = options;
  const found: ConfiguredTarget[] = [];
  let all = rules;
  for (const target of targets) {
    if (options.noConfig) {
      found.push({ target, config: noConfig, rules });
      continue;
    }
    const named = configFile === undefined ? {} : { file: resolve(io.cwd, configFile), base: io.cwd };
    const outcome = await configure({
      root: target.root,
      rules,
      home: io.env['HOME'] ?? homedir(),
      plugins: options.plugins,
      ...named,
    });
    if (!outcome.ok) {
      sayProblems(outcome.problems, io);
      return { ok: false };
    }
    found.push({ target, config: outcome.config, rules: outcome.rules });
    const known = new Set(all.map(({ id }) => id));
    all = [...all, ...outcome.rules.filter(({ id }) => !known.has(id))];
  }
  return { ok: true, targets: found, options: withConfig(options, found), rules: all };
}

function sayProblems(problems: readonly ConfigProblem[], io: Io): void {
  for (const problem of problems) say(io, shownProblem(problem, shownFile(problem.path, io.cwd)));
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
