import type { Deployment, Stack } from '../model/deployment.js';
import { showAddress } from '../model/endpoint.js';
import type { Place } from '../model/place.js';
import type { Span } from '../text/source.js';

/** Why a file was linked, or why it was not. */
export interface Trace {
  readonly file: string;
  /** What it was read as; absent where it is no configuration that is known here. */
  readonly kind?: string;
  readonly stacks: readonly TracedStack[];
  /** Commands that write parts of it anew before anything reads it. */
  readonly rewritten: readonly Note[];
  /** Why it belongs to no stack; a container may see it all the same, with the rest of a folder. */
  readonly unlinked?: string;
}

export interface TracedStack {
  readonly title: string;
  readonly notes: readonly Note[];
}

export interface Note {
  readonly message: string;
  readonly at?: Span;
}

/** Where a file of the repository is seen inside a place. */
export type InsideOf = (place: Place, path: string) => readonly string[];

/** What is known about one file of the deployment. `listed`: it is among the files that are looked at. */
export function traceFile(deployment: Deployment, path: string, insideOf: InsideOf, listed: boolean): Trace {
  const kind = deployment.files.find(({ file }) => file.path === path)?.kind;
  let linked = false;
  const stacks = deployment.stacks.flatMap((stack): readonly TracedStack[] => {
    const own = [...membership(stack, path), ...roles(stack, path)];
    linked ||= own.length > 0;
    const notes = distinct([...own, ...seenAt(stack, path, insideOf)]);
    return notes.length > 0 ? [{ title: stack.title, notes }] : [];
  });
  const shared = { file: path, ...(kind && { kind }), stacks, rewritten: rewritten(deployment, path) };
  return linked ? shared : { ...shared, unlinked: whyNot(kind, listed) };
}

/** Each command once; what it matches is not known to any rule. */
function rewritten({ rewrites }: Deployment, path: string): readonly Note[] {
  return distinct(
    (rewrites.get(path) ?? []).map(({ by }) => ({
      message: `${by.message}: what it matches is not known here, and nothing is said about it`,
      at: by.span,
    })),
  );
}

function whyNot(kind: string | undefined, listed: boolean): string {
  if (!listed)
    return 'it is not looked at: git ignores it, it lies in a folder of installed packages, or it leads out of the folder that is checked';
  if (kind === undefined)
    return 'no server, gateway or script reads it, and by its content it is no configuration of one, and nothing that starts one';
  return `it was read as ${kind}, but it starts nothing here, and no gateway, server or script reads it`;
}

function membership({ members, why }: Stack, path: string): readonly Note[] {
  return members
    .filter(member => member.path === path)
    .map(member => ({ message: member.why === why ? `belongs to it: ${why}` : `belongs to it because ${member.why}` }));
}

/** What the file does in the stack: part of a gateway, configuration or module of a server, step of a launch. */
function roles({ gateways, servers, launches, hops }: Stack, path: string): readonly Note[] {
  const found: Note[] = [];
  for (const { kind, place, file, files, placed } of gateways) {
    if (!files.some(one => one.path === path)) continue;
    const main = file.path === path ? `it is read by ${kind}` : `${kind} reads it by way of ${file.path}`;
    found.push({ message: `${main} on ${place.title}`, ...(placed && { at: placed.span }) });
  }
  for (const { kind, place, configFiles, entry, span } of servers) {
    const on = `${kind} on ${place.title}`;
    if (configFiles.some(one => one.path === path)) found.push({ message: `${on} reads it`, at: span });
    if (entry?.file?.path === path) found.push({ message: `${on} loads it as ${entry.name}`, at: span });
    else if (entry?.modules.some(one => one.file.path === path))
      found.push({ message: `${on} imports it by way of ${entry.name}`, at: span });
  }
  for (const launch of launches) {
    for (const { words, via, span } of launch.commands) {
      const program = words[0]?.text ?? 'something';
      if (span.file.path === path)
        found.push({ message: `it starts ${program} (${launch.kind} ${launch.name})`, at: span });
      for (const step of via) if (step.span.file.path === path) found.push({ message: step.message, at: step.span });
    }
    for (const step of launch.unresolved)
      if (step.span.file.path === path) found.push({ message: `not followed: ${step.message}`, at: step.span });
  }
  for (const { route, endpoint, match, why } of hops) {
    if (endpoint.span.file.path !== path) continue;
    const to = endpoint.address.known ? showAddress(endpoint.address.value) : 'an address that is not known';
    const sure = match === 'address' ? '' : match === 'only candidate' ? ', probably meant' : ', nobody is tied to it';
    found.push({ message: `${route.title} dials ${to}${sure}: ${why}`, at: endpoint.span });
  }
  return found;
}

function seenAt({ places }: Stack, path: string, insideOf: InsideOf): readonly Note[] {
  return places
    .filter(place => place.kind !== 'host')
    .flatMap(place => insideOf(place, path).map(inside => ({ message: `${place.title} has it at ${inside}` })));
}

function distinct(notes: readonly Note[]): readonly Note[] {
  const found = new Map(notes.map(note => [`${note.message} ${note.at?.file.path}:${note.at?.start}`, note]));
  return [...found.values()];
}
