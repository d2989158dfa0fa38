import type { Hop, Miss } from '../model/deployment.js';
import type { Listener, Protocol } from '../model/endpoint.js';
import type { Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { isSupposed, startedFirst } from './supposed.js';

/** The end of a hop that a gateway states. */
export type Base = Pick<Hop, 'gateway' | 'route' | 'endpoint'>;

export interface Bound {
  readonly server: AppServer;
  readonly listener: Listener;
}

export function missed(base: Base, miss: Miss, places: readonly Place[], why: string): Hop {
  return { ...base, match: 'none', miss, places, why };
}

export function tied(base: Base, bound: Bound, why: string): Hop {
  const { server, listener } = bound;
  return { ...base, match: 'address', server, listener, places: [server.place], why };
}

/** The server that is meant although its listener is not reached. */
export function meant(hop: Hop, { server, listener }: Bound): Hop {
  return { ...hop, match: 'only candidate', server, listener };
}

export function boundIn(servers: readonly AppServer[]): readonly Bound[] {
  return startedFirst(servers).flatMap(server =>
    server.listens.filter(one => one.role === 'app').map(listener => ({ server, listener })),
  );
}

/**
 * Of several servers at one address, which a script starts under conditions that cannot be told, the one that is there for what the route sends: a
 * development server is the other branch.
 */
export function likeliest(bound: readonly Bound[], protocol: Protocol): Bound | undefined {
  const rank = ({ server, listener }: Bound): number =>
    (isSupposed(server) ? 0 : 8) +
    (server.command.certain ? 4 : 0) +
    (listener.protocol === protocol ? 2 : 0) +
    (server.development ? 0 : 1);
  return bound.reduce<Bound | undefined>((best, one) => (best && rank(best) >= rank(one) ? best : one), undefined);
}
