import type { Rule } from '../../src/lint/rule.js';
import { isTied } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { showAddress } from '../../src/model/endpoint.js';

/**
 * localhost is 127.0.0.1 and ::1 on most machines, and nginx makes a group of both. The server listens on IPv4 alone: half of the connections are
 * refused first, and one slow request takes the only live half out for ten seconds. A single address is never taken out.
 */
export const rule: Rule = {
  id: 'upstream/localhost-two-addresses',
  summary: 'localhost in the gateway stands for two addresses, of which the server has one',
  severity: 'warning',
  symptom: '502',
  fix: 'safe',
  proof: ['localhost-two-addresses'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const { route, endpoint, listener, server, gateway } of hops.filter(isTied)) {
        const dialled = endpoint.address.known ? endpoint.address.value : undefined;
        const bound = listener?.address.known ? listener.address.value : undefined;
        if (
          gateway.kind !== 'nginx' ||
          dialled?.kind !== 'tcp' ||
          dialled.host.toLowerCase() !== 'localhost' ||
          // Where it balances among several, others are left when one is taken out.
          route.to.length > 1 ||
          bound?.kind !== 'tcp'
        )
          continue;
        // A name of which Gunicorn or uWSGI takes the first address is not judged; nor is what listens on IPv6 too.
        if (
          !/^\d+\.\d+\.\d+\.\d+$/.test(bound.host) ||
          server.listens.some(other => other.address.known && isIpv6(showAddress(other.address.value)))
        )
          continue;
        const text = endpoint.span.file.text.slice(endpoint.span.start, endpoint.span.end);
        const at = text.toLowerCase().indexOf('localhost');
        if (at < 0) continue;
        const span = {
          ...endpoint.span,
          start: endpoint.span.start + at,
          end: endpoint.span.start + at + 'localhost'.length,
        };
        report({
          span: endpoint.span,
          confidence: 'likely',
          message:
            `${route.title} passes to localhost, which is 127.0.0.1 and ::1 where the machine has IPv6, and ${server.kind} listens on ${showAddress(bound)} alone ` +
            `(${where(listener?.span ?? server.span)}). nginx then has two peers: one request that takes too long switches the only live one off for 10 s, and every page is a 502.`,
          subject: route.title,
          related: [{ span: listener?.span ?? server.span, message: `${server.kind} listens on IPv4 here` }],
          fixes: [{ title: 'Pass to 127.0.0.1', safety: 'safe', edits: [{ span, text: '127.0.0.1' }] }],
          log: 'no live upstreams while connecting to upstream',
        });
      }
    }
  },
};

function isIpv6(address: string): boolean {
  return address.startsWith('[');
}
