import { faultRule } from '../../src/lint/faults.js';

/** A plain include must exist; a pattern may match nothing. */
export const rule = faultRule({
  id: 'nginx/missing-include',
  summary: 'An include names a file that is not there',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
