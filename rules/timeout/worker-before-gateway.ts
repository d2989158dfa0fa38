import type { Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { history, originOf, seconds } from '../../src/model/describe.js';

/** From here on the two are no longer a margin on purpose (`harakiri` a few seconds below the gateway). */
const farBelow = 2;

/**
 * Somebody raised the gateway's limit for slow pages and left the server's: the server ends the request long before. Speaks only where the
 * gateway's limit is written down.
 */
export const rule: Rule = {
  id: 'timeout/worker-before-gateway',
  summary: 'The application server ends a request long before the gateway that was told to be patient',
  severity: 'info',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const told = new Set<string>();
      for (const hop of hops.filter(isTied)) {
        const limits = impatient(hop);
        if (!limits) continue;
        const { gateway, route, server } = hop;
        const { wait, limit } = limits;
        const key = `${wait.span?.file.path}:${wait.span?.start} ${server.span.file.path}:${server.span.start}`;
        if (told.has(key) || !wait.span) continue;
        told.add(key);
        report({
          span: wait.span,
          message:
            `${gateway.kind} waits ${seconds(wait.value)} for ${route.title} (${originOf(wait)}), but ${server.kind} ends a request after ` +
            `${seconds(limit.value)} (${limit.origin === 'default' ? `the default of ${limit.name}` : originOf(limit)}). A page that takes longer is a 502 however long ${gateway.kind} would wait.`,
          related: [
            limit.span
              ? { span: limit.span, message: `${limit.name} is ${seconds(limit.value)}` }
              : { span: server.span, message: `${server.kind} is started here` },
            ...history(wait),
          ],
        });
      }
    }
  },
};

function impatient({ route, server }: TiedHop) {
  const { readTimeout: wait } = route;
  const limit = server.requestLimit;
  if (server.development || !wait.known || wait.origin === 'default' || !limit.known) return undefined;
  const { value } = limit;
  if (value === 'none' || value <= 0 || wait.value < value * farBelow) return undefined;
  return { wait, limit: { ...limit, value } };
}
