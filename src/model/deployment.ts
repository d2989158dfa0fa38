import type { Problem, SourceFile, Span, Step } from '../text/source.js';
import type { Endpoint, Listener } from './endpoint.js';
import type { Fault } from './fault.js';
import type { Gateway, Route } from './gateway.js';
import type { Launch } from './launch.js';
import type { Place, PublishedPort } from './place.js';
import type { Rewrites } from './rewrite.js';
import type { AppServer } from './server.js';

export type FileKind =
  | 'nginx'
  | 'haproxy'
  | 'apache'
  | 'gunicorn'
  | 'uwsgi'
  | 'python'
  | 'systemd'
  | 'supervisor'
  | 'procfile'
  | 'compose'
  | 'dockerfile'
  | 'kubernetes'
  | 'shell'
  | 'environment'
  | 'platform';

export interface ReadFile {
  readonly file: SourceFile;
  readonly kind: FileKind;
  /** What is wrong with its text; syntax rules speak about these. */
  readonly problems: readonly Problem[];
}

/**
 * Why no server is tied to an endpoint. Only the reasons from `nobody listens` on are proved faults of the link; the others are
 * gaps in what can be known.
 */
export type Miss =
  /** The address is not known (a variable, a template). */
  | 'unknown address'
  /** It leads out of the stack: another machine, a public name, an image nobody can look into. */
  | 'elsewhere'
  /** A server in the place may listen there; which addresses it binds cannot be told. */
  | 'open'
  /** Nobody in the place listens at the address, and all that listens there is known. */
  | 'nobody listens'
  /** The name is nobody's in this stack, and no name that could be resolved elsewhere. */
  | 'unknown name'
  /** The gateway says localhost and means its own container; the server is in another place. */
  | 'loopback of the gateway'
  /** The server listens at this port, but on its own loopback, and is dialled from another place. */
  | 'loopback of the server'
  /** One end is IPv4, the other IPv6. */
  | 'address family'
  /** The server listens at this port, but on another of its addresses. */
  | 'interface'
  /** The port is the one published on the host, not the one inside. */
  | 'published port'
  /** A gateway on the host dials the port inside a container, which is published on the host as another. */
  | 'port inside'
  /** The port is published on the loopback of the machine alone, and dialled from a container. */
  | 'published on loopback'
  /** The forwarder in front of the place (a Kubernetes Service) has no such port. */
  | 'no such port'
  /** The two places have no network in common. */
  | 'no shared network'
  /** Both ends name a unix socket, in folders that the two places do not share. */
  | 'socket not shared';

/** One way a request travels from a route to one endpoint and on. */
export interface Hop {
  readonly gateway: Gateway;
  readonly route: Route;
  readonly endpoint: Endpoint;
  /** `address` proves the server; `only candidate` guesses the one that is meant; `none`: it cannot be told. */
  readonly match: 'address' | 'only candidate' | 'none';
  readonly server?: AppServer;
  /** The bound end; of a guessed server the one that is most likely meant. */
  readonly listener?: Listener;
  /** Present exactly when `match` is not `address`. */
  readonly miss?: Miss;
  /** Places that the dialled name or address leads to in this stack. */
  readonly places: readonly Place[];
  /** The forwarder between the two (a Kubernetes Service) that sends the dialled port on to another. */
  readonly forward?: PublishedPort;
  /** How the two ends were tied, or why they could not be, for `gwlint path`. */
  readonly why: string;
}

/** Places, gateways and servers that work together; never linked with those of another stack. */
export interface Stack {
  readonly id: string;
  /** For messages: "docker-compose.yml", "the host files in deploy/". */
  readonly title: string;
  readonly why: string;
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  readonly gateways: readonly Gateway[];
  readonly servers: readonly AppServer[];
  readonly hops: readonly Hop[];
  /** Files that belong to it, with the reason. */
  readonly members: readonly { readonly path: string; readonly why: string }[];
}

export interface Unresolved {
  readonly span: Span;
  readonly why: string;
}

/** The whole picture. Rules see this and nothing else. */
export interface Deployment {
  readonly stacks: readonly Stack[];
  readonly files: readonly ReadFile[];
  readonly faults: readonly Fault[];
  readonly unresolved: readonly Unresolved[];
  /** Parts of files that a script writes anew before anything reads them. */
  readonly rewrites: Rewrites;
  /** What is known of further stacks, which were judged each alone; absent where there are none. */
  readonly apart?: Apart;
}

/** What rules want to know of stacks beside the one that they look at. */
export interface Apart {
  /** One of them runs a server that is not meant for development. */
  readonly production: boolean;
  /** How many servers take HTTP at a port alone. */
  readonly httpPorts: ReadonlyMap<number, number>;
}

export type { Step };
