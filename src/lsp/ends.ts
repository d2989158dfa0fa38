import type { Hop, Stack } from '../model/deployment.js';
import type { Listener } from '../model/endpoint.js';
import type { Gateway, NginxDirective } from '../model/gateway.js';
import { scopesOf } from '../model/inherit.js';
import { baseName } from '../model/place.js';
import type { AppServer } from '../model/server.js';
import type { SourceFile, Span } from '../text/source.js';
import type { Judged } from './project.js';
import { covers } from './view.js';

/** One step along the way of a request: from a place in a file to those that it means. */
export interface Tie {
  readonly from: Span;
  readonly to: readonly Span[];
}

/** Every step of every way, in both files: gateway, upstream group, bind, application, Python object; includes; names of services. */
export function tiesOf({ deployment }: Judged): readonly Tie[] {
  return deployment.stacks.flatMap(stack => [
    ...hopTies(stack),
    ...stack.servers.flatMap(serverTies),
    ...stack.gateways.flatMap(includeTies),
    ...placeTies(stack),
  ]);
}

function hopTies({ hops, places }: Stack): readonly Tie[] {
  const found: Tie[] = [];
  const names = new Map(places.flatMap(place => place.names.map(one => [one.name.toLowerCase(), one.span] as const)));
  for (const hop of hops) {
    const { endpoint, route } = hop;
    const { pass } = route;
    const listener = hop.match === 'address' ? boundBy(hop) : undefined;
    const address = endpoint.address.known ? endpoint.address.value : undefined;
    const name = address?.kind === 'tcp' ? names.get(address.host.toLowerCase()) : undefined;
    const ends = [...(listener ? [listener] : []), ...(name ? [name] : [])];
    if (pass.group) found.push({ from: pass.target.span, to: [pass.group.nameSpan] });
    if (ends.length > 0) found.push({ from: endpoint.span, to: ends });
    if (ends.length > 0 && !pass.group) found.push({ from: pass.target.span, to: ends });
  }
  return found;
}

/** Where the server that a hop leads to is bound; what starts it, where its default is used. */
function boundBy({ listener, server }: Hop): Span | undefined {
  return listener?.span ?? server?.span;
}

function serverTies(server: AppServer): readonly Tie[] {
  const { app, entry, listens, configFiles, command } = server;
  const found: Tie[] = [];
  const target = app?.span;
  if (target) {
    for (const { span } of listens) if (!sameSpan(span, target)) found.push({ from: span, to: [target] });
  }
  const object = objectOf(server);
  if (target && object) found.push({ from: target, to: [object] });
  else if (object && entry) found.push({ from: server.span, to: [object] });
  for (const word of command.words) {
    const file = configFiles.find(one => word.text.endsWith(baseName(one.path)));
    if (file) found.push({ from: word.span, to: [fileSpan(file)] });
  }
  return found;
}

/** The object that the server calls, or the module where it cannot be told. */
export function objectOf({ entry }: AppServer): Span | undefined {
  if (entry?.attribute.state === 'found') return entry.attribute.span;
  return entry?.file && fileSpan(entry.file);
}

function includeTies(gateway: Gateway): readonly Tie[] {
  return includesOf(gateway).map(({ from, files }) => ({ from, to: files.map(fileSpan) }));
}

/** What each include of a gateway brought in. */
export function includesOf(
  gateway: Gateway,
): readonly { readonly from: Span; readonly files: readonly SourceFile[] }[] {
  const found = new Map<string, { readonly from: Span; readonly files: Map<string, SourceFile> }>();
  for (const { directives } of scopesOf(gateway)) for (const directive of directives) noteInclude(directive, found);
  return [...found.values()].map(({ from, files }) => ({ from, files: [...files.values()] }));
}

function noteInclude(
  { via = [], span, stock }: NginxDirective,
  found: Map<string, { readonly from: Span; readonly files: Map<string, SourceFile> }>,
): void {
  if (stock) return;
  // Each file on the way holds the next include; the last one holds the directive.
  via.forEach((step, i) => {
    const file = via[i + 1]?.span.file ?? span.file;
    const key = `${step.span.file.path}:${step.span.start}`;
    let known = found.get(key);
    if (!known) {
      known = { from: step.span, files: new Map() };
      found.set(key, known);
    }
    known.files.set(file.path, file);
  });
}

function placeTies({ places }: Stack): readonly Tie[] {
  return places.flatMap(place =>
    place.dependsOn.flatMap(({ name, span }) => {
      const other = places.find(one => one !== place && one.names.some(each => each.name === name));
      const to = other?.names.find(each => each.name === name)?.span;
      return to && !sameSpan(to, span) ? [{ from: span, to: [to] }] : [];
    }),
  );
}

function fileSpan(file: SourceFile): Span {
  return { file, start: 0, end: 0 };
}

function sameSpan(a: Span, b: Span): boolean {
  return a.file.path === b.file.path && a.start === b.start && a.end === b.end;
}

/** What the place means: the targets of the narrowest steps that begin there. */
export function definitionsAt(judged: Judged, path: string, offset: number): readonly Tie[] {
  const here = tiesOf(judged).filter(({ from }) => from.file.path === path && covers(from, offset));
  const least = Math.min(...here.map(({ from }) => from.end - from.start));
  return here.filter(({ from }) => from.end - from.start === least);
}

/** Who means the place: the beginnings of all steps that lead to it. Of a whole file: only where the place is its very beginning. */
export function referencesTo(judged: Judged, path: string, offset: number): readonly Span[] {
  const found = new Map<string, Span>();
  for (const { from, to } of tiesOf(judged)) {
    if (!to.some(span => span.file.path === path && covers(span, offset))) continue;
    found.set(`${from.file.path}:${from.start}:${from.end}`, from);
  }
  return [...found.values()];
}

/** The hops that end at a listener. */
export function hopsTo({ hops }: Stack, listener: Listener): readonly Hop[] {
  return hops.filter(hop => hop.match === 'address' && hop.listener === listener);
}
