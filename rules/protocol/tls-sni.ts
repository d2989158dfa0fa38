import { insertLines } from '../../src/edits/headers.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { isIpAddress } from '../../src/model/endpoint.js';
import type { Route } from '../../src/model/gateway.js';
import { flagInEffect, inheritance } from '../../src/model/inherit.js';

/**
 * nginx names no server when it opens TLS to an upstream, unless it is told to. A host that serves several names behind one address then
 * picks the wrong certificate, or ends the handshake. Whether the other side minds cannot be seen from here: advice.
 */
export const rule: Rule = {
  id: 'protocol/tls-sni',
  summary: 'TLS to a named host without its name in the handshake',
  severity: 'info',
  symptom: '502',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const { route, endpoint, match, gateway } of hops) {
        if (route.protocol !== 'https' || match === 'address' || gateway.kind !== 'nginx') continue;
        const host = endpoint.address.known && endpoint.address.value.kind === 'tcp' ? endpoint.address.value.host : '';
        const named = lines(route.scope, 'proxy_ssl_name');
        if (!isPublicName(host) || !named || flagInEffect(lines(route.scope, 'proxy_ssl_server_name'), false) !== false)
          continue;
        report({
          span: route.pass.span,
          message:
            `${route.title} opens TLS to ${host} without naming it in the handshake (proxy_ssl_server_name is off). ` +
            'A host that serves several names at one address, as content networks do, may end the handshake: then every request is a 502.',
          fixes: nameIt(route, host, named.length > 0),
          log: 'peer closed connection in SSL handshake while SSL handshaking to upstream',
        });
      }
    }
  },
};

/** A name with a dot that is no address, and not one of a private zone. */
function isPublicName(host: string): boolean {
  return (
    host.includes('.') && !isIpAddress(host) && !/\.(?:local|internal|lan|test|localhost|svc|cluster)$/i.test(host)
  );
}

function nameIt({ pass, scope }: Route, host: string, named: boolean): readonly Fix[] {
  if (scope?.directives.some(({ name }) => name === 'proxy_ssl_server_name')) return [];
  // The default name is that of the upstream block where there is one.
  const lines = ['proxy_ssl_server_name on;', ...(pass.group && !named ? [`proxy_ssl_name ${host};`] : [])];
  return [{ title: 'Name the host in the handshake', safety: 'unsafe', edits: [insertLines(pass.span, lines)] }];
}
