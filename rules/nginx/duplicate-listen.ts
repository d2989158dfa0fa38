import { faultRule } from '../../src/lint/faults.js';

/** One server block may name an address once. */
export const rule = faultRule({
  id: 'nginx/duplicate-listen',
  summary: 'Two listen lines of one server block name the same address',
  severity: 'error',
  symptom: 'start',
  fix: 'unsafe',
});
