import { type Config, choicesOf, noConfig } from './config/config.js';
import { startingTasks } from './extract/launch/tasks.js';
import { newMemory as newWorkMemory, type Memory as WorkMemory } from './extract/memory.js';
import { extractParts } from './extract/parts.js';
import { createReader, notLoaded, type Reading } from './extract/reader.js';
import type { Host } from './host/host.js';
import { withNames, withoutFiles } from './host/overlay.js';
import { steadyHost } from './host/steady.js';
import { link } from './link/link.js';
import { newRuleMemory, type RuleMemory } from './lint/memory.js';
import type { Diagnostic, Rule } from './lint/rule.js';
import { type Measure, runRules } from './lint/run.js';
import type { Deployment } from './model/deployment.js';
import type { Task } from './model/task.js';
import type { TargetVersions } from './model/version.js';
import { type LanguageName, type Languages, loadLanguages } from './syntax/languages.js';

export interface ReadOptions {
  /** Versions of nginx, Gunicorn and uWSGI that will run; without one, what the files tell counts. */
  readonly targets?: TargetVersions;
  /** Of earlier runs over the same root: what has not changed since is not worked out again. The result is the same as without. */
  readonly memory?: Memory;
  /** What the user states in a configuration file; see `loadConfig`. */
  readonly config?: Config;
  /** Is told how each phase is run, and each rule, to measure them. */
  readonly measure?: Measure;
}

export interface AnalyzeOptions extends ReadOptions {
  readonly rules: readonly Rule[];
  /** Ids of all rules that there are, where `rules` is only a part: a comment that silences no rule at all is told. */
  readonly known?: readonly string[];
}

export interface Analysis {
  readonly deployment: Deployment;
  readonly diagnostics: readonly Diagnostic[];
}

/** What one run over a root leaves to the next: see `ReadOptions`. */
export interface Memory extends WorkMemory {
  readonly rules: RuleMemory;
}

export function newMemory(): Memory {
  return { ...newWorkMemory(), rules: newRuleMemory() };
}

/**
 * The whole pipeline: text -> tree -> parts -> Deployment -> Diagnostic[]. Everything but loading parsers is synchronous; a pass that
 * met a language whose parser is not loaded is repeated with it, so what is not met is never loaded.
 */
export async function analyze(host: Host, options: AnalyzeOptions): Promise<Analysis> {
  const deployment = await read(host, options);
  const choices = choicesOf(options.config ?? noConfig);
  const { known, measure, memory } = options;
  return {
    deployment,
    diagnostics: runRules(options.rules, deployment, choices, { known, measure, memory: memory?.rules }),
  };
}

/** Reads the deployment without judging it. */
export async function read(
  host: Host,
  { targets, memory = newMemory(), config = noConfig, measure = (_, work) => work() }: ReadOptions = {},
): Promise<Deployment> {
  const asked = JSON.stringify([...(targets ?? [])]);
  // Work may rest on the versions, and on what the user tells, anywhere.
  if (asked !== memory.targets || memory.assumptions !== config) memory.records = new Map();
  const steady = steadyHost(configured(host, config), memory.answers);
  const paths = measure('list files', () => steady.files());
  let languages = { ...memory.languages, ...(await loadLanguages(unloaded(likelyLanguages(paths), memory))) };
  for (;;) {
    const reader = createReader(steady, languages, targets, memory, config);
    const parts = measure('read files', () => unlessNotLoaded(() => extractParts(reader)));
    const missing = missingLanguages(reader, languages);
    if (parts && missing.length === 0) {
      reader.remember();
      memory.languages = languages;
      memory.answers = steady.answers;
      memory.targets = asked;
      memory.assumptions = config;
      return measure('link', () => link(parts));
    }
    languages = { ...languages, ...(await loadLanguages(missing)) } satisfies Languages;
  }
}

/** Commands of task runners that start a server: for a person to see, nothing is judged by them. */
export async function readTasks(host: Host, config: Config = noConfig): Promise<readonly Task[]> {
  let languages: Languages = {};
  for (;;) {
    const reader = createReader(configured(host, config), languages, undefined, undefined, config);
    const tasks = unlessNotLoaded(() => startingTasks(reader));
    const missing = missingLanguages(reader, languages);
    if (tasks && missing.length === 0) return tasks;
    languages = { ...languages, ...(await loadLanguages(missing)) };
  }
}

/** Undefined where the work was broken off for a parser. */
function unlessNotLoaded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error === notLoaded) return undefined;
    throw error;
  }
}

function missingLanguages({ wanted }: Reading, languages: Languages): readonly LanguageName[] {
  return [...wanted].filter(name => !languages[name]);
}

function unloaded(names: ReadonlySet<LanguageName>, { languages }: Memory): readonly LanguageName[] {
  return [...names].filter(name => !languages[name]);
}

/** The files as the configuration has them. Most runs have none. */
function configured(host: Host, { exclude, excluded, paths }: Config): Host {
  const renamed = paths.filter(({ from }) => !from.startsWith('/'));
  const named = renamed.length === 0 ? host : withNames(host, renamed);
  return exclude.length === 0 ? named : withoutFiles(named, excluded);
}

/** Languages that a run over these files will want in any case; the first pass would be wasted without them. */
function likelyLanguages(paths: readonly string[]): ReadonlySet<LanguageName> {
  const found = new Set<LanguageName>();
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    if (name.includes('compose')) {
      if (/^(?:docker-)?compose.*\.ya?ml$/.test(name)) found.add('yaml');
    } else if (name.startsWith('dockerfile')) found.add('dockerfile');
  }
  return found;
}
