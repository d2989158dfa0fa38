import { imageFacts } from '../../facts/images.js';
import type { Launch } from '../../model/launch.js';
import { joinInside, joinRepo, type Place, type PortClaim } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Step } from '../../text/source.js';
import { buildImage, localPort } from '../dockerfile/build.js';
import { type BuiltImage, type CommandSource, finishedImage, freshStage } from '../dockerfile/image.js';
import { startContainer } from '../dockerfile/start.js';
import type { Reader } from '../reader.js';
import { assignments, serviceEnvironment } from './environment.js';
import { composeMounts } from './mounts.js';
import { asPort, dependencies, extraNames, publishedPorts, serviceNetworks } from './network.js';
import { type ComposeProject, type ComposeService, type LayeredNode, layered, strongest } from './project.js';
import { commandWords, goDuration, type SplitCommand, scalarSetting, scalarWord } from './values.js';

export interface ReadService {
  readonly place: Place;
  readonly launch: Launch | undefined;
  readonly files: readonly SourceFile[];
}

/** Images that the services of a project build, by the name that `image` gives them. */
export type ImagesByName = (reference: string) => BuiltImage | undefined;

export interface ServiceImage {
  readonly built?: BuiltImage;
  /** `image` as stated; of a service with `build` only the name of the result. */
  readonly stated?: Setting<string>;
  /** What could not be found or read. */
  readonly unresolved: readonly Step[];
}

/** A setting of the strongest layer. */
function settingOf(service: ComposeService, key: string): Setting<string> | undefined {
  const found = strongest(service.layers, key);
  return found && scalarSetting(found.node, key, found.layer.by);
}

/** The image of a service: built from its Dockerfile, built under that name by another service, or from elsewhere. */
export function serviceImage(reader: Reader, service: ComposeService, images: ImagesByName): ServiceImage {
  const stated = settingOf(service, 'image');
  const shared = stated ? { stated } : {};
  if (layered(service.layers, 'build').length > 0) return { ...shared, ...builtImage(reader, service, images) };
  const own = stated?.known ? images(stated.value) : undefined;
  return { ...shared, ...(own && { built: own }), unresolved: [] };
}

function builtImage(
  reader: Reader,
  service: ComposeService,
  images: ImagesByName,
): { readonly built?: BuiltImage; readonly unresolved: readonly Step[] } {
  const builds = layered(service.layers, 'build');
  const part = (key: string): LayeredNode | undefined =>
    builds
      .flatMap(one => {
        const node = yamlGet(one.node, key);
        return node ? [{ ...one, node }] : [];
      })
      .at(-1);
  const text = (key: string): Setting<string> | undefined => {
    const found = part(key);
    return found && scalarSetting(found.node, key, found.layer.by);
  };
  const last = builds.at(-1);
  if (!last) return { unresolved: [] };
  const short = builds.filter(one => one.node.kind === 'scalar').at(-1);
  const context = text('context') ?? (short && scalarSetting(short.node, 'build', short.layer.by));
  const at = (part('context') ?? short ?? last).layer;
  const folder =
    context === undefined ? at.folder : context.known ? contextFolder(at.folder, context.value) : undefined;
  const fault = (message: string) => ({ unresolved: [{ span: last.node.span, message }] });
  const inline = part('dockerfile_inline');
  const file = inline ? undefined : dockerfileOf(reader, folder, text('dockerfile'));
  if (!file)
    return fault(inline ? 'its Dockerfile stands in the compose file' : 'its Dockerfile is not in the repository');
  const args = new Map<string, Setting<string>>();
  for (const one of builds)
    for (const [name, value] of assignments(yamlGet(one.node, 'args'), one.layer)) args.set(name, value);
  const target = text('target');
  if (target && !target.known) return fault('the stage that is built is not known');
  const built = buildImage(reader, {
    file,
    context: folder,
    args,
    imageNamed: images,
    ...(target?.known && { target: target.value }),
  });
  return built ? { built, unresolved: [] } : fault('its Dockerfile cannot be read');
}

/** A build context in the repository; undefined for an address or a path outside. */
function contextFolder(folder: string | undefined, context: string): string | undefined {
  if (folder === undefined || /^(?:[a-z+]+:\/\/|git@|github\.com\/|[/~])/.test(context)) return undefined;
  return joinRepo(folder, context);
}

/** Docker looks for `Dockerfile` in the context, then for `dockerfile`. */
function dockerfileOf(
  reader: Reader,
  folder: string | undefined,
  stated: Setting<string> | undefined,
): SourceFile | undefined {
  if (folder === undefined || (stated && !stated.known)) return undefined;
  for (const name of stated ? [stated.value] : ['Dockerfile', 'dockerfile']) {
    const path = name.startsWith('/') ? undefined : joinRepo(folder, name);
    const file = path === undefined ? undefined : reader.file(path);
    if (file) return file;
  }
  return undefined;
}

