import type { Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * Somebody switched off the one thing that ends a request that hangs. It works as long as nothing hangs; advice, as some do it on purpose and
 * bound every call of their own.
 */
export const rule: Rule = {
  id: 'timeout/disabled',
  summary: 'Nothing ends a request that hangs, as the limit of the server is switched off',
  severity: 'info',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const name = limitOf(server);
        const limit = name === undefined ? undefined : server.settings.get(name);
        if (!limit?.known || limit.value !== 0 || limit.origin === 'default' || !limit.span || server.development)
          continue;
        report({
          span: limit.span,
          message:
            `${limit.name} 0 (${where(limit.span)}) switches off the limit of ${server.kind}: a request that hangs holds its worker until somebody restarts it. ` +
            'When all workers hang, every page is a 504.',
          related: [{ span: server.span, message: `${server.kind} is started here` }],
        });
      }
    }
  },
};

/** Only where the setting ends single requests; with threads or an event loop it is a watch over the whole worker. */
function limitOf({ kind, worker }: AppServer): string | undefined {
  if (worker.concurrency !== 'sync') return undefined;
  return kind === 'gunicorn' ? 'timeout' : kind === 'uwsgi' ? 'harakiri' : undefined;
}
