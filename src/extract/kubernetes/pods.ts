import { imageFacts } from '../../facts/images.js';
import type { Launch } from '../../model/launch.js';
import type { Place, PortClaim } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Step } from '../../text/source.js';
import { localPort } from '../dockerfile/build.js';
import { type BuiltImage, type CommandSource, finishedImage, freshStage } from '../dockerfile/image.js';
import { startContainer } from '../dockerfile/start.js';
import { tiedImage } from '../images/ties.js';
import type { Reader } from '../reader.js';
import { argumentWords, containerEnvironment } from './environment.js';
import { type Cluster, type KubernetesObject, listItems, scalarText } from './objects.js';
import { nodePorts, portSetting, serviceNames } from './services.js';
import { containerMounts } from './volumes.js';

export interface ReadPod {
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  /** Dockerfiles of its images. */
  readonly files: readonly SourceFile[];
}

const templated = new Set(['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']);

/** The pod that an object states, or the template of its pods; undefined for any other object. */
export function podOf(object: KubernetesObject): YamlNode | undefined {
  if (object.kind === 'Pod') return object.map;
  return templated.has(object.kind) ? yamlGet(object.map, 'spec', 'template') : undefined;
}

/** The pods of a cluster: a place for each container; those of one pod share the network of its first. */
export function readPod(reader: Reader, cluster: Cluster, object: KubernetesObject): ReadPod {
  const pod = podOf(object);
  const spec = yamlGet(pod, 'spec');
  if (!spec) return { places: [], launches: [], files: [] };
  const labels = yamlGet(pod, 'metadata', 'labels');
  const containers = listItems(yamlGet(spec, 'containers')).filter(container => yamlGet(container, 'image'));
  const podId = `${cluster.id}#${object.kind}/${object.name}`;
  const shared: PodFacts = { reader, cluster, object, spec, labels, containers, podId };
  const read = containers.map((container, index) => readContainer(shared, container, index));
  return {
    places: read.map(one => one.place),
    launches: read.flatMap(one => one.launch ?? []),
    files: read.flatMap(one => one.files),
  };
}

interface PodFacts {
  readonly reader: Reader;
  readonly cluster: Cluster;
  readonly object: KubernetesObject;
  readonly spec: YamlNode;
  readonly labels: YamlNode | undefined;
  readonly containers: readonly YamlNode[];
  readonly podId: string;
}

interface ReadContainer {
  readonly place: Place;
  readonly launch: Launch | undefined;
  /** Dockerfiles that its image is made of. */
  readonly files: readonly SourceFile[];
}

function readContainer(pod: PodFacts, container: YamlNode, index: number): ReadContainer {
  const { cluster, spec, containers, object } = pod;
  const nameNode = yamlGet(container, 'name');
  const name = scalarText(nameNode) ?? object.name;
  const { base, why } = imageBehind(pod.reader, container);
  const environment = containerEnvironment(cluster, container);
  const variables = new Map([
    ...pod.reader.assumptions.environment,
    ...(base?.environment ?? []),
    ...environment.variables,
  ]);
  const command = source(argumentWords(yamlGet(container, 'command'), variables), yamlGet(container, 'command'));
  const args = source(argumentWords(yamlGet(container, 'args'), variables), yamlGet(container, 'args'));
  const hostNetwork = scalarText(yamlGet(spec, 'hostNetwork')) === 'true';
  const first = index === 0;
  const user = userOf(container, spec);
  const place: Place = {
    id: first ? pod.podId : `${pod.podId}/${name}`,
    kind: 'pod',
    title: containers.length > 1 ? `container ${name} of pod ${object.name}` : `pod ${object.name}`,
    names: serviceNames(cluster, pod.labels, containers),
    networks: ['cluster'],
    openNetworks: ['cluster'],
    ...(hostNetwork ? { networkMode: 'host' } : !first && { networkMode: pod.podId }),
    ports: first ? nodePorts(cluster, pod.labels, containers) : [],
    claims: claims(container),
    environment: variables,
    environmentOpen: environment.open || object.open === true || (base?.environmentOpen ?? true),
    mounts: [...(base?.mounts ?? []), ...containerMounts(cluster, pod.podId, spec, container)],
    workingDirectory: workingDirectory(container, base),
    ...(user && { user }),
    ...(base ? { image: base.base, packages: base.packages } : imageOf(container)),
    ...(why !== undefined && { opaqueWhy: why }),
    opaque: !base || cluster.patched || object.open === true,
    dependsOn: [],
    extraNames: new Map(),
    span: nameNode?.span ?? object.nameSpan,
  };
  const grace = yamlGet(spec, 'terminationGracePeriodSeconds');
  const start = startContainer(pod.reader, {
    kind: 'kubernetes',
    name: containers.length > 1 ? `${object.name}/${name}` : object.name,
    place,
    ...(command ? { entrypoint: command, cmd: args } : { entrypoint: base?.entrypoint, cmd: args ?? base?.cmd }),
    span: nameNode?.span ?? object.nameSpan,
    stopTimeout: graceSetting(grace),
    ...(base?.stopSignal && { stopSignal: base.stopSignal }),
    unresolved: [...doubts(cluster, object), ...(base?.unresolved ?? [])],
  });
  return { ...start, files: base?.files ?? [] };
}

