import { replaceAddress } from '../../src/edits/address.js';
import { isPlainImage } from '../../src/facts/images.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { history, originOf } from '../../src/model/describe.js';
import { type Address, type Listener, showAddress } from '../../src/model/endpoint.js';
import { type DeadMapping, deadMappings } from '../../src/model/mapping.js';
import { valueOf } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

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
    for (const stack of deployment.stacks) {
      for (const hop of stack.hops) {
        const finding = hop.miss === 'loopback of the gateway' ? gatewaySide(hop) : serverSide(hop);
        if (finding) report(finding);
      }
      for (const dead of deadMappings(stack, isPlainImage, 'loopback')) report(published(dead));
    }
  },
};

const refused = 'connect() failed (111: Connection refused) while connecting to upstream';

function gatewaySide(hop: Hop): Finding | undefined {
  const { endpoint, server, listener, gateway } = hop;
  if (!server || !endpoint.address.known) return undefined;
  const dialled = endpoint.address.value;
  const name = server.place.names[0];
  const bound = valueOf(listener?.address);
  const port = bound?.kind === 'tcp' ? bound.port : undefined;
  return {
    span: endpoint.span,
    subject: hop.route.title,
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
  const host = dialled.host.replace(/[.[\]]/g, '\\$&');
  const old = new RegExp(`(?:\\[${host}\\]|${host})(?::\\d+)?`).exec(spanText(span));
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
  const { endpoint, server, listener, gateway, miss } = hop;
  const bound = valueOf(listener?.address);
  if (miss !== 'loopback of the server' || !server || !listener || bound?.kind !== 'tcp' || !endpoint.address.known)
    return undefined;
  const onHost = server.place.kind === 'host';
  const machine = onHost && gateway.place.kind !== 'host';
  const from = onHost && !machine ? 'another machine' : gateway.place.title;
  // Docker Desktop hands such connections on to the loopback of the machine; no unit or supervisor runs there.
  const sure = !machine || server.launch.kind === 'systemd' || server.launch.kind === 'supervisor';
  return {
    span: listener.address.span ?? listener.span,
    ...(!sure && { severity: 'warning' as const, confidence: 'likely' as const }),
    message:
      `${server.kind} listens on ${showAddress(bound)} (${originOf(listener.address)}), the loopback of ${server.place.title}, but ${gateway.kind} dials it from ` +
      `${from} as ${showAddress(endpoint.address.value)}${machine ? ", by the host's address on Docker's bridge" : ''}. ` +
      `${sure ? 'The' : 'Docker Desktop bridges that; on Linux the'} connection is refused: every request is answered with 502.`,
    related: [{ span: endpoint.span, message: `${gateway.kind} dials it here` }, ...history(listener.address)],
    fixes: [
      ...listenOn(listener, bound, '0.0.0.0'),
      // Only containers reach this address; the network beyond does not.
      ...(machine ? listenOn(listener, bound, '172.17.0.1') : []),
    ],
    log: refused,
  };
}

/** A published port leads to the container's own address, where a server on the loopback does not listen. */
function published({ place, mapping, instead: { server, listener } }: DeadMapping): Finding {
  const bound = valueOf(listener.address) as Address & { kind: 'tcp' };
  const host = valueOf(mapping.host);
  return {
    span: listener.address.span ?? listener.span,
    message:
      `${server.kind} listens on ${showAddress(bound)} (${originOf(listener.address)}), the loopback of ${place.title}, whose port ${bound.port} is published` +
      `${host === undefined ? '' : ` as ${host} of the host`}. Docker's connections come from outside the container: every one is closed at once.`,
    related: [{ span: mapping.span, message: `port ${bound.port} is published here` }, ...history(listener.address)],
    fixes: listenOn(listener, bound, '0.0.0.0'),
    log: 'curl: (56) Recv failure: Connection reset by peer',
  };
}

function listenOn({ address: { span } }: Listener, bound: Address & { kind: 'tcp' }, host: string): readonly Fix[] {
  const to: Address = { ...bound, host };
  const edit = span && replaceAddress(span, bound, to);
  return edit ? [{ title: `Listen on ${showAddress(to)}`, safety: 'unsafe', edits: [edit] }] : [];
}
