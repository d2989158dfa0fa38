import { waitingOf } from '../../src/facts/waiting.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';
import type { Hop } from '../../src/model/deployment.js';
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
    for (const { servers, hops } of deployment.stacks) {
      for (const server of servers) {
        const { entry, requestLimit, bootLimit } = server;
        if (!entry) continue;
        const request = { what: 'a request', limit: requestLimit, patience: longestWait(hops, server) };
        const boot = { what: 'the import', limit: bootLimit, patience: Number.POSITIVE_INFINITY };
        for (const { calls } of entry.handlers) for (const call of calls) tell(server, call, request, report);
        for (const call of entry.importCalls) if (!call.during) tell(server, call, boot, report);
      }
    }
  },
};

interface Bound {
  readonly what: string;
  readonly limit: Setting<number | 'none'>;
  /** Seconds that a client waits for it at most. */
  readonly patience: number;
}

/** Seconds that the gateways in front of it wait for an answer, at most; infinite where that is not known of one of them. */
function longestWait(hops: readonly Hop[], server: AppServer): number {
  const own = hops.filter(hop => hop.server === server);
  const waits = own.map(({ match, route: { readTimeout } }) =>
    match === 'address' && readTimeout.known ? readTimeout.value : Number.POSITIVE_INFINITY,
  );
  return waits.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...waits);
}

function tell(
  server: AppServer,
  call: PyCall,
  { what, limit, patience }: Bound,
  report: (finding: Finding) => void,
): void {
  if (!call.certain || !limit.known || limit.value === 'none') return;
  const waiting = waitingOf(call.name, key => numberPassed(call, key));
  if (waiting.kind !== 'seconds' || waiting.seconds < limit.value) return;
  const sleeps = call.name === 'time.sleep';
  // No gateway waits for it either: the limit ends what nobody would have got an answer to.
  const hopeless = waiting.seconds > patience;
  report({
    span: call.span,
    severity: hopeless ? 'info' : sleeps ? 'error' : 'warning',
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
