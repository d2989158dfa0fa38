import type { Stack } from './deployment.js';
import type { Listener } from './endpoint.js';
import type { Launch } from './launch.js';
import type { Place } from './place.js';
import type { AppServer } from './server.js';

/** What is started in each place of a stack, by its id. */
export interface Starts {
  readonly launches: ReadonlyMap<string, readonly Launch[]>;
  readonly servers: ReadonlyMap<string, readonly AppServer[]>;
  /** Places in which a gateway or another container listens too. */
  readonly shared: ReadonlySet<string>;
}

export function startsIn({
  launches,
  servers,
  gateways,
  places,
}: Pick<Stack, 'launches' | 'servers' | 'gateways' | 'places'>): Starts {
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

/** A listener of a container, and its server. */
export interface Listening {
  readonly server: AppServer;
  readonly listener: Listener;
}

/** All that listens in a container which starts nothing but servers that are known to the last option; undefined where more may. */
export function listeningIn(starts: Starts, place: Place): readonly Listening[] | undefined {
  const here = starts.launches.get(place.id) ?? [];
  const servers = starts.servers.get(place.id) ?? [];
  if (place.kind === 'host' || place.networkMode !== undefined || servers.length === 0) return undefined;
  if (starts.shared.has(place.id)) return undefined;
  const started = here.flatMap(launch => launch.commands);
  const known = started.filter(command => servers.some(server => server.command === command));
  if (here.some(launch => launch.unresolved.length > 0) || known.length !== started.length) return undefined;
  if (servers.some(({ listensComplete, command }) => !listensComplete || !command.certain)) return undefined;
  const all = servers.flatMap(server => server.listens.map(listener => ({ server, listener })));
  return all.every(({ listener }) => listener.address.known) ? all : undefined;
}

/** The TCP ports among them, each with the server that has it. */
export function portsOf(listening: readonly Listening[]): ReadonlyMap<number, AppServer> {
  return new Map(
    listening.flatMap(({ server, listener: { address } }) =>
      address.known && address.value.kind === 'tcp' ? [[address.value.port, server] as const] : [],
    ),
  );
}
