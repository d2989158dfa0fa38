import type { Rule } from '../../src/lint/rule.js';
import { sourceOf } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * Megabytes of address space that a worker with the framework and an empty application takes: 60 without a framework, 75 with Flask, measured with
 * uWSGI 2.0.21 and Python 3.11 on Debian 12. Somewhat less here, as other builds may need less.
 */
const least = { bare: 48, framework: 68 };

/** `limit-as` counts address space, of which a process takes far more than memory: a limit meant for memory leaves no room to import anything. */
export const rule: Rule = {
  id: 'limits/address-space',
  summary: 'The address space that uWSGI leaves a worker is too small for Python',
  severity: 'warning',
  symptom: '500',
  fix: 'none',
  proof: ['limit-as-too-low'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const limit = server.kind === 'uwsgi' ? server.settings.get('limit-as') : undefined;
        const megabytes = limit?.known ? Number.parseFloat(String(limit.value)) : Number.NaN;
        const needed = neededBy(server);
        if (!limit?.span || needed === undefined || !(megabytes > 0 && megabytes < needed)) continue;
        report({
          span: limit.span,
          message:
            `uWSGI leaves each worker ${megabytes} MB of address space (${sourceOf(limit)}), and Python with this application takes more before it has answered ` +
            'anything: the import ends in MemoryError, and every request is answered with 500. Address space is not memory; reload-on-rss bounds that.',
          related: [{ span: server.span, message: 'uWSGI is started here' }],
          log: 'MemoryError',
        });
      }
    }
  },
};

/** Undefined where the C library is another one, or nothing of Python is loaded. */
function neededBy({ app, entry, place: { image } }: AppServer): number | undefined {
  if (!app || (image?.known && /alpine|musl/.test(image.value))) return undefined;
  const heavy = ['flask', 'django', 'fastapi', 'pyramid'].some(name => entry?.frameworks.includes(name));
  return heavy ? least.framework : least.bare;
}
