import { faultRule } from '../../src/lint/faults.js';

/** `home`, `virtualenv`, `venv` and `pyhome` are one option; its folder must be there. */
export const rule = faultRule({
  id: 'uwsgi/virtualenv',
  summary: 'The virtual environment that uWSGI is told to use is not the one that is made',
  severity: 'warning',
  symptom: 'start',
  fix: 'unsafe',
  proof: ['virtualenv-missing'],
  consequence: 'uWSGI exits at the start, and the gateway answers with 502.',
});
