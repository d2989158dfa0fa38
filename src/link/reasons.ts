import type { Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';

/** It may listen at an address that we do not see. */
export function mayListenElsewhere(server: AppServer): boolean {
  return !server.listensComplete || server.listens.some(listener => !listener.address.known);
}

/** Why it cannot be told whether somebody listens: what is started cannot be followed, or the address of a server is not known. */
export function whyOpen(
  places: readonly Place[],
  here: readonly AppServer[],
  unseen: (place: Place) => string,
): string {
  if (here.length === 0) return [...new Set(places.map(unseen))].join('; ');
  const server = here.find(mayListenElsewhere);
  const unknown = server?.listens.find(({ address }) => !address.known)?.address;
  if (!server || !unknown || unknown.known) return `what listens in ${titles(places)} is not all known`;
  return `where ${server.kind} of ${server.place.title} listens is not known: ${unknown.why}`;
}

export function eitherOf(started: AppServer, supposed: AppServer): string {
  return `${started.kind} may listen there, whose address is not known, and so would ${supposed.kind} with ${supposed.span.file.path}, which nothing starts`;
}

export function onNetwork(host: string, network: string): string {
  return `${host} may be a container of another project on the network ${network}, which is made outside this one`;
}

export function titles(places: readonly Place[]): string {
  return [...new Set(places.map(place => place.title))].join(', ') || 'this place';
}
