import { faultRule } from '../../src/lint/faults.js';

/** systemd, Docker, Compose and Gunicorn each have their own reading of a command line, and Compose refuses a file that is no YAML. */
export const rule = faultRule({
  id: 'process/cannot-start',
  summary: 'A start command that cannot work, or a compose file that cannot be read',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
  consequence: 'The server is not started, and the gateway answers every request with 502.',
});
