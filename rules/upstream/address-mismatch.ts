import { replaceAddress } from '../../src/edits/address.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { history, originOf, where } from '../../src/model/describe.js';
import { type Address, isLoopback, type Listener, showAddress } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import { type Step, spanText } from '../../src/text/source.js';

/**
 * The gateway dials an address at which nobody listens: every request is a 502. Speaks only when all that listens in the place is
 * known and one server is left that no other route reaches, so that it must be the one that is meant.
 */
export const rule: Rule = {
  id: 'upstream/address-mismatch',
  summary: 'The gateway dials an address at which nobody listens, while its server listens elsewhere',
  severity: 'error',
  symptom: '502',
  fix: 'alternatives',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { hops } of deployment.stacks) {
      for (const hop of hops) {
        const { endpoint, server, listener } = hop;
        const forgotten = portForgotten(hop);
        if (forgotten) report(forgotten);
        if (!mismatched(hop) || !server || !listener?.address.known || !endpoint.address.known) continue;
        const dialled = endpoint.address.value;
        const bound = listener.address.value;
        const spare = hop.route.to.length > 1;
        report({
          span: endpoint.span,
          severity: spare ? 'warning' : 'error',
          message:
            `${hop.gateway.kind} passes ${hop.route.title} to ${showAddress(dialled)}, but nobody listens there: ${server.kind} listens on ` +
            `${showAddress(bound)} (${originOf(listener.address)}). ${consequence(hop, dialled, spare)}`,
          related: related(server, listener),
          fixes: fixes(hop, dialled, bound, listener),
          log: logLine(dialled, hop.miss),
        });
      }
    }
  },
};

function mismatched(hop: Hop): boolean {
  return (
    hop.match === 'only candidate' &&
    (hop.miss === 'nobody listens' || hop.miss === 'address family' || hop.miss === 'interface')
  );
}

/** `server 127.0.0.1;` means port 80, where no server that takes its port from PORT, or its default, listens. */
function portForgotten({ endpoint, server, miss, gateway, route }: Hop): Finding | undefined {
  const { address } = endpoint;
  if (miss !== 'open' || !server || !address.known || address.value.kind !== 'tcp') return undefined;
  const { host, port } = address.value;
  const written = spanText(endpoint.span);
  if (port !== 80 || !isLoopback(host) || written.includes('80')) return undefined;
  if (!server.listens.every(one => !one.address.known && /\bPORT\b/.test(one.address.why))) return undefined;
  return {
    span: endpoint.span,
    message:
      `${gateway.kind} passes ${route.title} to ${written}, which means port 80 since no port is written, but ${server.kind} is started without a bind: ` +
      'it listens on its default port, or on the one in PORT. The connection is refused: every request is answered with 502.',
    related: [{ span: server.span, message: `${server.kind} is started here` }],
    log: 'connect() failed (111: Connection refused) while connecting to upstream',
  };
}

function consequence(hop: Hop, dialled: Address, spare: boolean): string {
  if (spare) return 'Every request that is balanced to it fails first and is tried on the next server.';
  if (hop.miss === 'address family') return 'One end is IPv4, the other IPv6: every request is answered with 502.';
  return dialled.kind === 'unix'
    ? 'The socket file is not there: every request is answered with 502.'
    : 'The connection is refused: every request is answered with 502.';
}

function related(server: AppServer, listener: Listener): readonly Step[] {
  const { address } = listener;
  const hidden = (address.hides ?? []).flatMap(weaker =>
    weaker.span
      ? [
          {
            span: weaker.span,
            message: `this ${weaker.name} has no effect: ${address.name} of the ${address.origin} wins`,
          },
        ]
      : [],
  );
  const bind =
    address.origin === 'default'
      ? `${server.kind} starts here without a bind, so its default holds`
      : `${server.kind} listens here`;
  return [{ span: listener.span, message: bind }, ...history(address), ...hidden];
}

function fixes(hop: Hop, dialled: Address, bound: Address, listener: Listener): readonly Fix[] {
  const gateway = replaceAddress(hop.endpoint.span, dialled, bound);
  const server = listener.address.span ? replaceAddress(listener.address.span, bound, dialled) : undefined;
  const found: Fix[] = [];
  if (gateway)
    found.push({ title: `Let ${hop.gateway.kind} dial ${gateway.text}`, safety: 'unsafe', edits: [gateway] });
  if (server)
    found.push({
      title: `Let the server listen on ${server.text} (${where(server.span)})`,
      safety: 'unsafe',
      edits: [server],
    });
  return found;
}

function logLine(dialled: Address, miss: Hop['miss']): string {
  if (dialled.kind === 'unix')
    return `connect() to ${showAddress(dialled)} failed (2: No such file or directory) while connecting to upstream`;
  return miss === 'interface' || miss === 'address family' || miss === 'nobody listens'
    ? 'connect() failed (111: Connection refused) while connecting to upstream'
    : 'no live upstreams while connecting to upstream';
}
