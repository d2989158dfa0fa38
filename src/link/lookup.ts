import type { Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { networkNamespace } from './sockets.js';

/** Places by what they are called and servers by where they run, so that no route has to look at all of them. */
export interface Lookup {
  /** In lower case. */
  readonly named: ReadonlyMap<string, readonly Place[]>;
  readonly placesIn: ReadonlyMap<string, readonly Place[]>;
  readonly serversIn: ReadonlyMap<string, readonly AppServer[]>;
}

export function lookupOf(places: readonly Place[], servers: readonly AppServer[]): Lookup {
  const named = new Map<string, Place[]>();
  const placesIn = new Map<string, Place[]>();
  const serversIn = new Map<string, AppServer[]>();
  for (const place of places) {
    add(placesIn, networkNamespace(place), place);
    for (const name of new Set(place.names.map(one => one.name.toLowerCase()))) add(named, name, place);
  }
  for (const server of servers) add(serversIn, networkNamespace(server.place), server);
  return { named, placesIn, serversIn };
}

/** The servers in the network namespaces of these places. */
export function serversBeside({ serversIn }: Lookup, places: readonly Place[]): readonly AppServer[] {
  return [...new Set(places.map(networkNamespace))].flatMap(namespace => serversIn.get(namespace) ?? []);
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
