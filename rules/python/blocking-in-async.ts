import { waitingOf } from '../../src/facts/waiting.js';
import type { Rule } from '../../src/lint/rule.js';
import { blockingCalls, placeOf } from '../../src/model/blocking.js';
import { numberPassed } from '../../src/model/calls.js';

/**
 * A call that blocks its thread, in the body of an asynchronous view: the event loop stands still, and with it every other request of this
 * worker.
 */
export const rule: Rule = {
  id: 'python/blocking-in-async',
  summary: 'An asynchronous view blocks the event loop',
  severity: 'warning',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    // Several servers may load one view: a call is told once.
    const told = new Set<string>();
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        for (const { call, handler, instead } of blockingCalls(server)) {
          if (told.has(placeOf(call))) continue;
          told.add(placeOf(call));
          const waiting = waitingOf(call.name, key => numberPassed(call, key));
          const until =
            waiting.kind === 'for ever'
              ? `Until it is done, and without a ${waiting.parameter} that may be never`
              : 'Until it is done';
          report({
            span: call.span,
            message:
              `${call.name}() blocks the event loop in the asynchronous view ${handler.name}. ${until}, this worker of ${server.kind} answers nobody else. ` +
              `Under load requests pile up and end in 504. ${instead} does not block, nor does an ordinary def, which runs in a thread.`,
            related: [
              { span: handler.span, message: `${handler.name} is asynchronous` },
              ...call.chain,
              { span: server.span, message: `${server.kind} is started here` },
            ],
          });
        }
      }
    }
  },
};
