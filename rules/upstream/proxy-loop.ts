import type { Rule } from '../../src/lint/rule.js';
import { type Address, isAnyAddress, isLoopback, showAddress } from '../../src/model/endpoint.js';
import type { Gateway, ListenSocket, Route } from '../../src/model/gateway.js';
import { serverFor } from '../../src/model/select.js';

/**
 * The route leads back to itself: the address is one that this nginx listens at, in the same server block, and the path stays as it is. Passing to
 * another server block of the same nginx is a common and sound arrangement.
 */
export const rule: Rule = {
  id: 'upstream/proxy-loop',
  summary: 'A route passes its requests to itself',
  severity: 'error',
  symptom: '500',
  fix: 'none',

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      for (const gateway of gateways) {
        for (const route of gateway.routes) {
          if (route.to.length !== 1 || !samePath(route)) continue;
          const [endpoint] = route.to;
          const address = endpoint?.address.known ? endpoint.address.value : undefined;
          const listen = address && ownListen(gateway, route, address);
          if (!endpoint || !address || !listen) continue;
          report({
            span: endpoint.span,
            message:
              `${route.title} passes to ${showAddress(address)}, which is the address that its own server block listens on: every request comes back to it, ` +
              'until the connections of nginx are used up. Every request is answered with 500.',
            related: [{ span: listen.span, message: 'nginx itself listens here' }],
            log: 'worker_connections are not enough while connecting to upstream',
          });
        }
      }
    }
  },
};

function samePath({ pass, scope, modifier, protocol }: Route): boolean {
  if (
    pass.directive !== 'proxy_pass' ||
    !/^(?:\^~)?$/.test(modifier) ||
    pass.uri !== undefined ||
    pass.target.text.includes('$')
  )
    return false;
  if (scope?.context !== 'location' || !/^https?$/.test(protocol)) return false;
  return (
    !scope.open && !scope.directives.some(({ name }) => /^(?:rewrite|if|try_files|limit_except|return)$/.test(name))
  );
}

/** Among several blocks at the port, the host that is sent on selects the route's own one. */
function comesBack(
  gateway: Gateway,
  { headers, server }: Route,
  { port, host }: Address & { readonly kind: 'tcp' },
): boolean {
  const sent = headers.get('host');
  if (!sent?.known) return false;
  const asked = sent.value === '$proxy_host' ? host : sent.value;
  return !asked.includes('$') && serverFor(gateway, port, asked) === server;
}

/** The listener of the route's own block at this address, when no other block is asked there. */
function ownListen(gateway: Gateway, route: Route, address: Address): ListenSocket | undefined {
  const { server, protocol } = route;
  if (
    !server ||
    server.scope?.open ||
    address.kind !== 'tcp' ||
    !(isLoopback(address.host) || isAnyAddress(address.host))
  )
    return undefined;
  const at = (listen: ListenSocket): boolean =>
    listen.address.known && listen.address.value.kind === 'tcp' && listen.address.value.port === address.port;
  if (!server.listens.some(at)) return undefined;
  const others = gateway.servers.filter(
    other => other !== server && other.listens.some(one => at(one) || !one.address.known),
  );
  if (others.length > 0 && !comesBack(gateway, route, address)) return undefined;
  return server.listens.find(
    listen =>
      at(listen) &&
      listen.tls === (protocol === 'https') &&
      listen.address.known &&
      listen.address.value.kind === 'tcp' &&
      (isAnyAddress(listen.address.value.host) || listen.address.value.host === address.host),
  );
}
