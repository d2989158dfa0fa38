import type { PlaceName, PublishedPort } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import { type Cluster, type KubernetesObject, listItems, scalarText } from './objects.js';

/** Names under which a Service is found from its own namespace and from others. */
function namesOf(service: KubernetesObject): readonly string[] {
  const namespace = scalarText(yamlGet(service.map, 'metadata', 'namespace'));
  if (namespace === undefined) return [service.name];
  const base = `${service.name}.${namespace}`;
  return [service.name, base, `${base}.svc`, `${base}.svc.cluster.local`];
}

/** True when a Service's selector takes pods with these labels. One without a selector takes none. */
function selects(service: KubernetesObject, labels: YamlNode | undefined): boolean {
  const selector = yamlGet(service.map, 'spec', 'selector');
  if (selector?.kind !== 'map' || selector.entries.length === 0) return false;
  return selector.entries.every(entry => {
    const wanted = scalarText(entry.value);
    return wanted !== undefined && scalarText(yamlGet(labels, entry.key)) === wanted;
  });
}

/** The Services that select pods with these labels. */
export function servicesFor(cluster: Cluster, labels: YamlNode | undefined): readonly KubernetesObject[] {
  const entries = labels?.kind === 'map' ? labels.entries : [];
  const found = new Set(
    entries.flatMap(({ key, value }) => cluster.selectors.get(`${key}=${scalarText(value)}`) ?? []),
  );
  return [...found].filter(service => selects(service, labels));
}

/** The names that Services give to the pods that they select. By its name a headless one is the pod itself; an Ingress asks for its endpoints. */
export function serviceNames(
  cluster: Cluster,
  labels: YamlNode | undefined,
  containers: readonly YamlNode[],
): readonly PlaceName[] {
  return servicesFor(cluster, labels).flatMap(service => {
    const headless = scalarText(yamlGet(service.map, 'spec', 'clusterIP')) === 'None';
    const ports = forwardedPorts(service, containers);
    return namesOf(service).map(
      (name): PlaceName => ({
        name,
        networks: 'all',
        span: service.nameSpan,
        ...(headless ? { endpoints: ports } : { forwards: ports }),
      }),
    );
  });
}

function forwardedPorts(service: KubernetesObject, containers: readonly YamlNode[]): readonly PublishedPort[] {
  return listItems(yamlGet(service.map, 'spec', 'ports')).flatMap((item): readonly PublishedPort[] => {
    const port = yamlGet(item, 'port');
    const protocol = scalarText(yamlGet(item, 'protocol'));
    if (!port || (protocol !== undefined && protocol !== 'TCP')) return [];
    const target = yamlGet(item, 'targetPort') ?? port;
    return [
      {
        host: portSetting(port, 'port', containers),
        inside: portSetting(target, target === port ? 'port' : 'targetPort', containers),
        span: item.span,
      },
    ];
  });
}

/** A port by number, or by the name that a container gives to one of its ports. */
export function portSetting(node: YamlNode, name: string, containers: readonly YamlNode[]): Setting<number> {
  const facts = { name, origin: 'config file' as const, span: node.span };
  const text = scalarText(node) ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : namedPort(text, containers);
  if (number === undefined || number < 1 || number > 65535) {
    const why = text.includes('{{') ? 'a template fills it in' : `no container names a port ${text}`;
    return { ...facts, known: false, why };
  }
  return { ...facts, known: true, value: number };
}

function namedPort(name: string, containers: readonly YamlNode[]): number | undefined {
  for (const container of containers) {
    for (const port of listItems(yamlGet(container, 'ports'))) {
      const number = scalarText(yamlGet(port, 'containerPort'));
      if (name !== '' && scalarText(yamlGet(port, 'name')) === name && number !== undefined && /^\d{1,5}$/.test(number))
        return Number(number);
    }
  }
  return undefined;
}

/** Node ports that Services open on the machines of the cluster. */
export function nodePorts(
  cluster: Cluster,
  labels: YamlNode | undefined,
  containers: readonly YamlNode[],
): readonly PublishedPort[] {
  return servicesFor(cluster, labels).flatMap(service => {
    return listItems(yamlGet(service.map, 'spec', 'ports')).flatMap((item): readonly PublishedPort[] => {
      const port = yamlGet(item, 'nodePort');
      const target = yamlGet(item, 'targetPort') ?? yamlGet(item, 'port');
      if (!port || !target) return [];
      return [
        {
          host: portSetting(port, 'nodePort', []),
          inside: portSetting(target, 'targetPort', containers),
          span: item.span,
        },
      ];
    });
  });
}
