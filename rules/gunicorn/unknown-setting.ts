import { faultRule } from '../../src/lint/faults.js';

/** Gunicorn takes the names it knows from the file and ignores every other without a word. */
export const rule = faultRule({
  id: 'gunicorn/unknown-setting',
  summary: 'A name in the configuration file that Gunicorn ignores',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'safe',
});
