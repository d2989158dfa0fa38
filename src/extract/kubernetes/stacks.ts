import type { Fault } from '../../model/fault.js';
import type { ContainerStack } from '../../model/parts.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import { nearest } from '../../text/near.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { type Chart, charts, isTemplateOf } from './helm/chart.js';
import { readIngress } from './ingress.js';
import { type Kustomized, kustomizations } from './kustomize/build.js';
import { type Cluster, cluster, clusters, type KubernetesObject, listItems } from './objects.js';
import { podOf, readPod } from './pods.js';
import { servicesFor } from './services.js';

/** The stacks that Kubernetes files describe: what is applied together. */
export function kubernetesStacks(reader: Reader, files: readonly SourceFile[]): readonly ContainerStack[] {
  const rendered = charts(reader);
  const builds = kustomizations(reader);
  const built = new Set(builds.flatMap(build => build.files.map(file => file.path)));
  const plain = files.filter(
    file => !built.has(file.path) && !rendered.some(({ folder }) => isTemplateOf(folder, file.path)),
  );
  const all = [
    ...clusters(reader, plain),
    ...builds.map(build => kustomizedCluster(reader, build)),
    ...rendered.map(chart => chartCluster(reader, chart)),
  ];
  return all.flatMap(one => stackOf(reader, one) ?? []);
}

function kustomizedCluster(reader: Reader, { folder, objects, files, opaque }: Kustomized): Cluster {
  const made = cluster(reader, folder, objects, false);
  const title = folder === '' ? 'the kustomization' : `the kustomization in ${folder}/`;
  const why = 'what kustomize builds from a folder and its bases';
  return { ...made, files, patched: opaque, by: { title, why } };
}

function chartCluster(reader: Reader, { folder, file, objects }: Chart): Cluster {
  const made = cluster(reader, folder, objects, false);
  const title = folder === '' ? 'the Helm chart' : `the Helm chart in ${folder}/`;
  const why = 'what a Helm chart renders to with the defaults of its values';
  return { ...made, files: [file, ...made.files], by: { title, why } };
}

/** A Service whose targetPort is a name that no container of the pods that it selects has: it has no endpoints. */
function namelessTargets(cluster: Cluster): readonly Fault[] {
  if (cluster.patched) return [];
  const selections = new Map<KubernetesObject, { readonly object: KubernetesObject; readonly pod: YamlNode }[]>();
  for (const object of cluster.objects) {
    const pod = podOf(object);
    for (const service of pod ? servicesFor(cluster, yamlGet(pod, 'metadata', 'labels')) : []) {
      const list = selections.get(service) ?? [];
      if (pod) list.push({ object, pod });
      selections.set(service, list);
    }
  }
  return [...selections].flatMap(([service, selected]) => {
    const names = new Set(selected.flatMap(({ pod }) => portNames(pod)));
    return listItems(yamlGet(service.map, 'spec', 'ports')).flatMap((item): readonly Fault[] => {
      const target = yamlGet(item, 'targetPort');
      if (target?.kind !== 'scalar' || !/^[a-z][a-z0-9-]*$/.test(target.text) || names.has(target.text)) return [];
      const near = nearest(target.text, names);
      const titles = selected.map(({ object }) => `${object.kind} ${object.name}`).join(', ');
      return [
        {
          kind: 'upstream/address-mismatch',
          span: target.span,
          message:
            `The Service ${service.name} sends requests to the port "${target.text}", but no container of ${titles} names a port so` +
            `${near === undefined ? '.' : `; did you mean "${near}"?`} It has no endpoints: every request is refused, or answered with 503.`,
          ...(near !== undefined && {
            repairs: [{ title: `Write ${near}`, safety: 'unsafe', edits: [{ span: target.span, text: near }] }],
          }),
        },
      ];
    });
  });
}

function portNames(pod: YamlNode): readonly string[] {
  const containers = ['containers', 'initContainers'].flatMap(key => listItems(yamlGet(pod, 'spec', key)));
  return containers
    .flatMap(container => listItems(yamlGet(container, 'ports')))
    .flatMap(port => {
      const name = yamlGet(port, 'name');
      return name?.kind === 'scalar' ? [name.text] : [];
    });
}

function stackOf(reader: Reader, cluster: Cluster): ContainerStack | undefined {
  const pods = cluster.objects.map(object => readPod(reader, cluster, object));
  const ingresses = cluster.objects.flatMap(object =>
    object.kind === 'Ingress' ? (readIngress(cluster, object) ?? []) : [],
  );
  const places = [...pods.flatMap(pod => pod.places), ...ingresses.map(one => one.place)];
  if (places.length === 0) return undefined;
  return {
    id: `kubernetes:${cluster.id}`,
    title:
      cluster.by?.title ?? (cluster.id === '.' ? 'the Kubernetes files' : `the Kubernetes files in ${cluster.id}/`),
    why: cluster.by?.why ?? 'Kubernetes files that are applied together',
    places,
    launches: pods.flatMap(pod => pod.launches),
    gateways: ingresses.map(one => one.gateway),
    faults: namelessTargets(cluster),
    files: [...new Set([...cluster.files, ...pods.flatMap(pod => pod.files)])],
  };
}
