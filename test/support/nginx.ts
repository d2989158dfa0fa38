import { nginxContext } from '../../src/extract/nginx/context.js';
import { type NginxOptions, type NginxRoot, nginxGateway } from '../../src/extract/nginx/gateway.js';
import { parseConfiguration } from '../../src/extract/nginx/load.js';
import type { Located } from '../../src/extract/place/files.js';
import { createReader, type Reading } from '../../src/extract/reader.js';
import type { Fault } from '../../src/model/fault.js';
import type { Gateway, Route } from '../../src/model/gateway.js';
import type { Place } from '../../src/model/place.js';
import { lineStarts, positionAt } from '../../src/text/lines.js';
import type { SourceFile, Span } from '../../src/text/source.js';
import { memoryHost } from './memory.js';

export const hostMachine: Place = {
  id: 'host',
  kind: 'host',
  title: 'the host',
  names: [],
  networks: [],
  ports: [],
  environment: new Map(),
  environmentOpen: true,
  mounts: [],
  workingDirectory: { name: 'working directory', origin: 'default', known: false, why: 'it is not written' },
  opaque: false,
  dependsOn: [],
  extraNames: new Map(),
};

export const container: Place = { ...hostMachine, id: 'compose.yml#nginx', kind: 'service', title: 'service nginx' };

export type Texts = Readonly<Record<string, string>>;

export interface Given extends Partial<Omit<NginxOptions, 'roots'>> {
  /** Paths of the roots with their contexts; by default the first file, in the context that its text shows. */
  readonly roots?: Readonly<Record<string, string>>;
  /** The files of the folder `nginx/` lie in /etc/nginx, and nothing else does. */
  readonly mounted?: boolean;
}

export interface Made {
  readonly gateway: Gateway;
  readonly reader: Reading;
}

/** The gateway that files in memory make. */
export function makeGateway(texts: Texts | string, given: Given = {}): Made {
  const files: Texts = typeof texts === 'string' ? { 'nginx.conf': texts } : texts;
  const reader = createReader(memoryHost(files), {});
  const file = (path: string): SourceFile => reader.file(path) ?? { path, text: '' };
  const { roots, mounted, ...options } = given;
  const first = Object.keys(files)[0] ?? 'nginx.conf';
  const named = roots ?? { [first]: nginxContext(parseConfiguration(file(first))) ?? 'http' };
  const list: NginxRoot[] = Object.entries(named).map(([path, context]) => ({
    file: file(path),
    context,
    ...(mounted && { inside: path.replace(/^nginx\//, '/etc/nginx/') }),
  }));
  const gateway = nginxGateway(reader, {
    place: mounted ? container : hostMachine,
    locate: inside =>
      mounted ? locateMounted(reader, inside) : { kind: 'unknown', why: 'nobody says what lies there' },
    list: inside => ({
      names: mounted ? reader.list(inside.replace('/etc/nginx', 'nginx').replace(/\/$/, '')) : [],
      complete: mounted === true,
    }),
    ...options,
    roots: list,
  });
  return { gateway, reader };
}

function locateMounted(reader: Reading, inside: string): Located {
  const found = reader.file(inside.replace('/etc/nginx/', 'nginx/'));
  const mount = { kind: 'bind' as const, inside: '/etc/nginx', repo: 'nginx' };
  if (found) return { kind: 'file', file: found, mount };
  return { kind: 'missing', why: 'no such file in nginx' };
}

/** `nginx.conf:3 nginx/bad-value`, in order of place. */
export function placesOf(faults: readonly Fault[]): readonly string[] {
  return [...faults].sort((a, b) => a.span.start - b.span.start).map(fault => `${placeOf(fault.span)} ${fault.kind}`);
}

export function placeOf({ file, start }: Span): string {
  return `${file.path}:${positionAt(lineStarts(file.text), start).line}`;
}

/** The faults of a server block's content, without the noise around it. */
export function faultsIn(server: string, given: Given = {}): readonly Fault[] {
  return makeGateway(`events {}\nhttp {\nserver {\n${server}\n}\n}\n`, given).gateway.faults;
}

export function onlyRoute(gateway: Gateway): Route {
  const [route, ...more] = gateway.routes;
  if (!route || more.length > 0) throw new Error(`one route expected, not ${gateway.routes.length}`);
  return route;
}
