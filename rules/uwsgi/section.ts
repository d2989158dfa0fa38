import { faultRule } from '../../src/lint/faults.js';

/** Only the section of the asked name is read, `uwsgi` by default; names are case sensitive. */
export const rule = faultRule({
  id: 'uwsgi/section',
  summary: 'The section that uWSGI looks for is not in the file',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
