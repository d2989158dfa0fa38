import { waitingOf } from '../../src/facts/waiting.js';
import type { Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';
import { originOf, seconds } from '../../src/model/describe.js';

/**
 * The import of the application waits for another machine without a limit of its own, while the server gives a worker only so long to boot. When
 * the other side hangs, no worker ever boots. Waits of a known length are judged by timeout/call-outlives-worker.
 */
export const rule: Rule = {
  id: 'python/slow-import',
  summary: 'Importing the application waits for another service, and the server limits how long it may take',
  severity: 'warning',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { bootLimit, entry } = server;
        if (server.development || !bootLimit.known || bootLimit.value === 'none' || bootLimit.value === 0) continue;
        for (const call of entry?.importCalls ?? []) {
          if (!call.certain || call.during === 'urls') continue;
          if (waitingOf(call.name, key => numberPassed(call, key)).kind !== 'for ever') continue;
          report({
            span: call.span,
            message:
              `${call.name}() runs while ${server.kind} imports the application and waits without a limit, but a worker that takes longer than ` +
              `${seconds(bootLimit.value)} to boot is killed (${bootLimit.name}, ${originOf(bootLimit)}). When the other side is slow, no worker ever boots: ` +
              'clients wait until the gateway gives up with 504.',
            related: [
              {
                span: bootLimit.span ?? server.span,
                message: bootLimit.span ? 'the limit' : `${server.kind} is started here, with its default`,
              },
              ...call.chain,
            ],
            log: '[CRITICAL] WORKER TIMEOUT',
          });
        }
      }
    }
  },
};
