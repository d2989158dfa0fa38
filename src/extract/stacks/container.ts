import type { Fault, Repair } from '../../model/fault.js';
import type { Launch } from '../../model/launch.js';
import type { ContainerStack, StackParts } from '../../model/parts.js';
import type { Place } from '../../model/place.js';
import { baseName, folderOf } from '../../model/place.js';
import { nearest } from '../../text/near.js';
import { type Edit, type Span, spanText } from '../../text/source.js';
import { isAside, isDockerfileName } from '../discover.js';
import type { Reader } from '../reader.js';
import { placeGateways } from './gateways.js';
import { openPlaces, serversOf } from './servers.js';

/** Completes a stack of containers with the gateways and servers in its places. */
export function containerStack(
  reader: Reader,
  stack: ContainerStack,
  kind: 'compose' | 'image' | 'kubernetes',
): StackParts {
  const startedIn = new Map<string, Launch[]>();
  for (const launch of stack.launches)
    startedIn.set(launch.place.id, [...(startedIn.get(launch.place.id) ?? []), launch]);
  const searched = stack.gatewaysComplete ? [] : stack.places.filter(({ id }) => !stack.switchedOff?.has(id));
  const inPlaces = searched.flatMap(place => {
    const launches = startedIn.get(place.id) ?? [];
    return reader.kept(`gateways of ${place.id}`, [place, ...launches], () => placeGateways(reader, place, launches));
  });
  const gateways = [...(stack.gateways ?? []), ...inPlaces];
  const servers = serversOf(reader, stack.launches);
  const folder = folderOf(stack.files[0]?.path ?? '');
  const members = new Map<string, string>(stack.files.map((file, index) => [file.path, memberWhy(stack, index)]));
  for (const gateway of gateways) {
    for (const file of gateway.files) {
      const placed = file.path === gateway.file.path ? gateway.placed?.message : undefined;
      members.set(file.path, placed ?? `${gateway.kind} of ${gateway.place.title} reads it`);
    }
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
    faults: [
      ...(stack.faults ?? []),
      ...(kind === 'compose' ? undefinedServices(stack.places, stack.servicesBeside) : []),
    ],
  };
}

/** Why one of the files that state the stack belongs to it: the first is what the stack is named for. */
function memberWhy({ files, why }: ContainerStack, index: number): string {
  const [first] = files;
  const path = files[index]?.path ?? '';
  if (index === 0 || first === undefined) return why;
  if (isDockerfileName(baseName(path))) return 'an image of the stack is built from it';
  if (baseName(first.path) === 'Chart.yaml') return 'the chart renders it';
  return folderOf(first.path) === folderOf(path) ? why : `it is used together with ${first.path}`;
}

/**
 * Compose refuses a project in which a service waits for one that is not defined (compose-go: loader, consistency check). A file in which
 * nobody waits for a service of its own is laid over another that it does not name, and a name that another file defines tells of files
 * that are put together by hand.
 */
function undefinedServices(places: readonly Place[], beside: ReadonlySet<string> = new Set()): readonly Fault[] {
  const services = places.filter(place => place.kind === 'service');
  const names = new Set(services.flatMap(place => place.names.map(one => one.name)));
  if (!services.some(place => place.dependsOn.some(one => names.has(one.name)))) return [];
  return services.flatMap(place =>
    place.dependsOn
      .filter(one => !names.has(one.name) && !place.extraNames.has(one.name) && !beside.has(one.name))
      .filter(one => /^[\w.-]+$/.test(one.name))
      // `docker stack deploy` takes no notice of depends_on.
      .filter(one => !/stack|swarm/i.test(baseName(one.span.file.path)))
      .map(one => {
        const near = nearest(one.name, names);
        const repairs: Repair[] = near
          ? [{ title: `Wait for ${near}`, safety: 'safe', edits: replaced(one.span, one.name, near) }]
          : [];
        return {
          kind: 'process/missing-file',
          span: one.span,
          message: `${place.title} depends on "${one.name}", but no service of this project has that name${near ? `; did you mean "${near}"?` : '.'} Compose refuses the whole project`,
          repairs: repairs.filter(repair => repair.edits.length > 0),
          log: `service "${place.names[0]?.name ?? ''}" depends on undefined service "${one.name}": invalid compose project`,
        };
      }),
  );
}

function replaced(span: Span, old: string, text: string): readonly Edit[] {
  const at = spanText(span).indexOf(old);
  return at < 0 ? [] : [{ span: { ...span, start: span.start + at, end: span.start + at + old.length }, text }];
}
