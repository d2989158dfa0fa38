import type { Span } from '../text/source.js';
import { isTied } from './application.js';
import type { Stack } from './deployment.js';
import { originOf } from './describe.js';
import { type Address, isLoopback, showAddress } from './endpoint.js';
import type { Gateway, NginxScope } from './gateway.js';
import { type Listening, listeningIn, portsOf, startsIn } from './listening.js';
import type { Place, PublishedPort } from './place.js';
import { valueOf } from './setting.js';
import { runsOwnProgram } from './unseen.js';

/** A published port behind which nobody takes connections. */
export interface DeadMapping {
  readonly place: Place;
  readonly mapping: PublishedPort;
  /** What listens in the container instead: the first of it that is there for requests. */
  readonly instead: Listening;
  /** It listens at the port, but on the loopback of the container, where Docker's connections never arrive. */
  readonly loopback: boolean;
}

/**
 * Published ports of services that start nothing but servers which are known to the last option. That nobody listens at the port is told only
 * of a service's one way in: debuggers and metrics have ports of their own, and leftovers beside a gateway hurt nobody. `isPlain`: the
 * image that runs is known to start nothing by itself.
 */
export function deadMappings(
  stack: Stack,
  isPlain: (image: string) => boolean,
  kind: 'loopback' | 'nobody',
): readonly DeadMapping[] {
  return allDead(stack, isPlain).filter(({ loopback }) => loopback === (kind === 'loopback'));
}

function allDead(stack: Stack, isPlain: (image: string) => boolean): readonly DeadMapping[] {
  const starts = startsIn(stack);
  const atLoopback = new Set(stack.hops.flatMap(hop => (hop.miss === 'loopback of the server' ? hop.server : [])));
  return stack.places.flatMap((place): readonly DeadMapping[] => {
    const image = valueOf(place.image);
    if (place.kind !== 'service' || place.ports.length === 0 || image === undefined || !isPlain(image)) return [];
    const listening = listeningIn(starts, place);
    const instead = listening?.find(({ listener }) => listener.role === 'app');
    if (!listening || !instead) return [];
    const ports = portsOf(listening);
    const only = place.ports.length === 1 && !mayBeBehindGateway(stack, place);
    return place.ports.flatMap((mapping): readonly DeadMapping[] => {
      const inside = valueOf(mapping.inside);
      if (inside === undefined || (mapping.host !== undefined && !mapping.host.known)) return [];
      const here = listening.filter(({ listener }) => portOf(listener) === inside);
      const [first] = here;
      if (!first)
        return only && !ports.has(inside) && !isDebugger(inside) ? [{ place, mapping, instead, loopback: false }] : [];
      const closed = here.every(({ listener: { address } }) => {
        return address.known && address.value.kind === 'tcp' && isLoopback(address.value.host);
      });
      return closed && !atLoopback.has(first.server) ? [{ place, mapping, instead: first, loopback: true }] : [];
    });
  });
}

function portOf({ address }: Listening['listener']): number | undefined {
  return address.known && address.value.kind === 'tcp' ? address.value.port : undefined;
}

/** debugpy and its like, rpdb, web-pdb. */
function isDebugger(port: number): boolean {
  return [4444, 5555, 5678, 5679].includes(port) || (port >= 6899 && port <= 6910);
}

/** A gateway of this stack passes to it, or one that nobody can look into may. */
function mayBeBehindGateway({ hops, places }: Stack, place: Place): boolean {
  if ((place.openNetworks?.length ?? 0) > 0) return true;
  if (hops.some(hop => hop.places.includes(place) || (isTied(hop) && hop.server.place === place))) return true;
  return places.some(other => other !== place && other.opaque && !isBacking(valueOf(other.image)));
}

/** Images of services that an application uses itself, by the end of their name. */
function isBacking(image: string | undefined): boolean {
  return (
    image !== undefined &&
    /(?:^|[/_-])(?:postgres(?:ql)?|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo(?:db)?|redis(?:-stack)?|valkey|memcached|rabbitmq|elasticsearch|opensearch|solr|minio|mailhog|mailpit|maildev|kafka|zookeeper|influxdb|clickhouse(?:-server)?|cassandra|neo4j|localstack|adminer|pgadmin4?|selenium|beanstalkd|nats)(?::|@|$)/.test(
      image,
    )
  );
}

