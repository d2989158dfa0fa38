import type { Fault, Repair } from '../../model/fault.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import { nearest } from '../../text/near.js';
import { type Cluster, type KubernetesObject, listItems, scalarText } from './objects.js';
import { podOf } from './pods.js';
import { servicesFor } from './services.js';

interface Pods {
  readonly object: KubernetesObject;
  readonly pod: YamlNode;
  readonly services: readonly KubernetesObject[];
}

/** What the objects of a cluster contradict among themselves. Nothing where patches or a tool may change what they say. */
export function clusterFaults(cluster: Cluster): readonly Fault[] {
  if (cluster.patched) return [];
  const pods = cluster.objects.flatMap((object): readonly Pods[] => {
    const pod = podOf(object);
    return pod ? [{ object, pod, services: servicesFor(cluster, yamlGet(pod, 'metadata', 'labels')) }] : [];
  });
  if (pods.some(({ object }) => object.open) || [...cluster.services.values()].some(service => service.open)) return [];
  return [
    ...namelessTargets(pods),
    ...lostSelectors(cluster, pods),
    ...namelessBackends(cluster),
    ...pods.flatMap(namelessProbes),
  ];
}

/** A Service whose targetPort is a name that no container of the pods that it selects has: it has no endpoints. */
function namelessTargets(pods: readonly Pods[]): readonly Fault[] {
  const selections = new Map<KubernetesObject, Pods[]>();
  for (const one of pods) {
    for (const service of one.services) {
      const list = selections.get(service);
      if (list) list.push(one);
      else selections.set(service, [one]);
    }
  }
  return [...selections].flatMap(([service, selected]) => {
    const names = new Set(selected.flatMap(({ pod }) => podPortNames(pod)));
    const titles = selected.map(({ object }) => `${object.kind} ${object.name}`).join(', ');
    return listItems(yamlGet(service.map, 'spec', 'ports')).flatMap(item => {
      const target = yamlGet(item, 'targetPort');
      if (!isName(target) || names.has(target.text)) return [];
      const start = `The Service ${service.name} sends requests to the port "${target.text}", but no container of ${titles} names a port so`;
      return misnamed('upstream/address-mismatch', target, names, start, noEndpoints);
    });
  });
}

const noEndpoints = 'It has no endpoints: every request is refused, or answered with 503.';

/**
 * A Service that selects no pod of the files by a slip: one label differs a little from those of the pods that no Service selects, or those pods
 * have the Service's own name.
 */
function lostSelectors(cluster: Cluster, pods: readonly Pods[]): readonly Fault[] {
  const used = new Set(pods.flatMap(({ services }) => services));
  const free = pods.filter(({ services }) => services.length === 0);
  // Pods of a kind that is not read here (a Rollout) may be the ones that are selected.
  if (cluster.objects.some(object => !podOf(object) && yamlGet(object.map, 'spec', 'template', 'metadata'))) return [];
  return cluster.objects.flatMap((service): readonly Fault[] => {
    const selector = yamlGet(service.map, 'spec', 'selector');
    if (service.kind !== 'Service' || used.has(service) || selector?.kind !== 'map') return [];
    const meant = free.flatMap(({ object, pod }) => {
      const labels = yamlGet(pod, 'metadata', 'labels');
      const other = selector.entries.filter(({ key, value }) => scalarText(yamlGet(labels, key)) !== scalarText(value));
      const [entry, ...more] = other;
      const label = entry && scalarText(yamlGet(labels, entry.key));
      if (!entry || more.length > 0 || label === undefined || entry.value.kind !== 'scalar') return [];
      const near = object.name === service.name || isSlip(entry.value.text, label);
      return near && namespaceOf(object) === namespaceOf(service) ? [{ object, entry, value: entry.value, label }] : [];
    });
    const [only, ...more] = meant;
    if (!only || more.length > 0) return [];
    const { object, entry, value, label } = only;
    return [
      {
        kind: 'upstream/address-mismatch',
        span: value.span,
        message:
          `The Service ${service.name} selects pods with ${entry.key}: ${value.text}, but those of ${object.kind} ${object.name}, which no Service selects, have ` +
          `${entry.key}: ${label}. ${noEndpoints}`,
        repairs: [write(value, label)],
      },
    ];
  });
}

