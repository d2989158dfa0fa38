import { waitingOf } from '../../src/facts/waiting.js';
import type { Rule } from '../../src/lint/rule.js';
import { numberPassed } from '../../src/model/calls.js';

/**
 * A call over the network in a request handler that nothing ends: when the other side hangs, each such request holds its worker until the
 * server kills it, and soon all workers hang. Speaks only for code that is reached from a handler.
 */
export const rule: Rule = {
  id: 'timeout/call-without-timeout',
  summary: 'A request handler waits for another service without a limit',
  severity: 'warning',
  symptom: '504',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        if (server.development) continue;
        for (const handler of server.entry?.handlers ?? []) {
          for (const call of handler.calls) {
            const waiting = waitingOf(call.name, key => numberPassed(call, key));
            if (waiting.kind !== 'for ever') continue;
            const close = call.span.end - 1;
            const empty = call.positional.length === 0 && call.keywords.size === 0;
            const plain =
              call.span.file.text[close] === ')' && !/[,(]\s*$/.test(call.span.file.text.slice(call.span.start, close));
            report({
              span: call.span,
              message:
                `${call.name}() has no ${waiting.parameter}, so it waits for ever when the other side hangs, and ${handler.name} with it. ` +
                'Each such request holds a worker; when all are held, every page is a 504 (or 502, where the server kills the worker).',
              related: [{ span: handler.span, message: `${handler.name} handles requests` }, ...call.chain],
              fixes: plain
                ? [
                    {
                      title: `Add ${waiting.parameter}=10`,
                      safety: 'unsafe',
                      edits: [
                        {
                          span: { ...call.span, start: close, end: close },
                          text: `${empty ? '' : ', '}${waiting.parameter}=10`,
                        },
                      ],
                    },
                  ]
                : [],
            });
          }
        }
      }
    }
  },
};
