import type { StackParts } from '../model/parts.js';
import type { Place, RealNetwork } from '../model/place.js';

/** The services of all compose projects that may meet others on a network of Docker. Collected once for all stacks. */
export interface Projects {
  readonly byName: ReadonlyMap<string, readonly Guest[]>;
  /** Files whose services are attached to a network, by what Docker calls it. Names that are not exact stand apart. */
  readonly exact: ReadonlyMap<string, ReadonlySet<string>>;
  readonly open: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Guest {
  readonly project: StackParts;
  readonly place: Place;
}

/** Where a name leads that nobody in the gateway's own project has. `apart`: it is a service of this project, on other networks. */
export interface Meeting extends Guest {
  readonly apart: boolean;
}

/** Examples and the like stay out: what they are attached to says nothing about the others. */
export function projectsOf(all: readonly StackParts[]): Projects {
  const byName = new Map<string, Guest[]>();
  const exact = new Map<string, Set<string>>();
  const open = new Map<string, Set<string>>();
  for (const project of all) {
    if (project.kind !== 'compose' || project.aside) continue;
    for (const place of project.places) {
      for (const name of new Set(place.names.map(one => one.name.toLowerCase()))) {
        byName.set(name, byName.get(name) ?? []);
        byName.get(name)?.push({ project, place });
      }
      for (const network of place.realNetworks ?? []) {
        const list = network.exact ? exact : open;
        list.set(network.name, (list.get(network.name) ?? new Set()).add(fileOf(place)));
      }
    }
  }
  return { byName, exact, open };
}

/**
 * The one service of another project that `host` names as seen from `from`; undefined where none or several have the name, or where it cannot be
 * told whether they meet. Two variants of one service (a base file, alone and with an override) count as one.
 */
export function meetingOf(projects: Projects, from: Place, host: string): Meeting | undefined {
  const own = fileOf(from);
  const found = (projects.byName.get(host.toLowerCase()) ?? [])
    .filter(({ place }) => fileOf(place) !== own)
    .map(guest => ({ ...guest, shared: shared(from, guest.place) }));
  const near = found.filter(one => one.shared === 'yes');
  const [first] = near;
  if (first) return oneService(near) ? { ...first, apart: false } : undefined;
  const [other] = found;
  if (!other || !oneService(found) || found.some(one => one.shared !== 'no')) return undefined;
  // Somebody else of the repository is on the gateway's networks, so what is meant may be there under a name that is not seen.
  return isVisited(projects, from) ? undefined : { ...other, apart: true };
}

function fileOf({ span, id }: Place): string {
  return span?.file.path ?? id;
}

function oneService(found: readonly Guest[]): boolean {
  return new Set(found.map(({ place }) => `${fileOf(place)}:${place.span?.start}`)).size === 1;
}

function isVisited({ exact, open }: Projects, from: Place): boolean {
  const own = fileOf(from);
  const others = (files: ReadonlySet<string> | undefined) =>
    files !== undefined && files.size > (files.has(own) ? 1 : 0);
  return (from.realNetworks ?? []).some(
    network =>
      others(exact.get(network.name)) ||
      [...open].some(
        ([name, files]) => others(files) && sameNetwork(network, { key: '', name, exact: false }) !== 'no',
      ),
  );
}

/** `unknown`: a name depends on what is not written down. */
function shared(a: Place, b: Place): 'yes' | 'no' | 'unknown' {
  if (a.networkMode !== undefined || b.networkMode !== undefined) return 'unknown';
  if (!a.realNetworks || !b.realNetworks) return 'unknown';
  const pairs = a.realNetworks.flatMap(one => (b.realNetworks ?? []).map(other => sameNetwork(one, other)));
  if (pairs.includes('yes')) return 'yes';
  return pairs.includes('unknown') ? 'unknown' : 'no';
}

function sameNetwork(a: RealNetwork, b: RealNetwork): 'yes' | 'no' | 'unknown' {
  if (a.exact && b.exact) return a.name === b.name ? 'yes' : 'no';
  const [open, other] = a.exact ? [b, a] : [a, b];
  return other.name.endsWith(open.name) ? 'unknown' : 'no';
}
