import { join, relative, sep } from 'node:path';
import type { TextOf } from '../lint/fix.js';
import type { Diagnostic, Severity } from '../lint/rule.js';
import { matchesSelector } from '../lint/select.js';
import { type BaselineEntry, createBaseline } from '../report/baseline.js';
import type { Locate } from '../report/report.js';
import type { Span } from '../text/source.js';
import type { Options } from './args.js';
import { inWholeTexts, type Project, type ProjectView, textsOf, touches } from './project.js';
import type { Changes } from './since.js';
import type { Target } from './targets.js';

const strengths: readonly Severity[] = ['info', 'warning', 'error'];

/** What the user asks for beside the options: lines that changed, by root, and findings that are known. */
export interface Wishes {
  readonly options: Options;
  readonly locate: Locate;
  readonly changes: ReadonlyMap<string, Changes>;
  readonly baseline?: { readonly entries: readonly BaselineEntry[]; readonly folder: string };
}

export interface Sifted {
  /** The projects with the findings that are to be shown. */
  readonly projects: readonly ProjectView[];
  /** Warnings, also those that --level or --quiet hides. */
  readonly warnings: number;
  /** Findings that the baseline has. */
  readonly known: number;
  /** Entries of the baseline that nothing answers to any more. */
  readonly stale: readonly BaselineEntry[];
}

/** Leaves of what was found only what the user asks for. */
export function sift(projects: readonly ProjectView[], wishes: Wishes): Sifted {
  const entries = createBaseline(wishes.baseline?.entries ?? []);
  let warnings = 0;
  let known = 0;
  const shown = projects.map(project => {
    const inWhole = inWholeTexts(textsOf(project));
    const diagnostics = project.diagnostics.filter(one => {
      const located = inWhole(one);
      if (!isAskedFor(located, project.target, wishes)) return false;
      if (entries.take(located, inBaseline(project.target, wishes))) {
        known++;
        return false;
      }
      if (one.severity === 'warning') warnings++;
      return isStrong(one.severity, wishes.options.level);
    });
    return { ...project, diagnostics };
  });
  return { projects: shown, warnings, known, stale: entries.left().filter(entry => isJudged(entry, projects, wishes)) };
}

/** For repairs: whether a finding in texts that may be new is asked for and not in the baseline. */
export function isWanted(project: Project, wishes: Wishes): (one: Diagnostic, textOf: TextOf) => boolean {
  const entries = createBaseline(wishes.baseline?.entries ?? []);
  return (one, textOf) => {
    const located = inWholeTexts(textOf)(one);
    if (!isStrong(one.severity, wishes.options.level) || !isAskedFor(located, project.target, wishes)) return false;
    return !entries.has(located, inBaseline(project.target, wishes));
  };
}

function isStrong(severity: Severity, level: Severity): boolean {
  return strengths.indexOf(severity) >= strengths.indexOf(level);
}

function isAskedFor(one: Diagnostic, target: Target, { options, changes, locate }: Wishes): boolean {
  if (!isSelected(one.rule, options) || !touches(target, one)) return false;
  const changed = changes.get(target.root);
  return !changed || [one.span, ...one.related.map(step => step.span)].some(span => isChanged(span, changed, locate));
}

function isSelected(rule: string, { select, ignore }: Options): boolean {
  if (select.length > 0 && !select.some(one => matchesSelector(one, rule))) return false;
  return !ignore.some(one => matchesSelector(one, rule));
}

function isChanged(span: Span, changes: Changes, locate: Locate): boolean {
  const lines = changes(span.file.path, span.file.text);
  if (lines === 'all') return true;
  const { start, end } = locate(span);
  for (let line = start.line; line <= end.line; line++) if (lines.has(line)) return true;
  return false;
}

/** Paths in a baseline are relative to its folder, so that it says the same wherever gwlint is called. */
export function inBaseline({ root }: Target, { baseline }: Wishes): (path: string) => string {
  return path =>
    relative(baseline?.folder ?? root, join(root, path))
      .split(sep)
      .join('/');
}

/** Whether this run would have found what an entry is about. */
function isJudged({ rule, file }: BaselineEntry, projects: readonly ProjectView[], wishes: Wishes): boolean {
  if (wishes.changes.size > 0 || !isSelected(rule, wishes.options)) return false;
  const path = join(wishes.baseline?.folder ?? '', file);
  return projects.some(({ target }) => !target.only && !relative(target.root, path).startsWith('..'));
}