/** A published port that leads nowhere, and who listens in the container instead, for the words of a finding. */
export interface DeadEnd {
  readonly place: Place;
  readonly mapping: PublishedPort;
  readonly who: string;
  readonly where: string;
  readonly span: Span;
  /** The one address that could be published instead. */
  readonly address?: Address;
}

/** Published ports behind which nobody listens, neither a server nor a gateway. `isPlain`, `isNginx`: what an image starts by itself. */
export function deadEnds(
  stack: Stack,
  isPlain: (image: string) => boolean,
  isNginx: (image: string) => boolean,
): readonly DeadEnd[] {
  const servers = deadMappings(stack, isPlain, 'nobody').map(({ place, mapping, instead }): DeadEnd => {
    const { kind } = instead.server;
    const { address: bind, span } = instead.listener;
    const address = valueOf(bind);
    const where = `${address ? showAddress(address) : 'another address'} (${originOf(bind)})`;
    return { place, mapping, who: kind, where, span, ...(address && { address }) };
  });
  return [...servers, ...deadWaysIn(stack, isNginx)];
}

/**
 * Published ports of containers that run nginx alone, where none of them leads to a port at which it listens: nobody can reach the site. One of
 * several is a leftover that hurts nobody (443, before there is a certificate). `isNginx`: the image starts nginx and nothing else by itself.
 */
function deadWaysIn(stack: Stack, isNginx: (image: string) => boolean): readonly DeadEnd[] {
  const sharing = new Set(stack.places.flatMap(({ networkMode }) => networkMode ?? []));
  return stack.places.flatMap((place): readonly DeadEnd[] => {
    const image = valueOf(place.image);
    const [gateway, ...more] = stack.gateways.filter(one => one.place.id === place.id);
    if (place.kind !== 'service' || place.networkMode !== undefined || sharing.has(place.id)) return [];
    if (!gateway || more.length > 0 || image === undefined || !isNginx(image) || mayBeBehindGateway(stack, place))
      return [];
    if (stack.servers.some(server => server.place.id === place.id) || runsOwnProgram(place, stack.launches)) return [];
    const ports = portsOfGateway(gateway);
    if (!ports || place.ports.length === 0) return [];
    const dead = place.ports.filter(({ inside }) => inside.known && !ports.has(inside.value));
    if (dead.length < place.ports.length) return [];
    const [listen] = [...gateway.servers.flatMap(server => server.listens), ...gateway.servers];
    if (!listen) return [];
    const [port, ...others] = ports;
    const only = port !== undefined && others.length === 0 ? { address: { kind: 'tcp', host: '', port } as const } : {};
    const where = `port ${[...ports].join(' and ')}`;
    return dead.map(mapping => ({ place, mapping, who: gateway.kind, where, span: listen.span, ...only }));
  });
}

/** The ports at which nginx listens, where all its files are read. */
function portsOfGateway(gateway: Gateway): ReadonlySet<number> | undefined {
  const { kind, whole, root, servers } = gateway;
  if (kind !== 'nginx' || !whole || !root || servers.length === 0 || hasGaps(root)) return undefined;
  const ports = new Set<number>();
  for (const { listens } of servers) {
    if (listens.length === 0) ports.add(80);
    for (const { address } of listens) {
      if (!address.known) return undefined;
      if (address.value.kind === 'tcp') ports.add(address.value.port);
    }
  }
  if (hasOwnDefault(gateway)) for (const port of [80, 8080]) ports.add(port);
  return ports;
}

/** Beside files in conf.d the image's own default.conf is read, where nothing lies over it. A whole configuration says what it includes. */
function hasOwnDefault({ root, files, place }: Gateway): boolean {
  if (root?.directives.some(({ name }) => name === 'events')) return false;
  if (files.some(({ path }) => /(?:^|\/)default\.conf(?:\.template)?$/.test(path))) return false;
  return !place.mounts.some(({ inside, kind, effect }) => {
    if (/^\/etc\/nginx\/(?:conf\.d\/default\.conf|templates\/default\.conf\.template)$/.test(inside))
      return effect !== 'adds';
    return inside === '/etc/nginx/conf.d' && (kind === 'run' ? effect !== 'adds' : kind !== 'copy');
  });
}

/** An include that could not be followed, or a block whose listeners are not those of web servers. */
function hasGaps({ open, directives }: NginxScope): boolean {
  return (
    open ||
    directives.some(
      ({ name, block }) =>
        /^(?:stream|mail)$/.test(name) || (/^(?:http|server)$/.test(name) && block && hasGaps(block)),
    )
  );
}
