import { type Rewrites, rewriteAt } from '../model/rewrite.js';
import type { Diagnostic } from './rule.js';

/**
 * True for a finding that rests on a text which a script writes anew before anything reads it: the line that it points at, or one of those
 * that it names.
 */
export function restsOnRewritten(rewrites: Rewrites, { span, related }: Diagnostic): boolean {
  if (rewrites.size === 0) return false;
  return [span, ...related.map(step => step.span)].some(one => rewriteAt(rewrites, one) !== undefined);
}
