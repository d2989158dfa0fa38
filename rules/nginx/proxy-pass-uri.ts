import { faultRule } from '../../src/lint/faults.js';

/** In a regular expression location, a named one, an if or a limit_except nginx cannot replace the matched part. */
export const rule = faultRule({
  id: 'nginx/proxy-pass-uri',
  summary: 'A pass with a URI part where nginx allows none',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
