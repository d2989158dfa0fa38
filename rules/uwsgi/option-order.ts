import { faultRule } from '../../src/lint/faults.js';

/** All options form one list in order of appearance, the last scalar wins; inherited files come at the end. */
export const rule = faultRule({
  id: 'uwsgi/option-order',
  summary: 'The order of options decides, against what it looks like',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'none',
});
