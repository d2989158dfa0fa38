import type { Gateway, Route } from '../../model/gateway.js';
import type { ContainerStack } from '../../model/parts.js';
import { baseName, joinRepo, type Place, type PublishedPort } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import type { YamlNode, YamlScalar } from '../../syntax/yaml/tree.js';
import { maskOutside } from '../../text/mask.js';
import type { SourceFile, Span } from '../../text/source.js';
import { buildImage } from '../dockerfile/build.js';
import type { BuiltImage, CommandSource } from '../dockerfile/image.js';
import { startContainer } from '../dockerfile/start.js';
import type { Reader } from '../reader.js';
import { isPlatformName, type Statement, statementsOf } from './statement.js';

/** Where platforms without a Dockerfile put the project. */
const projectInside = '/app';

/** A stack for each process that the file of a platform states: the process, and the platform's router in front of it. */
export function platformStacks(reader: Reader): readonly ContainerStack[] {
  return reader.files().flatMap(path => {
    const file = isPlatformName(path) ? reader.file(path) : undefined;
    if (!file || file.text.length > 200_000 || /\{\{|\{%/.test(file.text)) return [];
    const tree = path.endsWith('.toml') ? reader.toml(file) : reader.yaml(file);
    const statements = tree?.documents[0] ? statementsOf(file, tree.documents[0]) : [];
    if (statements.length > 0) reader.note(file, 'platform', []);
    return statements.flatMap((statement, index) => stackOf(reader, file, statement, index) ?? []);
  });
}

function stackOf(reader: Reader, file: SourceFile, statement: Statement, index: number): ContainerStack | undefined {
  const image = imageOf(reader, statement);
  if (!image && !statement.command) return undefined;
  const span = statement.command?.span ?? { file, start: 0, end: firstLine(file.text) };
  const port = statement.port && portOf(statement.port);
  const place: Place = {
    id: `${file.path}#${index}`,
    kind: 'service',
    title: statement.title,
    names: [{ name: 'app', networks: 'all', span }],
    networks: ['platform'],
    openNetworks: ['platform'],
    ports: port ? [published(port, statement.port as YamlNode)] : [],
    ...(image && { claims: image.claims }),
    environment: environmentOf(image, statement),
    // Secrets and the platform's own variables are set elsewhere.
    environmentOpen: true,
    mounts: image?.mounts ?? [{ kind: 'bind', inside: projectInside, repo: statement.folder }],
    workingDirectory: image?.workingDirectory ?? {
      name: 'the folder of the project',
      origin: 'default',
      known: true,
      value: projectInside,
    },
    ...(image && { image: image.base, packages: image.packages, ...(image.user && { user: image.user }) }),
    opaque: !image,
    dependsOn: [],
    extraNames: new Map(),
    span,
  };
  const start = startContainer(reader, {
    kind: 'platform',
    name: statement.title,
    place,
    entrypoint: statement.command ? undefined : image?.entrypoint,
    cmd: commandOf(statement.command) ?? image?.cmd,
    span,
    unresolved: image?.unresolved ?? [],
  });
  const router = port?.known ? routerOf(file, port, baseName(file.path)) : undefined;
  return {
    id: `platform:${file.path}#${index}`,
    title: statement.title === baseName(file.path) ? file.path : `${statement.title} of ${file.path}`,
    why: 'the file of a platform says how it is started',
    places: [start.place, ...(router ? [router.place] : [])],
    launches: start.launch ? [start.launch] : [],
    files: [file, ...(image?.files ?? [])],
    gateways: router ? [router.gateway] : [],
  };
}

function imageOf(reader: Reader, { dockerfile, folder }: Statement): BuiltImage | undefined {
  const path = dockerfile === undefined ? undefined : joinRepo(folder, dockerfile);
  const file = path === undefined ? undefined : reader.file(path);
  return file && buildImage(reader, { file, context: folder });
}

/** A shell reads the command, wherever it stands in the file. */
function commandOf(node: YamlScalar | undefined): CommandSource | undefined {
  if (!node) return undefined;
  const { span, contentStart } = node;
  if (contentStart !== undefined) {
    const end = contentStart + node.text.length;
    return { kind: 'shell', span, text: maskOutside(span.file, [{ start: contentStart, end }]) };
  }
  const words = ['/bin/sh', '-c', node.text].map(text => literalWord(text, span));
  return { kind: 'exec', span, words };
}

function environmentOf(image: BuiltImage | undefined, { environment, portSet }: Statement): Place['environment'] {
  const found = new Map(image?.environment ?? []);
  if (portSet !== undefined) found.set('PORT', { name: 'PORT', origin: 'environment', known: true, value: portSet });
  for (const { name, node } of environment) {
    const facts = { name, origin: 'config file' as const, span: node.span };
    found.set(
      name,
      node.kind === 'scalar' && node.value !== null && typeof node.value !== 'boolean'
        ? { ...facts, known: true, value: node.text }
        : { ...facts, known: false, why: 'the platform keeps it' },
    );
  }
  return found;
}

function portOf(node: YamlNode): Setting<number> {
  const facts = { name: 'port', origin: 'config file' as const, span: node.span };
  const text = node.kind === 'scalar' ? node.text : '';
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value > 0 && value < 65536
    ? { ...facts, known: true, value }
    : { ...facts, known: false, why: 'it is no port' };
}

function published(inside: Setting<number>, node: YamlNode): PublishedPort {
  return { host: undefined, inside, span: node.span };
}

/** What the platform puts in front: it dials the stated port, and nothing else is known about it. */
function routerOf(
  file: SourceFile,
  port: Setting<number> & { readonly known: true },
  title: string,
): { readonly place: Place; readonly gateway: Gateway } {
  const span = port.span as Span;
  const place: Place = {
    id: `${file.path}#router`,
    kind: 'pod',
    title: `the platform of ${title}`,
    names: [],
    networks: ['platform'],
    ports: [],
    environment: new Map(),
    environmentOpen: true,
    mounts: [],
    workingDirectory: {
      name: 'the working directory',
      origin: 'default',
      known: false,
      why: 'the platform decides it',
    },
    opaque: true,
    dependsOn: [],
    extraNames: new Map(),
  };
  const unknown = (name: string): Setting<number> => ({
    name,
    origin: 'default',
    known: false,
    why: 'the platform decides it',
  });
  const route: Route = {
    title: 'every request',
    modifier: '',
    path: '/',
    pass: { directive: 'port', target: literalWord(String(port.value), span), span, hostName: 'app' },
    protocol: 'http',
    to: [
      {
        address: {
          name: 'port',
          origin: 'config file',
          span,
          known: true,
          value: { kind: 'tcp', host: 'app', port: port.value },
        },
        protocol: 'http',
        span,
      },
    ],
    readTimeout: unknown('read timeout'),
    connectTimeout: unknown('connect timeout'),
    sendTimeout: unknown('send timeout'),
    headers: new Map(),
    headersComplete: false,
    span,
  };
  const gateway: Gateway = {
    kind: 'router',
    place,
    file,
    whole: false,
    servers: [],
    groups: [],
    routes: [route],
    files: [file],
    faults: [],
    placed: undefined,
  };
  return { place, gateway };
}

function firstLine(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}
