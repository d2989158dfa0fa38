import type { Problem, SourceFile, Span, Step } from '../text/source.js';
import type { Endpoint, Listener } from './endpoint.js';
import type { Fault } from './fault.js';
import type { Gateway, Route } from './gateway.js';
import type { Launch } from './launch.js';
import type { Place } from './place.js';
import type { AppServer } from './server.js';

export type FileKind =
  | 'nginx'
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

/** One way a request travels from a route to one endpoint and on. */
export interface Hop {
  readonly gateway: Gateway;
  readonly route: Route;
  readonly endpoint: Endpoint;
  /** `address` proves the server; `only candidate` guesses it; `none`: nobody in the stack listens there. */
  readonly match: 'address' | 'only candidate' | 'none';
  readonly server?: AppServer;
  readonly listener?: Listener;
  /** How the two ends were tied, or why they could not be, for `gwlint path --trace`. */
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
}

export type { Step };
