import { type Config, choicesOf, noConfig } from './config/config.js';
import { startingTasks } from './extract/launch/tasks.js';
import { type Derived, newMemory as newWorkMemory, type Memory as WorkMemory } from './extract/memory.js';
import { extractParts, type TakeStack } from './extract/parts.js';
import { createReader, type Reading } from './extract/reader.js';
import type { Host } from './host/host.js';
import { withNames, withoutFiles } from './host/overlay.js';
import { steadyHost } from './host/steady.js';
import { link } from './link/link.js';
import { newRuleMemory, type RuleMemory } from './lint/memory.js';
import type { Diagnostic, Rule } from './lint/rule.js';
import { judgeAlone, type Measure, runRules } from './lint/run.js';
import type { Deployment } from './model/deployment.js';
import type { Parts } from './model/parts.js';
import type { Task } from './model/task.js';
import type { TargetVersions } from './model/version.js';
import { createPieces, type Remainder } from './piecemeal.js';
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
  /** Is told what files there are before they are read. */
  readonly listed?: (paths: readonly string[]) => Promise<unknown>;
}

export interface AnalyzeOptions extends ReadOptions {
  readonly rules: readonly Rule[];
  /** Ids of all rules that there are, where `rules` is only a part: a comment that silences no rule at all is told. */
  readonly known?: readonly string[];
  /**
   * Only what is found is wanted: stacks that nothing ties to others are judged alone and then left out of the deployment, once so many containers
   * are kept. The findings are the same as without, where each rule looks at one stack after the other.
   */
  readonly piecemeal?: number;
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
  const { rules, known, measure, memory, config = noConfig } = options;
  const choices = choicesOf(config);
  if (options.piecemeal !== undefined && !memory && config.stacks.length === 0) {
    const { deployment, verdicts } = await readPieces(host, options, options.piecemeal);
    return { deployment, diagnostics: runRules(rules, deployment, choices, { known, measure }, verdicts) };
  }
  const deployment = await read(host, options);
  return {
    deployment,
    diagnostics: runRules(rules, deployment, choices, { known, measure, memory: memory?.rules }),
  };
}

/** Reads the deployment without judging it. */
export async function read(host: Host, options: ReadOptions = {}): Promise<Deployment> {
  const { parts } = await readParts(host, options, () => ({ take: undefined }));
  return (options.measure ?? plainly)('link', () => link(parts));
}

/** Reads the deployment and judges what can be judged alone as soon as it is read. */
async function readPieces(host: Host, options: AnalyzeOptions, few: number): Promise<Remainder> {
  const choices = choicesOf(options.config ?? noConfig);
  const texts = new Map<string, string>();
  const judge = (part: Deployment) => judgeAlone(options.rules, part, choices, texts);
  const { parts, by } = await readParts(host, options, reader => createPieces(reader, judge, few));
  return (options.measure ?? plainly)('link', () => by.finish(parts));
}

const plainly: Measure = (_, work) => work();

/** The parts of the deployment, read with all parsers that they need. `by`: whoever takes stacks as they come, made anew for each pass. */
async function readParts<By extends { readonly take: TakeStack | undefined }>(
  host: Host,
  { targets, memory, config = noConfig, measure = plainly, listed }: ReadOptions,
  taker: (reader: Reading) => By,
): Promise<{ readonly parts: Parts; readonly by: By }> {
  const asked = JSON.stringify([...(targets ?? [])]);
  // Work may rest on the versions, and on what the user tells, anywhere.
  if (memory && (asked !== memory.targets || memory.assumptions !== config)) memory.records = new Map();
  const steady = steadyHost(configured(host, config), memory?.answers, !memory);
  const paths = measure('list files', () => steady.files());
  await listed?.(paths);
  const loaded: Languages = memory?.languages ?? {};
  let languages: Languages = { ...loaded, ...(await loadLanguages(unloaded(likelyLanguages(paths), loaded))) };
  const derived: Derived = memory?.derived ?? new Map();
  for (;;) {
    const missing = new Set<LanguageName>();
    const reader = createReader(steady, { ...notYet(missing), ...languages }, targets, memory, config, derived);
    const by = taker(reader);
    const parts = measure('read files', () => unlessNotLoaded(() => extractParts(reader, by.take)));
    if (parts) {
      reader.remember();
      if (memory) Object.assign(memory, { languages, answers: steady.answers, targets: asked, assumptions: config });
      return { parts, by };
    }
    languages = { ...languages, ...(await loadLanguages(missing)) } satisfies Languages;
  }
}

/** Commands of task runners that start a server: for a person to see, nothing is judged by them. */
export async function readTasks(host: Host, config: Config = noConfig): Promise<readonly Task[]> {
  let languages: Languages = {};
  for (;;) {
    const missing = new Set<LanguageName>();
    const loaded = { ...notYet(missing), ...languages };
    const reader = createReader(configured(host, config), loaded, undefined, undefined, config);
    const tasks = unlessNotLoaded(() => startingTasks(reader));
    if (tasks) return tasks;
    languages = { ...languages, ...(await loadLanguages(missing)) };
  }
}

/** Thrown where a parser is asked for that is yet to be loaded. */
const notLoaded = new Error('a parser is not loaded');

/** Undefined where the work was broken off for a parser. */
function unlessNotLoaded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error === notLoaded) return undefined;
    throw error;
  }
}

/** Parsers that break the work off where they are asked for: what is done without one would be done in vain. */
function notYet(asked: Set<LanguageName>): Languages {
  const names: readonly LanguageName[] = ['yaml', 'python', 'dockerfile', 'xml', 'toml'];
  const breakOff = (name: LanguageName) => (): never => {
    asked.add(name);
    throw notLoaded;
  };
  return Object.fromEntries(names.map(name => [name, breakOff(name)]));
}

function unloaded(names: ReadonlySet<LanguageName>, languages: Languages): readonly LanguageName[] {
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
    } else if (/^(?:docker|container)file|\.dockerfile$/.test(name)) found.add('dockerfile');
    else if (name === 'fly.toml' || name === 'railway.toml') found.add('toml');
  }
  return found;
}
