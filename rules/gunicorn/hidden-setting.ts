import { faultRule } from '../../src/lint/faults.js';

/** The order is file, GUNICORN_CMD_ARGS, command line; the stronger one replaces the weaker, lists too. */
export const rule = faultRule({
  id: 'gunicorn/hidden-setting',
  summary: 'A setting in the file that the command line or the environment hides',
  severity: 'info',
  symptom: 'wrong reply',
  fix: 'none',
});
