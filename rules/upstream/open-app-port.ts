import { replaceAddress } from '../../src/edits/address.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { type Address, isAnyAddress, isLoopback, type Listener, showAddress } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import { valueOf as knownValue } from '../../src/model/setting.js';

/**
 * The application can be reached beside the gateway that should guard it: past TLS, past limits, with headers of the visitor's own making. A
 * uwsgi socket that anybody can reach lets them name the code to run.
 */
export const rule: Rule = {
  id: 'upstream/open-app-port',
  summary: 'The application can be reached beside the gateway',
  severity: 'info',
  symptom: 'security',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const tied = hops.filter(isTied);
      for (const server of new Set(tied.map(hop => hop.server))) {
        const hop = tied.find(one => one.server === server);
        if (!hop || server.development) continue;
        for (const listener of server.listens) {
          const found = published(hop, listener) ?? bound(hop, listener);
          if (found) report(found);
        }
      }
    }
  },
};

function tcpOf(listener: Listener): (Address & { readonly kind: 'tcp' }) | undefined {
  const address = knownValue(listener.address);
  return address?.kind === 'tcp' ? address : undefined;
}

/** What the listener is. However bad it is that anybody reaches it, a firewall may stop them: so it is advice. */
function kindOf({ protocol, role }: Listener): { readonly what: string } {
  if (role === 'stats') return { what: 'its statistics' };
  if (protocol === 'uwsgi')
    return { what: 'its uwsgi socket, through which a stranger can name files and code to run' };
  return { what: 'the application' };
}

/** A container that publishes the port which the gateway is there to guard. */
function published({ server, gateway }: TiedHop, listener: Listener): Finding | undefined {
  const address = tcpOf(listener);
  if (!address || isLoopback(address.host) || server.place.kind !== 'service' || gateway.place.id === server.place.id)
    return undefined;
  // A gateway in the host's own network needs the published port.
  if (gateway.place.kind !== 'service' || gateway.place.networkMode === 'host') return undefined;
  const open = server.place.ports.find(
    port =>
      knownValue(port.inside) === address.port && !(port.hostAddress !== undefined && isLoopback(port.hostAddress)),
  );
  if (!open) return undefined;
  const { what } = kindOf(listener);
  return {
    span: open.span,
    message:
      `${server.place.title} publishes port ${address.port} of ${server.kind} on the host, beside ${gateway.kind} in ${gateway.place.title}, which reaches it without that. ` +
      `Whoever reaches the host reaches ${what}, past the gateway's TLS, limits and headers.`,
    related: [{ span: listener.span, message: `${server.kind} listens here` }],
  };
}

/** On one machine: all interfaces, where the gateway comes by the loopback. */
function bound({ server, gateway, endpoint }: TiedHop, listener: Listener): Finding | undefined {
  const address = tcpOf(listener);
  const dialled = knownValue(endpoint.address);
  if (!address || !isAnyAddress(address.host) || server.place.kind !== 'host' || gateway.place.id !== server.place.id)
    return undefined;
  const local = dialled?.kind === 'unix' ? listener.role === 'stats' : dialled && isLoopback(dialled.host);
  if (!dialled || !local || !listener.address.span) return undefined;
  const { what } = kindOf(listener);
  return {
    span: listener.address.span,
    message:
      `${server.kind} listens on ${showAddress(address)}, all addresses of the machine, while ${gateway.kind} reaches it by ${showAddress(dialled)} (${where(endpoint.span)}). ` +
      `Unless a firewall stops them, visitors reach ${what} past the gateway.`,
    related: [{ span: endpoint.span, message: `${gateway.kind} reaches the server here` }],
    fixes: closeIt(listener.address.span, address, server),
  };
}

function closeIt(
  span: Finding['span'],
  address: Address & { readonly kind: 'tcp' },
  { kind }: AppServer,
): Finding['fixes'] & object {
  const edit = replaceAddress(span, address, { ...address, host: '127.0.0.1' });
  return edit ? [{ title: `Let ${kind} listen on 127.0.0.1 alone`, safety: 'unsafe', edits: [edit] }] : [];
}
