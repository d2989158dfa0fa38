import { isIpAddress } from '../../../model/endpoint.js';
import type { Fault, Repair } from '../../../model/fault.js';
import type { NginxScope } from '../../../model/gateway.js';
import { effective } from '../../../model/inherit.js';
import type { Word } from '../../../model/word.js';
import { upTo, withoutEnd } from '../../../text/ends.js';
import type { Span, Step } from '../../../text/source.js';
import { awaitsPart, type ParsedAddress, parseAddress } from '../address.js';
import { chain } from '../levels.js';
import { nearNames } from '../near.js';
import type { PassReading } from '../pass.js';
import { locationOf } from '../routes.js';
import { possibleTexts, spanOfRange } from '../variables.js';
import { type Evidence, type Report, trustOf } from './evidence.js';
import { writeInstead } from './repair.js';

/** Addresses that nginx refuses, or reads otherwise than they are meant, in `*_pass` and in `server` of an upstream block. */
export function checkAddresses(evidence: Evidence, report: Report): void {
  const groupsOpen = evidence.scopes.some(
    scope => (scope.context === 'main' || scope.context === 'http') && scope.open,
  );
  for (const reading of evidence.passes) {
    if (trustOf(reading.directive, evidence) === 'nothing') continue;
    const found =
      schemeFault(reading) ??
      refusedAddress(reading) ??
      groupPort(reading, evidence) ??
      noPort(reading, evidence, groupsOpen) ??
      oddAddress(reading);
    if (found) report(found);
    else checkUri(reading, report);
  }
  for (const scope of evidence.scopes) {
    if (scope.context !== 'upstream') continue;
    for (const directive of scope.directives) {
      if (directive.name !== 'server' || directive.block || trustOf(directive, evidence) === 'nothing') continue;
      const [target] = directive.args;
      const found = target?.known && !target.via ? peerFault(target) : undefined;
      if (found) report(found);
    }
  }
}

const kind = 'upstream/invalid-address';

/** nginx reads a literal address when it starts; one with a variable when a request comes, which then fails with 500. */
function consequence(reading: PassReading): string {
  return reading.variable ? 'Every request that comes here fails with 500' : 'nginx does not start';
}

function valueSpan(reading: PassReading): Span {
  const { resolution, target, text } = reading;
  return resolution.known && reading.variable
    ? spanOfRange(resolution.pieces, 0, text.length, target.span)
    : target.span;
}

