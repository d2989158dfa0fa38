import { wrapInMainGuard } from '../../src/edits/python.js';
import { serverStart, servesForEver } from '../../src/facts/server-starts.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * The module that the server loads starts a server of its own while it is imported: the import never ends, the worker never
 * boots, and clients wait until the gateway gives up. What decides is reachability: under a main guard, or in a function that nobody calls
 * at import, it is fine.
 */
export const rule: Rule = {
  id: 'python/server-at-import',
  summary: 'Code that the server imports starts another server, so the import never ends',
  severity: 'error',
  symptom: '504',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        for (const call of server.entry?.importCalls ?? []) {
          if (call.certain && servesForEver(call.name)) report(finding(server, call));
        }
      }
    }
  },
};

function finding(server: AppServer, call: PyCall): Finding {
  const file = server.entry?.file?.path;
  const imported = file === call.span.file.path || !file ? '' : ` (imported by ${file})`;
  const short = call.name.split('.').slice(-2).join('.');
  return {
    span: call.span,
    message:
      `${server.kind} imports this module${imported}, and ${short}() starts a ${serverStart(call.name)?.kind === 'development' ? 'development server' : 'server'} ` +
      'while it does: the import never ends, so no worker ever answers. ' +
      (server.kind === 'gunicorn' || server.kind === 'uwsgi'
        ? 'Clients wait in the queue until the gateway gives up with 504.'
        : 'The gateway finds nobody at the address it dials.'),
    related: [{ span: server.span, message: `${server.kind} is started here and loads it` }, ...call.chain],
    fixes: guarded(call),
    log: server.kind === 'gunicorn' ? '[CRITICAL] WORKER TIMEOUT' : 'upstream timed out (110: Connection timed out)',
  };
}

/** The guard goes around the statement that starts it all: the one at the top of a module, not one inside a function. */
function guarded(call: PyCall): readonly Fix[] {
  const edits = wrapInMainGuard(call.topLevel ?? call.statement);
  return edits ? [{ title: 'Start it only when the file is run as a program', safety: 'safe', edits }] : [];
}
