import { faultRule } from '../../src/lint/faults.js';

/** Each directive has levels at which it may stand. */
export const rule = faultRule({
  id: 'nginx/wrong-context',
  summary: 'A directive stands where nginx does not allow it',
  severity: 'error',
  symptom: 'start',
  fix: 'none',
});
