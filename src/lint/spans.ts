import type { Span } from '../text/source.js';
import type { Diagnostic } from './rule.js';

/** The finding with each of its places as `move` gives it: those of its evidence and its repairs as well. */
export function withSpans(one: Diagnostic, move: (span: Span) => Span): Diagnostic {
  return {
    ...one,
    span: move(one.span),
    related: one.related.map(step => ({ ...step, span: move(step.span) })),
    fixes: one.fixes.map(fix => ({ ...fix, edits: fix.edits.map(edit => ({ ...edit, span: move(edit.span) })) })),
  };
}
