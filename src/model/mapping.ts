import { isTied } from './application.js';
import type { Stack } from './deployment.js';
import { isLoopback } from './endpoint.js';
import { type Listening, listeningIn, portsOf, startsIn } from './listening.js';
import type { Place, PublishedPort } from './place.js';
import { valueOf } from './setting.js';

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
