import { type Address, isAnyAddress, isIpAddress, isLoopback } from '../model/endpoint.js';
import { joinInside, type Place, repositoryRoot } from '../model/place.js';

/**
 * One name for a unix socket that two places may call by different paths: the shared volume or repository folder it lies in and
 * the rest of the path, or the place and the path. Host places are one machine, so their paths are compared as they are.
 */
export function socketKey(place: Place, path: string): string {
  if (path.startsWith('@')) return `abstract:${networkNamespace(place)}:${path}`;
  const inside = joinInside('/', path);
  for (let i = place.mounts.length - 1; i >= 0; i--) {
    const mount = place.mounts[i];
    if (!mount || !covers(mount.inside, inside)) continue;
    const rest = inside.slice(mount.inside === '/' ? 0 : mount.inside.length);
    if (mount.kind === 'volume') return `volume:${mount.volume}${rest}`;
    if (mount.kind === 'bind' && mount.repo !== undefined) return `repository:${joinInside('/', mount.repo + rest)}`;
    if (mount.kind === 'assumed' && mount.repo !== undefined) return `repository:${joinInside('/', mount.repo + rest)}`;
    if (mount.kind === 'copy') break;
  }
  return place.kind === 'host' ? `host:${inside}` : `place:${place.id}:${inside}`;
}

/**
 * Two paths that may be one although the places cannot be compared: one of them is relative to a folder of the host that nobody wrote
 * down, and the other ends in it.
 */
export function mayBeSame(a: string, b: string): boolean {
  const relative = (path: string): string | undefined =>
    path.startsWith(`${repositoryRoot}/`) ? path.slice(repositoryRoot.length) : undefined;
  const restA = relative(joinInside('/', a));
  const restB = relative(joinInside('/', b));
  if (restA !== undefined && restB === undefined) return joinInside('/', b).endsWith(restA);
  return restB !== undefined && restA === undefined && joinInside('/', a).endsWith(restB);
}

/** True when the path lies in a folder that other places may share (a volume or a bind mount). */
export function inSharedFolder(place: Place, path: string): boolean {
  return !/^(?:place|abstract):/.test(socketKey(place, path));
}

function covers(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Id of the network namespace: places in one namespace share `localhost`. */
export function networkNamespace(place: Place): string {
  if (place.kind === 'host' || place.networkMode === 'host') return 'host';
  if (place.networkMode && place.networkMode !== 'none' && place.networkMode !== 'bridge') return place.networkMode;
  return place.id;
}

export type Reach = 'yes' | 'port' | 'loopback' | 'family' | 'interface';

/**
 * Does a connection to `dialled` arrive at a listener bound to `bound`? `sameNamespace`: both see the same `localhost`.
 * `port`: another port, or not TCP on both sides. `loopback`: the listener is bound to loopback and the connection comes from elsewhere.
 * `family`: IPv4 against IPv6. `interface`: the same port on another address.
 */
export function reaches(dialled: Address, bound: Address, sameNamespace: boolean): Reach {
  if (dialled.kind !== 'tcp' || bound.kind !== 'tcp' || dialled.port !== bound.port) return 'port';
  const wanted = dialled.host.toLowerCase();
  const host = bound.host.toLowerCase();
  if (host === '::' || (host !== '0.0.0.0' && isAnyAddress(host))) return 'yes';
  if (isAnyAddress(host)) return wanted === '::1' && sameNamespace ? 'family' : 'yes';
  if (isLoopback(host)) {
    if (!sameNamespace) return 'loopback';
    if (wanted === 'localhost' || host === 'localhost' || isAnyAddress(wanted) || wanted === host) return 'yes';
    if (isLoopback(wanted)) return (wanted === '::1') === (host === '::1') ? 'yes' : 'family';
    return 'loopback';
  }
  if (sameNamespace && isLoopback(wanted)) return 'interface';
  // Two different numbers are two machines or two interfaces; a name may well mean this one.
  return isIpAddress(wanted) && isIpAddress(host) && wanted !== host ? 'interface' : 'yes';
}
