import type { Rule } from '../../src/lint/rule.js';
import type { Place } from '../../src/model/place.js';

/** Compose resolves a service's name only on a network that both services are attached to; without one the gateway does not start. */
export const rule: Rule = {
  id: 'upstream/no-shared-network',
  summary: 'The gateway and the service that it names share no network',
  severity: 'error',
  symptom: 'start',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const { miss, endpoint, gateway, places, route, listener } of hops) {
        const [target] = places;
        if (miss !== 'no shared network' || !target || !endpoint.address.known || endpoint.address.value.kind !== 'tcp')
          continue;
        const { host, port } = endpoint.address.value;
        const bound =
          listener?.address.known && listener.address.value.kind === 'tcp' ? listener.address.value.port : port;
        const name = target.names.find(one => one.name.toLowerCase() === host.toLowerCase()) ?? target.names[0];
        report({
          span: gateway.place.networksSpan ?? endpoint.span,
          subject: route.title,
          message:
            `${gateway.kind} in ${gateway.place.title} (networks: ${networksOf(gateway.place)}) passes ${route.title} to "${host}", but ${target.title} is on ` +
            `${networksOf(target)} only. The name cannot be resolved: ${gateway.kind} does not start.`,
          related: [
            { span: endpoint.span, message: `"${host}" is dialled here` },
            ...(target.networksSpan ? [{ span: target.networksSpan, message: `networks of ${target.title}` }] : []),
            ...(listener && bound !== port
              ? [{ span: listener.span, message: `and the server listens on port ${bound} here, not on ${port}` }]
              : []),
            ...(name ? [{ span: name.span, message: `${target.title} has this name` }] : []),
          ],
          log: `[emerg] host not found in upstream "${host}"`,
        });
      }
    }
  },
};

function networksOf({ networks, networkMode }: Place): string {
  if (networkMode === 'host') return "the host's own";
  if (networkMode !== undefined) return "another container's";
  return networks.length > 0 ? networks.join(', ') : "Docker's bridge, which knows no names";
}
