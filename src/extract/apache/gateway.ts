import type { Address, Endpoint, Protocol } from '../../model/endpoint.js';
import type { Gateway, ListenSocket, Route, VirtualServer } from '../../model/gateway.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import { parseApache } from '../../syntax/apache/parse.js';
import type { ApacheNode, ApacheWord } from '../../syntax/apache/tree.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { moduleFaults, slashFaults } from './faults.js';

/** A ProxyPass with the blocks around it, the innermost first. */
export interface Proxied {
  readonly node: ApacheNode;
  readonly path: string;
  readonly target: ApacheWord;
  readonly levels: readonly (readonly ApacheNode[])[];
}

const protocols: Readonly<Record<string, Protocol>> = {
  http: 'http',
  https: 'https',
  uwsgi: 'uwsgi',
  fcgi: 'fastcgi',
  scgi: 'scgi',
};

const ports: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Each file with ProxyPass lines is a gateway: which of them a machine really loads is not in the repository. Facts: Apache 2.4, mod_proxy. */
export function apacheGateways(reader: Reader, files: readonly SourceFile[], place: Place): readonly Gateway[] {
  return files.flatMap(file => {
    const { nodes } = reader.derived('apache', file, parseApache);
    const hosts = new Map<ApacheNode, VirtualServer>();
    const proxied = proxiedIn(nodes, [nodes], '', undefined, hosts);
    const routes = proxied.flatMap(one => routeOf(one, hosts) ?? []);
    if (routes.length === 0) return [];
    reader.note(file, 'apache', []);
    const faults = [...proxied.flatMap(slashFaults), ...moduleFaults(proxied, file, scriptsOf(reader))];
    const servers = [...hosts.values()];
    return [
      {
        kind: 'apache',
        place,
        file,
        whole: false,
        servers,
        groups: [],
        routes,
        files: [file],
        faults,
        placed: undefined,
      },
    ];
  });
}

/** Scripts that set the machine up start nothing, so they are no launches. */
function scriptsOf(reader: Reader): readonly SourceFile[] {
  return reader.once('scripts that switch modules of Apache on', () =>
    reader.files().flatMap(path => {
      const file = /\.(?:sh|bash)$/.test(path) || /(?:^|\/)dockerfile/i.test(path) ? reader.file(path) : undefined;
      return file?.text.includes('a2enmod') ? [file] : [];
    }),
  );
}

type Within = Proxied & { readonly host?: ApacheNode };

function proxiedIn(
  nodes: readonly ApacheNode[],
  levels: readonly (readonly ApacheNode[])[],
  location: string,
  host: ApacheNode | undefined,
  hosts: Map<ApacheNode, VirtualServer>,
): readonly Within[] {
  return nodes.flatMap((node): readonly Within[] => {
    const name = node.name.toLowerCase();
    if (node.children) {
      const inner = name === 'virtualhost' ? node : host;
      if (inner === node) hosts.set(node, virtualHost(node));
      if (/^(?:proxy|locationmatch|directorymatch|filesmatch|if|ifdefine|macro|else|elseif)$/.test(name)) return [];
      const path = name === 'location' ? (node.args[0]?.text ?? '') : location;
      return proxiedIn(node.children, [node.children, ...levels], path, inner, hosts);
    }
    if (name !== 'proxypass') return [];
    const [first, second] = node.args;
    const target = location === '' ? second : first;
    const path = location === '' ? first?.text : location;
    if (!target || path === undefined || target.text === '!') return [];
    return [{ node, path, target, levels, ...(host && { host }) }];
  });
}

function virtualHost({ args, children = [], span }: ApacheNode): VirtualServer {
  const tls = children.some(
    ({ name, args: [on] }) => name.toLowerCase() === 'sslengine' && /^on$/i.test(on?.text ?? ''),
  );
  const listens = args.flatMap(({ text, span: at }): readonly ListenSocket[] => {
    const port = /^(?:\*|_default_|[\d.]+):(\d{1,5})$/.exec(text)?.[1];
    const facts = { name: 'VirtualHost', origin: 'config file' as const, span: at };
    if (port === undefined) return [];
    const address: Setting<Address> = {
      ...facts,
      known: true,
      value: { kind: 'tcp', host: '0.0.0.0', port: Number(port) },
    };
    return [{ address, tls, defaultServer: false, span: at }];
  });
  const names = children
    .filter(({ name }) => /^server(?:name|alias)$/i.test(name))
    .flatMap(node => node.args.map(({ text, span: at }) => literalWord(text.replace(/^https?:\/\/|:\d+$/g, ''), at)));
  return { names, listens, span };
}

