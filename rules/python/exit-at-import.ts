import type { Rule } from '../../src/lint/rule.js';

/**
 * The application ends the process while it is imported. For Gunicorn that is no failed boot: it forks the next worker at once, for
 * ever, and logs no error; uWSGI ends its process the same way.
 */
export const rule: Rule = {
  id: 'python/exit-at-import',
  summary: 'Code that the server imports ends the process',
  severity: 'error',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        for (const call of server.entry?.importCalls ?? []) {
          if (!call.certain || !exits.has(call.name)) continue;
          report({
            span: call.span,
            message:
              `${server.kind} imports this module, and ${call.name.startsWith('raise') ? call.name : `${call.name}()`} ends the process while it does. ` +
              (server.kind === 'gunicorn'
                ? 'Gunicorn takes that for no error: it forks a new worker at once, for ever, and clients wait until the gateway gives up with 504.'
                : `${server.kind} does not stay up, so no request is answered.`),
            related: [{ span: server.span, message: `${server.kind} is started here` }, ...call.chain],
            symptom: server.kind === 'gunicorn' ? '504' : '502',
          });
        }
      }
    }
  },
};

const exits: ReadonlySet<string> = new Set([
  'sys.exit',
  'os._exit',
  'exit',
  'quit',
  'builtins.exit',
  'builtins.quit',
  'raise SystemExit',
]);
