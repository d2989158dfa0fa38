import { waitingOf } from '../../src/facts/waiting.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';
import { seconds, sourceOf } from '../../src/model/describe.js';
import type { PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';

/**
 * Code that is bound, or allowed, to last longer than the server lets a request or an import run: the worker is killed in the middle. A
 * sleep does last that long (error); the timeout of an outside call may be reached on a bad day (warning).
 */
export const rule: Rule = {
  id: 'timeout/call-outlives-worker',
  summary: 'Code may run longer than the server lets a worker work',
  severity: 'error',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { entry, requestLimit, bootLimit } = server;
        if (!entry) continue;
        for (const { calls } of entry.handlers)
          for (const call of calls) tell(server, call, requestLimit, 'a request', report);
        for (const call of entry.importCalls) if (!call.during) tell(server, call, bootLimit, 'the import', report);
      }
    }
  },
};

function tell(
  server: AppServer,
  call: PyCall,
  limit: Setting<number | 'none'>,
  what: string,
  report: (finding: Finding) => void,
): void {
  if (!call.certain || !limit.known || limit.value === 'none') return;
  const waiting = waitingOf(call.name, key => numberPassed(call, key));
  if (waiting.kind !== 'seconds' || waiting.seconds < limit.value) return;
  const sleeps = call.name === 'time.sleep';
  report({
    span: call.span,
    severity: sleeps ? 'error' : 'warning',
    message:
      `${call.name}() ${sleeps ? 'lasts' : 'may last'} ${seconds(waiting.seconds)}, but ${server.kind} lets ${what} run for ${seconds(limit.value)} ` +
      `(${sourceOf(limit)}). The worker is killed in the middle: ${
        what === 'a request'
          ? 'the request ends in 502.'
          : 'no worker ever boots, and clients wait until the gateway gives up.'
      }`,
    symptom: what === 'a request' ? '502' : '504',
    related: [
      {
        span: limit.span ?? server.span,
        message: limit.span
          ? `${limit.name} is ${seconds(limit.value)}`
          : `${server.kind} is started here, with its default`,
      },
      ...call.chain,
    ],
    log: server.kind === 'gunicorn' ? '[CRITICAL] WORKER TIMEOUT' : 'HARAKIRI ON WORKER',
  });
}
