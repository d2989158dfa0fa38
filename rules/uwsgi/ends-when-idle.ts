import { faultRule } from '../../src/lint/faults.js';

/** `die-on-idle` where nothing starts uWSGI again. An Emperor's vassals and what a socket of systemd's starts are meant to end. */
export const rule = faultRule({
  id: 'uwsgi/ends-when-idle',
  summary: 'uWSGI ends itself when nobody asks for a while, and nothing starts it again',
  severity: 'warning',
  symptom: '502',
  fix: 'none',
  proof: ['die-on-idle-alone'],
  consequence: 'Whoever comes after a quiet time, and all that follow, get 502.',
});
