import { faultRule } from '../../src/lint/faults.js';

/** Flags, words, sizes and numbers have their forms and bounds. */
export const rule = faultRule({
  id: 'nginx/bad-value',
  summary: 'A value that nginx refuses for its directive',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
