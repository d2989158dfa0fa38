import type { Step } from '../text/source.js';
import type { Finding } from './rule.js';

/** A finding with the evidence of another one of the same cause, each place once. */
export function withSteps(finding: Finding, steps: readonly Step[]): Finding {
  const known = finding.related ?? [];
  const isNew = ({ span }: Step) =>
    !known.some(step => step.span.start === span.start && step.span.file.path === span.file.path);
  return { ...finding, related: [...known, ...steps.filter(isNew)] };
}