/** Why more may be started than is stated. */
function doubts(cluster: Cluster, object: KubernetesObject): readonly Step[] {
  if (cluster.patched) return [{ span: object.nameSpan, message: 'patches may change it' }];
  return object.open ? [{ span: object.nameSpan, message: 'the chart may add to it what its values do not tell' }] : [];
}

function imageOf(container: YamlNode): { readonly image?: Setting<string> } {
  const node = yamlGet(container, 'image');
  const value = scalarText(node);
  return node && value !== undefined
    ? { image: { name: 'image', origin: 'config file', span: node.span, known: true, value } }
    : {};
}

/** The image: known facts of a well-known one, else the one that the repository builds under its name, else why it is not known. */
function imageBehind(
  reader: Reader,
  container: YamlNode,
): { readonly base?: BuiltImage | undefined; readonly why?: string } {
  const { image } = imageOf(container);
  if (!image?.known || !image.span) return {};
  if (imageFacts(image.value)) return { base: finishedImage({ ...freshStage(image.span.file, image), files: [] }) };
  const tie = tiedImage(reader, image.value);
  return 'image' in tie ? { base: tie.image } : tie;
}

function source(words: ReturnType<typeof argumentWords>, node: YamlNode | undefined): CommandSource | undefined {
  return (
    words && node && { kind: 'exec', words: words.length > 0 ? words : [literalWord('', node.span)], span: node.span }
  );
}

function workingDirectory(container: YamlNode, base: BuiltImage | undefined): Setting<string> {
  const node = yamlGet(container, 'workingDir');
  const text = scalarText(node);
  if (node && text !== undefined)
    return { name: 'workingDir', origin: 'config file', span: node.span, known: true, value: text };
  return base?.workingDirectory ?? { name: 'workingDir', origin: 'image', known: false, why: 'the image decides it' };
}

function userOf(container: YamlNode, spec: YamlNode): Setting<string> | undefined {
  const node = yamlGet(container, 'securityContext', 'runAsUser') ?? yamlGet(spec, 'securityContext', 'runAsUser');
  const value = scalarText(node);
  return node && value !== undefined
    ? { name: 'runAsUser', origin: 'config file', span: node.span, known: true, value }
    : undefined;
}

/** Seconds until SIGKILL; 30 where nothing is stated (Kubernetes API, PodSpec). */
function graceSetting(node: YamlNode | undefined): Setting<number> {
  const name = 'terminationGracePeriodSeconds';
  const value = Number(scalarText(node));
  if (node && Number.isFinite(value)) return { name, origin: 'config file', span: node.span, known: true, value };
  return { name, origin: 'default', known: true, value: 30 };
}

function claims(container: YamlNode): readonly PortClaim[] {
  const found: PortClaim[] = [];
  for (const port of listItems(yamlGet(container, 'ports'))) {
    const number = yamlGet(port, 'containerPort');
    const protocol = scalarText(yamlGet(port, 'protocol'));
    if (number && (protocol === undefined || protocol === 'TCP')) {
      found.push({ kind: 'expose', port: portSetting(number, 'containerPort', []), span: number.span });
    }
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const at = yamlGet(container, probe);
    const kind = yamlGet(at, 'httpGet') ?? yamlGet(at, 'tcpSocket');
    const port = yamlGet(kind, 'port');
    // With a host the kubelet asks another machine.
    if (port && !yamlGet(kind, 'host'))
      found.push({ kind: 'probe', port: portSetting(port, probe, [container]), span: port.span });
    for (const item of listItems(yamlGet(at, 'exec', 'command'))) {
      const value = localPort(scalarText(item) ?? '');
      if (value !== undefined) {
        found.push({
          kind: 'probe',
          port: { name: probe, origin: 'config file', span: item.span, known: true, value },
          span: item.span,
        });
      }
    }
  }
  return found;
}
