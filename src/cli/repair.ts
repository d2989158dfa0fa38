import type { FixChoice } from '../lint/fix.js';
import type { Diagnostic, Fix } from '../lint/rule.js';
import { createLocate, type Report } from '../report/report.js';
import { counted } from '../report/summary.js';
import { visible } from '../report/visible.js';
import type { Options } from './args.js';
import { finish, quietly, type Run, reportFor } from './lint.js';
import { cannotRun, type Io, say } from './output.js';
import { type Fixed, fixProject, type Project, patchBytes, reportOf, shownPath } from './project.js';
import { isWanted, sift, type Wishes } from './sift.js';
import { exitCode } from './verdict.js';
import { writeFiles } from './write.js';

/** Repairs what may be repaired, then reports what remains. Returns the exit code. */
export async function repair(
  projects: readonly Project[],
  wishes: Wishes,
  buffer: string | undefined,
  run: Run,
): Promise<number> {
  const { options, io } = run;
  const fixed: Fixed[] = [];
  for (const project of projects) {
    const choice = choiceFor(project, wishes, buffer !== undefined);
    if (options.interactive) {
      const { fixByChoice } = await import('./interactive.js');
      if (!io.ask) return cannotRun('--interactive asks at a terminal, and there is none', io);
      fixed.push(await fixByChoice(project, choice, io.ask, run));
    } else fixed.push(await fixProject(project, choice, io.cwd));
  }
  const after = sift(
    fixed.map(({ view }) => view),
    wishes,
  );
  const left = reportFor(after.projects, io);
  if (options.diff) {
    const before = sift(projects, wishes);
    printPatch(fixed, io);
    const found = reportFor(before.projects, io);
    sayRepairs(fixed, projects, left, found, options, quietly(run));
    return exitCode(found.diagnostics, before.warnings, options);
  }
  if (buffer !== undefined) return printBuffer(fixed, left, buffer, after.warnings, run);
  const written = writeFiles(fixed.flatMap(one => one.rewrites));
  if (!written.ok) return cannotRun(written.problem, io);
  sayRepairs(fixed, projects, left, undefined, options, quietly(run));
  return finish(after, run);
}

function choiceFor(project: Project, wishes: Wishes, onlyBuffer: boolean): FixChoice {
  const wanted = isWanted(project, wishes);
  const stays = ({ fixes }: Diagnostic) =>
    fixes.every(({ edits }) => edits.every(({ span }) => project.target.only?.has(span.file.path)));
  return {
    unsafe: wishes.options.fix === 'unsafe',
    wanted: (one, textOf) => wanted(one, textOf) && (!onlyBuffer || stays(one)),
  };
}

function printPatch(fixed: readonly Fixed[], io: Io): void {
  for (const rewrite of fixed.flatMap(one => one.rewrites)) {
    const patch = patchBytes(rewrite);
    // A terminal must not obey what stands in a file; a program that reads the patch needs every byte.
    io.stdout(io.isTerminal ? `${Buffer.from(patch).toString('utf8').split('\n').map(visible).join('\n')}` : patch);
  }
}

/** A text from standard input goes to standard output, as it is now; what is left is told beside. */
async function printBuffer(
  fixed: readonly Fixed[],
  left: Report,
  buffer: string,
  warnings: number,
  { options, io }: Run,
): Promise<number> {
  const { compactReport } = await import('../report/compact.js');
  io.stdout(fixed.flatMap(one => one.rewrites)[0]?.after ?? buffer);
  io.stderr(compactReport(left));
  return exitCode(left.diagnostics, warnings, options);
}

const mostLines = 20;

/** What was changed (or would be, given what there was `before`), and what was left and why. */
function sayRepairs(
  fixed: readonly Fixed[],
  projects: readonly Project[],
  left: Report,
  before: Report | undefined,
  options: Options,
  io: Io,
): void {
  const rewrites = fixed.flatMap(one => one.rewrites);
  const applied = fixed.flatMap(({ applied: some }, i) => some.map(one => ({ ...one, project: projects[i] })));
  if (before) {
    const all = counted(before.diagnostics.length, 'finding') || '0 findings';
    say(io, `${applied.length} of ${all} would be repaired; nothing was written`);
  } else if (applied.length > 0) {
    say(io, `repaired ${counted(applied.length, 'finding')} in ${rewrites.map(one => one.shown).join(', ')}`);
  }
  const locate = createLocate();
  for (const { diagnostic, fix, project } of applied) {
    const { span, rule } = diagnostic;
    const path = project ? shownPath(project.target, span.file.path, io.cwd) : span.file.path;
    say(io, `  ${path}:${locate(span).start.line}: ${fix.title} (${rule})`);
  }
  sayLeft(fixed, left, options, io);
}

function sayLeft(fixed: readonly Fixed[], left: Report, options: Options, io: Io): void {
  const refused = new Map<string, Fix>();
  for (const { view, refused: some } of fixed) {
    const tried = some.map(one => one.diagnostic);
    const { diagnostics } = reportOf({ ...view, diagnostics: tried }, io.cwd);
    for (const [i, one] of diagnostics.entries()) {
      const fix = some[i]?.fix;
      if (fix) refused.set(keyOf(one), fix);
    }
  }
  const locate = createLocate();
  const lines = left.diagnostics.flatMap(one => {
    const why = whyLeft(one, refused.get(keyOf(one)), options);
    return why === undefined ? [] : [`  ${one.span.file.path}:${locate(one.span).start.line}: ${one.rule}: ${why}`];
  });
  const silent = left.diagnostics.length - lines.length;
  if (left.diagnostics.length === 0) return;
  const none =
    silent > 0
      ? `; for ${silent === left.diagnostics.length ? 'none' : silent} of them there is ${silent === left.diagnostics.length ? 'a' : 'no'} repair`
      : '';
  say(io, `left ${counted(left.diagnostics.length, 'finding')}${none}`);
  const shown = options.verbose ? lines : lines.slice(0, mostLines);
  for (const line of shown) say(io, line);
  if (shown.length < lines.length) say(io, `  and ${lines.length - shown.length} more (-v lists them)`);
}

function keyOf({ rule, span, message }: Diagnostic): string {
  return JSON.stringify([rule, span.file.path, message]);
}

/** Why a finding that has a repair was not repaired. */
function whyLeft(
  { fixes }: Diagnostic,
  refused: Fix | undefined,
  { interactive, fix: mode }: Options,
): string | undefined {
  if (refused) return `'${refused.title}' would leave the finding or bring another problem`;
  const [fix, ...more] = fixes;
  if (!fix) return undefined;
  if (interactive) return 'left by choice';
  if (more.length > 0) return `there are ${fixes.length} ways to repair it; gwlint --interactive asks which`;
  if (fix.safety === 'unsafe' && mode !== 'unsafe') return 'its repair is not safe; gwlint --unsafe-fixes applies it';
  return 'its repair lies in other files, or overlaps another';
}
