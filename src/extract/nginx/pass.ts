import type { Endpoint, Protocol } from '../../model/endpoint.js';
import { isIpAddress } from '../../model/endpoint.js';
import type { NginxDirective, NginxScope, Pass, UpstreamGroup } from '../../model/gateway.js';
import type { Word } from '../../model/word.js';
import { type ParsedAddress, parseAddress, socketPath } from './address.js';
import { endpointsOf } from './groups.js';
import { type Resolution, resolveWord, spanOfRange, textOf, type Variables } from './variables.js';

interface Scheme {
  readonly prefix: string;
  readonly protocol: Protocol;
  readonly port?: number;
}

/** What a `*_pass` takes, from nginx's modules (table nginx-semantics, `pass`). */
export interface PassForm {
  readonly family: string;
  readonly schemes: readonly Scheme[];
  readonly schemeRequired: boolean;
  readonly protocol: Protocol;
  readonly uri: boolean;
}

const forms: Readonly<Record<string, PassForm>> = {
  proxy_pass: {
    family: 'proxy',
    schemes: [
      { prefix: 'http://', protocol: 'http', port: 80 },
      { prefix: 'https://', protocol: 'https', port: 443 },
    ],
    schemeRequired: true,
    protocol: 'http',
    uri: true,
  },
  uwsgi_pass: {
    family: 'uwsgi',
    schemes: [
      { prefix: 'uwsgi://', protocol: 'uwsgi' },
      { prefix: 'suwsgi://', protocol: 'uwsgi' },
    ],
    schemeRequired: false,
    protocol: 'uwsgi',
    uri: false,
  },
  fastcgi_pass: { family: 'fastcgi', schemes: [], schemeRequired: false, protocol: 'fastcgi', uri: false },
  scgi_pass: { family: 'scgi', schemes: [], schemeRequired: false, protocol: 'scgi', uri: false },
  grpc_pass: {
    family: 'grpc',
    schemes: [
      { prefix: 'grpc://', protocol: 'grpc' },
      { prefix: 'grpcs://', protocol: 'grpc' },
    ],
    schemeRequired: false,
    protocol: 'grpc',
    uri: false,
  },
  memcached_pass: { family: 'memcached', schemes: [], schemeRequired: false, protocol: 'memcached', uri: false },
};

export function passForm(name: string): PassForm | undefined {
  return Object.hasOwn(forms, name) ? forms[name] : undefined;
}

/** A `*_pass` taken apart. */
export interface PassReading {
  readonly directive: NginxDirective;
  readonly scope: NginxScope;
  readonly target: Word;
  readonly form: PassForm;
  readonly resolution: Resolution;
  /** Resolved text up to what is not known. */
  readonly text: string;
  readonly scheme?: Scheme;
  /** Of the text behind the scheme; absent where it is not known, or where the scheme is missing. */
  readonly address?: ParsedAddress;
  /** The configuration names a variable in it, so nginx looks at it at each request and not at its start. */
  readonly variable: boolean;
  readonly group?: UpstreamGroup;
}

export function readPass(
  directive: NginxDirective,
  scope: NginxScope,
  variables: Variables,
  groups: ReadonlyMap<string, UpstreamGroup>,
): PassReading | undefined {
  const form = passForm(directive.name);
  const [target] = directive.args;
  if (!form || !target) return undefined;
  const resolution = resolveWord(target, scope, variables);
  const text = textOf(resolution.pieces);
  const scheme = form.schemes.find(one => text.slice(0, one.prefix.length).toLowerCase() === one.prefix);
  const base = {
    directive,
    scope,
    target,
    form,
    resolution,
    text,
    variable: target.text.includes('$'),
    ...(scheme && { scheme }),
  };
  if (form.schemeRequired && !scheme) return base;
  const rest = text.slice(scheme?.prefix.length ?? 0);
  if (!resolution.known && !endsAddress(rest, form)) return base;
  const address = parseAddress(rest, form.uri);
  // `http:/$uri` takes its host from the request.
  if (address.kind !== 'invalid' && rest.slice(0, address.end).includes('$')) return base;
  const group =
    address.kind === 'tcp' && address.port === undefined ? groups.get(address.host.toLowerCase()) : undefined;
  return { ...base, address, ...(group && { group }) };
}

/** True where what is known of the text reaches beyond the address, so that the unknown rest belongs to the URI. */
function endsAddress(text: string, form: PassForm): boolean {
  if (!form.uri) return false;
  return /^unix:/i.test(text) ? text.indexOf(':', 5) >= 0 : /[/?]/.test(text);
}

/** Where a pass leads: the endpoints with their addresses, or why they are not known. */
export interface Destination {
  readonly pass: Pass;
  readonly protocol: Protocol;
  readonly to: readonly Endpoint[];
  readonly unresolved?: string;
}

/** `groupsOpen`: upstream blocks may be defined where nobody can look. */
export function destination(reading: PassReading, groupsOpen: boolean): Destination {
  const { directive, target, address, scheme, form, group, resolution } = reading;
  const protocol = scheme?.protocol ?? form.protocol;
  const base = { directive: directive.name, target, span: directive.span };
  if (!address || address.kind === 'invalid') {
    return { pass: base, protocol, to: [], unresolved: whyNot(reading) };
  }
  const uri = address.uri === undefined ? {} : { uri: address.uri };
  if (group) return { pass: { ...base, ...uri, group }, protocol, to: endpointsOf(group, protocol) };
  const offset = scheme?.prefix.length ?? 0;
  const span = spanOfRange(resolution.pieces, offset, offset + address.end, target.span);
  const via =
    resolution.known && resolution.via.length > 0
      ? { via: resolution.via }
      : directive.via
        ? { via: directive.via }
        : {};
  const facts = { name: directive.name, origin: 'config file' as const, span, ...via, known: true as const };
  if (address.kind === 'unix') {
    return {
      pass: { ...base, ...uri },
      protocol,
      to: [{ address: { ...facts, value: { kind: 'unix', path: socketPath(address.path) } }, protocol, span }],
    };
  }
  const name = !isIpAddress(address.host) && !reading.variable ? { hostName: address.host } : {};
  const open = 'hostName' in name && address.port === undefined && groupsOpen ? { mayBeGroup: true } : {};
  const pass = { ...base, ...uri, ...name, ...open };
  const port = address.port ?? scheme?.port;
  if (port === undefined) {
    const why = groupsOpen
      ? `no upstream "${address.host}" is in the files that were read`
      : `nginx finds no port in "${address.host}"`;
    return { pass, protocol, to: [], unresolved: why };
  }
  return {
    pass,
    protocol,
    to: [{ address: { ...facts, value: { kind: 'tcp', host: address.host, port } }, protocol, span }],
  };
}

function whyNot({ resolution, address, target }: PassReading): string {
  if (!resolution.known) return resolution.why;
  return address?.kind === 'invalid'
    ? `nginx refuses ${target.text}: ${address.error}`
    : `nginx refuses ${target.text}: invalid URL prefix`;
}
