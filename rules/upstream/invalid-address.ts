import { faultRule } from '../../src/lint/faults.js';

/** An address that the tool refuses or reads as something else: a forgotten scheme, a forgotten colon, a port too many. */
export const rule = faultRule({
  id: 'upstream/invalid-address',
  summary: 'An address that its tool refuses or reads as something else',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
