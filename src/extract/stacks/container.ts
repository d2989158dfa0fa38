import type { Gateway } from '../../model/gateway.js';
import type { Launch } from '../../model/launch.js';
import type { StackParts } from '../../model/parts.js';
import type { Place } from '../../model/place.js';
import { folderOf } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import { isAside } from '../discover.js';
import type { Reader } from '../reader.js';
import { placeGateways } from './gateways.js';
import { openPlaces, serversOf } from './servers.js';

/** What the readers of compose files, images and Kubernetes files give: places and launches that belong together. */
export interface ContainerStack {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  readonly files: readonly SourceFile[];
  /** Gateways that the files state themselves (an Ingress). */
  readonly gateways?: readonly Gateway[];
}

/** Completes a stack of containers with the gateways and servers in its places. */
export function containerStack(
  reader: Reader,
  stack: ContainerStack,
  kind: 'compose' | 'image' | 'kubernetes',
): StackParts {
  const inPlaces = stack.places.flatMap(place =>
    placeGateways(
      reader,
      place,
      stack.launches.filter(launch => launch.place.id === place.id),
    ),
  );
  const gateways = [...(stack.gateways ?? []), ...inPlaces];
  const servers = serversOf(reader, stack.launches);
  const folder = folderOf(stack.files[0]?.path ?? '');
  const members = new Map<string, string>(stack.files.map(file => [file.path, stack.why]));
  for (const gateway of gateways) {
    for (const file of gateway.files)
      members.set(file.path, gateway.placed?.message ?? `nginx of ${gateway.place.title} reads it`);
  }
  for (const server of servers)
    for (const file of server.configFiles) members.set(file.path, `${server.kind} of ${server.place.title} reads it`);
  return {
    id: stack.id,
    title: stack.title,
    why: stack.why,
    kind,
    folder,
    aside: isAside(`${folder}/x`),
    places: stack.places,
    launches: stack.launches,
    gateways,
    servers,
    openPlaces: openPlaces(stack.launches),
    members: [...members].map(([path, why]) => ({ path, why })),
  };
}
