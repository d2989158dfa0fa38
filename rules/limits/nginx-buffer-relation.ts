import { faultRule } from '../../src/lint/faults.js';

/** The buffer directives of a pass depend on each other, defaults included. */
export const rule = faultRule({
  id: 'limits/nginx-buffer-relation',
  summary: 'Buffer sizes that nginx refuses together',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
