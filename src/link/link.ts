import type { Deployment, Stack } from '../model/deployment.js';
import { listeningIn, startsIn } from '../model/listening.js';
import { hasServers, type Parts, type StackParts } from '../model/parts.js';
import type { Place } from '../model/place.js';
import { runsOwnProgram, whyUnseen } from '../model/unseen.js';
import { linkHops } from './hops.js';
import { type Machine, machineOf } from './machine.js';
import { type Projects, projectsOf } from './projects.js';
import { joinHostFolders } from './stacks.js';

/** Joins the parts of the host into stacks and ties every route to the server that answers it. Never links across stacks. */
export function link(parts: Parts): Deployment {
  const joined = joinHostFolders(parts.stacks);
  const machine = machineOf(joined);
  const projects = projectsOf(joined);
  // Where no Python server is seen anywhere, too little of the stack is understood to call a name wrong.
  const understood = joined.some(hasServers);
  return {
    stacks: joined.filter(({ apart }) => !apart).map(stack => linkStack(stack, understood, machine, projects)),
    files: parts.files,
    faults: parts.stacks.flatMap(stack => stack.faults ?? []),
    unresolved: parts.unresolved,
    rewrites: parts.rewrites,
  };
}

/**
 * One stack, where that comes to the same as with all the others; undefined where it may be tied to another one. `understood`: a Python server was
 * seen in another stack.
 */
export function linkAlone(parts: StackParts, understood: boolean): Stack | undefined {
  if (!understood && !hasServers(parts)) return undefined;
  let asked = false;
  const { machine, projects } = unseenOthers(() => {
    asked = true;
  });
  const stack = linkStack(parts, true, machine, projects);
  return asked ? undefined : stack;
}

/** The other stacks, of which nothing is known: whoever wants to know something is heard. */
function unseenOthers(asked: () => void): { readonly machine: Machine; readonly projects: Projects } {
  return { machine: heard(machineOf([]), asked), projects: heard(projectsOf([]), asked) };
}

function heard<T extends object>(of: T, asked: () => void): T {
  return new Proxy(of, {
    get(target, name) {
      asked();
      return Reflect.get(target, name);
    },
  });
}

function linkStack(parts: StackParts, understood: boolean, machine: Machine, projects: Projects): Stack {
  const { id, title, why, places, launches, gateways, servers, members, openPlaces } = parts;
  const namesStated = understood && (parts.kind === 'compose' || parts.kind === 'kubernetes');
  const unstated = (host: string) => whyUnstated(parts, host);
  const unseen = (place: Place) => whyUnseen(place, launches);
  const mayServe = (place: Place) => runsOwnProgram(place, launches);
  const starts = startsIn(parts);
  const allSeen = (place: Place) => listeningIn(starts, place) !== undefined;
  const hops = linkHops({
    id,
    places,
    gateways,
    servers,
    machine,
    openPlaces,
    namesStated,
    unstated,
    unseen,
    mayServe,
    allSeen,
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
