import { replaceAddress } from '../../src/edits/address.js';
import type { Rule } from '../../src/lint/rule.js';
import { originOf } from '../../src/model/describe.js';
import { showAddress } from '../../src/model/endpoint.js';

/** The gateway dials a service by the port that is published on the host. Between containers only the port inside exists. */
export const rule: Rule = {
  id: 'upstream/published-port',
  summary: 'The gateway dials a service by its port on the host instead of the port inside',
  severity: 'error',
  symptom: '502',
  fix: 'safe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const { miss, endpoint, server, listener, gateway, route } of hops) {
        if (miss !== 'published port' || !server || !listener?.address.known || !endpoint.address.known) continue;
        const dialled = endpoint.address.value;
        const bound = listener.address.value;
        if (dialled.kind !== 'tcp' || bound.kind !== 'tcp') continue;
        const published = server.place.ports.find(
          port => port.host?.known === true && port.host.value === dialled.port,
        );
        const edit = replaceAddress(endpoint.span, dialled, { ...dialled, port: bound.port });
        report({
          span: endpoint.span,
          message:
            `${gateway.kind} passes ${route.title} to ${showAddress(dialled)}, but ${dialled.port} is the port published on the host; inside, ${server.kind} listens on ` +
            `${bound.port} (${originOf(listener.address)}). The connection is refused: every request is answered with 502.`,
          related: [
            ...(published
              ? [{ span: published.span, message: `${dialled.port} is the host's side of this mapping` }]
              : []),
            { span: listener.span, message: `${server.kind} listens on ${showAddress(bound)} here` },
          ],
          fixes: edit ? [{ title: `Pass to port ${bound.port}`, safety: 'safe', edits: [edit] }] : [],
          log: 'connect() failed (111: Connection refused) while connecting to upstream',
        });
      }
    }
  },
};
