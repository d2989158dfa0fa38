import type { Diagnostic, Severity } from '../lint/rule.js';
import type { Report } from './report.js';

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Findings that `--fix` can repair by itself. */
  readonly fixable: number;
  /** Findings that only `--unsafe-fixes` can repair. */
  readonly unsafelyFixable: number;
}

export function countDiagnostics(diagnostics: readonly Diagnostic[]): Counts {
  const of = (severity: Severity) => diagnostics.filter(one => one.severity === severity).length;
  const single = diagnostics.filter(one => one.fixes.length === 1);
  const fixable = single.filter(one => one.fixes[0]?.safety === 'safe').length;
  return {
    errors: of('error'),
    warnings: of('warning'),
    infos: of('info'),
    fixable,
    unsafelyFixable: single.length - fixable,
  };
}

/** The last words of a report for people: how much was found, and what can be repaired at once. */
export function summaryLine({ diagnostics, files }: Report): string {
  const { errors, warnings, infos, fixable, unsafelyFixable } = countDiagnostics(diagnostics);
  const found = [counted(errors, 'error'), counted(warnings, 'warning'), counted(infos, 'note')].filter(Boolean);
  const read = counted(files, 'file') || 'no files';
  if (found.length === 0) return `No problems found in ${read}.`;
  const repairs = [
    fixable > 0 && `${fixable} with gwlint --fix`,
    unsafelyFixable > 0 && `${unsafelyFixable} with gwlint --unsafe-fixes`,
  ].filter(Boolean);
  const offer = repairs.length > 0 ? ` Can be repaired: ${repairs.join(', ')}.` : '';
  return `Found ${enumerate(found)} in ${read}.${offer}`;
}

/** The command that repairs a finding; undefined where there is no repair, or a choice of several. */
export function fixableBy({ fixes }: Diagnostic): string | undefined {
  const [fix, ...more] = fixes;
  if (!fix || more.length > 0) return undefined;
  return fix.safety === 'safe' ? 'gwlint --fix' : 'gwlint --unsafe-fixes';
}

/** `2 errors`, `1 error`; empty for none. */
export function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
