import { faultRule } from '../../src/lint/faults.js';

/** argparse takes unique prefixes and refuses the rest. */
export const rule = faultRule({
  id: 'gunicorn/unknown-option',
  summary: 'An option that Gunicorn refuses on its command line',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
