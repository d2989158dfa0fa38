import type { Deployment, Stack } from '../model/deployment.js';
import type { Parts, StackParts } from '../model/parts.js';
import { linkHops, type Neighbour } from './hops.js';
import { joinHostFolders } from './stacks.js';

/** Joins the parts of the host into stacks and ties every route to the server that answers it. Never links across stacks. */
export function link(parts: Parts): Deployment {
  const joined = joinHostFolders(parts.stacks);
  return {
    stacks: joined.map(stack => linkStack(stack, joined)),
    files: parts.files,
    faults: parts.stacks.flatMap(stack => stack.faults ?? []),
    unresolved: parts.unresolved,
  };
}

function linkStack(parts: StackParts, all: readonly StackParts[]): Stack {
  const { id, title, why, places, launches, gateways, servers, members, openPlaces } = parts;
  const neighbours = neighboursOf(parts, all);
  // Where no Python server is seen anywhere, too little of the stack is understood to call a name wrong.
  const understood = all.some(stack => stack.servers.length > 0);
  const namesStated = understood && (parts.kind === 'compose' || parts.kind === 'kubernetes');
  const hops = linkHops({ places, gateways, servers, neighbours, openPlaces, namesStated });
  return { id, title, why, places, launches, gateways, servers, hops, members };
}

/** What else listens on the host that this stack sees: published ports of containers, servers of other host folders. */
function neighboursOf(parts: StackParts, all: readonly StackParts[]): readonly Neighbour[] {
  const found: Neighbour[] = [];
  for (const other of all) {
    for (const place of other.places) {
      for (const published of place.ports) {
        const port = published.host === undefined || !published.host.known ? undefined : published.host.value;
        if (published.host !== undefined) found.push({ port, title: `${place.title} of ${other.title}` });
      }
    }
    if (other.id === parts.id || other.kind !== 'host') continue;
    for (const server of other.servers) {
      if (!server.listensComplete) found.push({ port: undefined, title: other.title });
      for (const { address } of server.listens) {
        if (!address.known) found.push({ port: undefined, title: other.title });
        else if (address.value.kind === 'tcp') found.push({ port: address.value.port, title: other.title });
      }
    }
  }
  return found;
}
