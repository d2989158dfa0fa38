import { isInstallersName } from '../../syntax/nginx/tags.js';

/** An address as nginx's ngx_parse_url splits it (src/core/ngx_inet.c). Offsets are into the text that was given. */
export type ParsedAddress =
  | {
      readonly kind: 'tcp';
      /** Without brackets. */
      readonly host: string;
      /** Absent where none is written. */
      readonly port?: number;
      readonly ipv6: boolean;
      /** End of host and port. */
      readonly end: number;
      readonly uri?: string;
    }
  | { readonly kind: 'unix'; readonly path: string; readonly end: number; readonly uri?: string }
  /** `error` is nginx's own word for it. */
  | { readonly kind: 'invalid'; readonly error: AddressError; readonly start: number; readonly end: number };

export type AddressError =
  | 'invalid host'
  | 'invalid port'
  | 'no host'
  | 'no path in the unix domain socket'
  | 'too long path in the unix domain socket'
  | 'invalid IPv6 address';

/** sun_path of Linux, without its final zero. */
const longestSocketPath = 107;

/**
 * Reads `host:port`, `[v6]:port`, `unix:/path` as nginx does. `uri`: a URI part may follow (proxy_pass only; behind a second colon
 * for unix). No name is looked up.
 */
export function parseAddress(text: string, uri: boolean): ParsedAddress {
  if (/^unix:/i.test(text)) return parseUnix(text, uri);
  return text.startsWith('[') ? parseV6(text, uri) : parseInet(text, uri);
}

/**
 * `APP_HOST:APP_PORT`, `[YOUR-HOST]:80`: an installer, or whoever follows the instructions, writes the number or host where the name in capital
 * letters stands.
 */
export function awaitsPart(text: string, address: ParsedAddress): boolean {
  if (address.kind !== 'invalid') return false;
  const part = text.slice(address.start, address.end);
  if (address.error === 'invalid IPv6 address') return isInstallersName(part.replaceAll('-', '_'));
  return address.error === 'invalid port' && isInstallersName(part);
}

function invalid(error: AddressError, start: number, end: number): ParsedAddress {
  return { kind: 'invalid', error, start, end };
}

function parseUnix(text: string, uri: boolean): ParsedAddress {
  const colon = uri ? text.indexOf(':', 5) : -1;
  const end = colon < 0 ? text.length : colon;
  const path = text.slice(5, end);
  if (path === '') return invalid('no path in the unix domain socket', 0, text.length);
  if (path.length > longestSocketPath) return invalid('too long path in the unix domain socket', 5, end);
  return { kind: 'unix', path, end, ...(colon >= 0 && { uri: text.slice(colon + 1) }) };
}

function parseV6(text: string, uri: boolean): ParsedAddress {
  const close = text.indexOf(']');
  if (close < 0) return invalid('invalid host', 0, text.length);
  const slash = text.indexOf('/', close);
  if (slash >= 0 && !uri) return invalid('invalid host', 0, text.length);
  const end = slash < 0 ? text.length : slash;
  const rest = text.slice(close + 1, end);
  const host = text.slice(1, close);
  const part = slash < 0 ? {} : { uri: text.slice(slash) };
  if (rest !== '' && !rest.startsWith(':')) return invalid('invalid host', 0, end);
  if (rest !== '' && portOf(rest.slice(1)) === undefined) return invalid('invalid port', close + 2, end);
  if (host === '') return invalid('no host', 0, end);
  if (!isV6(host)) return invalid('invalid IPv6 address', 1, close);
  const port = rest === '' ? undefined : portOf(rest.slice(1));
  return { kind: 'tcp', host, ipv6: true, end, ...(port !== undefined && { port }), ...part };
}

function parseInet(text: string, uri: boolean): ParsedAddress {
  const slash = text.search(/[/?]/);
  if (slash >= 0 && !uri) return invalid('invalid host', 0, text.length);
  const end = slash < 0 ? text.length : slash;
  const part = slash < 0 ? {} : { uri: text.slice(slash) };
  const colon = text.slice(0, end).indexOf(':');
  const host = text.slice(0, colon < 0 ? end : colon);
  if (colon >= 0 && portOf(text.slice(colon + 1, end)) === undefined) return invalid('invalid port', colon + 1, end);
  if (host === '') return invalid('no host', 0, end);
  const port = colon < 0 ? undefined : portOf(text.slice(colon + 1, end));
  return { kind: 'tcp', host, ipv6: false, end, ...(port !== undefined && { port }), ...part };
}

function portOf(text: string): number | undefined {
  if (!/^[0-9]{1,9}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** IPv6 text form, an embedded IPv4 address included. */
function isV6(host: string): boolean {
  if (host.length > 45 || !/^[0-9A-Fa-f:.]+$/.test(host)) return false;
  const halves = host.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const embedded = last?.includes('.') === true && /^(?:\d{1,3}\.){3}\d{1,3}$/.test(last);
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every(group => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = plain.length + (embedded ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

/** A unix path in the model's form: extra slashes at its front taken away. */
export function socketPath(path: string): string {
  return path.replace(/^\/{2,}/, '/');
}
