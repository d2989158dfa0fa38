import type { Rule } from '../../src/lint/rule.js';
import type { Stack } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import type { Launch } from '../../src/model/launch.js';
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
      const started = startsIn(stack);
      for (const place of stack.places) {
        const asked = place.claims?.some(({ kind }) => kind !== 'expose') === true;
        const ports = asked ? portsIn(started, place) : undefined;
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
            fixes: more.length === 0 ? askedInstead(span, port.value, only) : [],
          });
        }
      }
    }
  },
};

function askedInstead(span: Place['span'] & object, from: number, to: number) {
  const text = span.file.text.slice(span.start, span.end);
  const found = [...text.matchAll(/\d+/g)].filter(match => match[0] === String(from));
  const [match] = found;
  if (!match || found.length > 1) return [];
  const start = span.start + match.index;
  const edits = [{ span: { ...span, start, end: start + match[0].length }, text: String(to) }];
  return [{ title: `Ask port ${to}`, safety: 'safe' as const, edits }];
}

/** What is started in each place of a stack, by its id. */
interface Starts {
  readonly launches: ReadonlyMap<string, readonly Launch[]>;
  readonly servers: ReadonlyMap<string, readonly AppServer[]>;
  /** Places in which a gateway or another container listens too. */
  readonly shared: ReadonlySet<string>;
}

function startsIn({ launches, servers, gateways, places }: Stack): Starts {
  const shared = [...gateways.map(gateway => gateway.place.id), ...places.flatMap(place => place.networkMode ?? [])];
  return { launches: byPlace(launches), servers: byPlace(servers), shared: new Set(shared) };
}

function byPlace<T extends { readonly place: Place }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const list = found.get(item.place.id);
    if (list) list.push(item);
    else found.set(item.place.id, [item]);
  }
  return found;
}

/** The ports of the one server that the place starts; undefined where something else may listen there too. */
function portsIn(starts: Starts, place: Place): ReadonlyMap<number, AppServer> | undefined {
  const here = starts.launches.get(place.id) ?? [];
  const servers = starts.servers.get(place.id) ?? [];
  if (place.kind === 'host' || place.networkMode !== undefined || servers.length === 0) return undefined;
  if (starts.shared.has(place.id)) return undefined;
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
