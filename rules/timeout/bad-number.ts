import { faultRule } from '../../src/lint/faults.js';

/**
 * A time or number that its tool refuses, or silently reads as something else: units and fractions differ between nginx, Gunicorn and uWSGI.
 * What each takes is decided where its files are read.
 */
export const rule = faultRule({
  id: 'timeout/bad-number',
  summary: 'A time or number that its tool refuses or reads as another value',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});
