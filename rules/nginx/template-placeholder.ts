import { faultRule } from '../../src/lint/faults.js';

/** The official image fills in files under /etc/nginx/templates only; a file mounted elsewhere is read as it stands. */
export const rule = faultRule({
  id: 'nginx/template-placeholder',
  summary: 'A placeholder in a file that nothing fills in',
  severity: 'error',
  symptom: 'start',
  fix: 'none',
});
