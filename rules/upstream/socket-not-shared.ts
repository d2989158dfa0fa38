import type { Rule } from '../../src/lint/rule.js';
import { originOf } from '../../src/model/describe.js';
import { showAddress } from '../../src/model/endpoint.js';

/** A unix socket exists only in the file system of the place that binds it; another place sees it only through a shared volume. */
export const rule: Rule = {
  id: 'upstream/socket-not-shared',
  summary: 'A unix socket is used from two places that share no volume at its path',
  severity: 'error',
  symptom: '502',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const { miss, endpoint, server, listener, gateway, route } of hops) {
        if (miss !== 'socket not shared' || !server || !listener?.address.known || !endpoint.address.known) continue;
        report({
          span: endpoint.span,
          message:
            `${gateway.kind} in ${gateway.place.title} passes ${route.title} to ${showAddress(endpoint.address.value)}, which ${server.kind} binds in ${server.place.title} ` +
            `(${originOf(listener.address)}). The two have no volume in common there, so the socket does not exist for ${gateway.kind}: every request is answered with 502.`,
          subject: route.title,
          related: [{ span: listener.span, message: `bound here, in the file system of ${server.place.title}` }],
          log: 'connect() to unix:... failed (2: No such file or directory) while connecting to upstream',
        });
      }
    }
  },
};
