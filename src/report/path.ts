import type { Deployment, Hop, Stack, Unresolved } from '../model/deployment.js';
import { type Address, type Listener, showAddress } from '../model/endpoint.js';
import type { Gateway, Route } from '../model/gateway.js';
import type { AppServer, AppTarget } from '../model/server.js';
import type { Origin, Setting } from '../model/setting.js';
import type { Task } from '../model/task.js';
import { whyUnseen } from '../model/unseen.js';
import type { Span, Step } from '../text/source.js';

/** One value as it is shown: with a unit, and where it comes from. */
export interface Fact {
  /** What it is for: `request limit`, `read`. */
  readonly role: string;
  /** The user's own word for it. */
  readonly name: string;
  /** Absent where it is not known. */
  readonly value?: string;
  readonly why?: string;
  readonly origin: Origin;
  readonly at?: Span;
  /** Weaker settings of the same thing that have no effect. */
  readonly hidden: readonly Fact[];
}

/** The way of the requests of one stack, from listener to Python module. */
export interface StackPath {
  readonly title: string;
  readonly why: string;
  readonly gateways: readonly GatewayPath[];
  /** Servers that no route is seen to reach. */
  readonly otherServers: readonly ServerPath[];
  /** Of a stack in which nothing is seen that answers requests: why, for each of its places. */
  readonly unseen: readonly string[];
  /** Files that belong to it, with the reason. */
  readonly files: readonly { readonly path: string; readonly why: string }[];
}

export interface GatewayPath {
  readonly kind: string;
  readonly place: string;
  readonly file: string;
  readonly placed?: Step;
  readonly routes: readonly RoutePath[];
}

export interface RoutePath {
  readonly title: string;
  readonly at: Span;
  readonly listens: readonly Fact[];
  readonly serverNames: readonly string[];
  readonly pass: { readonly directive: string; readonly target: string; readonly at: Span };
  readonly timeouts: readonly Fact[];
  readonly hops: readonly HopPath[];
  /** Why nothing is known behind the pass. */
  readonly unresolved?: string;
}

export interface HopPath {
  readonly address: Fact;
  readonly match: Hop['match'];
  readonly why: string;
  readonly server?: ServerPath;
}

export interface ServerPath {
  readonly kind: string;
  readonly place: string;
  /** The unit, program, service or script that starts it. */
  readonly startedBy: string;
  readonly at: Span;
  /** How the launch leads to the command. */
  readonly via: readonly Step[];
  readonly listens: readonly Fact[];
  readonly listensComplete: boolean;
  readonly app?: Fact;
  readonly entry?: {
    readonly name: string;
    readonly file?: string;
    readonly state: string;
    readonly frameworks: readonly string[];
  };
  readonly facts: readonly Fact[];
}

export interface PathReport {
  readonly stacks: readonly StackPath[];
  readonly unresolved: readonly Unresolved[];
  /** Commands that start a server and that nothing ties to a gateway. */
  readonly tasks: readonly Task[];
}

/** The deployment as the ways that requests take. */
export function pathReport({ stacks, unresolved }: Deployment, tasks: readonly Task[] = []): PathReport {
  const reached = new Set(stacks.flatMap(stack => stack.hops.map(hop => hop.server)));
  return { stacks: stacks.map(stack => stackPath(stack, reached)), unresolved, tasks };
}

function stackPath(stack: Stack, reached: ReadonlySet<unknown>): StackPath {
  const { title, why, gateways, servers, hops, members, places, launches } = stack;
  const silent = servers.length === 0 && gateways.every(gateway => gateway.routes.length === 0);
  const byRoute = new Map<Route, Hop[]>();
  for (const hop of hops) {
    const known = byRoute.get(hop.route);
    if (known) known.push(hop);
    else byRoute.set(hop.route, [hop]);
  }
  return {
    title,
    why,
    gateways: gateways.map(gateway => gatewayPath(gateway, byRoute)),
    files: members,
    otherServers: servers.filter(server => !reached.has(server)).map(serverPath),
    unseen: silent ? [...new Set(places.map(place => whyUnseen(place, launches)))] : [],
  };
}

function gatewayPath(
  { kind, place, file, placed, routes }: Gateway,
  hops: ReadonlyMap<Route, readonly Hop[]>,
): GatewayPath {
  return {
    kind,
    place: place.title,
    file: file.path,
    ...(placed && { placed }),
    routes: routes.map(route => routePath(route, hops.get(route) ?? [])),
  };
}

function routePath(route: Route, hops: readonly Hop[]): RoutePath {
  const { title, span, server, pass, connectTimeout, sendTimeout, readTimeout, unresolved } = route;
  return {
    title,
    at: span,
    listens: (server?.listens ?? []).map(({ address, tls, span: at }) => ({
      ...fact('listens', address, one => `${showAddress(one)}${tls ? ' (TLS)' : ''}`),
      at,
    })),
    serverNames: (server?.names ?? []).map(({ text }) => text),
    pass: { directive: pass.directive, target: pass.target.text, at: pass.span },
    timeouts: [
      fact('connect', connectTimeout, showSeconds),
      fact('send', sendTimeout, showSeconds),
      fact('read', readTimeout, showSeconds),
    ],
    hops: hops.map(({ endpoint, match, why, server: to }) => ({
      address: { ...fact('dials', endpoint.address, showAddress), at: endpoint.span },
      match,
      why,
      ...(to && { server: serverPath(to) }),
    })),
    ...(unresolved !== undefined && { unresolved }),
  };
}

function serverPath(server: AppServer): ServerPath {
  const { kind, place, launch, span, command, listens, listensComplete, app, entry, worker } = server;
  const { requestLimit, bootLimit, keepAlive, gracefulTimeout } = server;
  return {
    kind,
    place: place.title,
    startedBy: `${launch.kind} ${launch.name}`.trim(),
    at: span,
    via: command.via,
    listens: listens.map(listenerFact),
    listensComplete,
    ...(app && { app: fact('loads', app, (target: AppTarget) => target.text) }),
    ...(entry && {
      entry: {
        name: entry.name,
        ...(entry.file && { file: entry.file.path }),
        state: entry.module.state,
        frameworks: entry.frameworks,
      },
    }),
    facts: [
      fact('worker', worker.class, String),
      fact('processes', worker.processes, String),
      fact('threads', worker.threads, String),
      fact('request limit', requestLimit, showSeconds),
      fact('boot limit', bootLimit, showSeconds),
      fact('keep-alive', keepAlive, showSeconds),
      fact('stop', gracefulTimeout, showSeconds),
    ],
  };
}

function listenerFact({ address, protocol, role, span }: Listener): Fact {
  const what = role === 'app' ? protocol : role;
  return { ...fact('listens', address, (one: Address) => `${showAddress(one)} (${what})`), at: span };
}

function fact<T>(role: string, setting: Setting<T>, show: (value: T) => string): Fact {
  const { name, origin, span, hides } = setting;
  return {
    role,
    name,
    ...(setting.known ? { value: show(setting.value) } : { why: setting.why }),
    origin,
    ...(span && { at: span }),
    hidden: (hides ?? []).map(one => fact(role, one, show)),
  };
}

function showSeconds(value: number | 'none'): string {
  return value === 'none' ? 'none' : `${Number(value.toFixed(3))} s`;
}
