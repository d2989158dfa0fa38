import type { SourceFile, Span } from '../text/source.js';
import type { Setting } from './setting.js';

/**
 * The folder of the repository as seen from a place whose real path nobody wrote down (a Procfile, a script started "from
 * the root"). It is a path inside the place like any other, and is never shown to a user.
 */
export const repositoryRoot = '/(repository)';

/**
 * What puts files of the repository, or nothing knowable, at a path inside a place.
 * `copy`: Dockerfile COPY or ADD. `bind`: a bind mount. `config`: compose configs/secrets, a Kubernetes ConfigMap.
 * `volume`: a named volume, `repo` is then absent and `volume` its name. `assumed`: a host path that is taken for the
 * repository because a unit file says so (`WorkingDirectory=/srv/shop`). `run`: a command run while the image is built, or
 * before the server starts, changes what is there (see `effect`).
 */
export interface Mount {
  readonly kind: 'copy' | 'bind' | 'config' | 'volume' | 'assumed' | 'run';
  /** Absolute path inside the place, without a trailing slash (`/` alone excepted). */
  readonly inside: string;
  /** Path in the repository; the empty text is its root. */
  readonly repo?: string;
  readonly volume?: string;
  /** Inline content (compose `configs: content:`, a ConfigMap key, COPY <<EOF): a file as `maskOutside` makes it. */
  readonly content?: SourceFile;
  readonly span?: Span;
  /** Patterns of `.dockerignore`, in order; a path they exclude is not there. */
  readonly excludes?: readonly string[];
  /** Folder of the repository that `excludes` are relative to (the build context); `repo` where absent. */
  readonly context?: string;
  /**
   * Of a `run` mount: what the command does at `inside` and below. `adds`: more files may be there. `replaces`: nothing is
   * known about what is there now. `removes`: nothing is there. `empties`: an empty folder. `link`: the same as at `target`.
   */
  readonly effect?: 'adds' | 'replaces' | 'removes' | 'empties' | 'link';
  /** Absolute path inside the place that a `link` leads to. */
  readonly target?: string;
  /** The content is run through envsubst on the way: `${NAME}` is filled from the environment of the place. */
  readonly rendered?: 'envsubst';
  /** True when it is not certain that this is there: a glob, an ARG, a stage that could not be followed. */
  readonly uncertain?: boolean;
}

export interface PublishedPort {
  readonly host: Setting<number> | undefined;
  readonly inside: Setting<number>;
  readonly span: Span;
  /** Address of the host that it is bound to, where one is written (`127.0.0.1:8000:80`). */
  readonly hostAddress?: string;
}

/** A port that a file says somebody listens on, without binding it: EXPOSE, a health check, a probe. */
export interface PortClaim {
  readonly kind: 'expose' | 'healthcheck' | 'probe';
  readonly port: Setting<number>;
  readonly span: Span;
}

/** A name by which other places reach this one, and on which networks. */
export interface PlaceName {
  readonly name: string;
  readonly networks: readonly string[] | 'all';
  readonly span: Span;
  /**
   * The name stands for a forwarder in front of the place (a Kubernetes Service): only the `host` ports are reached by it, and each
   * leads to the port `inside`. Absent: the name is the place itself, with all its ports.
   */
  readonly forwards?: readonly PublishedPort[];
  /** Of a headless Service: what the controller of an Ingress, which asks for endpoints and not for the name, makes of its ports. */
  readonly endpoints?: readonly PublishedPort[];
}

/** A network of Docker. `exact` is false where its name begins with that of a project that no file names: `name` is then the rest of it. */
export interface RealNetwork {
  /** As the compose file calls it. */
  readonly key: string;
  readonly name: string;
  readonly exact: boolean;
}

/**
 * Where `localhost` and a file path mean one thing: a machine, a compose service, a pod.
 */
export interface Place {
  /** Unique in the deployment: `host`, `docker-compose.yml#web`, `deploy/Dockerfile`, `k8s/app.yaml#Deployment/web`. */
  readonly id: string;
  readonly kind: 'host' | 'service' | 'image' | 'pod';
  /** For messages: "service web", "the host", "pod api". */
  readonly title: string;
  readonly names: readonly PlaceName[];
  readonly networks: readonly string[];
  /** Where its networks are listed, where they are. */
  readonly networksSpan?: Span;
  /** `host`, `none`, or the id of the place whose network it shares (`network_mode: service:x`). */
  readonly networkMode?: string;
  readonly ports: readonly PublishedPort[];
  readonly claims?: readonly PortClaim[];
  /** Networks of it that places outside this stack may be on (`external: true`). */
  readonly openNetworks?: readonly string[];
  /** What Docker calls its networks: places of another project are reached on a network of the same name. */
  readonly realNetworks?: readonly RealNetwork[];
  readonly environment: ReadonlyMap<string, Setting<string>>;
  /** True when variables may come from where we cannot look (an `env_file` that is not there, an opaque base image). */
  readonly environmentOpen: boolean;
  /** In order of application: a later mount covers an earlier one. */
  readonly mounts: readonly Mount[];
  readonly workingDirectory: Setting<string>;
  readonly user?: Setting<string>;
  /** Name and tag of the image that runs, or that its last stage starts from. */
  readonly image?: Setting<string>;
  /** Packages of the distribution that the image is known to install, where they bring files we know: `nginx`; with the words of `Effects`. */
  readonly packages?: readonly string[];
  /** Nobody can look into it: an image that is not built here. */
  readonly opaque: boolean;
  /** Why, where it can be told: `the image acme/shop is built from several Dockerfiles or stages`. */
  readonly opaqueWhy?: string;
  /** Names of the places that it waits for. */
  readonly dependsOn: readonly { readonly name: string; readonly span: Span }[];
  /** `extra_hosts` and links: names that mean something here. */
  readonly extraNames: ReadonlyMap<string, string>;
  readonly span?: Span;
}

/** Joins and normalises an absolute path inside a place: no `.`, `..`, doubled or trailing slashes. */
export function joinInside(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Path in the repository below `folder`; undefined when it leaves the repository. */
export function joinRepo(folder: string, path: string): string | undefined {
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
