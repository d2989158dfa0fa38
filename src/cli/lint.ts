import { resolve } from 'node:path';
import type { Memory } from '../analyze.js';
import { decodeText } from '../host/decode.js';
import { matchesSelector, unknownSelector } from '../lint/select.js';
import { createLocate } from '../report/report.js';
import { type Answers, createAnswers } from './answers.js';
import type { Options } from './args.js';
import { type ConfiguredTarget, configureTargets } from './configured.js';
import { writeReport } from './formats.js';
import { obstacleIn, sayNotes } from './notes.js';
import { cannotRun, type Io, silent } from './output.js';
import { joinReports, nothingToLint, openProject, type Project, type ProjectView, reportOf } from './project.js';
import { openProjects } from './projects.js';
import { type LoadRules, ownRules } from './rules.js';
import { type Sifted, sift, type Wishes } from './sift.js';
import type { Changes } from './since.js';
import { createSpare, type Spare } from './spare.js';
import { type Target, targetOfBuffer, targetsOf } from './targets.js';
import type { Stopwatch } from './timing.js';
import type { Tool } from './tool.js';
import { exitCode } from './verdict.js';

/** Everything that one run works with. */
export interface Run {
  readonly options: Options;
  readonly rules: LoadRules;
  readonly tool: Tool;
  readonly io: Io;
  /** What earlier runs left, by root. */
  readonly memories: Map<string, Memory>;
  readonly watch?: Stopwatch;
}

/** Lints, and repairs where asked to. Returns the exit code. */
export async function lintCommand(given: Options, tool: Tool, io: Io): Promise<number> {
  const options = given.cache === undefined ? given : { ...given, cache: resolve(io.cwd, given.cache) };
  const run: Run = { options, rules: ownRules, tool, io, memories: new Map() };
  if (options.watch) return (await import('./watch.js')).watchCommand(run);
  if (!options.timing) return lintOnce(run);
  const { createStopwatch, timingText } = await import('./timing.js');
  const watch = createStopwatch();
  const code = await lintOnce({ ...run, watch });
  io.stderr(timingText(watch, options.verbose));
  return code;
}

/** One pass over everything that the user named. Returns the exit code. */
export async function lintOnce(given: Run): Promise<number> {
  const { io } = given;
  const asked = await targetsAndBuffers(given.options, io);
  if (typeof asked === 'string') return cannotRun(asked, io);
  const inShard = shardOf(asked.targets, given.options);
  if (typeof inShard === 'string') return cannotRun(inShard, io);
  const answers = isWhole(given.options, asked.buffer) ? undefined : answersTo(inShard, given);
  // Several folders are asked about by the threads that judge them.
  const configured = await configureTargets(inShard, given.options, io, inShard.length === 1 ? answers : undefined);
  if (!configured.ok) return 2;
  const { options, rules } = configured;
  const unknown = await unknownSelection(options, rules);
  if (unknown !== undefined) return cannotRun(unknown, io);
  const run: Run = { ...given, options, rules };
  const projects = answers
    ? await openProjects(configured.targets, options, answers, io)
    : await openWhole(configured.targets, asked.buffer, run);
  const obstacle = projects.map(project => obstacleIn(project, io.cwd)).find(one => one !== undefined);
  if (obstacle !== undefined) return cannotRun(obstacle, io);
  const isEmpty = projects.every(({ deployment }) => deployment.files.length === 0);
  if (isEmpty && options.shard === undefined) return nothingToLint(options, io);
  const wishes = await wishesOf(projects, run);
  if (typeof wishes === 'string') return cannotRun(wishes, io);
  for (const project of projects) sayNotes(project, options, quietly(run));
  if (options.fix !== 'none' || options.interactive) {
    return (await import('./repair.js')).repair(projects, wishes, asked.buffer, run);
  }
  const sifted = sift(projects, wishes);
  return options.writeBaseline === undefined ? finish(sifted, run) : adopt(sifted, wishes, run);
}

/** A name on the command line that is no rule and no group. */
async function unknownSelection({ select, ignore }: Options, rules: LoadRules): Promise<string | undefined> {
  const names = [...select, ...ignore];
  if (names.length === 0) return undefined;
  const ids = (await rules()).map(({ id }) => id);
  const name = names.find(one => !ids.some(id => matchesSelector(one, id)));
  return name === undefined ? undefined : unknownSelector(name, ids);
}

interface Asked {
  readonly targets: readonly Target[];
  /** The text of the file that the only target names. */
  readonly buffer?: string;
}

