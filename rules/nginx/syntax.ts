import { faultRule } from '../../src/lint/faults.js';

/** Braces, quotes and semicolons: nginx does not start, and its own message often names a line far behind the mistake. */
export const rule = faultRule({
  id: 'nginx/syntax',
  summary: 'nginx cannot parse the file',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