function routeOf(proxied: Within, hosts: ReadonlyMap<ApacheNode, VirtualServer>): Route | undefined {
  const { node, path, target, host } = proxied;
  const server = host && hosts.get(host);
  const to = endpointOf(target);
  const wait = readTimeout(proxied);
  const unset = (name: string): Setting<number> => ({
    name,
    origin: 'default',
    known: false,
    why: 'the main file may set it',
  });
  const sent = hostSent(proxied, to);
  return {
    title: `ProxyPass ${path}`,
    modifier: '',
    path,
    ...(server && { server }),
    pass: { directive: 'ProxyPass', target: literalWord(target.text, target.span), span: node.span },
    protocol: to?.protocol ?? 'http',
    to: to ? [to] : [],
    ...(!to && { unresolved: 'its target is no plain address' }),
    readTimeout: wait,
    connectTimeout: unset('connectiontimeout'),
    sendTimeout: wait,
    headers: new Map(sent && [['host', sent]]),
    headersComplete: false,
    span: node.span,
  };
}

/** `http://host:port/path`, `unix:/path|http://label/`; undefined for a balancer, a variable and schemes that we do not know. */
function endpointOf({ text, span }: ApacheWord): Endpoint | undefined {
  const facts = { name: 'ProxyPass', origin: 'config file' as const };
  const socket = /^unix:(\/[^|]*)\|(\w+):/i.exec(text);
  const protocol = protocols[(socket?.[2] ?? /^(\w+):\/\//.exec(text)?.[1] ?? '').toLowerCase()];
  if (!protocol || text.includes('$')) return undefined;
  if (socket) {
    const path = socket[1] ?? '';
    return { address: { ...facts, span, known: true, value: { kind: 'unix', path } }, protocol, span };
  }
  const [whole, scheme = '', bracketed, plain, port] =
    /^(\w+):\/\/(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?(?=[/?#]|$)/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? ports[scheme.toLowerCase()] : Number(port);
  if (whole === undefined || host === undefined || number === undefined) return undefined;
  const at = { ...span, start: span.start + scheme.length + 3, end: span.start + whole.length };
  return {
    address: { ...facts, span: at, known: true, value: { kind: 'tcp', host, port: number } },
    protocol,
    span: at,
  };
}

/** `timeout=` of the line, else ProxyTimeout, else Timeout; what none of them says is in the main file. */
function readTimeout({ node, levels }: Proxied): Setting<number> {
  const own = node.args.find(({ text }) => /^timeout=/i.test(text));
  const line = ['proxytimeout', 'timeout'].map(name => last(levels, name)).find(found => found !== undefined);
  const word = own ?? line?.args[0];
  const name = own ? 'timeout=' : (line?.name ?? 'ProxyTimeout');
  const text = word?.text.replace(/^timeout=/i, '') ?? '';
  if (!word || !/^\d{1,9}$/.test(text))
    return {
      name,
      origin: 'default',
      known: false,
      why: word ? 'it is no number of seconds' : 'the main file may set it',
    };
  return { name, origin: 'config file', span: word.span, known: true, value: Number(text) };
}

export function last(levels: Proxied['levels'], name: string): ApacheNode | undefined {
  for (const level of levels) {
    const found = level.findLast(node => node.name.toLowerCase() === name && !node.children);
    if (found) return found;
  }
  return undefined;
}

/** Without ProxyPreserveHost On the application gets the host of the target. Known where the virtual host does not say otherwise and sets no header. */
function hostSent({ levels, target }: Proxied, to: Endpoint | undefined): Setting<string> | undefined {
  const keeps = last(levels, 'proxypreservehost');
  const sets = levels
    .flat()
    .some(({ name, args }) => name.toLowerCase() === 'requestheader' && args.some(({ text }) => /^host$/i.test(text)));
  if (
    sets ||
    !to?.address.known ||
    to.address.value.kind !== 'tcp' ||
    (keeps && !/^off$/i.test(keeps.args[0]?.text ?? ''))
  )
    return undefined;
  const facts = {
    name: keeps ? 'ProxyPreserveHost' : 'ProxyPreserveHost, which is Off',
    origin: 'default' as const,
    span: target.span,
  };
  return { ...facts, known: true, value: to.address.value.host };
}
