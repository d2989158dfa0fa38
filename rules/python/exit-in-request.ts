import type { Finding, Rule } from '../../src/lint/rule.js';
import type { Handler, PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

/** What ends the process at once; the others raise SystemExit, which frameworks do not catch. */
const atOnce: ReadonlySet<string> = new Set(['os._exit', 'os.abort']);
const exits: ReadonlySet<string> = new Set(['sys.exit', 'exit', 'quit', 'raise SystemExit', ...atOnce]);

/** Views whose purpose it is. */
const onPurpose = /restart|shut_?down|exit|quit|kill|stop|reload|reboot|terminate|crash|suicide|halt|signal/i;

/**
 * Code that handles a request ends the process, as a script would. No framework catches SystemExit: the worker goes, and the client gets no
 * answer. Silent where a `try` catches it, and where the handler's own name says that it is meant to stop the server.
 */
export const rule: Rule = {
  id: 'python/exit-in-request',
  summary: 'Code that handles a request ends the process',
  severity: 'error',
  symptom: '502',
  fix: 'none',
  proof: ['sys-exit-in-view'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const seen = new Set<string>();
        for (const handler of server.entry?.handlers ?? []) {
          for (const call of handler.calls) {
            const key = `${call.span.file.path}:${call.span.start}`;
            if (seen.has(key) || !endsProcess(call, handler)) continue;
            const found = finding(server, handler, call);
            if (found) report(found);
            seen.add(key);
          }
        }
      }
    }
  },
};

function endsProcess({ name, caught, chain }: PyCall, handler: Handler): boolean {
  if (!exits.has(name) || caught) return false;
  return ![handler.name, handler.path ?? '', ...chain.map(step => step.message)].some(text => onPurpose.test(text));
}

function finding(server: AppServer, handler: Handler, call: PyCall): Finding | undefined {
  const { kind, worker } = server;
  const inUvicorn = kind === 'uvicorn' || (worker.class.known && /uvicorn/i.test(worker.class.value));
  const what = call.name.startsWith('raise') ? call.name : `${call.name}()`;
  const related = [
    { span: handler.span, message: `${handler.name} handles requests` },
    ...call.chain,
    { span: server.span, message: `${kind} is started here` },
  ];
  if (inUvicorn && !atOnce.has(call.name)) {
    const message = `${what} in ${handler.name} raises SystemExit, which no framework catches: uvicorn logs it and answers with 500.`;
    return { span: call.span, message, related, symptom: '500' };
  }
  if (kind !== 'gunicorn' && kind !== 'uwsgi' && kind !== 'uvicorn') return undefined;
  return {
    span: call.span,
    message:
      `${what} in ${handler.name} ends more than the request: no framework catches it, ${kind} sends no answer, and the gateway makes a 502 of it. ` +
      'Return a reply that names the fault, or raise an exception that the framework turns into one.',
    related,
    log: 'upstream prematurely closed connection while reading response header from upstream',
  };
}
