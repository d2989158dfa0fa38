import { replaceAddress } from '../../src/edits/address.js';
import { isNginxImage, isPlainImage } from '../../src/facts/images.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop, Stack } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import { type Address, type Endpoint, type Listener, showAddress } from '../../src/model/endpoint.js';
import { type DeadEnd, deadEnds } from '../../src/model/mapping.js';
import type { PublishedPort } from '../../src/model/place.js';
import { valueOf } from '../../src/model/setting.js';

/**
 * A published port has two sides: the host's, which only the host and what reaches it can dial, and the container's, which is all that there is
 * between containers, and where somebody has to listen.
 */
export const rule: Rule = {
  id: 'upstream/published-port',
  summary: 'The wrong side of a published port is dialled, or nobody listens behind it',
  severity: 'error',
  symptom: '502',
  fix: 'safe',

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      for (const hop of stack.hops) {
        const finding = hostSide(hop) ?? insideOnHost(stack, hop) ?? onLoopback(hop);
        if (finding) report({ ...finding, subject: hop.route.title });
      }
      for (const dead of deadEnds(stack, isPlainImage, isNginxImage)) report(nowhere(dead));
    }
  },
};

const refused = 'connect() failed (111: Connection refused) while connecting to upstream';

function tcp({ address }: Endpoint | Listener): (Address & { kind: 'tcp' }) | undefined {
  const value = valueOf(address);
  return value?.kind === 'tcp' ? value : undefined;
}

/** Between containers the port of the host is dialled. */
function hostSide({ miss, endpoint, server, listener, gateway, route }: Hop): Finding | undefined {
  const dialled = tcp(endpoint);
  const bound = listener && tcp(listener);
  if (miss !== 'published port' || !server || !listener || !dialled || !bound) return undefined;
  const published = server.place.ports.find(({ host }) => valueOf(host) === dialled.port);
  const edit = replaceAddress(endpoint.span, dialled, { ...dialled, port: bound.port });
  return {
    span: endpoint.span,
    message:
      `${gateway.kind} passes ${route.title} to ${showAddress(dialled)}, but ${dialled.port} is the port published on the host; inside, ${server.kind} listens on ` +
      `${bound.port} (${originOf(listener.address)}). The connection is refused: every request is answered with 502.`,
    related: [
      ...(published ? [{ span: published.span, message: `${dialled.port} is the host's side of this mapping` }] : []),
      { span: listener.span, message: `${server.kind} listens on ${showAddress(bound)} here` },
    ],
    fixes: edit ? [{ title: `Pass to port ${bound.port}`, safety: 'safe', edits: [edit] }] : [],
    log: refused,
  };
}

/** On the host the port of the container is dialled. Advice where only the files of one repository say that the two belong together. */
function insideOnHost(stack: Stack, { miss, endpoint, server, listener, gateway, route }: Hop): Finding | undefined {
  const dialled = tcp(endpoint);
  if (miss !== 'port inside' || !server || !listener || !dialled) return undefined;
  const mapping = server.place.ports.find(({ inside }) => valueOf(inside) === dialled.port);
  const port = valueOf(mapping?.host);
  if (!mapping || port === undefined) return undefined;
  const declared = stack.servers.includes(server);
  const edit = replaceAddress(endpoint.span, dialled, { ...dialled, port });
  return {
    span: endpoint.span,
    ...(!declared && { severity: 'info' as const, confidence: 'likely' as const }),
    message:
      `${gateway.kind} ${gateway.place.kind === 'host' ? 'on the host' : "in the host's network"} passes ${route.title} to ${showAddress(dialled)}, where nothing is seen to listen: ${dialled.port} is the port of ${server.kind} inside ${server.place.title}, ` +
      `which is published on the host as ${port}. ${declared ? 'The' : 'If that container is what is meant, the'} connection is refused: every request is answered with 502.`,
    related: [
      { span: mapping.span, message: `the host reaches the container at port ${port}` },
      { span: listener.span, message: `${server.kind} listens on ${dialled.port} inside` },
    ],
    fixes: edit ? [{ title: `Pass to port ${port}`, safety: declared ? 'safe' : 'unsafe', edits: [edit] }] : [],
    log: refused,
  };
}

/** A container dials the machine at a port that is published there on the loopback alone. Docker Desktop hands that on, Linux does not. */
function onLoopback({ miss, endpoint, forward, places, gateway, route }: Hop): Finding | undefined {
  const dialled = tcp(endpoint);
  if (miss !== 'published on loopback' || !forward || !dialled) return undefined;
  return {
    span: forward.span,
    severity: 'warning',
    confidence: 'likely',
    message:
      `${places[0]?.title ?? 'The container'} publishes port ${dialled.port} on ${forward.hostAddress} alone, but ${gateway.kind} in ${gateway.place.title} dials it from a container, as ` +
      `${showAddress(dialled)} (${route.title}). Docker on Linux refuses the connection: every request is answered with 502.`,
    related: [{ span: endpoint.span, message: `${gateway.kind} dials it here` }],
    log: refused,
  };
}

function nowhere({ place, mapping, who, where, span, address }: DeadEnd): Finding {
  const inside = valueOf(mapping.inside) ?? 0;
  const host = valueOf(mapping.host);
  return {
    span: mapping.span,
    message:
      `${place.title} publishes its port ${inside}${host === undefined ? '' : ` as ${host} of the host`}, but nobody listens there: ${who} listens on ` +
      `${where}. Every connection to it is closed at once.`,
    related: [{ span, message: `${who} listens here` }],
    fixes: mapInstead(mapping, inside, address),
    log: 'curl: (56) Recv failure: Connection reset by peer',
  };
}

function mapInstead({ span }: PublishedPort, port: number, to: Address | undefined): readonly Fix[] {
  if (to?.kind !== 'tcp') return [];
  const edit = replaceAddress(span, { kind: 'tcp', host: '', port }, { ...to, host: '' });
  return edit ? [{ title: `Publish port ${to.port} of the container`, safety: 'unsafe', edits: [edit] }] : [];
}
