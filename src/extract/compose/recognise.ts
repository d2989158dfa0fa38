import { type YamlNode, type YamlTree, yamlEntry, yamlGet } from '../../syntax/yaml/tree.js';

/** Keys that a service of a compose file has and that nothing else with a `services` map has together. */
const serviceKeys = new Set([
  ...['build', 'command', 'container_name', 'depends_on', 'deploy', 'entrypoint', 'env_file', 'environment', 'expose'],
  ...[
    'extends',
    'extra_hosts',
    'healthcheck',
    'image',
    'labels',
    'links',
    'networks',
    'network_mode',
    'ports',
    'profiles',
  ],
  ...['restart', 'stop_grace_period', 'user', 'volumes', 'working_dir'],
]);

/**
 * True for a compose file or a part of one (an override): a `services` map whose entries are maps of service keys. False for CI
 * pipelines that have services, and for service containers of PHP frameworks.
 */
export function looksLikeCompose(tree: YamlTree): boolean {
  return tree.documents.some(document => {
    if (document.kind !== 'map' || yamlEntry(document, 'jobs') || yamlEntry(document, 'stages')) return false;
    const services = yamlGet(document, 'services');
    return services?.kind === 'map' && services.entries.some(entry => isService(entry.value));
  });
}

function isService(node: YamlNode): boolean {
  if (node.kind !== 'map') return false;
  const known = node.entries.filter(entry => serviceKeys.has(entry.key)).length;
  const other = node.entries.filter(entry =>
    ['class', 'arguments', 'autowire', 'tags', 'calls', 'resource', 'factory'].includes(entry.key),
  ).length;
  return known > 0 && other === 0;
}
