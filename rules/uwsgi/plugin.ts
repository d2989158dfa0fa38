import { reportFaults } from '../../src/lint/faults.js';
import type { Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';

/** Options that exist only with the plugin of their own name; without it uWSGI takes them for placeholders. */
const loops = ['gevent', 'asyncio', 'greenlet', 'tornado', 'fiber'] as const;

/**
 * Where uWSGI comes in packages (Debian, Ubuntu), Python and the event loops are plugins that must be named. A uWSGI that pip built has them in
 * it, and names are then harmless, so what only a modular build lacks is advice unless the packages are seen.
 */
export const rule: Rule = {
  id: 'uwsgi/plugin',
  summary: 'An option of uWSGI without the plugin that it needs',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['gevent-plugin-missing', 'plugin-missing-debian', 'plugin-wrong-name'],

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const plugins = pythonPlugins(server);
        if (plugins === undefined) continue;
        for (const name of loops) {
          const option = server.settings.get(name);
          if (!option?.span || option.origin === 'default' || plugins.includes(name)) continue;
          report({
            span: option.span,
            severity: 'info',
            symptom: '504',
            message:
              `${option.name} (${where(option.span)}) needs a plugin, and of the plugins only ${plugins} is loaded. A uWSGI whose plugins are packages of their own ` +
              'ignores it without a word: each worker takes one request at a time, and slow pages make all others wait until they are a 504. ' +
              'A uWSGI that pip built has it.',
            related: [{ span: server.span, message: 'uWSGI is started here' }],
          });
        }
      }
    }
  },
};

/** The plugins by name, where those are listed and Python's is among them: a sign of a build in parts. */
function pythonPlugins({ kind, settings }: AppServer): string | undefined {
  const plugins = kind === 'uwsgi' ? settings.get('plugins') : undefined;
  if (!plugins?.known || !Array.isArray(plugins.value) || settings.has('autoload')) return undefined;
  const names = plugins.value.join(',');
  return /(?:^|,)\s*python\d*\s*(?:,|$)/.test(names) ? names : undefined;
}
