import { filesOf } from '../model/launch.js';
import type { ContainerStack, Parts, StackParts } from '../model/parts.js';
import { folderOf, type Place } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import { beanstalkStacks } from './beanstalk/stacks.js';
import { imageStacks } from './compose/images.js';
import { type Composed, composeStack, composeStacks } from './compose/stacks.js';
import { type Discovered, discover } from './discover.js';
import { kubernetesStacks } from './kubernetes/stacks.js';
import { insideOf } from './place/files.js';
import { pythonAnywhereStacks } from './platform/pythonanywhere.js';
import { platformStacks } from './platform/stacks.js';
import type { Reading } from './reader.js';
import { rewritesOf } from './rewrite/rewrites.js';
import { containerStack } from './stacks/container.js';
import { joinDeclared } from './stacks/declared.js';
import { hostStacks } from './stacks/host.js';
import { withEntry } from './stacks/servers.js';

/** Is given a stack, and what reads it again; may put something smaller in its place (`StackParts.apart`). */
export type TakeStack = (parts: StackParts, again: () => StackParts) => StackParts;

/**
 * Reads everything and sorts it into stacks: first those whose places state what they hold, then what is left, by folder. `take` is given each of
 * the first as soon as it is complete; a run that leaves its work to a next one has none.
 */
export function extractParts(reader: Reading, take?: TakeStack): Parts {
  const found = discover(reader);
  const completed = (stack: ContainerStack, kind: 'compose' | 'kubernetes') => containerStack(reader, stack, kind);
  const taken = (parts: StackParts, again: () => StackParts) => (take ? take(parts, again) : parts);
  const ofCompose = (one: Composed) => {
    const paths = one.group.files.map(file => file.path);
    const stack = () => reader.kept(`stack of ${paths.join('+')}`, [one], () => composeStack(reader, one));
    const again = () => completed(stack(), 'compose');
    return taken(again(), again);
  };
  const ofKubernetes = (stack: ContainerStack) => {
    const again = () => completed(stack, 'kubernetes');
    return taken(again(), again);
  };
  const stacks: StackParts[] = [
    ...reader.kept('compose', found.compose, () => composeStacks(reader, found.compose)).map(ofCompose),
    ...reader.kept('kubernetes', found.kubernetes, () => kubernetesStacks(reader, found.kubernetes)).map(ofKubernetes),
  ];
  stacks.push(
    ...reader.kept('platforms', [], () => platformStacks(reader)).map(stack => containerStack(reader, stack, 'image')),
  );
  stacks.push(
    ...reader.kept('beanstalk', [], () => beanstalkStacks(reader)).map(stack => containerStack(reader, stack, 'image')),
  );
  const withModules = (server: AppServer) => withEntry(reader, server);
  stacks.push(...reader.kept('pythonanywhere', [], () => pythonAnywhereStacks(reader, withModules)));
  const named = new Set(stacks.flatMap(stack => stack.members.map(member => member.path)));
  const images = found.dockerfiles.filter(file => !named.has(file.path));
  const ofImages = reader.kept('images', images, () => imageStacks(reader, images));
  stacks.push(...ofImages.map(stack => containerStack(reader, stack, 'image')));
  const claimed = claimedFiles(found, stacks);
  stacks.push(...hostStacks(reader, found, claimed));
  const joined = joinDeclared(stacks, reader.assumptions.stacks);
  const rewrites = rewritesOf(reader);
  return { stacks: joined, files: reader.noted(), unresolved: reader.unresolvedNotes(), rewrites };
}

/** Files that a container reads, runs, mounts or copies to a place of its own, so that they are not put on a host by hand. */
function claimedFiles(found: Discovered, stacks: readonly StackParts[]): ReadonlySet<string> {
  const claimed = new Set<string>();
  for (const stack of stacks) {
    for (const member of stack.members) claimed.add(member.path);
    // All its files are members then.
    if (stack.apart) continue;
    for (const gateway of stack.gateways) for (const file of gateway.files) claimed.add(file.path);
    for (const server of stack.servers) for (const file of server.configFiles) claimed.add(file.path);
    for (const launch of stack.launches) {
      for (const path of filesOf(launch)) claimed.add(path);
    }
  }
  const seenIn = placesBySource(stacks.flatMap(stack => stack.places));
  for (const files of [found.nginx, found.scripts, found.supervisor, found.uwsgi]) {
    for (const file of files)
      if (placesThatSee(seenIn, file.path).some(place => isNamedBy(place, file.path))) claimed.add(file.path);
  }
  return claimed;
}

/** Places by the files and folders of the repository that they mount or copy, so that a file need not ask every place. */
function placesBySource(places: readonly Place[]): ReadonlyMap<string, ReadonlySet<Place>> {
  const found = new Map<string, Set<Place>>();
  for (const place of places) {
    for (const { repo, content } of place.mounts) {
      for (const source of [repo, content?.path]) {
        if (source === undefined) continue;
        const same = found.get(source);
        if (same) same.add(place);
        else found.set(source, new Set([place]));
      }
    }
  }
  return found;
}

/** Places that mount or copy the file or a folder above it. */
function placesThatSee(seenIn: ReadonlyMap<string, ReadonlySet<Place>>, path: string): readonly Place[] {
  const found = [...(seenIn.get(path) ?? [])];
  for (let folder = path; folder !== ''; ) {
    folder = folderOf(folder);
    found.push(...(seenIn.get(folder) ?? []));
  }
  return found;
}

/**
 * A mount or COPY that names the file itself, or a folder of it that goes to where such files are read. A copy of the whole project
 * says nothing about one file in it.
 */
function isNamedBy(place: Place, path: string): boolean {
  if (place.mounts.some(mount => mount.repo === path)) return true;
  return insideOf(place, path).some(
    inside => /\/(?:nginx|openresty|supervisor|uwsgi)(?:\/|$)/.test(inside) && inside.startsWith('/etc/'),
  );
}
