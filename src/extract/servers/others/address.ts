import { type Address, isAnyAddress } from '../../../model/endpoint.js';
import { joinInside } from '../../../model/place.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';

/** Host and port that are two settings, as one address. The span is that of the port, else of the host, where one is written. */
export function tcpAddress(host: Setting<string>, port: Setting<string>, name: string): Setting<Address> {
  const shown = port.span ? port : host.span ? host : port;
  const via = [...(host.via ?? []), ...(port.via ?? [])];
  const facts = {
    name: shown.span ? shown.name : name,
    origin: shown.origin,
    ...(shown.span && { span: shown.span }),
    ...(via.length > 0 && { via }),
  };
  if (!host.known) return { ...facts, known: false, why: host.why };
  if (!port.known) return { ...facts, known: false, why: port.why };
  const number = Number(port.value);
  if (!Number.isInteger(number) || number < 0 || number > 65535)
    return { ...facts, known: false, why: `${port.value} is no port` };
  if (number === 0) return { ...facts, known: false, why: 'port 0 means any free port' };
  return { ...facts, known: true, value: { kind: 'tcp', host: plainHost(host.value), port: number } };
}

function plainHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare.includes(':') || !isAnyAddress(bare) ? bare : '0.0.0.0';
}

export function socketAddress(path: Setting<string>, folder: Setting<string>): Setting<Address> {
  if (!path.known) return unknownFrom(path, path.why);
  const clean = path.value.replace(/^unix:(?:\/\/)?/, '');
  if (!clean.startsWith('/') && !folder.known) return unknownFrom(path, folder.why);
  return withValue(path, { kind: 'unix', path: joinInside(folder.known ? folder.value : '/', clean) });
}

/** `host:port`, `:port`, `[::]:port`, a bare port where `bare` says so, `unix:/path`. */
export function boundText(
  text: Setting<string>,
  folder: Setting<string>,
  fallback: { readonly host: string; readonly port: number; readonly bare: 'host' | 'port' },
): Setting<Address> {
  if (!text.known) return unknownFrom(text, text.why);
  const { value } = text;
  if (value.startsWith('unix:')) return socketAddress(text, folder);
  if (value.startsWith('fd://')) return unknownFrom(text, 'its manager passes the socket');
  const address = (host: string, port: number): Setting<Address> =>
    Number.isInteger(port) && port > 0 && port <= 65535
      ? withValue(text, { kind: 'tcp', host: plainHost(host), port })
      : unknownFrom(text, `${value} is no address`);
  const full = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(value);
  if (full) return address(full[1] ?? '', Number(full[2]));
  if (/^\d+$/.test(value) && fallback.bare === 'port') return address(fallback.host, Number(value));
  return address(value, fallback.port);
}
