import type { Span } from '../text/source.js';
import { repositoryRoot } from './place.js';
import type { Setting } from './setting.js';

export type Protocol = 'http' | 'https' | 'uwsgi' | 'fastcgi' | 'scgi' | 'grpc' | 'memcached' | 'tcp';

/** For messages: what stands behind "speaks". */
export const spoken: Readonly<Record<Protocol, string>> = {
  http: 'plain HTTP',
  https: 'HTTPS',
  uwsgi: 'the uwsgi protocol',
  fastcgi: 'FastCGI',
  scgi: 'SCGI',
  grpc: 'gRPC (HTTP/2)',
  memcached: 'memcached',
  tcp: 'raw TCP',
};

/**
 * TCP: host as written (a name, an IPv4 address, an IPv6 address without brackets, `*` and the empty text are written
 * `0.0.0.0`). Unix: the path, after extra slashes are taken away; relative paths are resolved by whoever knows the working
 * directory, and a path that starts with `@` is in the abstract namespace.
 */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** One end of a wire: dialled by a gateway. */
export interface Endpoint {
  readonly address: Setting<Address>;
  readonly protocol: Protocol;
  /** What the user would edit: the address alone (`127.0.0.1:8000` in `proxy_pass http://127.0.0.1:8000/x`). */
  readonly span: Span;
}

/** One end of a wire: bound by a server. */
export interface Listener {
  readonly address: Setting<Address>;
  /** What it speaks; `unknown` where an option that cannot be read decides. */
  readonly protocol: Protocol | 'unknown';
  /** `app`: requests for the application. `stats`, `other`: anything else that occupies the address. */
  readonly role: 'app' | 'stats' | 'other';
  /** The bind setting, or what starts the server where the default is used. */
  readonly span: Span;
  /** Mode and owner of a unix socket, octal; absent for TCP. */
  readonly socketMode?: Setting<number>;
}

/** For messages. A socket below the folder that a server is started in, wherever that is, is shown as a relative path. */
export function showAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path.replace(`${repositoryRoot}/`, '')}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

export function isLoopback(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === '::1' || host.toLowerCase() === 'localhost';
}

export function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '' || host === '*';
}

export function isIpAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