/** Repairs rewrite the whole value, so they are offered only where it stands in one piece. */
function rewrite(reading: PassReading, values: readonly string[]): readonly Repair[] {
  const span = valueSpan(reading);
  const raw = span.file.text.slice(span.start, span.end).replace(/^(["'])(.*)\1$/s, '$2');
  if (raw !== reading.text) return [];
  return values.map(value => writeInstead(span, value));
}

function schemeFault(reading: PassReading): Fault | undefined {
  const { form, scheme, resolution, text, directive } = reading;
  if (!form.schemeRequired || scheme || !resolution.known) return undefined;
  const foreign = /^(?:s?uwsgi|fastcgi|scgi|grpcs?):\/\//i.exec(text)?.[0];
  const bare = /^(?:https?:\/?|htt?p?s?:\/\/|\/\/)(?=[\w[])/i.exec(text)?.[0];
  const better = foreign
    ? undefined
    : bare
      ? `${/^https/i.test(bare) ? 'https' : 'http'}://${text.slice(bare.length)}`
      : betterWithout(text);
  const what = foreign
    ? `${directive.name} speaks HTTP and takes no ${foreign} address`
    : `${directive.name} takes an address with http:// or https:// in front, and "${text}" has none`;
  return {
    kind,
    span: valueSpan(reading),
    message: `${what}. ${consequence(reading)}`,
    log: 'invalid URL prefix',
    repairs: better ? rewrite(reading, [better]) : [],
  };
}

function betterWithout(text: string): string | undefined {
  const path = text.startsWith('/') ? `unix:${text}` : text;
  const parsed = parseAddress(path, true);
  if (parsed.kind === 'invalid' || !/^[\w./:[\]-]+$/.test(path)) return undefined;
  return `http://${path}`;
}

function refusedAddress(reading: PassReading): Fault | undefined {
  const { address, directive, resolution, text, scheme } = reading;
  if (address?.kind !== 'invalid' || !resolution.known) return undefined;
  const rest = text.slice(scheme?.prefix.length ?? 0);
  if (awaitsPart(rest, address)) return undefined;
  const { why, values } = explain(rest, address, scheme?.prefix ?? '');
  const passes = /^https?:\/\//i.test(text) && directive.name !== 'proxy_pass' ? asProxyPass(reading) : [];
  return {
    kind,
    span: valueSpan(reading),
    message: `${directive.name} takes ${why}. ${consequence(reading)}`,
    log: `${address.error} in upstream "${rest}"`,
    repairs: [...rewrite(reading, values), ...passes],
  };
}

/** `uwsgi_pass http://...` may be meant as proxy_pass: which of the two is right, the server decides. */
function asProxyPass({ directive }: PassReading): readonly Repair[] {
  return [{ title: 'Use proxy_pass', safety: 'unsafe', edits: [{ span: directive.nameSpan, text: 'proxy_pass' }] }];
}

/** What is wrong with an address that nginx refuses, behind "takes", and what may be meant. */
function explain(
  text: string,
  address: ParsedAddress & { readonly kind: 'invalid' },
  prefix: string,
): { readonly why: string; readonly values: readonly string[] } {
  if (address.error === 'invalid port') {
    const port = text.slice(address.start, address.end);
    const range = /^[0-9]+$/.test(port) ? 'ports go from 1 to 65535' : 'a port is a number';
    return { why: `no port "${port}": ${range}`, values: [] };
  }
  if (address.error === 'no host')
    return {
      why: `a host in front of the port, and "${text}" has none`,
      values: /^:\d+$/.test(text) ? [`${prefix}127.0.0.1${text}`] : [],
    };
  if (address.error === 'too long path in the unix domain socket')
    return { why: `no socket path of more than 107 characters`, values: [] };
  if (address.error === 'no path in the unix domain socket') return { why: 'a path behind unix:', values: [] };
  if (address.error === 'invalid IPv6 address')
    return { why: `no IPv6 address "${text.slice(address.start, address.end)}"`, values: [] };
  if (text.startsWith('/'))
    return { why: `a socket only with unix: in front, and "${text}" has none`, values: [`${prefix}unix:${text}`] };
  const scheme = /^\w+:\/\//.exec(text)?.[0];
  if (scheme) return { why: `an address without ${scheme}`, values: [prefix + upTo(text.slice(scheme.length), '/')] };
  const slash = text.search(/[/?]/);
  if (slash > 0)
    return { why: `an address without a path, and "${text}" has one`, values: [prefix + text.slice(0, slash)] };
  return { why: `a host and a port, and "${text}" is not one`, values: [] };
}

/** A literal address with the name of an upstream block and a port: the ports stand in the block. */
function groupPort(reading: PassReading, evidence: Evidence): Fault | undefined {
  const { address, variable, resolution, text, scheme, directive } = reading;
  if (variable || !resolution.known || address?.kind !== 'tcp' || address.port === undefined) return undefined;
  const group = evidence.groups.get(address.host.toLowerCase());
  if (!group) return undefined;
  const offset = scheme?.prefix.length ?? 0;
  const better = text.slice(0, offset) + address.host + (address.uri ?? '');
  return {
    kind,
    span: valueSpan(reading),
    message: `"${address.host}" is an upstream block, and its name takes no port: ${directive.name} names ${address.port}. nginx does not start`,
    related: [{ span: group.nameSpan, message: 'the upstream block; its servers name the ports' }],
    log: `upstream "${address.host}" may not have port ${address.port}`,
    repairs: rewrite(reading, [better]),
  };
}

/** uwsgi_pass and its like have no default port: a name without one can only be an upstream block. */
function noPort(reading: PassReading, evidence: Evidence, groupsOpen: boolean): Fault | undefined {
  const { address, group, resolution, scheme, directive } = reading;
  if (
    address?.kind !== 'tcp' ||
    address.port !== undefined ||
    group ||
    groupsOpen ||
    !resolution.known ||
    scheme?.port !== undefined
  )
    return undefined;
  const isName = !isIpAddress(address.host) && !address.host.includes('.');
  const groups = [...evidence.groups.values()].map(one => one.name);
  const near = isName ? nearNames(address.host, groups) : [];
  const meant = near.map(name => `${scheme?.prefix ?? ''}${name}`);
  const hint = near.length > 0 ? `; did you mean ${near.map(name => `"${name}"`).join(' or ')}?` : '.';
  return {
    kind: isName ? 'upstream/unknown-name' : kind,
    span: valueSpan(reading),
    message: `${directive.name} names "${address.host}" without a port, and no upstream block has that name${hint} ${consequence(reading)}`,
    log: `no port in upstream "${address.host}"`,
    repairs: rewrite(reading, meant),
  };
}

/** Addresses that nginx takes and reads otherwise than they are meant. */
function oddAddress(reading: PassReading): Fault | undefined {
  const { address, scheme, text } = reading;
  if (address?.kind === 'unix') return oddSocket(reading, address.path);
  if (address?.kind !== 'tcp' || address.port !== undefined || !/^\d+$/.test(address.host) || reading.group)
    return undefined;
  const better = `${scheme?.prefix ?? ''}127.0.0.1:${address.host}${address.uri ?? ''}`;
  return {
    kind,
    span: valueSpan(reading),
    message: `nginx takes "${address.host}" for a host, not for a port, in "${text}": it dials another machine, and requests end in 502 or 504`,
    repairs: rewrite(reading, [better]).map(repair => ({ ...repair, safety: 'unsafe' })),
  };
}

/** A socket path that goes on behind the socket: the second colon that ends it is missing. */
function oddSocket(reading: PassReading, path: string): Fault | undefined {
  const { form, scheme, text, address } = reading;
  const end = /\.sock(?:et)?(?=\/)|\/$/.exec(path);
  if (!end || (address?.kind === 'unix' && address.uri !== undefined)) return undefined;
  const at = end[0] === '/' ? end.index : end.index + end[0].length;
  const prefix = text.slice(0, (scheme?.prefix.length ?? 0) + 5);
  const better = form.uri ? `${prefix}${path.slice(0, at)}:${path.slice(at)}` : `${prefix}${path.slice(0, at)}`;
  const rule = form.uri
    ? 'a second colon ends the path of a socket (http://unix:/path.sock:/uri)'
    : 'no path may follow a socket';
  return {
    kind,
    span: valueSpan(reading),
    message: `nginx looks for a socket called "${path}": ${rule}. Every request that comes here ends in 502`,
    log: `connect() to unix:${path} failed (20: Not a directory) while connecting to upstream`,
    repairs: rewrite(reading, [better]),
  };
}

function peerFault(target: Word): Fault | undefined {
  const parsed = parseAddress(target.text, false);
  const put = (value: string, safety?: Repair['safety']): Repair => writeInstead(target.span, value, safety);
  if (awaitsPart(target.text, parsed)) return undefined;
  if (parsed.kind === 'invalid') {
    const { why, values } = explain(target.text, parsed, '');
    return {
      kind,
      span: target.span,
      message: `server in an upstream takes ${why}. nginx does not start`,
      log: `${parsed.error} in upstream "${target.text}"`,
      repairs: values.map(value => put(value)),
    };
  }
  if (parsed.kind === 'unix' && parsed.path.endsWith('/')) {
    const message = `nginx looks for a socket called "${parsed.path}", and that is a folder. Requests end in 502`;
    return { kind, span: target.span, message, repairs: [put(withoutEnd(target.text, '/'))] };
  }
  if (parsed.kind !== 'tcp' || parsed.port !== undefined || !/^\d+$/.test(parsed.host)) return undefined;
  return {
    kind,
    span: target.span,
    message: `nginx takes "${parsed.host}" for a host, not for a port: it dials port 80 of another machine, and requests end in 502 or 504`,
    repairs: [put(`127.0.0.1:${parsed.host}`, 'unsafe')],
  };
}

/** A URI part where nginx cannot tell what it replaces. */
function checkUri({ directive, scope, address, variable, target, resolution }: PassReading, report: Report): void {
  if (variable || directive.name !== 'proxy_pass' || !resolution.known || !address || address.kind === 'invalid')
    return;
  const where = uriForbidden(scope);
  if (!where || address.uri === undefined || address.uri === '') return;
  const raw = target.text;
  const better = raw.slice(0, raw.length - address.uri.length - (address.kind === 'unix' ? 1 : 0));
  report({
    kind: 'nginx/proxy-pass-uri',
    span: target.span,
    message: `proxy_pass may not have a URI part ("${address.uri}") ${where}, since nginx cannot tell what it would replace. It does not start`,
    log: '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block',
    repairs: [writeInstead(target.span, better)],
  });
}

function uriForbidden(scope: NginxScope): string | undefined {
  if (scope.context === 'if in location') return 'in an if';
  if (scope.context === 'limit_except') return 'in limit_except';
  const { modifier } = locationOf(scope);
  if (modifier.startsWith('~')) return 'in a location with a regular expression';
  return modifier === '@' ? 'in a named location' : undefined;
}

/**
 * A variable in the address makes nginx look the name up at each request, and without `resolver` it cannot: 502. Not needed for an
 * IP address, for an upstream block, or for an address that another pass names without a variable.
 */
export function checkResolvers(evidence: Evidence, report: Report): void {
  if (!evidence.whole) return;
  const implicit = new Set(
    evidence.passes.flatMap(({ variable, address }) =>
      !variable && address?.kind === 'tcp' ? [peerKey(address.host, address.port)] : [],
    ),
  );
  for (const reading of evidence.passes) {
    const { scope, directive } = reading;
    if (!reading.variable || trustOf(directive, evidence) !== 'structure') continue;
    if (chain(scope).some(level => level.open || evidence.unread.has(level)) || effective(scope, 'resolver').length > 0)
      continue;
    const names = lookedUp(reading, evidence).filter(one => !implicit.has(peerKey(one.host, one.port)));
    const [first] = names;
    if (!first) continue;
    const hosts = [...new Set(names.map(one => one.host))];
    report({
      kind: 'upstream/resolver-missing',
      span: directive.args[0]?.span ?? directive.span,
      message:
        `The variable in ${directive.name} makes nginx look up "${hosts.join('" and "')}" at each request, and no resolver is set for that ` +
        `(a literal name is looked up at the start, with the system's means). Every request that it leads there ends in 502`,
      related: names.flatMap(one => one.from),
      log: `no resolver defined to resolve ${first.host}`,
    });
  }
}

interface LookedUp {
  readonly host: string;
  /** As written; nginx compares it with that of other passes. */
  readonly port?: number;
  readonly from: readonly Step[];
}

/** The host names that a pass with a variable may lead to: its one value, or all values of the map or the lines that set it. */
function lookedUp(reading: PassReading, evidence: Evidence): readonly LookedUp[] {
  const { resolution, address, form, scheme } = reading;
  if (address) return reading.group ? [] : hostOf(address, scheme?.port, resolution.known ? resolution.via : []);
  const found: LookedUp[] = [];
  for (const value of possibleTexts(reading.target, evidence.variables)) {
    const prefix = form.schemes.find(one => value.text.slice(0, one.prefix.length).toLowerCase() === one.prefix);
    if (form.schemeRequired && !prefix) continue;
    const rest = value.text.slice(prefix?.prefix.length ?? 0);
    const parsed = parseAddress(rest, form.uri);
    if (parsed.kind !== 'tcp' || rest.slice(0, parsed.end).includes('$')) continue;
    if (parsed.port === undefined && evidence.groups.has(parsed.host.toLowerCase())) continue;
    found.push(...hostOf(parsed, prefix?.port, [{ span: value.span, message: `it may be ${value.text}` }]));
  }
  return found;
}

function hostOf(address: ParsedAddress, defaultPort: number | undefined, from: readonly Step[]): readonly LookedUp[] {
  if (address.kind !== 'tcp' || isIpAddress(address.host) || (address.port ?? defaultPort) === undefined) return [];
  return [{ host: address.host, from, ...(address.port !== undefined && { port: address.port }) }];
}

function peerKey(host: string, port: number | undefined): string {
  return `${host.toLowerCase()}:${port ?? ''}`;
}
