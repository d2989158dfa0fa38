import { waitingOf } from '../../src/facts/waiting.js';
import type { Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';
import { seconds, sourceOf } from '../../src/model/describe.js';
import type { Handler, PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * harakiri is one alarm for a worker, not for a request. With threads, each request that begins or ends on the worker sets or clears it, so that under
 * traffic a stuck one is never ended. Speaks where a view is seen to last longer than harakiri: the limit is there for it and does not reach it.
 */
export const rule: Rule = {
  id: 'timeout/harakiri-with-threads',
  summary: 'harakiri does not end a request while other threads of its worker are busy',
  severity: 'warning',
  symptom: '504',
  fix: 'none',
  proof: ['harakiri-disarmed-by-threads'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { kind, worker, settings } = server;
        const limit = settings.get('harakiri');
        if (kind !== 'uwsgi' || worker.concurrency !== 'threads' || !worker.threads.known) continue;
        if (!limit?.known || typeof limit.value !== 'number' || limit.value <= 0 || !limit.span) continue;
        const found = longerThan(server, limit.value);
        if (!found) continue;
        const { handler, call, lasts } = found;
        report({
          span: limit.span,
          message:
            `harakiri is to end a request after ${seconds(limit.value)} (${sourceOf(limit)}), but it is one alarm for a worker with ${worker.threads.value} threads ` +
            `(${sourceOf(worker.threads)}): any request that begins or ends there sets or clears it. ${handler.name}, which ${lasts}, holds its thread, and its users wait until the gateway gives up with 504.`,
          related: [
            ...(worker.threads.span ? [{ span: worker.threads.span, message: 'the threads share one alarm' }] : []),
            { span: call.span, message: `${handler.name} waits here` },
          ],
        });
      }
    }
  },
};

interface Long {
  readonly handler: Handler;
  readonly call: PyCall;
  readonly lasts: string;
}

function longerThan({ entry }: AppServer, limit: number): Long | undefined {
  for (const handler of entry?.handlers ?? []) {
    for (const call of handler.calls) {
      const waiting = waitingOf(call.name, key => numberPassed(call, key));
      if (!call.certain || waiting.kind !== 'seconds' || waiting.seconds < limit) continue;
      return { handler, call, lasts: `may wait ${seconds(waiting.seconds)} for ${call.name}()` };
    }
  }
  return undefined;
}
