import { faultRule } from '../../src/lint/faults.js';

/**
 * Where uWSGI comes in packages (Debian, Ubuntu), Python and the event loops are plugins that must be named. A uWSGI that pip built has them in
 * it, and names are then harmless.
 */
export const rule = faultRule({
  id: 'uwsgi/plugin',
  summary: 'An option of uWSGI without the plugin that it needs',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['gevent-plugin-missing', 'plugin-missing-debian', 'plugin-wrong-name'],
});
