import type { Diagnostic, Rule, Severity } from '../lint/rule.js';
import { matchesSelector, unknownSelector } from '../lint/select.js';
import type { Report } from '../report/report.js';
import { counted } from '../report/summary.js';
import { visible } from '../report/visible.js';
import type { Options } from './args.js';
import { type ConfiguredTarget, configureTargets } from './configured.js';
import { writeReport } from './formats.js';
import { cannotRun, type Io, say } from './output.js';
import {
  type Fixed,
  fixProject,
  joinReports,
  nothingToLint,
  openProject,
  type Project,
  patchBytes,
  reportOf,
  shownPath,
  touches,
} from './project.js';
import { type Target, targetsOf } from './targets.js';
import type { Tool } from './tool.js';
import { writeFiles } from './write.js';

const strengths: readonly Severity[] = ['info', 'warning', 'error'];

/** Lints, and repairs where asked to. Returns the exit code. */
export async function lintCommand(asked: Options, builtIn: readonly Rule[], tool: Tool, io: Io): Promise<number> {
  const found = targetsOf(asked.paths, io.cwd);
  if (!found.ok) return cannotRun(found.problem, io);
  const inShard = shardOf(found.targets, asked);
  if (typeof inShard === 'string') return cannotRun(inShard, io);
  const configured = await configureTargets(inShard, asked, builtIn, io);
  if (!configured.ok) return 2;
  const { options, rules, targets } = configured;
  const unknown = unknownSelection(options, rules);
  if (unknown !== undefined) return cannotRun(unknown, io);
  const alone = options.fix !== 'none' || (options.cache === undefined && targets.length < 2);
  const projects = alone
    ? await openEach(targets, options)
    : await (await import('./projects.js')).openProjects(targets, options, tool, io);
  const obstacle = projects.map(project => obstacleIn(project, io.cwd)).find(one => one !== undefined);
  if (obstacle !== undefined) return cannotRun(obstacle, io);
  const wanted = (project: Project) => (one: Diagnostic) => isSelected(one, options) && touches(project.target, one);
  const before = projects.map(project => narrowed(project, wanted(project)));
  const isShard = options.shard !== undefined;
  if (!isShard && before.every(({ deployment }) => deployment.files.length === 0)) return nothingToLint(options, io);
  for (const project of projects) sayNotes(project, options, io);
  if (options.fix === 'none')
    return output(joinReports(before.map(one => reportOf(one, io.cwd))), options, rules, tool, io);

  const fixed: Fixed[] = [];
  for (const project of projects) {
    const choice = { unsafe: options.fix === 'unsafe', wanted: wanted(project) };
    fixed.push(await fixProject(project, choice, io.cwd));
  }
  for (const { diagnostic, fix } of fixed.flatMap(one => one.refused)) {
    say(io, `not repaired: ${fix.title} (${diagnostic.rule}) leaves the finding or brings another problem`);
  }
  if (options.diff) return printPatch(fixed, joinReports(before.map(one => reportOf(one, io.cwd))), options, io);
  const rewrites = fixed.flatMap(one => one.rewrites);
  const written = writeFiles(rewrites);
  if (!written.ok) return cannotRun(written.problem, io);
  const applied = fixed.reduce((sum, one) => sum + one.applied.length, 0);
  if (applied > 0) say(io, `repaired ${counted(applied, 'finding')} in ${rewrites.map(one => one.shown).join(', ')}`);
  const after = fixed.map(({ view }, i) => {
    const project = projects[i];
    return { ...view, diagnostics: project ? view.diagnostics.filter(wanted(project)) : view.diagnostics };
  });
  return output(joinReports(after.map(one => reportOf(one, io.cwd))), options, rules, tool, io);
}

/** A name on the command line that is no rule and no group. */
function unknownSelection({ select, ignore }: Options, rules: readonly Rule[]): string | undefined {
  const ids = rules.map(({ id }) => id);
  const name = [...select, ...ignore].find(one => !ids.some(id => matchesSelector(one, id)));
  return name === undefined ? undefined : unknownSelector(name, ids);
}

