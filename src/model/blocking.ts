import type { Handler, PyCall } from './entry.js';
import type { AppServer } from './server.js';

/** A call that stops the event loop of a server, the view that it stands in, and what would not stop it. */
export interface Blocking {
  readonly call: PyCall;
  readonly handler: Handler;
  readonly instead: string;
}

/**
 * Calls that block their thread, in the body of an asynchronous view or in a function that it calls there by name: what it hands on may run
 * in a thread. Each place once.
 */
export function blockingCalls(server: AppServer): readonly Blocking[] {
  if (!runsLoop(server)) return [];
  const found = new Map<string, Blocking>();
  for (const handler of server.entry?.handlers ?? []) {
    if (!handler.asynchronous || !/^(?:fastapi|starlette|asgi|django)$/.test(handler.framework)) continue;
    for (const call of handler.calls) {
      const instead = alternative(call.name);
      const key = placeOf(call);
      if (instead === undefined || !call.certain || found.has(key)) continue;
      const way = call.chain[0];
      if (!standsIn(call.span, handler) && !(way && standsIn(way.span, handler))) continue;
      found.set(key, { call, handler, instead });
    }
  }
  return [...found.values()];
}

/** The same for all calls at one place of one file. */
export function placeOf({ span }: PyCall): string {
  return `${span.file.path}:${span.start}`;
}

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
