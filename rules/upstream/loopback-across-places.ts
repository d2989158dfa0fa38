import { replaceAddress } from '../../src/edits/address.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { history, originOf } from '../../src/model/describe.js';
import { type Address, showAddress } from '../../src/model/endpoint.js';

/**
 * Gateway and server live in different containers or on different machines, and one of them says localhost. Each place has a
 * loopback of its own: the connection is refused at once.
 */
export const rule: Rule = {
  id: 'upstream/loopback-across-places',
  summary: 'One side says localhost, but gateway and server are in different places',
  severity: 'error',
  symptom: '502',
  fix: 'alternatives',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const hop of hops) {
        const finding =
          hop.miss === 'loopback of the gateway'
            ? gatewaySide(hop)
            : hop.miss === 'loopback of the server'
              ? serverSide(hop)
              : undefined;
        if (finding) report(finding);
      }
    }
  },
};

const refused = 'connect() failed (111: Connection refused) while connecting to upstream';

function gatewaySide(hop: Hop): Finding | undefined {
  const { endpoint, server, listener, gateway } = hop;
  if (!server || !endpoint.address.known) return undefined;
  const dialled = endpoint.address.value;
  const name = server.place.names[0];
  const port =
    listener?.address.known && listener.address.value.kind === 'tcp' ? listener.address.value.port : undefined;
  return {
    span: endpoint.span,
    message:
      `${gateway.kind} passes ${hop.route.title} to ${showAddress(dialled)}, which is ${gateway.place.title} itself; ${server.kind} runs in ${server.place.title}` +
      `${name ? `, which is reached as "${name.name}"` : ''}. Nobody listens there: every request is answered with 502.`,
    related: [
      ...(listener ? [{ span: listener.span, message: `${server.kind} listens here, in ${server.place.title}` }] : []),
      ...(name ? [{ span: name.span, message: `${server.place.title} is declared here` }] : []),
    ],
    fixes: name && port !== undefined && dialled.kind === 'tcp' ? dialName(hop, dialled, name.name, port) : [],
    log: refused,
  };
}

function dialName(hop: Hop, dialled: Address & { kind: 'tcp' }, name: string, port: number): readonly Fix[] {
  const { span } = hop.endpoint;
  const text = span.file.text.slice(span.start, span.end);
  const host = dialled.host.replace(/[.[\]]/g, '\\$&');
  const old = new RegExp(`(?:\\[${host}\\]|${host})(?::\\d+)?`).exec(text);
  if (!old) return [];
  const start = span.start + old.index;
  return [
    {
      title: `Pass to ${name}:${port}`,
      safety: 'unsafe',
      edits: [{ span: { ...span, start, end: start + old[0].length }, text: `${name}:${port}` }],
    },
  ];
}

function serverSide(hop: Hop): Finding | undefined {
  const { endpoint, server, listener, gateway } = hop;
  if (!server || !listener?.address.known || !endpoint.address.known) return undefined;
  const bound = listener.address.value;
  if (bound.kind !== 'tcp') return undefined;
  const everywhere: Address = { kind: 'tcp', host: '0.0.0.0', port: bound.port };
  const edit = listener.address.span ? replaceAddress(listener.address.span, bound, everywhere) : undefined;
  const from = gateway.place.kind === 'host' && server.place.kind === 'host' ? 'another machine' : gateway.place.title;
  return {
    span: listener.address.span ?? listener.span,
    message:
      `${server.kind} listens on ${showAddress(bound)} (${originOf(listener.address)}), the loopback of ${server.place.title}, but ${gateway.kind} dials it from ` +
      `${from} as ${showAddress(endpoint.address.value)}. The connection is refused: every request is answered with 502.`,
    related: [{ span: endpoint.span, message: `${gateway.kind} dials it here` }, ...history(listener.address)],
    fixes: edit ? [{ title: `Listen on ${showAddress(everywhere)}`, safety: 'unsafe', edits: [edit] }] : [],
    log: refused,
  };
}
