import type { ContainerStack } from '../../model/parts.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { readIngress } from './ingress.js';
import { type Cluster, clusters } from './objects.js';
import { readPod } from './pods.js';

/** The stacks that Kubernetes files describe: what is applied together. */
export function kubernetesStacks(reader: Reader, files: readonly SourceFile[]): readonly ContainerStack[] {
  return clusters(reader, files).flatMap(cluster => stackOf(reader, cluster) ?? []);
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
    title: cluster.id === '.' ? 'the Kubernetes files' : `the Kubernetes files in ${cluster.id}/`,
    why: 'Kubernetes files that are applied together',
    places,
    launches: pods.flatMap(pod => pod.launches),
    gateways: ingresses.map(one => one.gateway),
    files: cluster.files,
  };
}
