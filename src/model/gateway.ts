import { nearest } from '../text/near.js';
import type { SourceFile, Span, Step } from '../text/source.js';
import type { Endpoint, Protocol } from './endpoint.js';
import type { Fault } from './fault.js';
import type { Place } from './place.js';
import type { Setting } from './setting.js';
import type { Word } from './word.js';

/** One directive of nginx as it stands in the configuration after includes: name, arguments, place. */
export interface NginxDirective {
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly Word[];
  /** From the name to the `;`, or to the `}` of its block. */
  readonly span: Span;
  /** The block that it opens. */
  readonly block?: NginxScope | undefined;
  /** The `include` directives that led here, outermost first. */
  readonly via?: readonly Step[] | undefined;
  /** It comes from a file that nginx or the distribution brings; all its spans are those of the `include`. */
  readonly stock?: boolean;
}

/** A level of nginx's configuration as nginx sees it: includes are expanded in place. */
export interface NginxScope {
  /** As in the directive tables: `main`, `http`, `server`, `location`, `if in location`, `limit_except`, `upstream` ... */
  readonly context: string;
  readonly parent?: NginxScope;
  /** The directive that opened it; absent for the file level. */
  readonly opener?: {
    readonly name: string;
    readonly nameSpan: Span;
    readonly args: readonly Word[];
    readonly span: Span;
  };
  readonly directives: readonly NginxDirective[];
  /** An include in it could not be followed: more directives may stand here. */
  readonly open: boolean;
}

export interface ListenSocket {
  readonly address: Setting<import('./endpoint.js').Address>;
  readonly tls: boolean;
  readonly defaultServer: boolean;
  readonly span: Span;
}

export interface VirtualServer {
  readonly names: readonly Word[];
  readonly listens: readonly ListenSocket[];
  readonly span: Span;
  readonly scope?: NginxScope;
}

export interface UpstreamServer {
  readonly endpoint: Endpoint;
  readonly backup: boolean;
  readonly down: boolean;
  /** NAME=VALUE and bare parameters behind the address. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly span: Span;
}

export interface UpstreamGroup {
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly servers: readonly UpstreamServer[];
  /** Idle connections kept per worker; 0 or absent: none. */
  readonly keepalive?: Setting<number>;
  readonly scope?: NginxScope;
}

/** The `*_pass` (ProxyPass, backend ...) of a route. */
export interface Pass {
  /** `proxy_pass`, `uwsgi_pass` ...: the user's word. */
  readonly directive: string;
  /** The argument as written. */
  readonly target: Word;
  /** The whole directive. */
  readonly span: Span;
  /** URI part behind the address (`/x/`), where there is one. */
  readonly uri?: string;
  /** Name of the upstream group it goes to, where it does. */
  readonly group?: UpstreamGroup;
  /** The host as written, where it is a name and not a group, an address or a variable. */
  readonly hostName?: string;
  /** The host name may be that of an upstream block in a file that is not in the repository. */
  readonly mayBeGroup?: boolean;
}

/** What the gateway asks its servers by itself, to learn whether they are there. One that answers with 400 or more gets no requests. */
export interface RouteCheck {
  readonly method: string;
  readonly path: string;
  /** A Host header goes with it. */
  readonly host: boolean;
  readonly span: Span;
}

/** One place in a gateway that hands requests on: a location with a pass. */
export interface Route {
  /** For messages: `location /api/`. */
  readonly title: string;
  readonly modifier: '' | '=' | '~' | '~*' | '^~' | '@';
  readonly path: string;
  readonly server?: VirtualServer;
  readonly pass: Pass;
  readonly protocol: Protocol;
  /** Several when a group lists several; empty when the target is not known, with the reason in `unresolved`. */
  readonly to: readonly Endpoint[];
  readonly unresolved?: string;
  /** Seconds between two reads from the server. 0 means "at once" in nginx. */
  readonly readTimeout: Setting<number>;
  readonly connectTimeout: Setting<number>;
  readonly sendTimeout: Setting<number>;
  /** Version of HTTP that it speaks to the server (`1.0`, `1.1`), of a route of nginx by HTTP. */
  readonly httpVersion?: Setting<string>;
  /** Request headers that the gateway sets, names in lower case; the value as written. Those of the level that wins. */
  readonly headers: ReadonlyMap<string, Setting<string>>;
  /** False when an include that could not be read may set more headers. */
  readonly headersComplete: boolean;
  /** Bytes that a request may have (0: any), where something other than an nginx directive says so. */
  readonly bodyLimit?: Setting<number>;
  readonly check?: RouteCheck;
  readonly span: Span;
  /** nginx only: the level at which the pass stands. */
  readonly scope?: NginxScope;
}

export interface Gateway {
  readonly kind: 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'traefik' | 'ingress' | 'router';
  readonly place: Place;
  /** The main file, or the fragment that is judged alone. */
  readonly file: SourceFile;
  /** False for a fragment whose main file is not in the repository: defaults may be set outside. */
  readonly whole: boolean;
  readonly servers: readonly VirtualServer[];
  readonly groups: readonly UpstreamGroup[];
  readonly routes: readonly Route[];
  /** Every file that belongs to it, the main file first. */
  readonly files: readonly SourceFile[];
  readonly root?: NginxScope;
  readonly version?: Setting<string>;
  readonly faults: readonly Fault[];
  /** Why this gateway is taken to run in its place. */
  readonly placed: Step | undefined;
}

/**
 * The upstream group that a host name without a dot is a slip for: one that no route passes to and whose name is near, or goes on where
 * the host name ends (`app` for `app_server`). Undefined where the name may as well be that of a machine.
 */
export function groupMeant(gateway: Gateway, host: string): UpstreamGroup | undefined {
  if (/[.:]/.test(host) || host.toLowerCase() === 'localhost') return undefined;
  const used = new Set(gateway.routes.map(route => route.pass.group?.name));
  const free = gateway.groups.filter(group => !used.has(group.name));
  const near = nearest(
    host,
    free.map(group => group.name),
  );
  const longer = free.filter(group => new RegExp(`^${host.replace(/\W/g, '\\$&')}[-_]`, 'i').test(group.name));
  return free.find(group => group.name === near) ?? (longer.length === 1 ? longer[0] : undefined);
}
