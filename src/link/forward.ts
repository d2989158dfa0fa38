import type { Address } from '../model/endpoint.js';
import type { Gateway } from '../model/gateway.js';
import type { Place, PublishedPort } from '../model/place.js';
import { nearest } from '../text/near.js';

/**
 * What a forwarder in front of the places (a Kubernetes Service) makes of the dialled port; undefined where there is none. `closed`: it has no
 * such port.
 */
export function forwardOf(
  places: readonly Place[],
  address: Address & { kind: 'tcp' },
  kind: Gateway['kind'],
): PublishedPort | 'closed' | 'unknown' | undefined {
  const ports = forwardsOf(places, address.host, kind);
  if (!ports) return undefined;
  const found = ports.find(port => port.host?.known === true && port.host.value === address.port);
  return found ?? (ports.some(port => port.host !== undefined && !port.host.known) ? 'unknown' : 'closed');
}

/** The Service that the backend of an Ingress is a slip for: a near name that no route dials. */
export function serviceMeant(
  { places, dialled }: { readonly places: readonly Place[]; readonly dialled: ReadonlySet<string> },
  gateway: Gateway,
  host: string,
): string | undefined {
  if (gateway.kind !== 'ingress') return undefined;
  const services = places.flatMap(place => place.names.filter(one => one.forwards).map(one => one.name));
  const near = nearest(host, new Set(services));
  return near !== undefined && !dialled.has(near.toLowerCase()) ? near : undefined;
}

/** Names that any route dials, in lower case. */
export function dialledNames(gateways: readonly Gateway[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { routes } of gateways) {
    for (const { address } of routes.flatMap(route => route.to)) {
      if (address.known && address.value.kind === 'tcp') found.add(address.value.host.toLowerCase());
    }
  }
  return found;
}

/** Ports that a name has in front of the places. */
export function portsOf(places: readonly Place[], host: string, kind: Gateway['kind']): readonly number[] {
  return [
    ...new Set((forwardsOf(places, host, kind) ?? []).flatMap(port => (port.host?.known ? port.host.value : []))),
  ];
}

function forwardsOf(
  places: readonly Place[],
  host: string,
  kind: Gateway['kind'],
): readonly PublishedPort[] | undefined {
  const name = host.toLowerCase();
  const found = places
    .flatMap(place => place.names.filter(one => one.name.toLowerCase() === name))
    .flatMap(({ forwards, endpoints }) => {
      const ports = forwards ?? (kind === 'ingress' ? endpoints : undefined);
      return ports ? [ports] : [];
    });
  return found.length === 0 ? undefined : found.flat();
}
