import { isTied, mentions, type TiedHop } from './application.js';
import type { Hop } from './deployment.js';
import type { EntryPoint } from './entry.js';
import type { NginxDirective, Route } from './gateway.js';
import type { Inherited } from './inherit.js';
import { oncePer } from './once.js';
import type { AppServer } from './server.js';
import type { Setting } from './setting.js';
import type { Word } from './word.js';

/** True where a rewrite changes the path on its way through the route, or may. */
export function rewrites({ scope }: Route, lines: Inherited): boolean {
  return !scope || scope.directives.some(({ name }) => name === 'rewrite') || lines(scope, 'rewrite')?.length !== 0;
}

/** `rewrite ^/app/(.*)$ /$1 break` in front of an application all of whose known routes begin with `/app`. */
export function strippedPrefix({
  route,
  server,
}: TiedHop): { readonly prefix: string; readonly line: NginxDirective; readonly route: string } | undefined {
  const prefix = route.path.replace(/\/$/, '');
  const line = route.scope?.directives.find(({ name, args }) => name === 'rewrite' && args[2]?.text === 'break');
  if (prefix === '' || line?.args[0]?.text !== `^${prefix}/(.*)$` || line.args[1]?.text !== '/$1') return undefined;
  const paths = (server.entry?.handlers ?? []).flatMap(({ path }) => path ?? []);
  const known = paths.find(path => path.startsWith(`${prefix}/`));
  return known === undefined || paths.some(path => !path.startsWith(prefix))
    ? undefined
    : { prefix, line, route: known };
}

/** Words of code that puts routes, or the whole application, below a prefix, or lets an extension add routes of its own. */
const prefixWords = [
  'flask_',
  'init_app',
  '(app)',
  '(app,',
  'app=',
  'static_url_path',
  'fastapi_',
  'add_route',
  'prefix',
  'register_blueprint',
  'include_router',
  '.mount(',
  'root_path',
  'APPLICATION_ROOT',
  'SCRIPT_NAME',
  'PATH_INFO',
  'Dispatcher',
  'ProxyFix',
];

/** True where the application may put its routes below a prefix, so that the path of a handler is not the whole one. */
export function mayPrefix(entry: EntryPoint): boolean {
  return mentions(entry, prefixWords);
}

/**
 * The prefix of the location, where it reaches an application that has no route below it. Undefined where not all routes of the
 * application are known letter by letter.
 */
