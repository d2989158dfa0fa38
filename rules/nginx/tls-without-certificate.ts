import { faultRule } from '../../src/lint/faults.js';

/** A server block with `listen ... ssl` needs a certificate at its level or above. */
export const rule = faultRule({
  id: 'nginx/tls-without-certificate',
  summary: 'A listener with ssl has no certificate',
  severity: 'error',
  symptom: 'start',
  fix: 'none',
});
