import { faultRule } from '../../src/lint/faults.js';

/** nginx refuses a variable that no module and no directive of the configuration defines, and names no line. */
export const rule = faultRule({
  id: 'nginx/unknown-variable',
  summary: 'A variable that nothing defines',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
