import type { Rule } from '../../src/lint/rule.js';
import type { Handler, PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * A call that blocks its thread, in the body of an asynchronous view: the event loop stands still, and with it every other request of this
 * worker. Counts what stands in the view itself, and in functions that it calls there by name: what it hands on may run in a thread.
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
        if (!runsLoop(server)) continue;
        for (const handler of server.entry?.handlers ?? []) {
          if (!handler.asynchronous || !/^(?:fastapi|starlette|asgi|django)$/.test(handler.framework)) continue;
          for (const call of handler.calls) {
            const instead = alternative(call.name);
            const key = `${call.span.file.path}:${call.span.start}`;
            if (instead === undefined || !call.certain || told.has(key)) continue;
            const way = call.chain[0];
            if (!standsIn(call.span, handler) && !(way && standsIn(way.span, handler))) continue;
            told.add(key);
            report({
              span: call.span,
              message:
                `${call.name}() blocks the event loop in the asynchronous view ${handler.name}. Until it is done, this worker of ${server.kind} answers nobody else. ` +
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
    }
  },
};

function runsLoop({ entry, interfaces, development }: AppServer): boolean {
  return (
    !development && interfaces.includes('asgi') && entry?.attribute.state === 'found' && entry.attribute.kind === 'asgi'
  );
}

function alternative(name: string): string | undefined {
  if (name === 'time.sleep') return 'Awaiting asyncio.sleep()';
  if (
    /^requests\.(?:Session\.)?(?:get|post|put|patch|delete|head|options|request)$/.test(name) ||
    name === 'urllib.request.urlopen'
  )
    return 'Awaiting an asynchronous client (httpx.AsyncClient)';
  if (/^subprocess\.(?:run|call|check_call|check_output)$/.test(name))
    return 'Awaiting asyncio.create_subprocess_exec()';
  return undefined;
}

/** A call is in the body of the view, and in no function inside or behind it. */
function standsIn(span: PyCall['span'], { span: head }: Handler): boolean {
  if (span.file.path !== head.file.path || span.start < head.end) return false;
  const between = span.file.text.slice(head.end, span.start);
  return (
    !/^[ \t]*(?:async[ \t]+def|def|class)[ \t]/m.test(between) &&
    !/\blambda\b/.test(between.slice(between.lastIndexOf('\n') + 1))
  );
}
