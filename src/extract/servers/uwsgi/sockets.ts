import type { Address, Listener, Protocol } from '../../../model/endpoint.js';
import type { Fault } from '../../../model/fault.js';
import { joinInside } from '../../../model/place.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { fault, literalPlace, replacement, type ServerContext } from '../context.js';
import type { Entry } from './load.js';
import type { Given, Settings } from './settings.js';
import { leadingInteger } from './substitute.js';

/** Options that open a socket of the workers, and what is spoken there; core/uwsgi.c of 2.0.21. */
const workerSockets: Readonly<Record<string, Protocol | 'unknown' | 'default'>> = {
  socket: 'default',
  'uwsgi-socket': 'uwsgi',
  'http-socket': 'http',
  'http11-socket': 'http',
  'https-socket': 'https',
  'fastcgi-socket': 'fastcgi',
  'fastcgi-nph-socket': 'fastcgi',
  'scgi-socket': 'scgi',
  'scgi-nph-socket': 'scgi',
  'puwsgi-socket': 'uwsgi',
  'suwsgi-socket': 'unknown',
  'ssl-socket': 'unknown',
  'raw-socket': 'unknown',
};

/** Router processes of the http plugin in front of the workers. */
const routers: Readonly<Record<string, Protocol>> = {
  http: 'http',
  https: 'https',
  https2: 'https',
  'http-to-https': 'http',
};

const otherSockets = ['fastrouter', 'rawrouter', 'sslrouter', 'udp', 'snmp', 'upd'];
const statsOptions = ['stats', 'emperor-stats', 'http-stats', 'fastrouter-stats'];

export interface Sockets {
  readonly listens: readonly Listener[];
  readonly complete: boolean;
  readonly faults: readonly Fault[];
  /** Only the router speaks to the gateway. */
  readonly routerOnly: boolean;
  /** A worker socket keeps connections open (http11-socket). */
  readonly keepsConnections: boolean;
}

/** Everything that uWSGI listens on. `folder` is where it is after chdir, which relative socket paths count from. */
export function socketsOf(
  context: ServerContext,
  settings: Settings,
  folder: Setting<string>,
  mode: Setting<number>,
): Sockets {
  const listens: Listener[] = [];
  const faults: Fault[] = [];
  let complete = true;
  const shared = settings.lists('shared-socket');
  const add = (given: Given, value: Setting<string>, protocol: Listener['protocol'], role: Listener['role']): void => {
    const bound = addressOf(value, folder, shared);
    const own = socketFaults(given.entry, value);
    faults.push(...own);
    if (bound === 'nothing') {
      complete = false;
      return;
    }
    if (!bound.known && own.length === 0) complete = false;
    const unix = bound.known && bound.value.kind === 'unix' && role === 'app';
    listens.push({
      address: bound,
      protocol,
      role,
      span: value.span ?? context.program.word.span,
      ...(unix && { socketMode: mode }),
    });
  };
  for (const [name, protocol] of Object.entries(workerSockets)) {
    for (const given of settings.lists(name))
      add(given, given.value, protocol === 'default' ? defaultProtocol(settings) : protocol, 'app');
  }
  const direct = listens.length;
  for (const [name, protocol] of Object.entries(routers)) {
    for (const given of settings.lists(name)) add(given, firstPart(given.value), protocol, 'app');
  }
  const routed = listens.length - direct;
  for (const name of otherSockets)
    for (const given of settings.lists(name)) add(given, firstPart(given.value), 'unknown', 'other');
  for (const name of statsOptions) for (const given of settings.lists(name)) add(given, given.value, 'tcp', 'stats');
  const passed = context.launch.kind === 'systemd' ? context.launch.passedSockets : [];
  for (const { address, span, absent } of passed) {
    listens.push({ address, protocol: defaultProtocol(settings), role: 'app', span });
    if (absent) complete = false;
  }
  return {
    listens,
    complete,
    faults,
    routerOnly: routed > 0 && direct === 0 && passed.length === 0,
    keepsConnections: settings.lists('http11-socket').length > 0 || settings.lists('puwsgi-socket').length > 0,
  };
}

