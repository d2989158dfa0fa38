import type { Diagnostic, Severity } from '../lint/rule.js';
import type { Report } from './report.js';
import { fixableBy, summaryLine } from './summary.js';
import { printableJson } from './visible.js';

interface Row {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  /** How many of them a command repairs by itself. */
  readonly fixable: number;
}

/** How often each rule found something, the most frequent first. */
export function statisticsOf({ diagnostics }: Report): readonly Row[] {
  const byRule = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const own = byRule.get(one.rule);
    if (own) own.push(one);
    else byRule.set(one.rule, [one]);
  }
  const rows = [...byRule].map(([rule, own]) => ({
    rule,
    severity: gravest(own),
    count: own.length,
    fixable: own.filter(one => fixableBy(one) !== undefined).length,
  }));
  return rows.sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

function gravest(some: readonly Diagnostic[]): Severity {
  return (['error', 'warning'] as const).find(severity => some.some(one => one.severity === severity)) ?? 'info';
}

/** A table with a mark where a command repairs all (`*`) or some (`+`) of a row. */
export function statisticsText(report: Report): string {
  const rows = statisticsOf(report);
  const width = Math.max(1, ...rows.map(({ count }) => String(count).length));
  const lines = rows.map(({ rule, severity, count, fixable }) => {
    const mark = fixable === 0 ? ' ' : fixable === count ? '*' : '+';
    return `${String(count).padStart(width)}  ${mark} ${severity.padEnd(7)}  ${rule}\n`;
  });
  const legend = rows.some(({ fixable }) => fixable > 0) ? '* can be repaired, + some of them can\n' : '';
  return `${lines.join('')}${legend}${summaryLine(report)}\n`;
}

export function statisticsJson(report: Report): string {
  return printableJson({ version: 1, statistics: statisticsOf(report) });
}
