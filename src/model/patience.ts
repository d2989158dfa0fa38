import type { Hop } from './deployment.js';
import type { AppServer } from './server.js';

/** Seconds that the gateways in front of it wait for an answer, at most; infinite where that is not known of one of them. */
export function longestWait(hops: readonly Hop[], server: AppServer): number {
  const own = hops.filter(hop => hop.server === server);
  const waits = own.map(({ match, route: { readTimeout } }) =>
    match === 'address' && readTimeout.known ? readTimeout.value : Number.POSITIVE_INFINITY,
  );
  return waits.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...waits);
}

/** Seconds that a kill may be late: Gunicorn and uWSGI look once a second, and uWSGI counts whole ones. What ends by then is answered. */
export function lateness({ kind }: AppServer): number {
  return kind === 'uwsgi' ? 2 : 1;
}
