import type { Hop } from '../model/deployment.js';
import { type Address, isLoopback } from '../model/endpoint.js';
import { hasServers, type StackParts } from '../model/parts.js';
import type { Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { type Base, type Bound, boundIn, meant, missed, tied } from './hop.js';
import { mayListenElsewhere } from './reasons.js';
import { networkNamespace, reaches } from './sockets.js';
import { isSupposed } from './supposed.js';

/**
 * The machine that the stacks share: who has which of its ports, over all stacks; `undefined` stands for a port that is not known. Collected
 * once, since each stack asking every other would take the square of their number.
 */
export interface Machine {
  /** Containers that publish a port. */
  readonly published: ReadonlyMap<number | undefined, readonly Place[]>;
  /** Ids of the host folders whose servers listen there. */
  readonly served: ReadonlyMap<number | undefined, ReadonlySet<string>>;
  /** Servers that are started right on it, those of examples and the like left out. */
  readonly servers: readonly { readonly server: AppServer; readonly stack: StackParts }[];
  /** Compose projects with servers, those of examples and the like left out. */
  readonly containers: readonly StackParts[];
}

export function machineOf(all: readonly StackParts[]): Machine {
  const published = new Map<number | undefined, Place[]>();
  const served = new Map<number | undefined, Set<string>>();
  const serve = (port: number | undefined, id: string) => served.set(port, (served.get(port) ?? new Set()).add(id));
  for (const stack of all) {
    const { id, kind, places } = stack;
    for (const place of places) {
      for (const { host } of place.ports) {
        if (host === undefined) continue;
        const port = host.known ? host.value : undefined;
        const list = published.get(port);
        if (list) list.push(place);
        else published.set(port, [place]);
      }
    }
    if (kind !== 'host') continue;
    for (const { listens, listensComplete } of stack.servers) {
      if (!listensComplete) serve(undefined, id);
      for (const { address } of listens) {
        if (!address.known) serve(undefined, id);
        else if (address.value.kind === 'tcp') serve(address.value.port, id);
      }
    }
  }
  const own = all.flatMap(stack =>
    stack.kind === 'host' && !stack.aside ? stack.servers.map(server => ({ server, stack })) : [],
  );
  const containers = all.filter(stack => stack.kind === 'compose' && !stack.aside && hasServers(stack));
  return { published, served, servers: own, containers };
}

/** True where a container or another host folder than `id` has the port, or may have it. */
export function isTaken({ published, served }: Machine, id: string, port: number): boolean {
  return [port, undefined].some(one => {
    const ids = served.get(one);
    return published.has(one) || (ids !== undefined && ids.size > (ids.has(id) ? 1 : 0));
  });
}

/** Who else may have a port of the machine. */
export function takenBy({ published }: Machine, port: number): string {
  const [place] = published.get(port) ?? [];
  return place
    ? `port ${port} of this host is published by ${place.title} (${place.span?.file.path ?? ''}), which may be another stack`
    : 'the port may be that of another stack on this host';
}

/**
 * How a container calls the machine that it runs on. `bridge`: by the machine's address on Docker's bridge, which is what `host-gateway` of
 * `extra_hosts` stands for; its loopback is not reached that way. `desktop`: by a name that Docker Desktop alone has without being told, and
 * whose connections it hands on to the loopback of the machine.
 */
export type WayToMachine = 'bridge' | 'desktop';

/** The first address of Docker's own bridge, unless the daemon is told another. */
const bridge = '172.17.0.1';

export function wayToMachine(from: Place, host: string): WayToMachine | undefined {
  if (from.kind !== 'service' || from.networkMode !== undefined) return undefined;
  const name = host.toLowerCase();
  const stated = from.extraNames.get(name);
  if (stated !== undefined) return stated === 'host-gateway' || stated === bridge ? 'bridge' : undefined;
  if (name === bridge) return 'bridge';
  return /^(?:host|gateway)\.docker\.internal$|^docker\.for\.(?:mac|win)\./.test(name) ? 'desktop' : undefined;
}

/** A container dials the machine itself: the server of the repository that is started there, where only one can be meant. */
export function linkMachine(machine: Machine, base: Base, address: Address & { kind: 'tcp' }, way: WayToMachine): Hop {
  const { host, port } = address;
  const elsewhere = (why: string) =>
    missed(base, 'elsewhere', [], `${host} is the machine that runs the containers${why}`);
  if (machine.published.has(port) || machine.published.has(undefined))
    return elsewhere(', where a container has the port, or may have it');
  const bound = boundAt(machine, port);
  if (!bound) return elsewhere(', and what listens there is not all known');
  const [first] = bound;
  if (!first) return elsewhere(`; nothing in the repository is seen to listen on port ${port} there`);
  const from: Address = { ...address, host: bridge };
  const near = bound.map(one => ({ one, reach: way === 'desktop' ? 'yes' : reachOf(one, from) }));
  const open = near.filter(({ reach }) => reach === 'yes').map(({ one }) => one);
  const [only] = open;
  if (only && isOneApp(open)) return tied(base, only, `${only.server.kind} listens there on the machine`);
  if (only) return elsewhere(', where several servers have the port');
  if (near.some(({ reach }) => reach !== 'loopback') || !isOneApp(bound)) return elsewhere('');
  const best = bound.find(({ server }) => isManaged(server)) ?? first;
  const why = `${best.server.kind} has the port, but only on the loopback of the machine`;
  return meant(missed(base, 'loopback of the server', [best.server.place], why), best);
}

/** What a gateway in a container that uses the network of the machine reaches on its loopback, where only one server can be meant. */
export function serverBesideContainers(
  machine: Machine,
  from: Place,
  address: Address & { kind: 'tcp' },
): Bound | undefined {
  if (from.kind !== 'service' || networkNamespace(from) !== 'host' || !isLoopback(address.host)) return undefined;
  if (machine.published.has(address.port) || machine.published.has(undefined)) return undefined;
  const bound = boundAt(machine, address.port)?.filter(one => reachOf(one, address, true) === 'yes') ?? [];
  return isOneApp(bound) ? bound[0] : undefined;
}

/** Servers of the machine that have the port; undefined where more may have it. */
function boundAt({ servers }: Machine, port: number): readonly Bound[] | undefined {
  const unsure = servers.some(
    ({ server, stack }) => mayListenElsewhere(server) || (stack.openPlaces.has(server.place.id) && !isManaged(server)),
  );
  if (unsure) return undefined;
  return boundIn(servers.map(({ server }) => server)).filter(({ server, listener: { address } }) => {
    return !isSupposed(server) && address.known && address.value.kind === 'tcp' && address.value.port === port;
  });
}

function reachOf({ listener }: Bound, from: Address, same = false): ReturnType<typeof reaches> {
  return listener.address.known ? reaches(from, listener.address.value, same) : 'port';
}

/** A unit and a script that start the same application are two ways to the same. */
function isOneApp(bound: readonly Bound[]): boolean {
  return new Set(bound.map(({ server: { kind, app } }) => `${kind} ${app?.known ? app.value.text : ''}`)).size === 1;
}

/** What starts it is there on a server, not on the machine of a developer. */
function isManaged({ launch }: AppServer): boolean {
  return launch.kind === 'systemd' || launch.kind === 'supervisor';
}
