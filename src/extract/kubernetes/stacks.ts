import type { ContainerStack } from '../../model/parts.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { clusterFaults } from './faults.js';
import { type Chart, charts, isTemplateOf } from './helm/chart.js';
import { readIngress } from './ingress.js';
import { type Kustomized, kustomizations } from './kustomize/build.js';
import { type Cluster, cluster, clusters } from './objects.js';
import { readPod } from './pods.js';

/** The stacks that Kubernetes files describe: what is applied together. */
export function kubernetesStacks(reader: Reader, files: readonly SourceFile[]): readonly ContainerStack[] {
  const rendered = charts(reader);
  const builds = kustomizations(reader);
  const built = new Set(builds.flatMap(build => build.files.map(file => file.path)));
  const plain = files.filter(
    file => !built.has(file.path) && !rendered.some(({ folder }) => isTemplateOf(folder, file.path)),
  );
  const stacks: (ContainerStack | undefined)[] = [];
  for (const one of clusters(reader, plain)) stacks.push(stackOf(reader, one));
  for (const build of builds) stacks.push(stackOf(reader, kustomizedCluster(reader, build)));
  for (const chart of rendered) stacks.push(stackOf(reader, chartCluster(reader, chart)));
  return stacks.filter(stack => stack !== undefined);
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
    faults: clusterFaults(cluster),
    files: [...new Set([...cluster.files, ...pods.flatMap(pod => pod.files)])],
  };
}
