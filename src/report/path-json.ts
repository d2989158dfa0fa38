import type { Span, Step } from '../text/source.js';
import type { Fact, PathReport, RoutePath, ServerPath, StackPath } from './path.js';
import { createLocate, type Locate } from './report.js';
import { maskSecrets } from './secrets.js';
import { printableJson } from './visible.js';

/** The ways of requests below one root, and the path of a file of it as the user knows it. */
export interface RootedPath {
  readonly report: PathReport;
  readonly show: (path: string) => string;
}

interface PathJsonOptions {
  readonly locate: Locate;
  readonly show: (path: string) => string;
}

/** The ways of requests for programs; `version` is raised when a field changes its meaning or goes. */
export function pathJson(
  roots: readonly RootedPath[],
  tool: { readonly name: string; readonly version: string },
): string {
  const locate = createLocate();
  return printableJson({
    version: 1,
    tool: { name: tool.name, version: tool.version },
    stacks: roots.flatMap(({ report, show }) => report.stacks.map(stack => stackObject(stack, { locate, show }))),
    commands: roots.flatMap(({ report, show }) =>
      report.tasks.map(({ name, command, span }) => ({
        ...place(span, { locate, show }),
        name,
        command: maskSecrets(command),
      })),
    ),
    unresolved: roots.flatMap(({ report, show }) =>
      report.unresolved.map(({ span, why }) => ({ ...place(span, { locate, show }), why: maskSecrets(why) })),
    ),
  });
}

function stackObject(
  { title, why, gateways, otherServers, unseen, files }: StackPath,
  options: PathJsonOptions,
): unknown {
  return {
    title,
    why,
    gateways: gateways.map(({ kind, place: on, file, placed, routes }) => ({
      kind,
      place: on,
      file: options.show(file),
      ...(placed && { placed: stepObject(placed, options) }),
      routes: routes.map(route => routeObject(route, options)),
    })),
    otherServers: otherServers.map(server => serverObject(server, options)),
    ...(unseen.length > 0 && { unseen: unseen.map(maskSecrets) }),
    files: files.map(one => ({ file: options.show(one.path), why: maskSecrets(one.why) })),
  };
}

function routeObject(route: RoutePath, options: PathJsonOptions): unknown {
  const { title, at, listens, serverNames, pass, timeouts, hops, unresolved } = route;
  return {
    title,
    ...place(at, options),
    listens: listens.map(one => factObject(one, options)),
    serverNames,
    pass: { directive: pass.directive, target: maskSecrets(pass.target), ...place(pass.at, options) },
    timeouts: timeouts.map(one => factObject(one, options)),
    ...(unresolved !== undefined && { unresolved }),
    hops: hops.map(({ address, match, why, server }) => ({
      address: factObject(address, options),
      match,
      why,
      ...(server && { server: serverObject(server, options) }),
    })),
  };
}

function serverObject(server: ServerPath, options: PathJsonOptions): unknown {
  const { kind, place: on, startedBy, at, via, listens, listensComplete, app, entry, facts } = server;
  return {
    kind,
    place: on,
    startedBy,
    ...place(at, options),
    via: via.map(step => stepObject(step, options)),
    listens: listens.map(one => factObject(one, options)),
    listensComplete,
    ...(app && { app: factObject(app, options) }),
    ...(entry && { entry: { ...entry, ...(entry.file !== undefined && { file: options.show(entry.file) }) } }),
    settings: facts.map(one => factObject(one, options)),
  };
}

function factObject({ role, name, value, why, origin, at, hidden }: Fact, options: PathJsonOptions): unknown {
  return {
    role,
    name,
    ...(value === undefined
      ? { known: false, why: maskSecrets(why ?? '') }
      : { known: true, value: maskSecrets(value) }),
    origin,
    ...(at && place(at, options)),
    ...(hidden.length > 0 && { hides: hidden.map(one => factObject(one, options)) }),
  };
}

function stepObject({ span, message }: Step, options: PathJsonOptions): unknown {
  return { ...place(span, options), message: maskSecrets(message) };
}

function place(span: Span, { locate, show }: PathJsonOptions) {
  return { file: show(span.file.path), range: locate(span) };
}
