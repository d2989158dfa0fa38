import { faultRule } from '../../src/lint/faults.js';

/** Parameters and balancing methods exclude each other. */
export const rule = faultRule({
  id: 'nginx/upstream-parameter',
  summary: 'A server parameter of an upstream group that nginx refuses',
  severity: 'error',
  symptom: 'start',
  fix: 'none',
});
