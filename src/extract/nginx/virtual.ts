import type { Address } from '../../model/endpoint.js';
import type { ListenSocket, NginxDirective, NginxScope, VirtualServer } from '../../model/gateway.js';
import { directivesAt, effective } from '../../model/inherit.js';
import type { Setting } from '../../model/setting.js';
import { type Word, whyUnknown } from '../../model/word.js';
import { parseAddress, socketPath } from './address.js';

/** Port that a server listens on when it says nothing, started as root (ngx_http_core_module.c). */
const defaultPort = 80;
/** Sockets that one `listen` with a range of ports may open before the rest is left out. */
const mostPorts = 64;

/** The virtual servers of http. */
export function virtualServers(scopes: readonly NginxScope[]): ReadonlyMap<NginxScope, VirtualServer> {
  const servers = new Map<NginxScope, VirtualServer>();
  for (const scope of scopes) {
    if (scope.context !== 'server') continue;
    const span = scope.opener?.span ?? scope.directives[0]?.span;
    if (!span) continue;
    const tls = tlsForAll(scope);
    const names = directivesAt(scope, 'server_name').flatMap(one => one.args);
    const listens = directivesAt(scope, 'listen').flatMap(one => listensOf(one, tls));
    const implied: ListenSocket = {
      address: {
        name: 'listen',
        origin: 'default',
        known: true,
        value: { kind: 'tcp', host: '0.0.0.0', port: defaultPort },
      },
      tls,
      defaultServer: false,
      span: scope.opener?.nameSpan ?? span,
    };
    servers.set(scope, { names, listens: listens.length > 0 || scope.open ? listens : [implied], span, scope });
  }
  return servers;
}

/** The old `ssl on;`, which nginx knew before 1.25.1. */
function tlsForAll(scope: NginxScope): boolean {
  return effective(scope, 'ssl').some(directive => directive.args[0]?.text.toLowerCase() === 'on');
}

function listensOf(directive: NginxDirective, tls: boolean): readonly ListenSocket[] {
  const [target, ...rest] = directive.args;
  if (!target) return [];
  const words = new Set(rest.map(word => word.text));
  const common = {
    tls: tls || words.has('ssl') || words.has('quic'),
    defaultServer: words.has('default_server') || words.has('default'),
    span: directive.span,
  };
  return listenAddresses(target).map(address => ({ address, ...common }));
}

/** `listen` takes a port, an address, both, a range of ports or a socket. An address that nginx refuses is not known. */
export function listenAddresses(word: Word): readonly Setting<Address>[] {
  const facts = { name: 'listen', origin: 'config file' as const, span: word.span, ...(word.via && { via: word.via }) };
  if (!word.known) return [{ ...facts, known: false, why: whyUnknown(word) }];
  const parts = splitListen(word.text);
  if (!parts) return [{ ...facts, known: false, why: `nginx refuses the address ${word.text}` }];
  if ('path' in parts) return [{ ...facts, known: true, value: { kind: 'unix', path: socketPath(parts.path) } }];
  const found: Setting<Address>[] = [];
  for (let port = parts.first; port <= parts.last && found.length < mostPorts; port++) {
    found.push({ ...facts, known: true, value: { kind: 'tcp', host: parts.host, port } });
  }
  return found;
}

type ListenParts = { readonly path: string } | { readonly host: string; readonly first: number; readonly last: number };

/** Undefined where nginx refuses the text. `*` and nothing are 0.0.0.0. */
export function splitListen(text: string): ListenParts | undefined {
  if (/^unix:/i.test(text)) {
    const parsed = parseAddress(text, false);
    return parsed.kind === 'unix' ? { path: parsed.path } : undefined;
  }
  const range = /^(.*?)(?:(?:^|:)(\d{1,9})-(\d{1,9}))$/.exec(text);
  if (range) return withPorts(range[1] ?? '', Number(range[2]), Number(range[3]));
  if (/^\d+$/.test(text)) return withPorts('', Number(text), Number(text));
  const parsed = parseAddress(text, false);
  if (parsed.kind !== 'tcp') return undefined;
  const port = parsed.port ?? defaultPort;
  return { host: parsed.host === '*' ? '0.0.0.0' : parsed.host, first: port, last: port };
}

function withPorts(host: string, first: number, last: number): ListenParts | undefined {
  if (first < 1 || last > 65_535 || first > last) return undefined;
  const plain = host.replace(/^\[|\]$/g, '');
  return { host: plain === '' || plain === '*' ? '0.0.0.0' : plain, first, last };
}