export function unknownPrefix(
  hop: TiedHop,
  lines: Inherited,
): { readonly prefix: string; readonly routes: readonly string[] } | undefined {
  const {
    route,
    server: { entry },
  } = hop;
  const prefix = route.path.replace(/\/$/, '');
  // Routes that Flask and FastAPI bring.
  if (/^\/(?:static|docs|redoc|openapi|socket\.io)(?:[/.]|$)/.test(route.path)) return undefined;
  if (prefix === '' || route.pass.uri !== undefined || !entry || mayPrefix(entry)) return undefined;
  if (rewrites(route, lines)) return undefined;
  if (lines(route.scope, 'uwsgi_param')?.some(({ args }) => args[0]?.text === 'SCRIPT_NAME')) return undefined;
  if (namesPrefix(hop)) return undefined;
  const routes = routesOf(entry);
  return !routes || routes.some(path => path.startsWith(prefix) || /^\/[<{]/.test(path))
    ? undefined
    : { prefix, routes };
}

/** Gunicorn is told the prefix, by a header or its environment, and takes it off the path itself (gunicorn/http/wsgi.py, `create`). */
export function namesPrefix({ route, server, gateway }: TiedHop): Setting<string> | undefined {
  const header = gateway.kind === 'nginx' ? route.headers.get('script_name') : undefined;
  const { environment = server.command.environment } = server;
  return header ?? environment.get('SCRIPT_NAME');
}

/** The paths of all handlers, where the application has some and every one is known. */
export const routesOf = oncePer(({ handlers }: EntryPoint): readonly string[] | undefined => {
  const found: string[] = [];
  for (const { framework, path } of handlers) {
    if ((framework !== 'flask' && framework !== 'fastapi') || !path?.startsWith('/')) return undefined;
    found.push(path);
  }
  return found.length > 0 ? found : undefined;
});

/** Pages that are asked for by the machines beside it, without the gateway. */
const forMachines = /^\/(?:-\/)?(?:health|healthz|healthcheck|ping|ready|readyz|live|livez|status|metrics|version)\/?$/;

/**
 * `location /api` with `proxy_pass http://app/`: /api/users arrives as //users. Werkzeug and Django strip the slash, Starlette does not. A
 * location for a single page works, so the application has to have several, or this is the `onlyWay` to the one that it has.
 */
export function doublesSlash({ route, server: { entry } }: TiedHop, onlyWay: boolean): boolean {
  const { uri, target } = route.pass;
  if (!uri?.endsWith('/') || route.path.endsWith('/') || target.text.includes('$') || !entry) return false;
  if (!entry.frameworks.some(name => name === 'fastapi' || name === 'starlette')) return false;
  const pages = entry.handlers.filter(({ path }) => path?.startsWith('/') && path !== '/');
  return (
    pages.length > 1 ||
    (onlyWay && !forMachines.test(route.path) && pages.some(({ path = '' }) => !forMachines.test(path)))
  );
}

/** What tells the server's requests that the site lies below a prefix: Django keeps it for each request, and a set-up puts it back. */
export function scriptName(hops: readonly Hop[], server: AppServer): Setting<string> | undefined {
  const own = hops.filter(hop => isTied(hop) && hop.server === server);
  const sent = own.flatMap(({ route }) => route.headers.get('script_name') ?? []);
  const told = sent[0] ?? (server.environment ?? server.command.environment).get('SCRIPT_NAME');
  return told?.known && told.value !== '' && told.value !== '/' ? told : undefined;
}

/** SCRIPT_NAME that Gunicorn looks for in a path from which nginx has stripped it: it raises in Gunicorn itself (gunicorn/http/wsgi.py, `create`). */
export function strippedBefore(hop: TiedHop): (Setting<string> & { readonly known: true }) | undefined {
  const { route, server } = hop;
  const { pass, path, scope } = route;
  const script = namesPrefix(hop);
  if (server.kind !== 'gunicorn' || !script?.known || !/^\/[^$]*[^$/]$/.test(script.value)) return undefined;
  const { class: worker } = server.worker;
  if (!worker.known || /uvicorn/i.test(worker.value)) return undefined;
  if (pass.uri === undefined || pass.target.text.includes('$') || pass.uri.includes(script.value)) return undefined;
  if (scope?.context !== 'location' || scope.directives.some(({ name }) => name === 'rewrite')) return undefined;
  return path.replace(/\/$/, '') === script.value ? script : undefined;
}

/** `uwsgi_param SCRIPT_NAME /app` beside a PATH_INFO that still begins with it. */
export function keptPrefix(
  { route }: TiedHop,
  lines: Inherited,
): { readonly script: NginxDirective; readonly prefix: Word; readonly path: Word } | undefined {
  if (route.pass.directive !== 'uwsgi_pass') return undefined;
  const held = lines(route.scope, 'uwsgi_param') ?? [];
  const named = (name: string): NginxDirective | undefined =>
    held.findLast(({ args }) => args[0]?.text.toUpperCase() === name);
  const script = named('SCRIPT_NAME');
  const path = named('PATH_INFO')?.args[1];
  const prefix = script?.args[1];
  if (!script || !prefix?.known || !/^\/[^$]+$/.test(prefix.text) || !path?.known) return undefined;
  if (!/^\$(?:document_)?uri$/.test(path.text) || rewrites(route, lines)) return undefined;
  return { script, prefix, path };
}

/** `uwsgi_modifier1 30`: uWSGI's code for it compares byte strings, which Python 3 never has. */
export function deadModifier({ route, server }: TiedHop, lines: Inherited): NginxDirective | undefined {
  const plugins = server.settings.get('plugins') ?? server.settings.get('plugin');
  const old = plugins && (!plugins.known || /python2/.test(String(plugins.value)));
  if (server.kind !== 'uwsgi' || old) return undefined;
  return lines(route.scope, 'uwsgi_modifier1')?.find(({ args }) => args[0]?.text === '30');
}
