import type { Hop, Miss } from '../model/deployment.js';
import { type Address, type Endpoint, isAnyAddress, isIpAddress, isLoopback, showAddress } from '../model/endpoint.js';
import { type Gateway, groupMeant, type Route } from '../model/gateway.js';
import type { Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { runsOwnProgram, whyUnseen } from '../model/unseen.js';
import { dialledNames, forwardOf, portsOf, serviceMeant } from './forward.js';
import { guess, guessable, likeliestListener, withTwins } from './guess.js';
import { type Base, type Bound, boundIn, likeliest, missed, tied } from './hop.js';
import { type Lookup, lookupOf, serversBeside } from './lookup.js';
import { isTaken, linkMachine, type Machine, serverBesideContainers, takenBy, wayToMachine } from './machine.js';
import { type Meeting, meetingOf, type Projects } from './projects.js';
import { dialledInside, type Published, publishedBy } from './published.js';
import { eitherOf, mayListenElsewhere, onNetwork, titles, whyOpen } from './reasons.js';
import { inSharedFolder, mayBeSame, networkNamespace, reaches, socketKey } from './sockets.js';
import { rivalOf } from './supposed.js';

/** What the link needs of a stack: the ends that may meet, and who else occupies addresses in its places. */
export interface Ends {
  readonly places: readonly Place[];
  readonly gateways: readonly Gateway[];
  readonly servers: readonly AppServer[];
  /** The name of the stack among those that the machine knows. */
  readonly id: string;
  readonly machine: Machine;
  /** Something in this stack is started by means that could not be followed, so more may listen in these places. */
  readonly openPlaces: ReadonlySet<string>;
  /** The files state every name that can be reached (a compose file, a cluster); an image alone or a host does not. */
  readonly namesStated: boolean;
  /** What to say of a name that nobody has, where they are not stated. */
  readonly unstated: (host: string) => string;
  /** Why no server is seen in a place. */
  readonly unseen: (place: Place) => string;
  /** A program is started in the place that may listen, since only its own files say what it does. */
  readonly mayServe: (place: Place) => boolean;
  /** Every address at which anything in the place listens is known. */
  readonly allSeen: (place: Place) => boolean;
  /** The compose projects that this one may meet on a network. */
  readonly projects: Projects;
}

interface Linking extends Ends {
  readonly lookup: Lookup;
  /** Names that any route dials, in lower case. */
  readonly dialled: ReadonlySet<string>;
  readonly gatewayPorts: GatewayPorts;
}

/** Ties every endpoint that a gateway dials to the server that listens there. */
export function linkHops(given: Ends): readonly Hop[] {
  const lookup = lookupOf(given.places, given.servers);
  const ends = { ...given, lookup, gatewayPorts: gatewayPorts(given.gateways), dialled: dialledNames(given.gateways) };
  const hops: Hop[] = [];
  for (const gateway of ends.gateways) {
    // Many routes dial one address, and it leads them all to the same place.
    const known = new Map<string, Hop>();
    for (const route of gateway.routes) {
      for (const endpoint of route.to) {
        const { address } = endpoint;
        const key = address.known ? `${route.protocol} ${address.value.kind} ${showAddress(address.value)}` : undefined;
        const same = key === undefined ? undefined : known.get(key);
        const hop = same ? { ...same, route, endpoint } : linkEndpoint(ends, gateway, route, endpoint);
        if (key !== undefined && !same) known.set(key, hop);
        hops.push(hop);
      }
    }
  }
  return withCandidates(ends, hops);
}

function linkEndpoint(ends: Linking, gateway: Gateway, route: Route, endpoint: Endpoint): Hop {
  const base = { gateway, route, endpoint };
  if (!endpoint.address.known) {
    return missed(base, 'unknown address', [], `the address is not known: ${endpoint.address.why}`);
  }
  const address = endpoint.address.value;
  return address.kind === 'unix' ? linkSocket(ends, base, address.path) : linkTcp(ends, base, address);
}

function linkSocket(ends: Ends, base: Base, path: string): Hop {
  const { place } = base.gateway;
  const key = socketKey(place, path);
  for (const bound of boundIn(ends.servers)) {
    const at = bound.listener.address;
    if (!at.known || at.value.kind !== 'unix') continue;
    const host = place.kind === 'host' && bound.server.place.kind === 'host';
    if (socketKey(bound.server.place, at.value.path) === key || (host && mayBeSame(at.value.path, path))) {
      const rival = rivalOf(bound.server, ends.servers, mayListenElsewhere);
      if (rival) return missed(base, 'open', [place], eitherOf(rival, bound.server));
      return tied(base, bound, `both ends are the socket ${path}`);
    }
  }
  const elsewhere = boundIn(ends.servers).find(({ server, listener }) => {
    const at = listener.address;
    return at.known && at.value.kind === 'unix' && at.value.path === path && server.place.id !== place.id;
  });
  if (
    elsewhere &&
    !(inSharedFolder(place, path) && inSharedFolder(elsewhere.server.place, path)) &&
    bothContainers(place, elsewhere.server.place)
  ) {
    return {
      ...missed(
        base,
        'socket not shared',
        [elsewhere.server.place],
        `${elsewhere.server.place.title} binds ${path} in a file system of its own`,
      ),
      match: 'only candidate',
      server: elsewhere.server,
      listener: elsewhere.listener,
    };
  }
  const near = ends.servers.filter(
    server => server.place.id === place.id || place.kind === 'host' || inSharedFolder(place, path),
  );
  const open = near.some(mayListenElsewhere) || ends.openPlaces.has(place.id);
  return missed(base, open ? 'open' : 'nobody listens', [place], `nobody is seen to bind the socket ${path}`);
}

function bothContainers(a: Place, b: Place): boolean {
  return a.kind !== 'host' && b.kind !== 'host';
}

function linkTcp(ends: Linking, base: Base, address: Address & { kind: 'tcp' }): Hop {
  const { place } = base.gateway;
  const way = wayToMachine(place, address.host);
  const published = publishedBy(ends.places, place, address, way);
  if (way && !published) return linkMachine(ends.machine, base, address, way);
  const found = published ? [published.place] : placesOf(ends.lookup, place, address.host);
  if (found === 'unknown' && (!ends.namesStated || (place.openNetworks?.length ?? 0) > 0)) {
    const meeting = groupMeant(base.gateway, address.host) ? undefined : meetingOf(ends.projects, place, address.host);
    if (meeting?.apart) return keptApart(ends, base, [meeting.place], meeting.project.servers);
    if (meeting) return linkProject(ends, base, address, meeting);
    const meant = serviceMeant(ends, base.gateway, address.host);
    if (meant !== undefined)
      return missed(base, 'unknown name', [], `no Service is called ${address.host}; ${meant} is near`);
    const [network] = place.openNetworks ?? [];
    const why = network === undefined ? ends.unstated(address.host) : onNetwork(address.host, network);
    return missed(base, 'elsewhere', [], why);
  }
  if (found === 'unknown') {
    return missed(base, 'unknown name', [], `${address.host} is no name in this stack`);
  }
  if (found === 'elsewhere') {
    if (groupMeant(base.gateway, address.host)) {
      return missed(base, 'unknown name', [], `no upstream group is called ${address.host}`);
    }
    if (!isIpAddress(address.host)) return missed(base, 'elsewhere', [], `${address.host} leads out of this stack`);
    return linkOtherMachine(ends, base, address);
  }
  if (found.every(at => !shareNetwork(place, at, address.host))) return keptApart(ends, base, found, ends.servers);
  return linkPlaces(ends, base, address, found, published);
}

function keptApart(ends: Linking, base: Base, found: readonly Place[], servers: readonly AppServer[]): Hop {
  const server = servers.find(one => found.includes(one.place));
  const why = `${base.gateway.place.title} and ${titles(found)} have no network in common`;
  const hop = missed(base, 'no shared network', found, why);
  const listener = server && !ends.openPlaces.has(server.place.id) && likeliestListener(server, hop);
  return server ? { ...hop, match: 'only candidate', server, ...(listener && { listener }) } : hop;
}

/** A service of another project, on a network that both are attached to. */
function linkProject(ends: Linking, base: Base, address: Address & { kind: 'tcp' }, { project, place }: Meeting): Hop {
  const { places, servers, openPlaces, launches, title } = project;
  const unseen = (at: Place) => whyUnseen(at, launches);
  const mayServe = (at: Place) => runsOwnProgram(at, launches);
  const allSeen = () => false;
  const there = { ...ends, places, servers, openPlaces, unseen, mayServe, allSeen, lookup: lookupOf(places, servers) };
  const hop = linkPlaces(there, base, address, [place]);
  const tied = hop.server || !guessable(hop.miss) ? hop : guess(there, new Set(), hop);
  return { ...tied, why: `${tied.why} (${title}, on a network that both projects attach to)` };
}

/** Which server of the places that the address leads to listens at its port. */
function linkPlaces(
  ends: Linking,
  base: Base,
  address: Address & { kind: 'tcp' },
  found: readonly Place[],
  published?: Published,
): Hop {
  const here = serversBeside(ends.lookup, found);
  if (published) {
    if (networkNamespace(base.gateway.place) !== 'host' && isLoopback(published.mapping.hostAddress ?? '')) {
      const why = `${titles(found)} publishes port ${address.port} on the loopback of the machine alone`;
      return { ...missed(base, 'published on loopback', found, why), forward: published.mapping };
    }
    if (published.port === undefined) return closedForwarder(base, found, address, 'unknown');
    return linkPort(ends, base, { ...address, port: published.port }, found, here);
  }
  const forward = forwardOf(found, address, base.gateway.kind);
  if (forward === 'closed' && found.some(at => ends.openPlaces.has(at.id)))
    return missed(base, 'open', found, `what ${address.host} forwards is not all known`);
  if (typeof forward === 'string') return closedForwarder(base, found, address, forward);
  if (!forward) return linkPort(ends, base, address, found, here);
  if (!forward.inside.known)
    return missed(base, 'open', found, `where port ${address.port} of ${address.host} leads is not known`);
  const inside = { ...address, port: forward.inside.value };
  return { ...linkPort(ends, base, inside, found, here), forward };
}

/** The server among those `here` that listens at the port, which is one of the places that were found. */
function linkPort(
  ends: Linking,
  base: Base,
  inside: Address & { kind: 'tcp' },
  found: readonly Place[],
  here: readonly AppServer[],
): Hop {
  const { place } = base.gateway;
  let nearly: { readonly bound: Bound; readonly miss: Miss } | undefined;
  const there: Bound[] = [];
  for (const bound of boundIn(here)) {
    const at = bound.listener.address;
    if (!at.known) continue;
    const same = networkNamespace(place) === networkNamespace(bound.server.place);
    const reach = reaches(inside, at.value, same);
    if (reach === 'yes') there.push(bound);
    else if (reach === 'loopback') nearly = { bound, miss: 'loopback of the server' };
    else if (reach === 'family') nearly ??= { bound, miss: 'address family' };
    else if (reach === 'interface') nearly ??= { bound, miss: 'interface' };
  }
  const best = likeliest(there, base.route.protocol);
  const bind = best?.listener.address;
  const rival = best && rivalOf(best.server, here, mayListenElsewhere);
  if (best && rival) return missed(base, 'open', found, eitherOf(rival, best.server));
  if (best && bind?.known) return tied(base, best, `${best.server.kind} listens on ${showAddress(bind.value)}`);
  if (nearly && !here.some(server => server !== nearly.bound.server && mayListenElsewhere(server))) {
    return {
      ...missed(
        base,
        nearly.miss,
        found,
        `${nearly.bound.server.kind} has the port, but not on the address that is dialled`,
      ),
      match: 'only candidate',
      server: nearly.bound.server,
      listener: nearly.bound.listener,
    };
  }
  const self = selfDialled(ends.gatewayPorts, found, inside.port);
  if (self) return missed(base, 'elsewhere', found, `a gateway of this stack ${self} there`);
  if (isHost(found) && isTaken(ends.machine, ends.id, inside.port)) {
    const beside = serverBesideContainers(ends.machine, place, inside);
    if (beside) return tied(base, beside, `${beside.server.kind} listens there on the machine`);
    return missed(base, 'elsewhere', found, takenBy(ends.machine, inside.port));
  }
  if (found.some(at => ends.openPlaces.has(at.id)) || here.some(mayListenElsewhere)) {
    return missed(base, 'open', found, whyOpen(found, here, ends.unseen));
  }
  if (here.length === 0 && found.some(ends.mayServe)) {
    return missed(base, 'open', found, `what listens in ${titles(found)} is not all known`);
  }
  if (here.length === 0 && found.every(at => at.id !== place.id)) {
    return missed(base, 'elsewhere', found, [...new Set(found.map(ends.unseen))].join('; '));
  }
  return missed(base, 'nobody listens', found, `nobody in ${titles(found)} listens on port ${inside.port}`);
}

function closedForwarder(
  base: Base,
  places: readonly Place[],
  address: Address & { kind: 'tcp' },
  state: 'closed' | 'unknown',
): Hop {
  if (state === 'unknown')
    return missed(base, 'open', places, `where port ${address.port} of ${address.host} leads is not known`);
  const ports = portsOf(places, address.host, base.gateway.kind);
  const list =
    ports.length === 0 ? 'no port' : ports.length === 1 ? `only port ${ports[0]}` : `ports ${ports.join(', ')}`;
  return missed(base, 'no such port', places, `the Service ${address.host} has ${list}, not ${address.port}`);
}

/** A number that is no loopback: another machine, or this one by its outer address. Only the port can be compared. */
function linkOtherMachine(ends: Ends, base: Base, address: Address & { kind: 'tcp' }): Hop {
  const hosts = ends.servers.filter(server => server.place.kind === 'host');
  const bound = boundIn(hosts).filter(
    ({ listener: { address: at } }) => at.known && at.value.kind === 'tcp' && at.value.port === address.port,
  );
  for (const one of bound) {
    const at = one.listener.address;
    if (at.known && reaches(address, at.value, false) === 'yes')
      return tied(base, one, `${one.server.kind} listens on port ${address.port}`);
  }
  const [only, ...more] = bound;
  if (only && more.length === 0 && hosts.length === 1 && !mayListenElsewhere(only.server)) {
    return {
      ...missed(
        base,
        'loopback of the server',
        [only.server.place],
        `${only.server.kind} has the port, but on its own loopback`,
      ),
      match: 'only candidate',
      server: only.server,
      listener: only.listener,
    };
  }
  return missed(base, 'elsewhere', [], `${address.host} is another machine`);
}

/**
 * Places that a host name or address means, seen from `from`. `unknown`: nobody has the name, and it is not one that could be resolved
 * outside (no dot, not a declared extra name). `elsewhere`: it leads out.
 */
export function placesOf(
  { named, placesIn }: Lookup,
  from: Place,
  host: string,
): readonly Place[] | 'unknown' | 'elsewhere' {
  const name = host.toLowerCase();
  if (isLoopback(name) || isAnyAddress(name)) {
    const beside = placesIn.get(networkNamespace(from)) ?? [];
    return beside.includes(from) ? beside : [...beside, from];
  }
  const extra = from.extraNames.get(name);
  if (extra !== undefined) {
    return named.get(extra.toLowerCase()) ?? 'elsewhere';
  }
  const found = named.get(name);
  if (found) return found;
  // Compose's first version names containers `project_web_1`; the project's name is not in the files.
  if (isIpAddress(name) || /\.|_\d+$|^[\w-]+-\d+$/.test(name) || name === 'host.docker.internal') return 'elsewhere';
  return from.kind === 'host' || from.networkMode === 'host' ? 'elsewhere' : 'unknown';
}

/** Compose and Docker resolve a name only on a network that both places are attached to. */
function shareNetwork(from: Place, to: Place, host: string): boolean {
  if (networkNamespace(from) === networkNamespace(to) || from.kind === 'host' || to.kind === 'host') return true;
  // On Docker's own bridge, which has no name server, `links` writes the name into the container's hosts file.
  if (from.networks.length + to.networks.length === 0 && from.extraNames.has(host.toLowerCase())) return true;
  const names = to.names.filter(one => one.name.toLowerCase() === host.toLowerCase());
  if (names.length === 0) return true;
  return names.some(one => one.networks === 'all' || one.networks.some(network => from.networks.includes(network)));
}

function withCandidates(ends: Linking, hops: readonly Hop[]): readonly Hop[] {
  const reached = withTwins(
    ends.servers,
    hops.flatMap(hop => (hop.match === 'address' && hop.server ? [hop.server] : [])),
  );
  return hops.map(hop => {
    if (hop.server || !guessable(hop.miss)) return hop;
    const guessed = guess(ends, reached, hop);
    return guessed.server ? guessed : dialledInside(hop, ends.servers, ends.machine);
  });
}

/** Ports on which gateways listen, by network namespace; undefined where one of them is not known. */
type GatewayPorts = ReadonlyMap<string, ReadonlySet<number | undefined>>;

function gatewayPorts(gateways: readonly Gateway[]): GatewayPorts {
  const found = new Map<string, Set<number | undefined>>();
  for (const gateway of gateways) {
    const namespace = networkNamespace(gateway.place);
    const ports = found.get(namespace) ?? new Set();
    found.set(namespace, ports);
    for (const { listens } of gateway.servers) {
      for (const { address } of listens) {
        if (!address.known) ports.add(undefined);
        else if (address.value.kind === 'tcp') ports.add(address.value.port);
      }
    }
  }
  return found;
}

function selfDialled(
  known: GatewayPorts,
  places: readonly Place[],
  port: number,
): 'listens' | 'may listen' | undefined {
  const all = places.flatMap(place => known.get(networkNamespace(place)) ?? []);
  if (all.some(ports => ports.has(port))) return 'listens';
  return all.some(ports => ports.has(undefined)) ? 'may listen' : undefined;
}

function isHost(places: readonly Place[]): boolean {
  return places.some(place => networkNamespace(place) === 'host');
}
