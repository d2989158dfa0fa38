import { keepaliveByDefaultSince } from '../../facts/nginx.js';
import type { Address, Protocol } from '../../model/endpoint.js';
import type { NginxDirective, NginxScope, UpstreamGroup, UpstreamServer } from '../../model/gateway.js';
import type { Setting } from '../../model/setting.js';
import { isAtLeast } from '../../model/version.js';
import { type Word, whyUnknown } from '../../model/word.js';
import { parseAddress, socketPath } from './address.js';
import { parseNumber } from './units.js';

/** Port of a peer of an upstream block that names none, whatever the pass that uses the block (ngx_http_upstream.c). */
const defaultPeerPort = 80;

/** The upstream blocks of http, by name in lower case. A name that occurs twice keeps its first block. */
export function upstreamGroups(
  scopes: readonly NginxScope[],
  version: Setting<string> | undefined,
): ReadonlyMap<string, UpstreamGroup> {
  const groups = new Map<string, UpstreamGroup>();
  for (const scope of scopes) {
    if (scope.context !== 'upstream' || !scope.opener) continue;
    const name = scope.opener.args[0];
    if (!name?.known || groups.has(name.text.toLowerCase())) continue;
    const keepalive = keepaliveOf(scope, version);
    groups.set(name.text.toLowerCase(), {
      name: name.text,
      nameSpan: name.span,
      span: scope.opener.span,
      servers: scope.directives
        .filter(directive => directive.name === 'server' && !directive.block)
        .flatMap(peer => peerOf(peer) ?? []),
      ...(keepalive && { keepalive }),
      scope,
    });
  }
  return groups;
}

function peerOf(directive: NginxDirective): UpstreamServer | undefined {
  const [target, ...rest] = directive.args;
  if (!target) return undefined;
  const parameters = new Map<string, string>();
  for (const word of rest) {
    const equals = word.text.indexOf('=');
    parameters.set(equals < 0 ? word.text : word.text.slice(0, equals), equals < 0 ? '' : word.text.slice(equals + 1));
  }
  return {
    endpoint: { address: peerAddress(target), protocol: 'http', span: target.span },
    backup: parameters.has('backup'),
    down: parameters.has('down'),
    parameters,
    span: directive.span,
  };
}

/** The same peer spoken to in the protocol of the pass that uses the group. */
export function endpointsOf(group: UpstreamGroup, protocol: Protocol): UpstreamServer['endpoint'][] {
  return group.servers.map(server => ({ ...server.endpoint, protocol }));
}

function peerAddress(word: Word): Setting<Address> {
  const facts = { name: 'server', origin: 'config file' as const, span: word.span, ...(word.via && { via: word.via }) };
  if (!word.known) return { ...facts, known: false, why: whyUnknown(word) };
  const parsed = parseAddress(word.text, false);
  if (parsed.kind === 'invalid') return { ...facts, known: false, why: `nginx refuses the address: ${parsed.error}` };
  if (parsed.kind === 'unix') return { ...facts, known: true, value: { kind: 'unix', path: socketPath(parsed.path) } };
  return { ...facts, known: true, value: { kind: 'tcp', host: parsed.host, port: parsed.port ?? defaultPeerPort } };
}

function keepaliveOf(scope: NginxScope, version: Setting<string> | undefined): Setting<number> | undefined {
  const directive = scope.directives.find(one => one.name === 'keepalive');
  const word = directive?.args[0];
  if (directive && word) {
    const facts = {
      name: 'keepalive',
      origin: 'config file' as const,
      span: word.span,
      ...(directive.via && { via: directive.via }),
    };
    if (!word.known) return { ...facts, known: false, why: whyUnknown(word) };
    const value = parseNumber(word.text);
    return value === undefined
      ? { ...facts, known: false, why: `${word.text} is no number` }
      : { ...facts, known: true, value };
  }
  const newer = isAtLeast(version, keepaliveByDefaultSince);
  if (newer) return { name: 'keepalive', origin: 'default', known: true, value: 32 };
  if (newer === false) return undefined;
  const why = `nginx keeps no connection open before ${keepaliveByDefaultSince} and 32 from then on, and its version is not known`;
  return { name: 'keepalive', origin: 'default', known: false, why };
}
