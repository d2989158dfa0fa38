import { joinInside, type Mount } from '../../model/place.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { Span } from '../../text/source.js';
import { blockContent } from '../place/embedded.js';
import { type Cluster, type ConfigValue, listItems, scalarText } from './objects.js';

/** What `volumeMounts` of a container put into it. A volume of the pod has one name in all its containers. */
export function containerMounts(
  cluster: Cluster,
  podId: string,
  spec: YamlNode,
  container: YamlNode,
): readonly Mount[] {
  const volumes = new Map(listItems(yamlGet(spec, 'volumes')).map(node => [scalarText(yamlGet(node, 'name')), node]));
  const mounts = listItems(yamlGet(container, 'volumeMounts')).flatMap((item): readonly Mount[] => {
    const name = scalarText(yamlGet(item, 'name'));
    const path = scalarText(yamlGet(item, 'mountPath'));
    const volume = name === undefined ? undefined : volumes.get(name);
    if (path === undefined || name === undefined) return [];
    const inside = joinInside('/', path);
    const subPath = scalarText(yamlGet(item, 'subPath'));
    if (!volume) return [{ kind: 'config', inside, uncertain: true, span: item.span }];
    return volumeMounts(cluster, `${podId}/${name}`, volume, inside, subPath, item.span);
  });
  return [...mounts].sort((a, b) => depth(a.inside) - depth(b.inside));
}

function depth(inside: string): number {
  return inside === '/' ? 0 : inside.split('/').length - 1;
}

function volumeMounts(
  cluster: Cluster,
  id: string,
  volume: YamlNode,
  inside: string,
  subPath: string | undefined,
  span: Span,
): readonly Mount[] {
  const map = yamlGet(volume, 'configMap');
  if (map) return configMounts(cluster, map, inside, subPath, span);
  if (yamlGet(volume, 'emptyDir'))
    return [{ kind: 'volume', inside, volume: subPath === undefined ? id : `${id}/${subPath}`, span }];
  const claim = scalarText(yamlGet(volume, 'persistentVolumeClaim', 'claimName'));
  if (claim !== undefined) return [{ kind: 'volume', inside, volume: claim, span }];
  if (yamlGet(volume, 'hostPath')) return [{ kind: 'bind', inside, span }];
  return [{ kind: 'config', inside, uncertain: true, span }];
}

function configMounts(
  cluster: Cluster,
  map: YamlNode,
  inside: string,
  subPath: string | undefined,
  span: Span,
): readonly Mount[] {
  const unknown: Mount = { kind: 'config', inside, uncertain: true, span };
  const name = scalarText(yamlGet(map, 'name'));
  const data = name === undefined ? undefined : cluster.configMaps.get(name);
  if (!data) return [unknown];
  const items = listItems(yamlGet(map, 'items')).map(
    item => [scalarText(yamlGet(item, 'key')), scalarText(yamlGet(item, 'path'))] as const,
  );
  const files = items.length > 0 ? items : [...data.keys()].map(key => [key, key] as const);
  if (subPath !== undefined) {
    const key = files.find(([, path]) => path === subPath)?.[0];
    const value = key === undefined ? undefined : data.get(key);
    return value ? [valueMount(value, inside, span)] : [unknown];
  }
  const mounts: Mount[] = [{ kind: 'config', inside, span }];
  for (const [key, path] of files) {
    const value = key === undefined ? undefined : data.get(key);
    if (path !== undefined && value) mounts.push(valueMount(value, joinInside(inside, `./${path}`), span));
  }
  return mounts;
}

function valueMount(value: ConfigValue, inside: string, span: Span): Mount {
  if (value.kind === 'file') return { kind: 'config', inside, repo: value.repo, span };
  const content = blockContent(value.node);
  return content ? { kind: 'config', inside, content, span } : { kind: 'config', inside, uncertain: true, span };
}
