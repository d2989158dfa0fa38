import { rules } from '../../rules/index.js';
import { type Analysis, analyze, newMemory } from '../../src/analyze.js';
import { stateOf } from '../../src/cli/project.js';
import { memoryHost } from '../../src/host/memory.js';
import { type FixOutcome, fixAll, type LintState } from '../../src/lint/fix.js';
import type { Diagnostic, Fix } from '../../src/lint/rule.js';
import { applyEdits } from '../../src/text/apply.js';
import type { Edit } from '../../src/text/source.js';
import type { Files } from './projects.js';

/** Judges versions of one project, as an editor and `--fix` do: what has not changed is not worked out again. */
export type Judge = (texts: Files) => Promise<Analysis & LintState>;

export function createJudge(files: Files): Judge {
  const memory = newMemory();
  const host = memoryHost(files);
  return async texts => stateOf(await analyze(texts.size === 0 ? host : memoryHost(texts, host), { rules, memory }));
}

/** The texts that one fix makes, as an editor would apply it: unproved. */
export function changedBy(files: Files, edits: readonly Edit[]): Files {
  const changed = new Map<string, string>();
  for (const path of new Set(edits.map(({ span }) => span.file.path))) {
    const own = edits.filter(({ span }) => span.file.path === path);
    changed.set(path, applyEdits(files.get(path) ?? '', own));
  }
  return changed;
}

/** All that may be repaired without asking is, as with `--unsafe-fixes`. */
export function repaired(files: Files, before: Analysis & LintState, judge: Judge): Promise<FixOutcome<LintState>> {
  return fixAll(before, path => files.get(path), judge, { unsafe: true, wanted: () => true });
}

/** What a text loses or gets with a fix that no fix may take or bring, in plain words; nothing where all is well. */
export function harmToText(path: string, before: string, after: string, edits: readonly Edit[]): readonly string[] {
  const found: string[] = [];
  if (before === after) found.push('changes nothing');
  // Where the mark itself is the fault, the edit takes away just that.
  const unmarked = edits.some(({ span }) => span.start === 0 && span.end === 1);
  if (before.startsWith('\ufeff') !== after.startsWith('\ufeff') && !unmarked)
    found.push('the byte order mark is not what it was');
  if (after.lastIndexOf('\ufeff') > 0 && before.lastIndexOf('\ufeff') <= 0) found.push('a byte order mark inside');
  const ends = endsOf(before);
  if (ends.size === 1 && endsOf(after).size > 1)
    found.push(`line ends: ${[...endsOf(after)].map(end => JSON.stringify(end))}`);
  if (endsLine(before) && !endsLine(after)) found.push('the last line has lost its end');
  for (const { span, text } of edits) {
    const old = span.file.text.slice(span.start, span.end);
    if (sharesLines(old, text))
      found.push(`replaces lines by the same: ${JSON.stringify(old)} -> ${JSON.stringify(text)}`);
  }
  // A remark to gwlint may itself be the fault.
  const lost = remarksOf(path, before).filter(remark => !after.includes(remark) && !remark.includes('gwlint-ignore'));
  if (lost.length > 0) found.push(`a remark is gone: ${lost[0]}`);
  return found;
}

function endsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\r\n|\r|\n/g));
}

function endsLine(text: string): boolean {
  return text === '' || /[\r\n]$/.test(text);
}

/** Whole lines at the beginning or end of what is replaced that are there again. */
function sharesLines(old: string, text: string): boolean {
  const first = /^.*?(?:\r\n|\r|\n)/.exec(old)?.[0];
  const last = /(?:\r\n|\r|\n)[^\r\n]+$/.exec(old)?.[0];
  return (first !== undefined && text.startsWith(first)) || (last !== undefined && text.endsWith(last));
}

/** Remarks on lines of their own. */
function remarksOf(path: string, text: string): readonly string[] {
  const mark = /\.(?:ini|cfg|service|socket)$/.test(path) ? '[#;]' : '#';
  const remark = new RegExp(`^[ \\t]*(${mark}[ \\t]*[^\\s!].*)$`);
  return text.split(/\r\n|\r|\n/).flatMap(line => remark.exec(line)?.[1]?.trim() ?? []);
}

/** Whether a finding is still where it was, as far as these edits have moved it. */
export function isLeft(finding: Diagnostic, edits: readonly Edit[], { diagnostics }: LintState): boolean {
  const { file, start } = finding.span;
  const own = edits.filter(({ span }) => span.file.path === file.path && span.end <= start);
  const moved = own.reduce((at, { span, text }) => at + text.length - (span.end - span.start), start);
  return diagnostics.some(
    one =>
      one.rule === finding.rule &&
      one.message === finding.message &&
      one.span.file.path === file.path &&
      (one.span.start === moved || one.span.start === start),
  );
}

/** Files that had no problem and have one. A file that is read for the first time is not to be blamed on the fix. */
export function brokenBy(before: Analysis & LintState, after: Analysis & LintState): readonly string[] {
  const sound = new Set(before.deployment.files.filter(one => one.problems.length === 0).map(one => one.file.path));
  return after.deployment.files
    .filter(one => one.problems.length > 0 && sound.has(one.file.path))
    .map(one => one.file.path);
}

/** Whether a fix is for a file that is broken elsewhere: how such a file is meant is guessed, and another guess may follow. */
export function isForBrokenFile({ edits }: Fix, { deployment }: Analysis): boolean {
  const broken = new Set(deployment.files.filter(one => one.problems.length > 0).map(one => one.file.path));
  return edits.some(({ span }) => broken.has(span.file.path));
}

export interface Offered {
  readonly finding: Diagnostic;
  readonly fix: Fix;
}

/** Every fix that is offered, alternatives too. */
export function offeredIn({ diagnostics }: LintState): readonly Offered[] {
  return diagnostics.flatMap(finding => finding.fixes.map(fix => ({ finding, fix })));
}
