import { replaceAddress } from '../../src/edits/address.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { bindSteps, originOf, where } from '../../src/model/describe.js';
import { type Address, isLoopback, type Listener, showAddress } from '../../src/model/endpoint.js';
import { nextUpstream } from '../../src/model/next-upstream.js';
import { refusalOf } from '../../src/model/refusal.js';
import { type Edit, spanText } from '../../src/text/source.js';

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
      // A server that others reach stays where it is.
      const reached = new Set(hops.flatMap(hop => (hop.match === 'address' && hop.server ? [hop.server] : [])));
      for (const hop of hops) {
        const { endpoint, server, listener } = hop;
        const special = portForgotten(hop) ?? noSuchPort(hop);
        if (special) report(special);
        if (special || !mismatched(hop) || !server || !listener?.address.known || !endpoint.address.known) continue;
        const dialled = endpoint.address.value;
        const bound = listener.address.value;
        const off = nextUpstream(hop.route);
        const spare = hop.route.to.length > 1 && !off;
        const sent = sentOn(hop, bound);
        report({
          span: sent?.span ?? endpoint.span,
          severity: spare ? 'warning' : 'error',
          message:
            `${hop.gateway.kind} passes ${hop.route.title} to ${showAddress(dialled)}${sent?.message ?? ''}, but nobody listens there: ${server.kind} listens on ` +
            `${showAddress(bound)} (${originOf(listener.address)}). ${consequence(hop, dialled, spare, off)}`,
          subject: hop.route.title,
          related: [
            ...(sent ? [{ span: endpoint.span, message: `${showAddress(dialled)} is dialled here` }] : []),
            ...bindSteps(server, listener),
          ],
          fixes: sent?.fixes ?? fixes(hop, dialled, bound, reached.has(server) ? undefined : listener),
          ...(hop.gateway.kind === 'nginx' && { log: logLine(dialled) }),
        });
      }
    }
  },
};

function mismatched(hop: Hop): boolean {
  return hop.match === 'only candidate' && /^(?:nobody listens|address family|interface)$/.test(hop.miss ?? '');
}

/** A Service that is dialled at a port that it does not have. */
function noSuchPort({ endpoint: { span }, miss, gateway, route, why }: Hop): Finding | undefined {
  const way = `${gateway.kind} passes ${route.title} to a port that is not there: ${why}`;
  return miss === 'no such port' ? { span, message: `${way}. Every request is answered with 503.` } : undefined;
}

/** The Service in between, whose target is what has to be changed. A number can be replaced there; a name stands in the container. */
function sentOn({ forward }: Hop, bound: Address) {
  const inside = forward?.inside;
  if (!inside?.known || !inside.span || bound.kind !== 'tcp') return undefined;
  const { span, value, name } = inside;
  const literal = spanText(span) === String(value);
  const edits = [{ span, text: String(bound.port) }];
  const fix: Fix = { title: `Send it on to port ${bound.port}`, safety: 'unsafe', edits };
  const message = `, which the Service sends on to port ${value}${literal ? '' : ` (${spanText(span)})`}`;
  return { span, message, fixes: literal && name === 'targetPort' ? [fix] : [] };
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

function consequence(hop: Hop, dialled: Address, spare: boolean, off?: string): string {
  if (spare) return 'Every request that is balanced to it fails first and is tried on the next server.';
  if (off) return `${off} lets it try no other: every request that is balanced to it is answered with 502.`;
  const family = hop.miss === 'address family' ? 'One end is IPv4, the other IPv6' : 'The connection is refused';
  return `${dialled.kind === 'unix' ? 'The socket file is not there' : family}: every request is answered with ${refusalOf(hop.gateway).refused}.`;
}

function fixes(hop: Hop, dialled: Address, bound: Address, listener: Listener | undefined): readonly Fix[] {
  const fix = (title: string, edit: Edit): Fix => ({ title, safety: 'unsafe', edits: [edit] });
  const gateway = replaceAddress(hop.endpoint.span, dialled, bound);
  const server = listener?.address.span ? replaceAddress(listener.address.span, bound, dialled) : undefined;
  return [
    ...(gateway ? [fix(`Let ${hop.gateway.kind} dial ${gateway.text}`, gateway)] : []),
    ...(server ? [fix(`Let the server listen on ${server.text} (${where(server.span)})`, server)] : []),
  ];
}

function logLine(dialled: Address): string {
  return dialled.kind === 'unix'
    ? `connect() to ${showAddress(dialled)} failed (2: No such file or directory) while connecting to upstream`
    : 'connect() failed (111: Connection refused) while connecting to upstream';
}
