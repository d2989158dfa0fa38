import { faultRule } from '../../src/lint/faults.js';

/** uWSGI keeps every key it does not know as a variable, without a word unless strict is set. */
export const rule = faultRule({
  id: 'uwsgi/unknown-option',
  summary: 'An option that uWSGI takes for a placeholder',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'safe',
});
