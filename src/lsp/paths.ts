import type { Hop, Stack } from '../model/deployment.js';
import type { Route } from '../model/gateway.js';
import type { AppServer } from '../model/server.js';
import { pathReport, type StackPath } from '../report/path.js';
import { pathText } from '../report/path-text.js';
import { createLocate } from '../report/report.js';
import type { Judged } from './project.js';
import { covers } from './view.js';

/** What of a stack a place stands for: routes, or servers that none reaches. */
interface Part {
  readonly stack: Stack;
  readonly routes: readonly Route[];
  readonly servers: readonly AppServer[];
}

/** The way of the requests that a place has to do with, as `gwlint path` prints it; undefined where there is none. */
export function pathAt(judged: Judged, path: string, offset: number): string | undefined {
  const parts = judged.deployment.stacks.flatMap(stack => partAt(stack, path, offset) ?? []);
  return parts.length === 0 ? undefined : shown(judged, parts);
}

/** The ways of all requests of the stacks that a file belongs to; of the whole project where it belongs to none. */
export function pathsOfFile(judged: Judged, path: string | undefined): string {
  const { stacks } = judged.deployment;
  const own = stacks.filter(stack => path !== undefined && isMember(stack, path));
  const parts = (own.length > 0 ? own : stacks).map(stack => ({
    stack,
    routes: stack.gateways.flatMap(gateway => gateway.routes),
    servers: stack.servers,
  }));
  return shown(judged, parts);
}

function isMember({ members, gateways, servers }: Stack, path: string): boolean {
  return (
    members.some(one => one.path === path) ||
    gateways.some(({ files }) => files.some(file => file.path === path)) ||
    servers.some(({ configFiles, entry }) => entry?.file?.path === path || configFiles.some(one => one.path === path))
  );
}

function partAt(stack: Stack, path: string, offset: number): Part | undefined {
  const isHere = (span: { readonly file: { readonly path: string }; readonly start: number; readonly end: number }) =>
    span.file.path === path && covers(span, offset);
  const passes = stack.gateways
    .flatMap(gateway => gateway.routes)
    .filter(route => isHere(route.pass.span) || (route.pass.group && isHere(route.pass.group.nameSpan)));
  const dialled = stack.hops.filter(hop => isHere(hop.endpoint.span)).map(hop => hop.route);
  const servers = stack.servers.filter(
    server =>
      isHere(server.span) ||
      server.listens.some(one => isHere(one.span)) ||
      (server.app?.span && isHere(server.app.span)),
  );
  const reaching = stack.hops
    .filter((hop): hop is Hop & { server: AppServer } => hop.server !== undefined && servers.includes(hop.server))
    .map(hop => hop.route);
  const routes = [...new Set([...passes, ...dialled, ...reaching])];
  return routes.length === 0 && servers.length === 0 ? undefined : { stack, routes, servers };
}

/** Routes that a hover shows before it says how many more there are. */
const mostRoutes = 3;

function shown(judged: Judged, parts: readonly Part[]): string {
  const stacks: StackPath[] = [];
  for (const { stack, routes, servers } of parts) {
    const wanted = new Set(routes);
    const gateways = stack.gateways
      .map(gateway => ({ ...gateway, routes: gateway.routes.filter(route => wanted.has(route)) }))
      .filter(gateway => gateway.routes.length > 0);
    const reached = new Set(stack.hops.map(hop => hop.server));
    const lone = servers.filter(server => !reached.has(server));
    const hops = stack.hops.filter(hop => wanted.has(hop.route));
    const kept = { ...stack, gateways, hops, servers: lone };
    stacks.push(...pathReport({ ...judged.deployment, stacks: [kept] }).stacks);
  }
  const look = { colour: false, width: 100, locate: createLocate(), show: (path: string) => path };
  return pathText({ stacks, unresolved: [], tasks: [] }, look);
}

/** The same for a hover: not more than a few routes. */
export function shortPathAt(judged: Judged, path: string, offset: number): string | undefined {
  const parts = judged.deployment.stacks.flatMap(stack => partAt(stack, path, offset) ?? []);
  if (parts.length === 0) return undefined;
  const more = parts.reduce((sum, { routes }) => sum + Math.max(0, routes.length - mostRoutes), 0);
  const text = shown(
    judged,
    parts.map(part => ({ ...part, routes: part.routes.slice(0, mostRoutes) })),
  );
  return more === 0 ? text : `${text}and ${more} more ${more === 1 ? 'route' : 'routes'}\n`;
}
