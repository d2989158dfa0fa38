import { faultRule } from '../../src/lint/faults.js';

/** nginx refuses a second value of a simple directive at the same level. */
export const rule = faultRule({
  id: 'nginx/duplicate-directive',
  summary: 'A directive that may stand once stands twice at one level',
  severity: 'error',
  symptom: 'start',
  fix: 'alternatives',
});
