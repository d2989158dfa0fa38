import type { SourceFile } from '../text/source.js';
import type { ReadFile, Unresolved } from './deployment.js';
import type { Fault } from './fault.js';
import type { Gateway } from './gateway.js';
import type { Launch } from './launch.js';
import type { Place } from './place.js';
import type { Rewrites } from './rewrite.js';
import type { AppServer } from './server.js';

/** What extraction found to belong together by its files, before anybody asked who talks to whom. */
export interface StackParts {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** `host`: files of one folder that are put on a machine by hand. The others state their places themselves. */
  readonly kind: 'host' | 'compose' | 'image' | 'kubernetes';
  /** The folder that its files share. */
  readonly folder: string;
  /** It serves another purpose (an example, documentation, a test): never joined with others. */
  readonly aside: boolean;
  /** The user says which files form it: it is not joined with others. */
  readonly declared?: true;
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  readonly gateways: readonly Gateway[];
  readonly servers: readonly AppServer[];
  /** Ids of places in which something is started that could not be followed. */
  readonly openPlaces: ReadonlySet<string>;
  readonly members: readonly { readonly path: string; readonly why: string }[];
  /** What the files of the stack contradict among themselves. */
  readonly faults?: readonly Fault[];
  /** It was judged alone, since nothing ties it to others. Its gateways and servers are read again if somebody asks for them after all. */
  readonly apart?: { readonly hasServers: boolean };
}

/** Whether a Python server is seen in the stack. */
export function hasServers(stack: StackParts): boolean {
  return stack.apart ? stack.apart.hasServers : stack.servers.length > 0;
}

/** Two parts of one stack as one, which has the name and the kind of the first. */
export function joinParts(to: StackParts, from: StackParts): StackParts {
  return {
    ...to,
    places: [...to.places, ...from.places],
    launches: [...to.launches, ...from.launches],
    gateways: [...to.gateways, ...from.gateways],
    servers: [...to.servers, ...from.servers],
    openPlaces: new Set([...to.openPlaces, ...from.openPlaces]),
    members: [...to.members, ...from.members],
    faults: [...(to.faults ?? []), ...(from.faults ?? [])],
  };
}

export interface Parts {
  readonly stacks: readonly StackParts[];
  readonly files: readonly ReadFile[];
  readonly unresolved: readonly Unresolved[];
  readonly rewrites: Rewrites;
}

/** What the readers of compose files, images and Kubernetes files give: places and launches that belong together. */
export interface ContainerStack {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  readonly files: readonly SourceFile[];
  /** Services that its own wait for and another compose file of the repository defines. */
  readonly servicesBeside?: ReadonlySet<string>;
  /** Ids of the places that are not started with the others: their gateways have no part in the stack. */
  readonly switchedOff?: ReadonlySet<string>;
  /** What the files contradict among themselves. */
  readonly faults?: readonly Fault[];
  /** Gateways that the files state themselves (an Ingress). */
  readonly gateways?: readonly Gateway[];
  /** These are all: none is looked for in what the places hold. */
  readonly gatewaysComplete?: true;
}
