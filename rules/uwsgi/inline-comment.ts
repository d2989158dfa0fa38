import { faultRule } from '../../src/lint/faults.js';

/** In uWSGI ini files only whole lines are comments. */
export const rule = faultRule({
  id: 'uwsgi/inline-comment',
  summary: 'A comment behind a value becomes part of it',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
});