async function targetsAndBuffers({ paths, stdinFilename }: Options, io: Io): Promise<Asked | string> {
  if (!paths.includes('-')) {
    if (stdinFilename !== undefined) return '--stdin-filename belongs to gwlint -';
    const found = targetsOf(paths, io.cwd);
    return found.ok ? found : found.problem;
  }
  if (paths.length > 1) return '- cannot be judged beside other paths';
  if (stdinFilename === undefined) return '- needs --stdin-filename: what a file means depends on where it stands';
  return {
    targets: [targetOfBuffer(stdinFilename, io.cwd)],
    buffer: decodeText((await io.stdin?.()) ?? new Uint8Array()).text,
  };
}

/** A repair, a clock or a text from elsewhere needs all that is read. */
function isWhole({ fix, interactive, timing, watch }: Options, buffer: string | undefined): boolean {
  return fix !== 'none' || interactive || timing || watch || buffer !== undefined;
}

function answersTo(targets: readonly Target[], { options, tool, io }: Run): Answers {
  const usual = targets.length === 1 ? io.answers : undefined;
  return createAnswers(options, tool, createSpare(targets.length), usual);
}

async function openWhole(
  targets: readonly ConfiguredTarget[],
  buffer: string | undefined,
  run: Run,
): Promise<readonly Project[]> {
  const projects: Project[] = [];
  const listed = createSpare(targets.length);
  for (const target of targets) projects.push(await open(target, buffer, run, listed));
  return projects;
}

/**
 * The part of the folders that falls to this shard: neighbours, so that the reports of all shards one behind the other have the
 * order of the whole.
 */
function shardOf(targets: readonly Target[], { shard }: Options): readonly Target[] | string {
  if (!shard) return targets;
  if (targets.length < 2) return '--shard spreads folders over machines; name several: gwlint --shard 1/4 services/*';
  const { part, of } = shard;
  return targets.slice(Math.floor(((part - 1) * targets.length) / of), Math.floor((part * targets.length) / of));
}

async function open(
  configured: ConfiguredTarget,
  buffer: string | undefined,
  { options, memories, watch }: Run,
  listed: Spare,
): Promise<Project> {
  const { root, only } = configured.target;
  const [path] = only ?? [];
  const memory = memories.get(root) ?? (isRepeated(options) ? (await import('./judge.js')).newMemory() : undefined);
  if (memory) memories.set(root, memory);
  return openProject(configured, {
    ...options,
    listed,
    ...(memory && { memory }),
    ...(buffer !== undefined && path !== undefined && { buffers: new Map([[path, buffer]]) }),
    ...(watch && { measure: watch.measure }),
  });
}

/** A repair judges its outcome, and a watch every change: what the first run did is of use to the next. */
function isRepeated({ fix, interactive, watch }: Options): boolean {
  return fix !== 'none' || interactive || watch;
}

async function wishesOf(projects: readonly Project[], { options, io }: Run): Promise<Wishes | string> {
  const changes = new Map<string, Changes>();
  if (options.since !== undefined) {
    const { changesSince } = await import('./since.js');
    for (const { target } of projects) {
      const found = changesSince(target.root, options.since, io);
      if (typeof found === 'string') return found;
      changes.set(target.root, found);
    }
  }
  // A baseline that is written anew is not read first.
  if (options.baseline === undefined || options.writeBaseline !== undefined)
    return { options, changes, locate: createLocate() };
  const baseline = (await import('./baseline.js')).loadBaseline(options, io.cwd);
  if (typeof baseline === 'string') return baseline;
  return { options, changes, locate: createLocate(), ...(baseline && { baseline }) };
}

/** Where everything goes that is no finding. */
export function quietly({ options, io }: Run): Io {
  return options.quiet ? silent(io) : io;
}

/** Writes the report of what is left. Returns the exit code. */
export async function finish(sifted: Sifted, run: Run): Promise<number> {
  const { options, rules, tool, io } = run;
  const report = reportFor(sifted.projects, io);
  const ended = run.watch?.start('report');
  const problem = await writeReport(report, options, rules, tool, io);
  ended?.();
  if (problem !== undefined) return cannotRun(problem, io);
  if (options.baseline !== undefined) (await import('./baseline.js')).sayBaseline(sifted, options, quietly(run));
  return exitCode(report.diagnostics, sifted.warnings, options);
}

export function reportFor(projects: readonly ProjectView[], io: Io) {
  return joinReports(projects.map(one => reportOf(one, io.cwd)));
}

/** Takes all that is found for known. */
async function adopt(sifted: Sifted, wishes: Wishes, run: Run): Promise<number> {
  const { saveBaseline } = await import('./baseline.js');
  const problem = saveBaseline(reportFor(sifted.projects, run.io), wishes.options, run.io);
  return problem === undefined ? 0 : cannotRun(problem, run.io);
}
