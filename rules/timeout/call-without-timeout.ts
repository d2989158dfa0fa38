import { waitingOf } from '../../src/facts/waiting.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { blockingCalls, placeOf } from '../../src/model/blocking.js';
import { numberPassed } from '../../src/model/calls.js';
import type { Handler, PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

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
        for (const { call, handlers, parameter } of endlessCalls(server)) {
          const [handler] = handlers;
          const others = handlers.length > 1 ? ` (and ${handlers.length - 1} more)` : '';
          report({
            span: call.span,
            message:
              `${call.name}() has no ${parameter}, so it waits for ever when the other side hangs, and ${handler?.name}${others} with it. ` +
              'Each such request holds a worker; when all are held, every page is a 504 (or 502, where the server kills the worker).',
            related: [
              ...handlers.map(one => ({ span: one.span, message: `${one.name} handles requests` })),
              ...(handlers.length === 1 ? call.chain : []),
            ],
            fixes: withTimeout(call, parameter),
          });
        }
      }
    }
  },
};

interface Endless {
  readonly call: PyCall;
  readonly handlers: Handler[];
  readonly parameter: string;
}

/** Each call once, with every handler that leads to it. */
function endlessCalls(server: AppServer): Iterable<Endless> {
  const found = new Map<string, Endless>();
  // Another rule speaks about those.
  const blocking = new Set(blockingCalls(server).map(({ call }) => placeOf(call)));
  for (const handler of server.entry?.handlers ?? []) {
    for (const call of handler.calls) {
      const waiting = waitingOf(call.name, key => numberPassed(call, key));
      const key = placeOf(call);
      if (waiting.kind !== 'for ever' || callsItself(call) || blocking.has(key)) continue;
      const known = found.get(key);
      if (!known) found.set(key, { call, handlers: [handler], parameter: waiting.parameter });
      else if (!known.handlers.some(one => one.name === handler.name)) known.handlers.push(handler);
    }
  }
  return found.values();
}

/** An address made from the request's own host: another rule speaks about that. */
function callsItself(call: PyCall): boolean {
  return [...(call.texts?.values() ?? [])].some(text =>
    text.some(part => typeof part !== 'string' && part.of?.includes('request')),
  );
}

/** Where the call ends in a plain `)`, the argument is put before it. */
function withTimeout({ span, positional, keywords }: PyCall, parameter: string): readonly Fix[] {
  const close = span.end - 1;
  const inside = span.file.text.slice(span.start, close);
  if (span.file.text[close] !== ')' || /[,(]\s*$/.test(inside)) return [];
  const comma = positional.length === 0 && keywords.size === 0 ? '' : ', ';
  const edit = { span: { ...span, start: close, end: close }, text: `${comma}${parameter}=10` };
  return [{ title: `Add ${parameter}=10`, safety: 'unsafe', edits: [edit] }];
}
