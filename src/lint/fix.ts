import { applyEdits, overlaps, sameEdit } from '../text/apply.js';
import type { Edit, Span } from '../text/source.js';
import type { Diagnostic, Fix, Severity } from './rule.js';

export interface ChosenFix {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

/** What is known after linting: the findings, and how much of the text could not be read. */
export interface LintState {
  readonly diagnostics: readonly Diagnostic[];
  /** Syntax problems in all files together. */
  readonly problems: number;
}

/** Lints the files as they are on the host, but with these texts in place of their own. */
export type Lint<S extends LintState> = (texts: ReadonlyMap<string, string>) => Promise<S>;

/** The text of a file now; undefined for a file that must not be written. */
export type TextOf = (path: string) => string | undefined;

export interface FixChoice {
  readonly unsafe: boolean;
  /** Whether the user asked for this finding to be repaired; the others are watched all the same. */
  readonly wanted: (diagnostic: Diagnostic, textOf: TextOf) => boolean;
}

export interface FixOutcome<S extends LintState> {
  /** New texts by path, of the files that change. */
  readonly texts: ReadonlyMap<string, string>;
  readonly applied: readonly ChosenFix[];
  /** Fixes that were tried and not kept, because the finding stayed or another problem came. */
  readonly refused: readonly ChosenFix[];
  readonly after: S;
}

/**
 * Fixes that may be applied without asking: of findings with exactly one fix, the safe ones, or all with `unsafe`. Of two that
 * touch the same text the later one waits for the next round.
 */
export function chooseFixes(diagnostics: readonly Diagnostic[], unsafe: boolean): readonly ChosenFix[] {
  const chosen: ChosenFix[] = [];
  const edits: Edit[] = [];
  for (const diagnostic of diagnostics) {
    const [fix, ...alternatives] = diagnostic.fixes;
    if (!fix || alternatives.length > 0 || fix.edits.length === 0) continue;
    if (fix.safety !== 'safe' && !unsafe) continue;
    if (!fits(fix.edits, edits)) continue;
    chosen.push({ diagnostic, fix });
    edits.push(...fix.edits);
  }
  return chosen;
}

function fits(edits: readonly Edit[], taken: readonly Edit[]): boolean {
  const distinct = edits.filter((edit, i) => !edits.slice(0, i).some(other => sameEdit(edit, other)));
  if (distinct.some((edit, i) => distinct.slice(0, i).some(other => overlaps(edit, other)))) return false;
  return distinct.every(edit => taken.every(other => sameEdit(edit, other) || !overlaps(edit, other)));
}

/**
 * Applies fixes until none is left. Each is proved: the files are linted again, and a fix that leaves its finding or adds a
 * problem is taken back. Every round settles at least one fix, so it ends.
 */
export async function fixAll<S extends LintState>(
  before: S,
  textOf: TextOf,
  lint: Lint<S>,
  { unsafe, wanted }: FixChoice,
): Promise<FixOutcome<S>> {
  let state = before;
  let texts: Texts = new Map();
  let most = Number.POSITIVE_INFINITY;
  const applied: ChosenFix[] = [];
  const refused = new Map<string, ChosenFix>();
  for (;;) {
    const current = texts;
    const textNow: TextOf = path => current.get(path) ?? textOf(path);
    const open = state.diagnostics.filter(one => wanted(one, textNow) && !refused.has(refusalKey(one)));
    const fixes = chooseFixes(open, unsafe).slice(0, most);
    const [first] = fixes;
    if (!first) return { texts, applied, refused: [...refused.values()], after: state };
    const better = await attempt(fixes, state, current, textNow, lint);
    if (better) {
      ({ state, texts } = better);
      applied.push(...fixes);
      most = Number.POSITIVE_INFINITY;
    } else if (fixes.length === 1) {
      refused.set(refusalKey(first.diagnostic), first);
      most = Number.POSITIVE_INFINITY;
    } else most = Math.ceil(fixes.length / 2);
  }
}

function refusalKey({ rule, span, message }: Diagnostic): string {
  return JSON.stringify([rule, span.file.path, message]);
}

type Texts = ReadonlyMap<string, string>;
type EditsByPath = ReadonlyMap<string, readonly Edit[]>;

/** The state with these fixes applied; undefined when they cannot be applied or make nothing better. */
async function attempt<S extends LintState>(
  fixes: readonly ChosenFix[],
  state: S,
  texts: Texts,
  textOf: TextOf,
  lint: Lint<S>,
): Promise<{ readonly state: S; readonly texts: Texts } | undefined> {
  const edits = groupByPath(fixes.flatMap(({ fix }) => fix.edits));
  const next = new Map(texts);
  for (const [path, own] of edits) {
    const text = textOf(path);
    if (text === undefined) return undefined;
    try {
      next.set(path, applyEdits(text, own));
    } catch {
      return undefined;
    }
  }
  const after = await lint(next);
  return isBetter(fixes, state, after, edits) ? { state: after, texts: next } : undefined;
}

function groupByPath(edits: readonly Edit[]): EditsByPath {
  const groups = new Map<string, Edit[]>();
  for (const edit of edits) {
    const group = groups.get(edit.span.file.path);
    if (group) group.push(edit);
    else groups.set(edit.span.file.path, [edit]);
  }
  return groups;
}

/**
 * True when every fixed finding is gone and nothing as grave is new. Weaker findings may come up: a route that reaches its
 * server at last is judged for the first time.
 */
function isBetter(fixes: readonly ChosenFix[], before: LintState, after: LintState, edits: EditsByPath): boolean {
  const repaired = new Set(fixes.map(({ diagnostic }) => diagnostic.rule));
  // A comment that a repair makes needless is told, and is no reason to leave the fault.
  const counts = ({ rule }: Diagnostic): boolean => !rule.startsWith('gwlint/') || repaired.has(rule);
  return isBetterOf(fixes, only(before, counts), only(after, counts), edits);
}

function only({ diagnostics, problems }: LintState, counts: (one: Diagnostic) => boolean): LintState {
  return { diagnostics: diagnostics.filter(counts), problems };
}

function isBetterOf(fixes: readonly ChosenFix[], before: LintState, after: LintState, edits: EditsByPath): boolean {
  if (after.problems > before.problems || !isFewer(after.diagnostics, before.diagnostics)) return false;
  const fixed = new Set(fixes.map(({ diagnostic }) => diagnostic));
  const weakest = Math.max(...fixes.map(({ diagnostic }) => gravest.indexOf(diagnostic.severity)));
  const expected = new Map<string, Moved[]>();
  for (const diagnostic of before.diagnostics) {
    const { start, end } = movedSpan(diagnostic.span, edits.get(diagnostic.span.file.path) ?? []);
    const moved = { start, end, fixed: fixed.has(diagnostic), message: diagnostic.message };
    const key = ruleInFile(diagnostic);
    const known = expected.get(key);
    if (known) known.push(moved);
    else expected.set(key, [moved]);
  }
  return after.diagnostics.every(now => {
    const { start } = now.span;
    const here = (expected.get(ruleInFile(now)) ?? []).filter(one => start >= one.start && start <= one.end);
    if (here.some(one => one.fixed && one.message === now.message)) return false;
    return here.some(one => !one.fixed) || gravest.indexOf(now.severity) > weakest;
  });
}

const gravest: readonly Severity[] = ['error', 'warning', 'info'];

/** Fewer errors, or as many and fewer warnings, or as many of both and less advice: so rounds of fixing come to an end. */
function isFewer(a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean {
  for (const severity of gravest) {
    const difference =
      a.filter(one => one.severity === severity).length - b.filter(one => one.severity === severity).length;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Where a finding from before the edits would stand now. */
interface Moved {
  readonly start: number;
  readonly end: number;
  readonly fixed: boolean;
  readonly message: string;
}

function ruleInFile({ rule, span }: Diagnostic): string {
  return JSON.stringify([rule, span.file.path]);
}

/** Where a span lies after the edits; widened to the new text where an edit touches it. */
function movedSpan(span: Span, edits: readonly Edit[]): { readonly start: number; readonly end: number } {
  let { start, end } = span;
  for (const { span: old, text } of edits) {
    const grown = text.length - (old.end - old.start);
    if (old.end <= span.start && old.start < span.start) start += grown;
    else if (old.start < span.start) start -= span.start - old.start;
    if (old.start <= span.end) end += grown + Math.max(0, old.end - span.end);
  }
  return { start, end };
}
