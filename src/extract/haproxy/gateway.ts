import type { Address, Endpoint, Protocol } from '../../model/endpoint.js';
import type { Fault } from '../../model/fault.js';
import type { Gateway, ListenSocket, Route, RouteCheck, VirtualServer } from '../../model/gateway.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import { parseHaproxy } from '../../syntax/haproxy/parse.js';
import type { HaproxyLine, HaproxySection, HaproxyWord } from '../../syntax/haproxy/tree.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { haproxyTime, unitFaults } from './times.js';

/** A section together with the lines of `defaults` that stand above it and hold for it. */
interface Proxy {
  readonly section: HaproxySection;
  readonly inherited: readonly HaproxyLine[];
}

/** HAProxy as one haproxy.cfg has it: each backend or listen section with servers is a route. Facts: HAProxy 2.6, configuration manual. */
export function haproxyGateway(reader: Reader, file: SourceFile, place: Place): Gateway | undefined {
  const tree = reader.derived('haproxy', file, parseHaproxy);
  const proxies: Proxy[] = [];
  let inherited: readonly HaproxyLine[] = [];
  for (const section of tree.sections) {
    if (section.kind === 'defaults') inherited = section.lines;
    else if (/^(?:frontend|backend|listen)$/.test(section.kind)) proxies.push({ section, inherited });
  }
  const routes = proxies.flatMap(proxy => routeOf(proxy) ?? []);
  if (routes.length === 0) return undefined;
  reader.note(file, 'haproxy', []);
  return {
    kind: 'haproxy',
    place,
    file,
    whole: true,
    servers: proxies.flatMap(({ section }) => frontOf(section) ?? []),
    groups: [],
    routes,
    files: [file],
    faults: faultsOf(tree.sections),
    placed: undefined,
  };
}

function faultsOf(sections: readonly HaproxySection[]): readonly Fault[] {
  return sections.flatMap(({ lines }) => lines.flatMap(unitFaults));
}

/** The last line of a keyword in the section, else in its defaults. */
function lineOf({ section, inherited }: Proxy, ...keyword: readonly string[]): HaproxyLine | undefined {
  const fits = ({ words }: HaproxyLine) => keyword.every((text, at) => words[at]?.text === text);
  return section.lines.findLast(fits) ?? inherited.findLast(fits);
}

function routeOf(proxy: Proxy): Route | undefined {
  const { section } = proxy;
  const servers = section.lines.filter(({ words }) => words[0]?.text === 'server' && words.length > 2);
  const [first] = servers;
  const name = first?.words[2];
  if (!first || !name || section.kind === 'frontend') return undefined;
  const title = `${section.kind} ${section.name?.text ?? ''}`.trim();
  const mode = lineOf(proxy, 'mode')?.words[1]?.text ?? 'tcp';
  const to = servers.flatMap(line => endpointOf(line, mode) ?? []);
  const open = section.lines.some(({ words }) => words[0]?.text === 'server-template');
  const check = mode === 'http' ? checkOf(proxy, servers) : undefined;
  return {
    title,
    modifier: '',
    path: '/',
    pass: { directive: 'server', target: literalWord(name.text, name.span), span: first.span },
    protocol: to[0]?.protocol ?? 'tcp',
    to: open ? [] : to,
    ...(open && { unresolved: 'server-template makes the servers' }),
    readTimeout: timeoutOf(proxy, 'server'),
    connectTimeout: timeoutOf(proxy, 'connect'),
    sendTimeout: timeoutOf(proxy, 'server'),
    headers: new Map(),
    headersComplete: false,
    ...(check && { check }),
    span: section.header.span,
  };
}

function endpointOf({ words }: HaproxyLine, mode: string): Endpoint | undefined {
  const [, , target, ...rest] = words;
  const has = (name: string) => rest.some(({ text }) => text === name);
  if (!target || has('disabled')) return undefined;
  const protocol: Protocol =
    mode !== 'http' || has('proto') || has('send-proxy') ? 'tcp' : has('ssl') ? 'https' : 'http';
  return { address: addressOf(target), protocol, span: target.span };
}

function addressOf({ text, span }: HaproxyWord): Setting<Address> {
  const facts = { name: 'server', origin: 'config file' as const, span };
  const path = /^(?:unix@)?(\/.+)$/.exec(text)?.[1];
  if (path !== undefined && !path.includes('$')) return { ...facts, known: true, value: { kind: 'unix', path } };
  const [, bracketed, plain, port] = /^(?:ipv[46]@)?(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || port === undefined)
    return { ...facts, known: false, why: 'it is no plain address with a port' };
  return { ...facts, known: true, value: { kind: 'tcp', host, port: Number(port) } };
}

function timeoutOf(proxy: Proxy, which: string): Setting<number> {
  const line = lineOf(proxy, 'timeout', which);
  const word = line?.words[2];
  const name = `timeout ${which}`;
  if (!word) return { name, origin: 'default', known: false, why: 'no time is set, so HAProxy waits for ever' };
  const facts = { name, origin: 'config file' as const, span: word.span };
  const value = haproxyTime(word.text);
  return value === undefined ? { ...facts, known: false, why: 'it is no time' } : { ...facts, known: true, value };
}

/** `option httpchk GET /health`: what the servers with `check` are asked; a Host header only where one is written. */
function checkOf(proxy: Proxy, servers: readonly HaproxyLine[]): RouteCheck | undefined {
  const line = lineOf(proxy, 'option', 'httpchk');
  const asked = servers.every(({ words }) => words.some(({ text }) => text === 'check'));
  const more = [...proxy.section.lines, ...proxy.inherited].filter(({ words }) => words[0]?.text === 'http-check');
  if (!line || !asked || more.some(({ words }) => /^(?:expect|connect|disable-on-404)$/.test(words[1]?.text ?? '')))
    return undefined;
  const send = more.findLast(({ words }) => words[1]?.text === 'send')?.words.map(({ text }) => text) ?? [];
  const after = (key: string) => (send.includes(key) ? send[send.indexOf(key) + 1] : undefined);
  const [, , one, two, ...rest] = line.words.map(({ text }) => text);
  const method = after('meth') ?? (two === undefined ? undefined : one) ?? (one ? 'GET' : 'OPTIONS');
  const path = after('uri') ?? two ?? one ?? '/';
  const named = [...rest, ...send].some(text => /(?:^|[\r\n])host(?::|$)/i.test(text));
  const at = send.length > 0 ? more.findLast(({ words }) => words[1]?.text === 'send') : line;
  return { method: method.toUpperCase(), path, host: named, span: (at ?? line).span };
}

function frontOf(section: HaproxySection): VirtualServer | undefined {
  const binds = section.lines.filter(({ words }) => words[0]?.text === 'bind');
  const listens = binds.flatMap(({ words, span }): readonly ListenSocket[] => {
    const [, target, ...rest] = words;
    if (!target) return [];
    const [, host, port] = /^(\*|[\d.]*):(\d{1,5})$/.exec(target.text) ?? [];
    const facts = { name: 'bind', origin: 'config file' as const, span: target.span };
    const address: Setting<Address> =
      port === undefined
        ? { ...facts, known: false, why: 'it is no plain port' }
        : {
            ...facts,
            known: true,
            value: { kind: 'tcp', host: host === '*' || !host ? '0.0.0.0' : host, port: Number(port) },
          };
    return [{ address, tls: rest.some(({ text }) => text === 'ssl'), defaultServer: false, span }];
  });
  return section.kind === 'backend' ? undefined : { names: [], listens, span: section.header.span };
}
