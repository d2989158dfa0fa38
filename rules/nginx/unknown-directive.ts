import { faultRule } from '../../src/lint/faults.js';

/** nginx refuses a name that no module has loaded; one slip of the keyboard is enough. */
export const rule = faultRule({
  id: 'nginx/unknown-directive',
  summary: 'A directive that nginx does not know',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