/** One root after the other, without a cache: repairs need all that was read. */
async function openEach(targets: readonly ConfiguredTarget[], options: Options): Promise<Project[]> {
  const projects: Project[] = [];
  for (const target of targets) projects.push(await openProject(target, options));
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

function narrowed(project: Project, wanted: (one: Diagnostic) => boolean): Project {
  return { ...project, diagnostics: project.diagnostics.filter(wanted) };
}

function isSelected({ rule, severity }: Diagnostic, { select, ignore, level }: Options): boolean {
  if (strengths.indexOf(severity) < strengths.indexOf(level)) return false;
  if (select.length > 0 && !select.some(one => matchesSelector(one, rule))) return false;
  return !ignore.some(one => matchesSelector(one, rule));
}

/** Why what the user named cannot be judged. */
function obstacleIn({ target, host, deployment }: Project, cwd: string): string | undefined {
  const unlisted = host.notes().find(note => note.path === '.');
  if (unlisted) return `${shownPath(target, '', cwd) || '.'}: ${unlisted.why}`;
  const known = new Set(deployment.files.map(({ file }) => file.path));
  for (const path of target.only ?? []) {
    const result = host.read(path);
    const shown = shownPath(target, path, cwd);
    if (result.kind === 'unreadable') return `${shown}: ${result.why}`;
    if (result.kind === 'outside') return `${shown}: a link out of the project; --allow-outside follows it`;
    if (result.kind !== 'file') return `${shown}: not a file`;
    if (known.has(result.file.path)) continue;
    if (result.file.text.includes('\0')) return `${shown}: a binary file`;
  }
  return undefined;
}

const mostNotes = 10;

/** What was passed over. */
function sayNotes({ target, host, config, deployment }: Project, { verbose }: Options, io: Io): void {
  const notes = host.notes();
  for (const { path, why } of verbose ? notes : notes.slice(0, mostNotes)) {
    say(io, `not checked: ${shownPath(target, path, io.cwd)}: ${why}`);
  }
  if (!verbose && notes.length > mostNotes) say(io, `not checked: ${notes.length - mostNotes} more (-v lists them)`);
  const known = new Set(deployment.files.map(({ file }) => file.path));
  for (const path of target.only ?? []) {
    const result = host.read(path);
    if (result.kind === 'file' && config.excluded(result.file.path)) {
      const by = config.file ? shownPath(target, config.file.path, io.cwd) : 'the configuration';
      say(io, `${shownPath(target, path, io.cwd)} is excluded by ${by}`);
    } else if (result.kind === 'file' && !known.has(result.file.path)) {
      say(io, `${shownPath(target, path, io.cwd)} is no part of a deployment that gwlint can see`);
    }
  }
}

async function output(report: Report, options: Options, rules: readonly Rule[], tool: Tool, io: Io): Promise<number> {
  const problem = await writeReport(report, options, rules, tool, io);
  return problem === undefined ? exitCode(report, options) : cannotRun(problem, io);
}

function printPatch(fixed: readonly Fixed[], before: Report, options: Options, io: Io): number {
  for (const rewrite of fixed.flatMap(one => one.rewrites)) {
    const patch = patchBytes(rewrite);
    // A terminal must not obey what stands in a file; a program that reads the patch needs every byte.
    io.stdout(io.isTerminal ? `${Buffer.from(patch).toString('utf8').split('\n').map(visible).join('\n')}` : patch);
  }
  const applied = fixed.reduce((sum, one) => sum + one.applied.length, 0);
  say(
    io,
    `${applied} of ${counted(before.diagnostics.length, 'finding') || '0 findings'} would be repaired; nothing was written`,
  );
  return exitCode(before, options);
}

function exitCode({ diagnostics }: Report, { failOn }: Options): number {
  if (failOn === 'never') return 0;
  return diagnostics.some(
    ({ severity }) => severity !== 'info' && strengths.indexOf(severity) >= strengths.indexOf(failOn),
  )
    ? 1
    : 0;
}
