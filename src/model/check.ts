import { constantOf, isDjango, likelySetting, mentions, type TiedHop, textsOf } from './application.js';
import type { EntryPoint } from './entry.js';
import type { RouteCheck } from './gateway.js';
import { isPublicName } from './hosts.js';
import { mayPrefix, routesOf } from './prefix.js';

/** Code that may answer for pages that no route has. */
const answersMore = [
  'errorhandler',
  'exception_handler',
  'before_request',
  'middleware',
  'add_url_rule',
  'wsgi_app',
  'mount(',
];

/** Pages that Flask and FastAPI bring. */
const brought = /^\/(?:static|docs|redoc|openapi\.json)(?:\/|$)/;

/** Why a check of the gateway's own is answered with 400 or 404 by this application, whatever it is asked of; undefined where it may go well. */
export function failingCheck({ route, server }: TiedHop): string | undefined {
  const { check } = route;
  const { entry } = server;
  if (!check || !entry || !/^(?:GET|HEAD)$/.test(check.method)) return undefined;
  return isDjango(entry) ? refusedHost(check, entry) : noSuchPage(check, entry);
}

/** Without a Host header Django takes the address of the server for the host. */
function refusedHost(check: RouteCheck, entry: EntryPoint): string | undefined {
  const hosts = textsOf(likelySetting(entry, 'ALLOWED_HOSTS'));
  const middleware = textsOf(likelySetting(entry, 'MIDDLEWARE'));
  const off = constantOf(likelySetting(entry, 'DEBUG')) === false;
  if (check.host || !off || !hosts || hosts.length === 0 || !hosts.every(isPublicName)) return undefined;
  if (!middleware?.includes('django.middleware.common.CommonMiddleware')) return undefined;
  if (!middleware.every(name => name.startsWith('django.'))) return undefined;
  return `sends no Host, and ALLOWED_HOSTS has only ${hosts.join(', ')}: Django answers with 400`;
}

function noSuchPage(check: RouteCheck, entry: EntryPoint): string | undefined {
  const routes = routesOf(entry);
  const path = check.path.replace(/[?#].*/s, '');
  if (!routes || brought.test(path) || mayPrefix(entry) || mentions(entry, answersMore)) return undefined;
  // A redirect to the page with its slash is a good answer.
  if (routes.some(one => /[<{]/.test(one) || one === path || one === `${path}/` || `${one}/` === path))
    return undefined;
  return `and the application has no such page (${routes.slice(0, 3).join(', ')}): it answers with 404`;
}
