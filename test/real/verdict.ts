import { join } from 'node:path';
import type { Diagnostic, Rule } from '../../src/lint/rule.js';
import { lineStarts, positionAt } from '../../src/text/lines.js';
import type { Span } from '../../src/text/source.js';
import type { Scenario, Variant } from './scenario.js';

export interface Linter {
  readonly rules: readonly Rule[];
  readonly lint: (scenario: Scenario, variant: Variant) => Promise<readonly Diagnostic[]>;
}

/** What loading the linter gave. */
export interface Loaded {
  readonly linter?: Linter;
  /** Why it could not be loaded although it is there. */
  readonly problem?: unknown;
}

/** The linter with all its rules. Never rejects, so that what servers do can be tested without it. */
export async function loadLinter(): Promise<Loaded> {
  try {
    const { analyze } = await import('../../src/analyze.js');
    const { diskHost } = await import('../../src/host/disk.js');
    const { rules } = await import('../../rules/index.js');
    const lint: Linter['lint'] = async (scenario, variant) =>
      (await analyze(diskHost(join(scenario.folder, variant)), { rules })).diagnostics;
    return { linter: { rules, lint } };
  } catch (problem) {
    return { problem };
  }
}

/** `found`: the place of a finding covers a blamed line. `near`: only a related place does. */
export type Aim = 'found' | 'near' | 'missed';

/** How well the findings on the broken variant meet the lines that the scenario blames. */
export function aimOf(scenario: Scenario, diagnostics: readonly Diagnostic[]): Aim {
  if (diagnostics.some(({ span }) => coversBlame(scenario, span))) return 'found';
  const related = diagnostics.flatMap(diagnostic => diagnostic.related);
  return related.some(({ span }) => coversBlame(scenario, span)) ? 'near' : 'missed';
}

function coversBlame(scenario: Scenario, { file, start, end }: Span): boolean {
  const starts = lineStarts(file.text);
  const first = positionAt(starts, start).line;
  const last = positionAt(starts, Math.max(start, end - 1)).line;
  const blamed = [...(scenario.blame ?? []), ...(scenario.alternatives ?? [])];
  return blamed.some(blame => blame.file === file.path && first <= blame.line && blame.line <= last);
}

/** Errors and warnings that a working variant does not deserve. */
export function falseAlarms(scenario: Scenario, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ rule, severity }) => severity !== 'info' && !scenario.also?.includes(rule));
}

/** One line for people: `nginx.conf:4 error upstream/address-mismatch: ...`. */
export function described({ rule, severity, message, span }: Diagnostic): string {
  const { line } = positionAt(lineStarts(span.file.text), span.start);
  return `${span.file.path}:${line} ${severity} ${rule}: ${message}`;
}
