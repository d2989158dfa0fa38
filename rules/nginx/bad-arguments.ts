import { faultRule } from '../../src/lint/faults.js';

/** Most directives take a fixed number of arguments. */
export const rule = faultRule({
  id: 'nginx/bad-arguments',
  summary: 'A directive has too few or too many arguments',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
