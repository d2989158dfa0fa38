import type { Hop, Miss } from '../model/deployment.js';
import { type Listener, type Protocol, showAddress } from '../model/endpoint.js';
import type { AppServer } from '../model/server.js';
import { isSlip } from '../text/near.js';
import { type Bound, boundIn } from './hop.js';
import type { Ends } from './hops.js';
import { type Lookup, serversBeside } from './lookup.js';
import { networkNamespace } from './sockets.js';

export function guessable(miss: Miss | undefined): boolean {
  return miss === 'nobody listens' || miss === 'unknown name' || miss === 'open' || miss === 'unknown address';
}

/**
 * The server that is meant although the address does not say so: the only one in the places that the address leads to, if no
 * other route reaches it already (then the unmatched endpoint is somebody else's: a frontend, a second service), or where nothing else can be.
 */
export function guess(
  ends: Pick<Ends, 'servers' | 'allSeen'> & { readonly lookup: Lookup },
  reached: ReadonlySet<AppServer>,
  hop: Hop,
): Hop {
  const local =
    hop.places.length > 0 && hop.places.every(place => networkNamespace(place) === networkNamespace(hop.gateway.place));
  const slip = socketMeant(ends.servers, hop);
  if (slip) return { ...hop, match: 'only candidate', ...slip, miss: 'nobody listens' };
  const here = serversBeside(ends.lookup, hop.places);
  const free = (here.length > 0 ? here : ends.servers).filter(server => !reached.has(server));
  const [only, ...more] = oneProcessEach(free.length === 0 && isAllThere(ends, hop, here) ? here : free);
  if (!only || more.length > 0) return hop;
  // Which port of the host would be the right one is for the container to say.
  const tcp = hop.endpoint.address.known && hop.endpoint.address.value.kind === 'tcp';
  const named = only.place.kind !== 'host' && only.place.id !== hop.gateway.place.id && tcp;
  if (!named && !couldBeMeant(only, hop)) return hop;
  const onHost = hop.gateway.place.kind === 'host' || (tcp && networkNamespace(hop.gateway.place) === 'host');
  if (onHost && networkNamespace(only.place) !== 'host') return hop;
  const fromLoopback =
    local && here.length === 0 && only.place.kind !== 'host' && !onHost && hop.miss === 'nobody listens';
  const miss: Miss | undefined =
    fromLoopback && tcp ? 'loopback of the gateway' : publishedInstead(hop, only) ? 'published port' : hop.miss;
  const listener = likeliestListener(only, hop);
  return { ...hop, match: 'only candidate', server: only, ...(listener && { listener }), ...(miss && { miss }) };
}

/** The socket in the dialled folder whose name is a slip away, whatever else may listen there: the one of another program would be called otherwise. */
function socketMeant(servers: readonly AppServer[], { endpoint, gateway }: Hop): Bound | undefined {
  const { address } = endpoint;
  if (!address.known || address.value.kind !== 'unix') return undefined;
  const [folder, name] = apart(address.value.path);
  const near = boundIn(servers).filter(({ server, listener: { address: at } }) => {
    if (!at.known || at.value.kind !== 'unix' || server.place.id !== gateway.place.id) return false;
    const [otherFolder, otherName] = apart(at.value.path);
    return folder === otherFolder && isSlip(name, otherName);
  });
  return near.length === 1 ? near[0] : undefined;
}

/** The folder of a socket, and its name without the ending that all have. */
function apart(path: string): readonly [string, string] {
  const at = path.lastIndexOf('/') + 1;
  return [path.slice(0, at), path.slice(at).replace(/\.sock(?:et)?$/, '')];
}

/**
 * Where no name says which server is meant, one that would not do at the right address either is not: a development server, which nobody puts
 * behind a gateway in its own place and a Procfile for the developers' machines often has, and one that speaks another protocol.
 */
function couldBeMeant(server: AppServer, { route }: Hop): boolean {
  if (server.development) return false;
  const app = server.listens.filter(listener => listener.role === 'app');
  return app.length === 0 || app.some(({ protocol }) => protocol === 'unknown' || speakAlike(protocol, route.protocol));
}

function speakAlike(a: Protocol, b: Protocol): boolean {
  return a === b || (/^https?$/.test(a) && /^https?$/.test(b));
}

/**
 * True of containers that start nothing but servers whose every address is known, and an application that does not mention the port: it opens no
 * other by itself.
 */
function isAllThere({ allSeen }: Pick<Ends, 'allSeen'>, { endpoint, places, miss }: Hop, here: readonly AppServer[]) {
  const { address } = endpoint;
  if (miss !== 'nobody listens' || !address.known || address.value.kind !== 'tcp') return false;
  const port = address.value.port;
  const stated = places.some(
    ({ ports, claims = [] }) =>
      ports.some(({ inside }) => !inside.known || inside.value === port) ||
      claims.some(claim => !claim.port.known || claim.port.value === port),
  );
  return (
    !stated &&
    places.every(allSeen) &&
    here.every(
      ({ entry }) =>
        entry?.module.state === 'found' && !entry.modules.some(({ file }) => file.text.includes(String(port))),
    )
  );
}

/** Launches that start the same application in several ways (a unit and a script) are alternatives only if their binds agree. */
function oneProcessEach(servers: readonly AppServer[]): readonly AppServer[] {
  const seen = new Map<string, AppServer>();
  for (const server of servers) {
    const binds = server.listens.map(({ address }) => (address.known ? showAddress(address.value) : `?${address.why}`));
    const key = `${server.place.id} ${server.kind} ${server.app?.known ? server.app.value.text : '?'} ${binds.join(' ')}`;
    if (!seen.has(key)) seen.set(key, server);
  }
  return [...seen.values()];
}

function publishedInstead(hop: Hop, server: AppServer): boolean {
  const at = hop.endpoint.address;
  if (!at.known || at.value.kind !== 'tcp' || hop.miss !== 'nobody listens') return false;
  const { port } = at.value;
  return server.place.ports.some(published => published.host?.known === true && published.host.value === port);
}

export function likeliestListener(server: AppServer, hop: Hop): Listener | undefined {
  const app = server.listens.filter(listener => listener.role === 'app');
  return app.find(listener => listener.protocol === hop.route.protocol) ?? app[0];
}

/** With the servers that have an address of theirs in the same place: another way to start the same (a unit and a supervisor program). */
export function withTwins(servers: readonly AppServer[], reached: readonly AppServer[]): ReadonlySet<AppServer> {
  const keys = new Set(reached.flatMap(addressKeys));
  return new Set([...reached, ...servers.filter(server => addressKeys(server).some(key => keys.has(key)))]);
}

function addressKeys({ place, listens }: AppServer): readonly string[] {
  return listens.flatMap(({ address, role }) =>
    address.known && role === 'app' ? [`${networkNamespace(place)} ${showAddress(address.value)}`] : [],
  );
}
