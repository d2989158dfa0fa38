import { faultRule } from '../../src/lint/faults.js';

/** A file that is named must exist and have an ending that uWSGI reads. */
export const rule = faultRule({
  id: 'uwsgi/config-not-loaded',
  summary: 'The configuration file that uWSGI is told to read is not there',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
