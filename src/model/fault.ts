import type { Edit, Span, Step } from '../text/source.js';
import type { Symptom } from './symptom.js';

/**
 * Something that a tool itself would refuse, ignore or misread, as `src/extract` saw it while reading that tool's files.
 * A rule of the same `kind` (`nginx/wrong-context`, `gunicorn/unknown-setting`) turns it into a finding.
 */
export interface Fault {
  /** Id of the rule that speaks about it. */
  readonly kind: string;
  readonly span: Span;
  /** In the user's words, with the values; the rule adds what the user will see. */
  readonly message: string;
  readonly related?: readonly Step[];
  /** The repair, where there is exactly one (`safe`) or a likely one (`unsafe`); several: alternatives. */
  readonly repairs?: readonly Repair[];
  /** What follows, where it is not what the rule says of all its faults. */
  readonly consequence?: string;
  /** Weaker than the rule's own severity where the tool only warns or ignores. */
  readonly severity?: 'error' | 'warning' | 'info';
  /** Where what follows differs from what the rule says. */
  readonly symptom?: Symptom;
  /** The line of the tool's own output, where it prints one. */
  readonly log?: string;
}

export interface Repair {
  readonly title: string;
  readonly safety: 'safe' | 'unsafe';
  readonly edits: readonly Edit[];
}
