import { faultRule } from '../../src/lint/faults.js';

/** Gunicorn reads ./gunicorn.conf.py by itself and nothing else: a file of another name or in another folder is ignored without a word. */
export const rule = faultRule({
  id: 'gunicorn/config-not-loaded',
  summary: 'A Gunicorn configuration file is never read, or the one that is named is not there',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
});
