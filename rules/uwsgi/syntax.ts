import { faultRule } from '../../src/lint/faults.js';

/** uWSGI has a reader of its own for each format; that for YAML depends on how it was built. */
export const rule = faultRule({
  id: 'uwsgi/syntax',
  summary: 'A configuration file that uWSGI cannot read',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
  proof: ['pip-yaml-empty-value', 'pip-yaml-list'],
});
