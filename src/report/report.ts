import type { Diagnostic } from '../lint/rule.js';
import { withSpans } from '../lint/spans.js';
import type { Unresolved } from '../model/deployment.js';
import { lineStarts, type Position, positionAt } from '../text/lines.js';
import type { SourceFile, Span } from '../text/source.js';

/** What every format gets: findings in order, and what could not be followed. Paths are those that the reader is to see. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly unresolved: readonly Unresolved[];
  /** How many files were understood. */
  readonly files: number;
}

export interface Range {
  readonly start: Position & { readonly offset: number };
  readonly end: Position & { readonly offset: number };
}

/** Lines and columns of spans; each file is split into lines once. */
export type Locate = (span: Span) => Range;

export function createLocate(): Locate {
  const known = new Map<SourceFile, readonly number[]>();
  return ({ file, start, end }) => {
    let starts = known.get(file);
    if (!starts) {
      starts = lineStarts(file.text);
      known.set(file, starts);
    }
    return { start: { ...positionAt(starts, start), offset: start }, end: { ...positionAt(starts, end), offset: end } };
  };
}

/**
 * The report with every span moved to the file that `fileOf` names for its path: the whole text where a span points into an
 * embedded part, and the path as seen from the user's folder.
 */
export function relocate(report: Report, fileOf: (file: SourceFile) => SourceFile): Report {
  const move = (span: Span): Span => ({ ...span, file: fileOf(span.file) });
  return {
    files: report.files,
    unresolved: report.unresolved.map(one => ({ ...one, span: move(one.span) })),
    diagnostics: report.diagnostics.map(one => withSpans(one, move)),
  };
}

/** Where the page about a rule stands, relative to the package. */
export function docsPath(rule: string): string {
  return `docs/rules/${rule}.md`;
}
