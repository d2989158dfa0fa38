import type { Rule } from '../../src/lint/rule.js';

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
        const networks = (list: readonly string[]): string => (list.length > 0 ? list.join(', ') : 'none');
        report({
          span: gateway.place.networksSpan ?? endpoint.span,
          message:
            `${gateway.kind} in ${gateway.place.title} (networks: ${networks(gateway.place.networks)}) passes ${route.title} to "${host}", but ${target.title} is on ` +
            `${networks(target.networks)} only. The name cannot be resolved: ${gateway.kind} does not start.`,
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
