import { faultRule } from '../../src/lint/faults.js';

/** Types are checked at the start; worker classes are looked up then. */
export const rule = faultRule({
  id: 'gunicorn/bad-value',
  summary: 'A value that Gunicorn refuses or cannot use',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
