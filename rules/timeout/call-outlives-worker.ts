import { waitingOf } from '../../src/facts/waiting.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';
import { seconds, sourceOf } from '../../src/model/describe.js';
import type { EntryPoint, PyCall } from '../../src/model/entry.js';
import { oncePer } from '../../src/model/once.js';
import { allowedBy, lateness, longestWait } from '../../src/model/patience.js';
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
        const { requests, imports, longest } = waits(entry);
        if (longest < Math.min(allowedBy(requestLimit), allowedBy(bootLimit))) continue;
        const request = { what: 'a request', limit: requestLimit, patience: longestWait(hops, server) };
        const boot = { what: 'the import', limit: bootLimit, patience: Number.POSITIVE_INFINITY };
        for (const one of requests) {
          for (const wait of one) tell(server, wait, request, report);
          const sum = together(server, one, request);
          if (sum) report(sum);
        }
        for (const wait of imports) if (!wait.call.during) tell(server, wait, boot, report);
      }
    }
  },
};

interface Wait {
  readonly call: PyCall;
  /** That it lasts, or may last. */
  readonly seconds: number;
}

/** `longest`: seconds of the waits of one request, or of all imports, together at most. */
const waits = oncePer(({ handlers, importCalls }: EntryPoint) => {
  const requests = handlers.map(({ calls }) => calls.flatMap(waitOf)).filter(calls => calls.length > 0);
  const imports = importCalls.flatMap(waitOf);
  const sums = [...requests, imports].map(calls => calls.reduce((sum, wait) => sum + wait.seconds, 0));
  return { requests, imports, longest: sums.reduce((a, b) => Math.max(a, b)) };
});

function waitOf(call: PyCall): readonly Wait[] {
  if (!call.certain) return [];
  const waiting = waitingOf(call.name, key => numberPassed(call, key));
  return waiting.kind === 'seconds' ? [{ call, seconds: waiting.seconds }] : [];
}

interface Bound {
  readonly what: string;
  readonly limit: Setting<number | 'none'>;
  /** Seconds that a client waits for it at most. */
  readonly patience: number;
}

/** Sleeps that are short one by one, in a loop or behind one another, and too long together. */
function together(server: AppServer, waits: readonly Wait[], { limit, patience }: Bound): Finding | undefined {
  const sleeps = waits.filter(({ call }) => call.name === 'time.sleep');
  const sum = sleeps.reduce((all, wait) => all + wait.seconds, 0);
  const [first] = sleeps;
  const most = allowedBy(limit);
  const longest = most + lateness(server);
  if (!first || sum <= longest || sleeps.some(wait => wait.seconds > longest)) return undefined;
  return {
    span: first.call.span,
    severity: sum > patience ? 'info' : 'error',
    message:
      `time.sleep() lasts ${seconds(sum)} in one request (${sleeps.length} times), but ${server.kind} lets a request run for ${seconds(most)} (${sourceOf(limit)}). ` +
      'The worker is killed in the middle: the request ends in 502, or in a page that is cut off where its first part is sent already.',
    ...killed(server, limit, most),
  };
}

function killed({ kind, span }: AppServer, limit: Setting<unknown>, most: number) {
  const message = limit.span ? `${limit.name} is ${seconds(most)}` : `${kind} is started here, with its default`;
  return {
    related: [{ span: limit.span ?? span, message }],
    log: kind === 'gunicorn' ? '[CRITICAL] WORKER TIMEOUT' : 'HARAKIRI ON WORKER',
  };
}

function tell(
  server: AppServer,
  { call, seconds: lasts }: Wait,
  { what, limit, patience }: Bound,
  report: (finding: Finding) => void,
): void {
  const sleeps = call.name === 'time.sleep';
  // What is only allowed to last so long mostly takes a little longer to fail.
  if (!limit.known || limit.value === 'none' || lasts <= limit.value + (sleeps ? lateness(server) : 0)) return;
  const { related, log } = killed(server, limit, limit.value);
  report({
    span: call.span,
    // Where no gateway waits for it either, the limit ends what nobody would have got an answer to.
    severity: lasts > patience ? 'info' : sleeps ? 'error' : 'warning',
    message:
      `${call.name}() ${sleeps ? 'lasts' : 'may last'} ${seconds(lasts)}, but ${server.kind} lets ${what} run for ${seconds(limit.value)} ` +
      `(${sourceOf(limit)}). The worker is killed in the middle: ${
        what === 'a request'
          ? 'the request ends in 502.'
          : 'no worker ever boots, and clients wait until the gateway gives up.'
      }`,
    symptom: what === 'a request' ? '502' : '504',
    log,
    related: [...related, ...call.chain],
  });
}