/** `protocol` changes what every plain socket speaks. */
function defaultProtocol(settings: Settings): Listener['protocol'] {
  const protocol = settings.text('protocol');
  if (!protocol) return 'uwsgi';
  if (!protocol.known) return 'unknown';
  const known: Readonly<Record<string, Protocol>> = {
    uwsgi: 'uwsgi',
    puwsgi: 'uwsgi',
    http: 'http',
    http11: 'http',
    https: 'https',
    fastcgi: 'fastcgi',
    'fastcgi-nph': 'fastcgi',
    scgi: 'scgi',
    'scgi-nph': 'scgi',
  };
  return Object.hasOwn(known, protocol.value) ? (known[protocol.value] ?? 'unknown') : 'unknown';
}

/** `https = address,certificate,key`: the address. */
function firstPart(value: Setting<string>): Setting<string> {
  if (!value.known || !value.value.includes(',')) return value;
  const text = value.value.split(',', 1)[0] ?? '';
  const span = value.span && literalPlace(value.span, value.value);
  return { ...value, value: text, ...(span && { span: { ...span, end: span.start + text.length } }) };
}

/**
 * How uWSGI reads the name of a socket: core/socket.c (`generate_socket_name`, `uwsgi_new_socket`, `uwsgi_bind_sockets`) of 2.0.21.
 * Without a colon it is a file. `nothing`: an inherited descriptor.
 */
function addressOf(
  value: Setting<string>,
  folder: Setting<string>,
  shared: readonly Given[],
): Setting<Address> | 'nothing' {
  if (!value.known) return unknownFrom(value, value.why);
  const text = value.value.trimStart();
  if (text.startsWith('=')) {
    const source = shared[leadingInteger(text.slice(1))];
    return source
      ? addressOf(source.value, folder, [])
      : unknownFrom(value, 'it names a shared socket that is not there');
  }
  if (text.startsWith('fd://')) return 'nothing';
  if (text === '') return unknownFrom(value, 'it is empty');
  const colon = text.lastIndexOf(':');
  if (colon < 0) return unixAddress(value, text, folder);
  const port = leadingInteger(text.slice(colon + 1));
  const host = text.slice(0, colon).replace(/^\[|\]$/g, '');
  if (host.endsWith('*')) return unknownFrom(value, 'uWSGI picks the address of an interface');
  if (port === 0) return unknownFrom(value, 'uWSGI picks a free port');
  if (port < 0 || port > 65535 || misread(text) !== undefined)
    return unknownFrom(value, 'uWSGI cannot bind it as it is meant');
  return withValue(value, { kind: 'tcp', host: host === '' ? '0.0.0.0' : host, port });
}

function unixAddress(value: Setting<string>, text: string, folder: Setting<string>): Setting<Address> {
  if (text.startsWith('@')) return withValue(value, { kind: 'unix', path: text });
  if (text.startsWith('/')) return withValue(value, { kind: 'unix', path: joinInside('/', text) });
  if (!folder.known) return unknownFrom(value, `it is relative, and ${folder.why}`);
  return withValue(value, { kind: 'unix', path: joinInside(folder.value, text) });
}

/** What somebody meant who wrote an address in another tool's form. */
function misread(text: string): string | undefined {
  const unix = /^unix:(?:\/\/)?(\/.*)$/.exec(text);
  if (unix) return unix[1];
  const scheme = /^(?:https?|uwsgi|tcp):\/\/([^/]+:\d+)\/*$/i.exec(text);
  return scheme?.[1];
}

function socketFaults(entry: Entry, value: Setting<string>): readonly Fault[] {
  if (!value.known) return [];
  const text = value.value.trim();
  const meant = misread(text);
  const span = value.span ?? entry.keySpan;
  if (meant !== undefined) {
    const place = literalPlace(span, text);
    const repairs = place ? [replacement(`Write ${meant}`, place, meant)] : [];
    const message = text.startsWith('unix:')
      ? `uWSGI knows no "unix:" in ${entry.key}: it takes "${text}" for the host "unix" and binds a TCP port of its own choice`
      : `uWSGI takes no scheme in ${entry.key}: "${text}" is no address that it can bind`;
    return [fault('upstream/invalid-address', span, message, { repairs })];
  }
  const colon = text.lastIndexOf(':');
  const port = colon < 0 ? 0 : leadingInteger(text.slice(colon + 1));
  if (port <= 65535) return [];
  return [fault('upstream/invalid-address', span, `uWSGI cannot listen on "${text}": there is no port ${port}`)];
}
