import type { AppServer } from './server.js';
import type { Setting } from './setting.js';

/** Alone, or as the worker of Gunicorn. */
export function runsUvicorn({ kind, worker }: AppServer): boolean {
  return kind === 'uvicorn' || (worker.class.known && worker.class.value.startsWith('uvicorn.'));
}

/** Not known where Gunicorn starts it. */
export function uvicornVersion({ kind, version }: AppServer): Setting<string> | undefined {
  return kind === 'uvicorn' ? version : undefined;
}

/** By `--http h11`, or the worker class that has no other. Without it uvicorn takes httptools where that is installed. */
export function parsesByH11({ settings, worker }: AppServer): boolean {
  const http = settings.get('http');
  return (
    (http?.known && http.value === 'h11') || (worker.class.known && worker.class.value.endsWith('UvicornH11Worker'))
  );
}

/** Workers that come with Gunicorn, of which none calls a function to get the application. */
const plainWorkers = /^(?:sync|gthread|gevent|gevent_wsgi|gevent_pywsgi|eventlet|tornado)$/;

/**
 * True where a function that makes the application may be named in its place, without a word: Uvicorn calls it ("ASGI app factory detected"), also as
 * the worker of Gunicorn, and other workers may do the like.
 */
export function mayCallFactories({ kind, worker }: AppServer): boolean {
  if (kind !== 'gunicorn') return kind === 'uvicorn';
  return !worker.class.known || !plainWorkers.test(worker.class.value);
}
