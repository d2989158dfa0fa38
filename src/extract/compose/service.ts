import { imageFacts } from '../../facts/images.js';
import type { Fault } from '../../model/fault.js';
import type { Launch } from '../../model/launch.js';
import { folderOf, joinInside, type Place, type PortClaim } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';
import { localPort } from '../dockerfile/build.js';
import { type BuiltImage, type CommandSource, finishedImage, freshStage } from '../dockerfile/image.js';
import { startContainer } from '../dockerfile/start.js';
import { mayExist } from '../place/files.js';
import type { Reader } from '../reader.js';
import { type ImageBuilder, type ServiceImage, serviceImage } from './build.js';
import { serviceEnvironment } from './environment.js';
import { droppedCommand, missingSource } from './faults.js';
import { composeMounts } from './mounts.js';
import { asPort, dependencies, extraNames, publishedPorts, serviceNetworks } from './network.js';
import { type ComposeProject, type ComposeService, type LayeredNode, layered, strongest } from './project.js';
import { commandWords, goDuration, type SplitCommand, scalarSetting, scalarWord } from './values.js';

export interface ReadService {
  readonly place: Place;
  readonly launch: Launch | undefined;
  readonly files: readonly SourceFile[];
}

/** A setting of the strongest layer. */
function settingOf(service: ComposeService, key: string): Setting<string> | undefined {
  const found = strongest(service.layers, key);
  return found && scalarSetting(found.node, key, found.layer.by);
}

/** One service as a place and what it starts. */
export function readService(
  reader: Reader,
  project: ComposeProject,
  service: ComposeService,
  images: ImageBuilder,
): ReadService {
  const image = serviceImage(reader, service, images);
  const base = image.built ?? (image.builds ? undefined : referenced(service, image.stated));
  const command = strongest(service.layers, 'command');
  const entrypoint = strongest(service.layers, 'entrypoint');
  const ownCommand = command && source(command);
  const ownEntrypoint = entrypoint && source(entrypoint);
  const network = serviceNetworks(project, service);
  const environment = serviceEnvironment(reader, service, project.buildsOnly);
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
    ...(network.real && !mayBeOverridden(reader, project) && { realNetworks: network.real }),
    ...(network.span && { networksSpan: network.span }),
    ...(mode !== undefined && { networkMode: mode }),
    ports: publishedPorts(service),
    claims: claims(service, base),
    environment: new Map([...reader.assumptions.environment, ...(base?.environment ?? []), ...environment.variables]),
    environmentOpen: environment.open || (base?.environmentOpen ?? true),
    mounts: [...(base?.mounts ?? []), ...composeMounts(project, service)],
    workingDirectory: workingDirectory(folder, base),
    ...(user && { user }),
    ...(base
      ? { image: base.base, packages: base.packages }
      : !image.builds && image.stated && { image: image.stated }),
    ...(image.why !== undefined && { opaqueWhy: image.why }),
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
    faults: serviceFaults(reader, service, image, place),
  });
  const files = [...project.files, ...(image.built?.files ?? [])];
  const launch = start.launch && stated ? { ...start.launch, span: stated.span } : start.launch;
  return { place: start.place, launch, files };
}

/** An override file that everybody keeps for himself (it is ignored by git) may attach the services to other networks. */
function mayBeOverridden(reader: Reader, project: ComposeProject): boolean {
  const folder = folderOf(project.files[0]?.path ?? '');
  return ['docker-compose.override.yml', 'compose.override.yaml'].some(name => {
    const path = folder === '' ? name : `${folder}/${name}`;
    return mayExist(reader, path) && !project.files.some(file => file.path === path);
  });
}

function serviceFaults(reader: Reader, service: ComposeService, image: ServiceImage, place: Place): readonly Fault[] {
  const found: Fault[] = [...image.faults];
  const own = place.mounts.filter(mount => mount.kind === 'bind');
  for (const mount of own) {
    const fault = missingSource(reader, mount);
    if (fault) found.push(fault);
  }
  const command = strongest(service.layers, 'command');
  const split = command && commandWords(command.node, command.layer.by);
  const dropped = split && droppedCommand(split);
  return dropped ? [...found, dropped] : found;
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
    const other = project.containerNames.get(name);
    return other === undefined ? mode.value : `${project.id}#${other}`;
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
