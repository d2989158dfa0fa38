import type { Rule } from '../../src/lint/rule.js';
import type { Stack } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import type { Place } from '../../src/model/place.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * A health check or probe that asks a port of its own container at which nobody listens: the container is never healthy. EXPOSE is left out: it
 * binds nothing, and images name ports of other uses. Speaks only where everything that is started in the place is known.
 */
export const rule: Rule = {
  id: 'process/health-port',
  summary: 'A health check asks a port at which nobody listens',
  severity: 'warning',
  symptom: 'downtime',
  fix: 'safe',

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      for (const place of stack.places) {
        const ports = portsIn(stack, place);
        if (!ports) continue;
        for (const { kind, port, span } of place.claims ?? []) {
          if (kind === 'expose' || !port.known || ports.has(port.value)) continue;
          const [[only, server] = [], ...more] = ports;
          if (only === undefined || !server) continue;
          const listener = server.listens.find(({ role }) => role === 'app');
          report({
            span,
            message:
              `The ${kind === 'probe' ? port.name : 'health check'} of ${place.title} asks port ${port.value}, but nobody listens there: ${server.kind} listens on port ${only}` +
              `${listener ? ` (${originOf(listener.address)})` : ''}. It fails every time: the container is never healthy, what waits for it never starts, or it is ` +
              'restarted again and again.',
            related: [{ span: listener?.span ?? server.span, message: `${server.kind} listens here` }],
            fixes: more.length === 0 ? asked(span, port.value, only) : [],
          });
        }
      }
    }
  },
};

function asked(span: Place['span'] & object, from: number, to: number) {
  const text = span.file.text.slice(span.start, span.end);
  const found = [...text.matchAll(/\d+/g)].filter(match => match[0] === String(from));
  const [match] = found;
  if (!match || found.length > 1) return [];
  const start = span.start + match.index;
  const edits = [{ span: { ...span, start, end: start + match[0].length }, text: String(to) }];
  return [{ title: `Ask port ${to}`, safety: 'safe' as const, edits }];
}

/** The ports of the one server that the place starts; undefined where something else may listen there too. */
function portsIn(stack: Stack, place: Place): ReadonlyMap<number, AppServer> | undefined {
  const here = stack.launches.filter(launch => launch.place.id === place.id);
  const servers = stack.servers.filter(server => server.place.id === place.id);
  if (place.kind === 'host' || place.networkMode !== undefined || servers.length === 0) return undefined;
  if (stack.gateways.some(gateway => gateway.place.id === place.id)) return undefined;
  if (stack.places.some(other => other.networkMode === place.id)) return undefined;
  const started = here.flatMap(launch => launch.commands);
  const known = started.filter(command => servers.some(server => server.command === command));
  if (here.some(launch => launch.unresolved.length > 0) || known.length !== started.length) return undefined;
  const ports = new Map<number, AppServer>();
  for (const server of servers) {
    if (!server.listensComplete || !server.command.certain) return undefined;
    for (const { address } of server.listens) {
      if (!address.known) return undefined;
      if (address.value.kind === 'tcp') ports.set(address.value.port, server);
    }
  }
  return ports;
}
