import { hasServers, type StackParts } from './parts.js';
import type { Place } from './place.js';

/**
 * What others may ask of a stack that was judged and is gone; the rest is read again when somebody asks for it. A class, against the habit of the
 * rest: an object with getters of its own takes ten times as much, and there may be thousands.
 */
export class StackGone implements StackParts {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly kind: StackParts['kind'];
  readonly folder: string;
  readonly aside: boolean;
  readonly places: readonly Place[];
  readonly apart: { readonly hasServers: boolean };
  readonly #again: () => StackParts;
  readonly #paths: readonly string[];

  constructor(parts: StackParts, paths: ReadonlySet<string>, again: () => StackParts) {
    this.id = parts.id;
    this.title = parts.title;
    this.why = parts.why;
    this.kind = parts.kind;
    this.folder = parts.folder;
    this.aside = parts.aside;
    this.places = parts.places.map(placeGone);
    this.#paths = [...paths];
    this.apart = hasServers(parts) ? withServers : withoutServers;
    this.#again = again;
  }

  /** Its files; nobody asks any more why they belong to it. */
  get members(): StackParts['members'] {
    return this.#paths.map(path => ({ path, why: '' }));
  }

  get launches() {
    return this.#again().launches;
  }

  get gateways() {
    return this.#again().gateways;
  }

  get servers() {
    return this.#again().servers;
  }

  get openPlaces() {
    return this.#again().openPlaces;
  }
}

/** What decides who is meant by a name or a port. Who finds that it is this place asks for the servers of its stack, and gets all of it. */
function placeGone(place: Place): Place {
  const { id, kind, title, names, networks, networkMode, ports, realNetworks, mounts, extraNames, span } = place;
  return {
    ...{ id, kind, title },
    // Copies: a list that was added to has room for sixteen more.
    ...{ names: [...names], networks: [...networks], ports: [...ports], mounts: [...mounts] },
    ...(networkMode !== undefined && { networkMode }),
    ...(realNetworks && { realNetworks: [...realNetworks] }),
    ...(span && { span }),
    extraNames: extraNames.size === 0 ? nothing : extraNames,
    ...rest,
  };
}

const nothing: ReadonlyMap<string, string> = new Map();

const rest: Pick<Place, 'environment' | 'environmentOpen' | 'workingDirectory' | 'opaque' | 'dependsOn'> = {
  environment: new Map(),
  environmentOpen: true,
  workingDirectory: { name: 'WORKDIR', origin: 'default', known: false, why: 'the place is gone' },
  opaque: true,
  dependsOn: [],
};

const withServers = { hasServers: true };
const withoutServers = { hasServers: false };
