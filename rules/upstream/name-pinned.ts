import type { Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { isIpAddress, isLoopback } from '../../src/model/endpoint.js';

/**
 * nginx resolves a name that stands in its configuration once, when it starts. A container that is made anew may get another address, and nginx
 * goes on dialling the old one until it is reloaded. True of every such stack, so said once for each gateway and name, as advice.
 */
export const rule: Rule = {
  id: 'upstream/name-pinned',
  summary: 'The name of a container is resolved once, when nginx starts',
  severity: 'info',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const told = new Set<string>();
      for (const hop of hops) {
        const name = pinnedName(hop);
        const key = `${hop.gateway.place.id}\n${name}`;
        if (name === undefined || told.has(key)) continue;
        told.add(key);
        report({
          span: hop.endpoint.span,
          message:
            `nginx asks for the address of ${name} once, when it starts. When ${hop.server?.place.title ?? name} is made anew (an update, docker compose up --build) it may get another ` +
            'address: nginx goes on dialling the old one, and every request is a 502 or 504 until it is reloaded too.',
          related: hop.server ? [{ span: hop.server.span, message: `${name} is this server` }] : [],
          log: 'connect() failed (113: No route to host) while connecting to upstream',
        });
      }
    }
  },
};

function pinnedName({ gateway, server, endpoint, match, route }: Hop): string | undefined {
  if (
    gateway.kind !== 'nginx' ||
    match !== 'address' ||
    gateway.place.kind !== 'service' ||
    server?.place.kind !== 'service'
  )
    return undefined;
  if (server.place.id === gateway.place.id || !endpoint.address.known || endpoint.address.value.kind !== 'tcp')
    return undefined;
  const { host } = endpoint.address.value;
  // With a variable, or with `resolve` behind the server, nginx asks again.
  if (
    route.pass.target.text.includes('$') ||
    route.pass.group?.servers.some(({ parameters }) => parameters.has('resolve'))
  )
    return undefined;
  return isIpAddress(host) || isLoopback(host) ? undefined : host;
}
