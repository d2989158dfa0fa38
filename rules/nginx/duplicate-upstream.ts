import { faultRule } from '../../src/lint/faults.js';

/** The names of upstream blocks are shared by all files that one nginx reads. */
export const rule = faultRule({
  id: 'nginx/duplicate-upstream',
  summary: 'Two upstream blocks have the same name',
  severity: 'error',
  symptom: 'start',
  fix: 'none',
});