/** One service as a place and what it starts. */
export function readService(
  reader: Reader,
  project: ComposeProject,
  service: ComposeService,
  images: ImagesByName,
): ReadService {
  const image = serviceImage(reader, service, images);
  const builds = layered(service.layers, 'build').length > 0;
  const base = image.built ?? (builds ? undefined : referenced(service, image.stated));
  const command = strongest(service.layers, 'command');
  const entrypoint = strongest(service.layers, 'entrypoint');
  const ownCommand = command && source(command);
  const ownEntrypoint = entrypoint && source(entrypoint);
  const network = serviceNetworks(project, service);
  const environment = serviceEnvironment(reader, service);
  const user = settingOf(service, 'user') ?? base?.user;
  const folder = settingOf(service, 'working_dir');
  const started = ownEntrypoint
    ? { entrypoint: ownEntrypoint, cmd: ownCommand }
    : { entrypoint: base?.entrypoint, cmd: ownCommand ?? base?.cmd };
  const mode = networkMode(project, network.mode);
  const place: Place = {
    id: `${project.id}#${service.name}`,
    kind: 'service',
    title: `service ${service.name}`,
    names: network.names,
    networks: network.networks,
    ...(network.open.length > 0 && { openNetworks: network.open }),
    ...(mode !== undefined && { networkMode: mode }),
    ports: publishedPorts(service),
    claims: claims(service, base),
    environment: new Map([...(base?.environment ?? []), ...environment.variables]),
    environmentOpen: environment.open || (base?.environmentOpen ?? true),
    mounts: [...(base?.mounts ?? []), ...composeMounts(project, service)],
    workingDirectory: workingDirectory(folder, base),
    ...(user && { user }),
    ...(base && { image: base.base, packages: base.packages }),
    opaque: service.open || !(image.built ? started.entrypoint || started.cmd : base),
    dependsOn: dependencies(service),
    extraNames: extraNames(service),
    span: service.nameSpan,
  };
  const stated = ownEntrypoint ?? ownCommand;
  const start = startContainer(reader, {
    kind: stated ? 'compose' : 'dockerfile',
    name: service.name,
    place,
    ...started,
    span: stated?.span ?? service.nameSpan,
    ...stopping(service, base),
    unresolved: image.unresolved,
  });
  const files = [...project.files, ...(image.built?.files ?? [])];
  const launch = start.launch && stated ? { ...start.launch, span: stated.span } : start.launch;
  return { place: start.place, launch, files };
}

/** An image from elsewhere: known facts of a well-known one; of any other nothing but its name. */
function referenced(service: ComposeService, stated: Setting<string> | undefined): BuiltImage | undefined {
  const first = service.layers[0]?.map.span.file;
  if (!stated?.known || !first || !imageFacts(stated.value)) return undefined;
  return finishedImage({ ...freshStage(first, stated), files: [] });
}

function source(found: LayeredNode): CommandSource | undefined {
  const split: SplitCommand | undefined = commandWords(found.node, found.layer.by);
  return split && { kind: 'exec', words: split.words, span: found.node.span };
}

function workingDirectory(stated: Setting<string> | undefined, base: BuiltImage | undefined): Setting<string> {
  const inherited: Setting<string> = base?.workingDirectory ?? {
    name: 'working_dir',
    origin: 'image',
    known: false,
    why: 'the image decides it',
  };
  if (!stated?.known) return stated ?? inherited;
  if (stated.value.startsWith('/')) return { ...stated, value: joinInside('/', stated.value) };
  return inherited.known ? { ...stated, value: joinInside(inherited.value, stated.value) } : inherited;
}

/** `host`, `none`, or the id of the place whose network it shares. */
function networkMode(project: ComposeProject, mode: Setting<string> | undefined): string | undefined {
  if (!mode) return undefined;
  if (!mode.known) return 'unknown';
  const [kind, name] = mode.value.split(':', 2);
  if (kind === 'service' && name) return `${project.id}#${name}`;
  if (kind === 'container' && name) {
    const other = [...project.services.values()].find(one => {
      const container = settingOf(one, 'container_name');
      return container?.known && container.value === name;
    });
    return other ? `${project.id}#${other.name}` : mode.value;
  }
  return mode.value === 'bridge' || mode.value === 'default' ? undefined : mode.value;
}

function stopping(
  service: ComposeService,
  base: BuiltImage | undefined,
): { readonly stopTimeout?: Setting<number>; readonly stopSignal?: Setting<string> } {
  const signal = settingOf(service, 'stop_signal') ?? base?.stopSignal;
  const grace = settingOf(service, 'stop_grace_period');
  const shared = signal ? { stopSignal: signal } : {};
  if (!grace) return shared;
  const seconds = grace.known ? goDuration(grace.value) : undefined;
  const { name, origin, span } = grace;
  const facts = { name, origin, ...(span && { span }) };
  if (seconds !== undefined) return { ...shared, stopTimeout: { ...facts, known: true, value: seconds } };
  return { ...shared, stopTimeout: { ...facts, known: false, why: grace.known ? 'it is no duration' : grace.why } };
}

/** Ports that `expose` and the health check speak of; a health check of the service replaces the image's. */
function claims(service: ComposeService, base: BuiltImage | undefined): readonly PortClaim[] {
  const found: PortClaim[] = [];
  for (const { node, layer } of layered(service.layers, 'expose')) {
    for (const item of node.kind === 'list' ? node.items : []) {
      const setting = scalarSetting(item, 'expose', layer.by);
      if (setting && !(setting.known && setting.value.endsWith('/udp'))) {
        const port = asPort(setting.known ? { ...setting, value: setting.value.replace(/\/tcp$/, '') } : setting);
        found.push({ kind: 'expose', port, span: item.span });
      }
    }
  }
  const check = strongest(service.layers, 'healthcheck');
  const inherited = (base?.claims ?? []).filter(claim => !check || claim.kind !== 'healthcheck');
  const test = yamlGet(check?.node, 'test');
  for (const item of test?.kind === 'list' ? test.items : test ? [test] : []) found.push(...checkedPort(item, check));
  return [...inherited, ...found];
}

function checkedPort(item: YamlNode, check: LayeredNode | undefined): readonly PortClaim[] {
  if (item.kind !== 'scalar' || !check) return [];
  const word = scalarWord(item, check.layer.by);
  const port = word.known ? localPort(word.text) : undefined;
  if (port === undefined) return [];
  return [
    {
      kind: 'healthcheck',
      port: { name: 'healthcheck', origin: 'config file', span: item.span, known: true, value: port },
      span: item.span,
    },
  ];
}
