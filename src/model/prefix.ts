import { mentions, type TiedHop } from './application.js';
import type { EntryPoint } from './entry.js';
import type { NginxDirective, Route } from './gateway.js';
import type { Inherited } from './inherit.js';

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
  { route, server: { entry } }: TiedHop,
  lines: Inherited,
): { readonly prefix: string; readonly routes: readonly string[] } | undefined {
  const prefix = route.path.replace(/\/$/, '');
  // Routes that Flask and FastAPI bring.
  if (/^\/(?:static|docs|redoc|openapi|socket\.io)(?:[/.]|$)/.test(route.path)) return undefined;
  if (prefix === '' || route.pass.uri !== undefined || !entry || rewrites(route, lines)) return undefined;
  if (lines(route.scope, 'uwsgi_param')?.some(({ args }) => args[0]?.text === 'SCRIPT_NAME')) return undefined;
  const routes = routesOf(entry);
  if (!routes || routes.some(path => path.startsWith(prefix) || /^\/[<{]/.test(path))) return undefined;
  return mentions(entry, prefixWords) ? undefined : { prefix, routes };
}

/** The paths of all handlers, where the application has some and every one is known. */
function routesOf({ handlers }: EntryPoint): readonly string[] | undefined {
  const found: string[] = [];
  for (const { framework, path } of handlers) {
    if ((framework !== 'flask' && framework !== 'fastapi') || !path?.startsWith('/')) return undefined;
    found.push(path);
  }
  return found.length > 0 ? found : undefined;
}

/**
 * `location /api` with `proxy_pass http://app/`: /api/users arrives as //users. Werkzeug and Django strip the slash, Starlette does not. A
 * location for a single page works, so the application has to have several.
 */
export function doublesSlash({ route, server: { entry } }: TiedHop): boolean {
  const { uri, target } = route.pass;
  if (!uri?.endsWith('/') || route.path.endsWith('/') || target.text.includes('$') || !entry) return false;
  if (!entry.frameworks.some(name => name === 'fastapi' || name === 'starlette')) return false;
  return entry.handlers.filter(({ path }) => path !== undefined && path !== '/').length > 1;
}