/** Near enough to be mistyped; two short names, or names that differ in a number, are two things. */
function isSlip(written: string, label: string): boolean {
  const plain = (text: string) => text.replace(/\d+/g, '');
  return written.length > 4 && plain(written) !== plain(label) && nearest(written, [label]) !== undefined;
}

function namespaceOf(object: KubernetesObject): string {
  return scalarText(yamlGet(object.map, 'metadata', 'namespace')) ?? '';
}

/** An Ingress that names a port which its Service does not have. */
function namelessBackends(cluster: Cluster): readonly Fault[] {
  return cluster.objects.flatMap(object => {
    if (object.kind !== 'Ingress') return [];
    const paths = listItems(yamlGet(object.map, 'spec', 'rules')).flatMap(rule =>
      listItems(yamlGet(rule, 'http', 'paths')),
    );
    const backends = [yamlGet(object.map, 'spec', 'defaultBackend'), ...paths.map(path => yamlGet(path, 'backend'))];
    return backends.flatMap(backend => {
      const service = cluster.services.get(scalarText(yamlGet(backend, 'service', 'name')) ?? '');
      const port = yamlGet(backend, 'service', 'port', 'name');
      const names = new Set(listItems(yamlGet(service?.map, 'spec', 'ports')).flatMap(nameOf));
      const outside = scalarText(yamlGet(service?.map, 'spec', 'type')) === 'ExternalName';
      if (!service || outside || !isName(port) || names.has(port.text)) return [];
      const start = `The Ingress ${object.name} passes to the port "${port.text}" of the Service ${service.name}, which has no port of that name`;
      return misnamed('upstream/address-mismatch', port, names, start, 'Every request is answered with 503.');
    });
  });
}

/** A probe that asks a port by a name which its own container does not give to any. */
function namelessProbes({ object, pod }: Pods): readonly Fault[] {
  return listItems(yamlGet(pod, 'spec', 'containers')).flatMap(container =>
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap(probe => {
      const at = yamlGet(container, probe);
      const port = yamlGet(at, 'httpGet', 'port') ?? yamlGet(at, 'tcpSocket', 'port');
      const names = new Set(listItems(yamlGet(container, 'ports')).flatMap(nameOf));
      if (!isName(port) || names.has(port.text)) return [];
      const title = `container ${scalarText(yamlGet(container, 'name')) ?? ''} of ${object.kind} ${object.name}`;
      const start = `The ${probe} of ${title} asks the port "${port.text}", but the container names no port so`;
      const end = 'It fails every time: the pod is never ready, or is restarted again and again.';
      return misnamed('process/health-port', port, names, start, end);
    }),
  );
}

function podPortNames(pod: YamlNode): readonly string[] {
  const containers = ['containers', 'initContainers'].flatMap(key => listItems(yamlGet(pod, 'spec', key)));
  return containers.flatMap(container => listItems(yamlGet(container, 'ports')).flatMap(nameOf));
}

function nameOf(port: YamlNode): readonly string[] {
  const name = scalarText(yamlGet(port, 'name'));
  return name === undefined ? [] : [name];
}

/** A port given by name, written out. */
function isName(node: YamlNode | undefined): node is YamlScalar {
  return node?.kind === 'scalar' && /^[a-z][a-z0-9-]*$/.test(node.text);
}

function misnamed(
  kind: Fault['kind'],
  node: YamlScalar,
  names: ReadonlySet<string>,
  start: string,
  end: string,
): readonly Fault[] {
  const near = nearest(node.text, names);
  const message = `${start}${near === undefined ? '.' : `; did you mean "${near}"?`} ${end}`;
  return [{ kind, span: node.span, message, ...(near !== undefined && { repairs: [write(node, near)] }) }];
}

function write(node: YamlScalar, text: string): Repair {
  return { title: `Write ${text}`, safety: 'unsafe', edits: [{ span: node.span, text }] };
}
