import { type YamlNode, type YamlTree, yamlGet } from '../../syntax/yaml/tree.js';

/** Objects that say something about a path of a request. Jobs and CronJobs serve nobody. */
export const servingKinds = new Set([
  ...[
    'ConfigMap',
    'DaemonSet',
    'Deployment',
    'Ingress',
    'Kustomization',
    'Pod',
    'ReplicaSet',
    'Service',
    'StatefulSet',
  ],
]);

/** The kind of a Kubernetes object; undefined for anything else. */
export function objectKind(node: YamlNode): string | undefined {
  const kind = yamlGet(node, 'kind');
  const version = yamlGet(node, 'apiVersion');
  if (kind?.kind !== 'scalar' || version?.kind !== 'scalar') return undefined;
  return /^(?:[a-z0-9.-]+\/)?v\d/.test(version.text) ? kind.text : undefined;
}

/**
 * True for Kubernetes objects that serve requests, or belong to those that do. A Helm template is not one: what it renders to is
 * decided elsewhere.
 */
export function looksLikeKubernetes(tree: YamlTree): boolean {
  if (tree.templated) return false;
  return tree.documents.some(document => {
    const kind = objectKind(document);
    return kind !== undefined && (servingKinds.has(kind) || kind === 'List');
  });
}
