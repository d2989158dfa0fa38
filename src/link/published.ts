import { type Address, isAnyAddress, isLoopback } from '../model/endpoint.js';
import type { Place } from '../model/place.js';
import { networkNamespace } from './sockets.js';

export interface Published {
  readonly place: Place;
  /** The port inside it; undefined where it is not known. */
  readonly port: number | undefined;
}

/**
 * The container that publishes the port which the host dials on itself. Only where the user says that both belong to one stack are they
 * in one; undefined where no or more than one container publishes it.
 */
export function publishedBy(places: readonly Place[], from: Place, address: Address): Published | undefined {
  if (from.kind !== 'host' || address.kind !== 'tcp') return undefined;
  const host = address.host.toLowerCase();
  if (!isLoopback(host) && !isAnyAddress(host)) return undefined;
  const found = places.flatMap(place =>
    networkNamespace(place) === 'host'
      ? []
      : place.ports
          .filter(port => port.host?.known === true && port.host.value === address.port)
          .map(port => ({ place, port: port.inside.known ? port.inside.value : undefined })),
  );
  const [only, ...more] = found;
  return more.length === 0 ? only : undefined;
}
