import type { Hop } from '../model/deployment.js';
import { type Address, isAnyAddress, isLoopback } from '../model/endpoint.js';
import type { Place, PublishedPort } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { boundIn, meant } from './hop.js';
import type { Machine, WayToMachine } from './machine.js';
import { networkNamespace } from './sockets.js';

export interface Published {
  readonly place: Place;
  readonly mapping: PublishedPort;
  /** The port inside it; undefined where it is not known. */
  readonly port: number | undefined;
}

/**
 * The container that publishes the port which the host (or a container in its network) dials on itself, or which a container dials on the machine (`way`). A host and containers
 * are in one stack only where the user says so; undefined where no or more than one container publishes it.
 */
export function publishedBy(
  places: readonly Place[],
  from: Place,
  address: Address & { kind: 'tcp' },
  way: WayToMachine | undefined,
): Published | undefined {
  if (!way && !dialsItself(from, address)) return undefined;
  const found = places.flatMap(place =>
    networkNamespace(place) === 'host'
      ? []
      : place.ports
          .filter(port => port.host?.known === true && port.host.value === address.port)
          .map(mapping => ({ place, mapping, port: mapping.inside.known ? mapping.inside.value : undefined })),
  );
  const [only, ...more] = found;
  return more.length === 0 ? only : undefined;
}

function dialsItself(from: Place, address: Address): boolean {
  if (networkNamespace(from) !== 'host' || address.kind !== 'tcp') return false;
  const host = address.host.toLowerCase();
  return isLoopback(host) || isAnyAddress(host);
}

/**
 * A gateway on the host that dials the port which a server has inside its container, where it is published as another. Of a stack that the user
 * does not state (`machine`) only where nothing is started on the host itself and one project alone has containers, none of them a gateway.
 */
export function dialledInside(hop: Hop, servers: readonly AppServer[], machine: Machine): Hop {
  const { address } = hop.endpoint;
  if (!address.known || address.value.kind !== 'tcp' || !dialsItself(hop.gateway.place, address.value)) return hop;
  if (hop.miss !== 'nobody listens') return hop;
  const { port } = address.value;
  const inContainers = servers.filter(({ place }) => place.kind === 'service');
  const candidates = inContainers.length > 0 ? inContainers : onlyContainers(machine);
  const found = boundIn(candidates).filter(({ server, listener: { address: at } }) => {
    if (!at.known || at.value.kind !== 'tcp' || at.value.port !== port || isLoopback(at.value.host)) return false;
    return networkNamespace(server.place) !== 'host' && publishedAs(server, port) !== undefined;
  });
  const [only, ...more] = found;
  return only && more.length === 0 ? meant({ ...hop, miss: 'port inside' }, only) : hop;
}

/** The port of the host that leads to this one of the server's container. */
function publishedAs({ place }: AppServer, inside: number): PublishedPort | undefined {
  return place.ports.find(port => port.inside.known && port.inside.value === inside && port.host?.known === true);
}

function onlyContainers({ servers, containers }: Machine): readonly AppServer[] {
  const [stack, ...more] = containers;
  return servers.length === 0 && stack && more.length === 0 && stack.gateways.length === 0 ? stack.servers : [];
}
