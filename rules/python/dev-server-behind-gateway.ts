import type { Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { mayBeDevelopment } from '../../src/model/development.js';
import type { AppServer, ServerKind } from '../../src/model/server.js';

/**
 * A route of the gateway ends in a server that its makers call unfit for production. Silent wherever anything says that the stack is the one for
 * development, or the repository has another one with a real server.
 */
export const rule: Rule = {
  id: 'python/dev-server-behind-gateway',
  summary: 'The gateway passes requests to a development server',
  severity: 'warning',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      const told = new Set<object>();
      for (const hop of stack.hops.filter(isTied)) {
        const { server, route, gateway } = hop;
        const what = names.get(server.kind);
        if (!server.development || !what || told.has(server) || mayBeDevelopment(deployment, stack, hop, server))
          continue;
        if (stack.servers.some(other => !other.development && listensToo(other, hop))) continue;
        told.add(server);
        report({
          span: server.span,
          message:
            `${route.title} of ${gateway.kind} passes requests to ${what}, which is made for one developer: its makers ask not to use it in production: ` +
            'one process does everything, and when it dies nobody starts it again (502). Gunicorn, uWSGI or uvicorn belong here.',
          related: [{ span: route.pass.span, message: 'the gateway passes requests to it' }],
        });
      }
    }
  },
};

/** Another server has the same address: one of the two is started instead of the other. */
function listensToo({ listens, place }: AppServer, { server, listener }: TiedHop): boolean {
  const address = listener?.address;
  if (place.id !== server.place.id || !address?.known || address.value.kind !== 'tcp') return false;
  const { port } = address.value;
  return listens.some(one => one.address.known && one.address.value.kind === 'tcp' && one.address.value.port === port);
}

const names: ReadonlyMap<ServerKind, string> = new Map([
  ['runserver', "Django's development server (manage.py runserver)"],
  ['flask', "Flask's development server"],
  ['werkzeug', "Werkzeug's development server"],
]);
