import { faultRule } from '../../src/lint/faults.js';

/** A named location is looked up with the request, so nginx starts without complaint. */
export const rule = faultRule({
  id: 'routing/try-files',
  summary: 'try_files names a location that is not there, or leaves no way to the application',
  severity: 'error',
  symptom: '500',
  fix: 'safe',
});
