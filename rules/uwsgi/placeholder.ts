import { faultRule } from '../../src/lint/faults.js';

/** uWSGI fills in %(name), $(NAME) and @(file) only, and leaves what it cannot fill as text. */
export const rule = faultRule({
  id: 'uwsgi/placeholder',
  summary: 'A placeholder that uWSGI does not fill in',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
});
