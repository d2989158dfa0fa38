import { faultRule } from '../../src/lint/faults.js';

/** Docker makes an empty folder where a mounted file is missing, and builds nothing without its Dockerfile. */
export const rule = faultRule({
  id: 'process/missing-file',
  summary: 'A file or service that a compose file or a Dockerfile names is not there',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
