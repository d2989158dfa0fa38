import { joinInside, type Mount, type Place, repositoryRoot } from './place.js';

/**
 * Whether the folder that a gateway looks in is the one that the application fills. `nothing there`: the gateway runs the plain nginx image, and
 * nothing is mounted or copied at the path. Undefined: it cannot be told, since files may be copied from one to the other.
 */
export function compareFolders(
  app: Place,
  filled: string,
  gateway: Place,
  looked: string,
): 'same' | 'another' | 'nothing there' | undefined {
  const [a, b] = [joinInside('/', filled), joinInside('/', looked)];
  if (app.id === gateway.id) {
    if (app.kind !== 'host' || a.startsWith(repositoryRoot) || b.startsWith(repositoryRoot)) return undefined;
    return a === b ? 'same' : 'another';
  }
  const there = covering(gateway, b);
  if (!there) return isBare(gateway, b) ? 'nothing there' : undefined;
  const from = covering(app, a);
  // Both ends have to lie in volumes that the application has: only then is nothing in between that may copy.
  const shared = there.kind === 'volume' && app.mounts.some(({ volume }) => volume === there.volume);
  if (!shared || !from || (from.kind !== 'volume' && from.kind !== 'bind') || from.uncertain || there.uncertain)
    return undefined;
  return identity(from, a) === identity(there, b) ? 'same' : 'another';
}

/**
 * A volume that another container has at this path and the gateway somewhere else, while nothing is mounted or copied at the path in the gateway: its
 * configuration names the path inside the other container.
 */
export function sharedElsewhere(
  gateway: Place,
  looked: string,
  places: readonly Place[],
): { readonly place: Place; readonly there: Mount; readonly own: Mount } | undefined {
  const path = joinInside('/', looked);
  if (gateway.kind !== 'service' || covering(gateway, path)) return undefined;
  if (gateway.mounts.some(({ uncertain, inside }) => uncertain || inside.startsWith(`${path}/`))) return undefined;
  for (const place of places) {
    const there = place.id === gateway.id ? undefined : covering(place, path);
    if (!there?.volume || there.kind !== 'volume') continue;
    const own = gateway.mounts.find(({ kind, volume }) => kind === 'volume' && volume === there.volume);
    if (own && own.inside !== there.inside) return { place, there, own };
  }
  return undefined;
}

function covering(place: Place, path: string): Mount | undefined {
  return place.mounts.findLast(({ inside }) => inside === path || inside === '/' || path.startsWith(`${inside}/`));
}

/** The plain image of nginx has no files beside its own; a folder above a mount is there, but not this one. */
function isBare({ image, mounts, kind }: Place, path: string): boolean {
  if (kind !== 'service' || !image?.known || !/^(?:docker\.io\/)?(?:library\/)?nginx(?::|$)/.test(image.value))
    return false;
  if (/^\/(?:etc|usr\/share\/nginx|usr\/lib|usr\/local|proc|dev)\//.test(path)) return false;
  return mounts.every(
    ({ inside, effect, uncertain }) => !uncertain && effect === undefined && !inside.startsWith(`${path}/`),
  );
}

function identity({ kind, volume, repo, inside }: Mount, path: string): string {
  return `${kind}:${kind === 'volume' ? volume : repo}:${path.slice(inside === '/' ? 0 : inside.length)}`;
}
