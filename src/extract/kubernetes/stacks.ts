import type { Gateway } from '../../model/gateway.js';
import type { Launch } from '../../model/launch.js';
import type { Place } from '../../model/place.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { readIngress } from './ingress.js';
import { type Cluster, clusters } from './objects.js';
import { readPod } from './pods.js';

export interface KubernetesStack {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly places: readonly Place[];
  readonly launches: readonly Launch[];
  /** Gateways that are objects of their own: Ingresses. Those inside pods are found in their places. */
  readonly gateways: readonly Gateway[];
  readonly files: readonly SourceFile[];
}

/** The stacks that Kubernetes files describe: what is applied together. */
export function kubernetesStacks(reader: Reader, files: readonly SourceFile[]): readonly KubernetesStack[] {
  return clusters(reader, files).flatMap(cluster => stackOf(reader, cluster) ?? []);
}

function stackOf(reader: Reader, cluster: Cluster): KubernetesStack | undefined {
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
