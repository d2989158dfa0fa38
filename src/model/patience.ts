import type { Hop } from './deployment.js';
import { oncePer } from './once.js';
import type { AppServer } from './server.js';
import type { Setting } from './setting.js';

/** Seconds that the gateways in front of it wait for an answer, at most; infinite where that is not known of one of them. */
export function longestWait(hops: readonly Hop[], server: AppServer): number {
  return longestWaits(hops).get(server) ?? Number.POSITIVE_INFINITY;
}

const longestWaits = oncePer((hops: readonly Hop[]): ReadonlyMap<AppServer | undefined, number> => {
  const longest = new Map<AppServer | undefined, number>();
  for (const { match, server, route } of hops) {
    const { readTimeout } = route;
    const wait = match === 'address' && readTimeout.known ? readTimeout.value : Number.POSITIVE_INFINITY;
    longest.set(server, Math.max(wait, longest.get(server) ?? 0));
  }
  return longest;
});

/** Seconds that a limit allows: infinite where there is none, and where it is not known. */
export function allowedBy(limit: Setting<number | 'none'>): number {
  return limit.known && limit.value !== 'none' ? limit.value : Number.POSITIVE_INFINITY;
}

/** Seconds that a kill may be late: Gunicorn and uWSGI look once a second, and uWSGI counts whole ones. What ends by then is answered. */
export function lateness({ kind }: AppServer): number {
  return kind === 'uwsgi' ? 2 : 1;
}
