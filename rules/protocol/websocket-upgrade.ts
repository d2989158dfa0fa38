import { addHeaders } from '../../src/edits/headers.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { seconds, sourceOf } from '../../src/model/describe.js';
import { type Inherited, inheritance } from '../../src/model/inherit.js';
import { parsesByH11, runsUvicorn, uvicornVersion } from '../../src/model/uvicorn.js';
import { isAtLeast } from '../../src/model/version.js';

/** Uvicorn, daphne and hypercorn ask an idle websocket for a sign of life every 20 s, so shorter waits cut it in any case. */
const pingInterval = 20;

/** First uvicorn that answers a request whose upgrade it does not support as if none were asked for. */
const lenientSince = '0.18';

/**
 * A websocket begins as a request with Upgrade and Connection, which nginx does not hand on by itself. Speaks only where the application
 * is seen to have websocket endpoints; applications that can do without (Socket.IO over WSGI) are left alone.
 */
export const rule: Rule = {
  id: 'protocol/websocket-upgrade',
  summary:
    'A route to websocket endpoints does not hand on the upgrade, asks for it on every request, or cuts idle sockets',
  severity: 'warning',
  symptom: '404',
  fix: 'unsafe',
  proof: ['upgrade-header-on-every-request', 'websocket-idle-read-timeout'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const routes = hops.filter(isTied).filter(hop => /^https?$/.test(hop.route.protocol) && isAsgi(hop));
      const upgrading = routes.filter(hop => hop.route.headers.has('upgrade') || !hop.route.headersComplete);
      for (const hop of upgrading) {
        if (asksAlways(hop)) report(always(hop));
        if (hop.route.headers.has('upgrade') && hasWebsockets(hop)) reportIdle(hop, report);
      }
      // Another route, perhaps to another process with the same application, may be the one for websockets.
      if (upgrading.length > 0 || hops.some(({ route }) => route.headers.has('upgrade'))) continue;
      const deaf = routes.filter(hasWebsockets).sort((a, b) => b.route.path.length - a.route.path.length)[0];
      if (deaf && deaf.route.unresolved === undefined) report(missing(deaf, lines));
    }
  },
};

function isAsgi({ server: { entry } }: TiedHop): boolean {
  return entry?.attribute.state === 'found' && entry.attribute.kind === 'asgi';
}

function hasWebsockets({ server }: TiedHop): boolean {
  return server.entry?.features.has('websocket') === true;
}

function missing(hop: TiedHop, lines: Inherited): Finding {
  const { route, server, gateway } = hop;
  return {
    span: route.pass.span,
    message:
      `${server.app?.known ? server.app.value.text : server.kind} has websocket endpoints, but no route of ${gateway.kind} hands on Upgrade and Connection: ` +
      `through ${route.title} the handshake arrives as a plain GET. Every websocket fails with 404.`,
    related: [{ span: server.span, message: 'this server runs the application' }],
    fixes: handOn(hop, lines),
  };
}

function handOn({ route, gateway }: TiedHop, lines: Inherited): readonly Fix[] {
  const { scope, pass } = route;
  const held = lines(scope, 'proxy_set_header');
  const version = lines(scope, 'proxy_http_version');
  if (gateway.kind !== 'nginx' || !scope || !held || !version || route.headers.get('connection')?.span) return [];
  const wanted = [
    ...(version.length > 0 ? [] : ['proxy_http_version 1.1;']),
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection $http_connection;',
  ];
  return [{ title: 'Hand the upgrade on', safety: 'unsafe', edits: [addHeaders(pass.span, scope, held, wanted)] }];
}

/** Where uvicorn's parser of requests is h11 and its version not known to be newer, each request without an upgrade is refused. */
function asksAlways({ route, server }: TiedHop): boolean {
  const connection = route.headers.get('connection');
  const asked = connection?.known === true && connection.value.toLowerCase() === 'upgrade';
  return runsUvicorn(server) && route.path === '/' && asked && isAtLeast(uvicornVersion(server), lenientSince) !== true;
}

function always({ route, server }: TiedHop): Finding {
  const connection = route.headers.get('connection');
  const refused = parsesByH11(server);
  return {
    span: connection?.span ?? route.pass.span,
    ...(!refused && { severity: 'info' as const }),
    symptom: '400',
    message:
      `${route.title} sends Connection: upgrade with every request to ${server.kind}, also where the browser asks for none. Uvicorn up to 0.17 ` +
      `${refused ? 'with h11 answers each of these' : 'answers such requests'} with 400, newer ones pass over it, and no connection to it can be kept open. ` +
      'A map on $http_upgrade sends it only when it is asked for.',
    related: [{ span: server.span, message: 'the requests arrive here' }],
    log: 'WARNING: Unsupported upgrade request.',
  };
}

function reportIdle({ route, gateway }: TiedHop, report: (finding: Finding) => void): void {
  const { readTimeout: wait } = route;
  if (!wait.known || wait.value >= pingInterval) return;
  report({
    span: wait.span ?? route.pass.span,
    symptom: 'wrong reply',
    message:
      `${gateway.kind} closes a websocket through ${route.title} when nothing is sent for ${seconds(wait.value)} (${sourceOf(wait)}). ` +
      'Users of a quiet page are cut off again and again.',
    related: [{ span: route.pass.span, message: 'websockets are passed on here' }],
  });
}
