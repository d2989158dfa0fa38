import { faultRule } from '../../src/lint/faults.js';

/** With a variable in the address nginx looks the name up with each request, and asks a resolver for it. */
export const rule = faultRule({
  id: 'upstream/resolver-missing',
  summary: 'A variable in a pass needs a resolver that is not there',
  severity: 'error',
  symptom: '502',
  fix: 'none',
});
