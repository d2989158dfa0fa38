import { faultRule } from '../../src/lint/faults.js';

/** systemd (simple), supervisor and containers watch the process they started. */
export const rule = faultRule({
  id: 'gunicorn/daemon',
  summary: 'Gunicorn puts itself into the background under a manager that waits for it',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
});
