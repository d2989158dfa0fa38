import type { Deployment, Stack } from '../model/deployment.js';
import type { Parts, StackParts } from '../model/parts.js';
import type { Place } from '../model/place.js';
import { whyUnseen } from '../model/unseen.js';
import { linkHops } from './hops.js';
import { type Projects, projectsOf } from './projects.js';
import { joinHostFolders } from './stacks.js';

/** Joins the parts of the host into stacks and ties every route to the server that answers it. Never links across stacks. */
export function link(parts: Parts): Deployment {
  const joined = joinHostFolders(parts.stacks);
  const ports = hostPortsOf(joined);
  const projects = projectsOf(joined);
  // Where no Python server is seen anywhere, too little of the stack is understood to call a name wrong.
  const understood = joined.some(stack => stack.servers.length > 0);
  return {
    stacks: joined.map(stack => linkStack(stack, understood, ports, projects)),
    files: parts.files,
    faults: parts.stacks.flatMap(stack => stack.faults ?? []),
    unresolved: parts.unresolved,
    rewrites: parts.rewrites,
  };
}

function linkStack(parts: StackParts, understood: boolean, ports: HostPorts, projects: Projects): Stack {
  const { id, title, why, places, launches, gateways, servers, members, openPlaces } = parts;
  const takenBeside = (port: number) => isTaken(ports, id, port);
  const namesStated = understood && (parts.kind === 'compose' || parts.kind === 'kubernetes');
  const unstated = (host: string) => whyUnstated(parts, host);
  const unseen = (place: Place) => whyUnseen(place, launches);
  const hops = linkHops({
    places,
    gateways,
    servers,
    takenBeside,
    openPlaces,
    namesStated,
    unstated,
    unseen,
    projects,
  });
  return { id, title, why, places, launches, gateways, servers, hops, members };
}

/** Names are stated by a compose file or a cluster; an image alone does not tell what runs beside it. */
function whyUnstated({ kind, title }: StackParts, host: string): string {
  return kind === 'image'
    ? `no file of the repository says what is called ${host} where this image runs`
    : `nothing in ${title} is called ${host}`;
}

/** Who has which ports of the host, over all stacks; `undefined` stands for a port that is not known. */
interface HostPorts {
  /** Ports that containers publish. */
  readonly published: ReadonlySet<number | undefined>;
  /** Ids of the host folders whose servers listen there. */
  readonly served: ReadonlyMap<number | undefined, ReadonlySet<string>>;
}

/** Collected once for all stacks: each stack asking every other would take the square of their number. */
function hostPortsOf(all: readonly StackParts[]): HostPorts {
  const published = new Set<number | undefined>();
  const served = new Map<number | undefined, Set<string>>();
  const serve = (port: number | undefined, id: string) => {
    const ids = served.get(port);
    if (ids) ids.add(id);
    else served.set(port, new Set([id]));
  };
  for (const { id, kind, places, servers } of all) {
    for (const { host } of places.flatMap(place => place.ports)) {
      if (host !== undefined) published.add(host.known ? host.value : undefined);
    }
    if (kind !== 'host') continue;
    for (const { listens, listensComplete } of servers) {
      if (!listensComplete) serve(undefined, id);
      for (const { address } of listens) {
        if (!address.known) serve(undefined, id);
        else if (address.value.kind === 'tcp') serve(address.value.port, id);
      }
    }
  }
  return { published, served };
}

/** True where a container or another host folder than `id` has the port, or may have it. */
function isTaken({ published, served }: HostPorts, id: string, port: number): boolean {
  return [port, undefined].some(one => {
    const ids = served.get(one);
    return published.has(one) || (ids !== undefined && ids.size > (ids.has(id) ? 1 : 0));
  });
}
