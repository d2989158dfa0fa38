import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlGet } from '../../../syntax/yaml/tree.js';

/** Lists whose items are merged by a key (Kubernetes API: patchMergeKey); all others are replaced. */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  ports: ['containerPort', 'port'],
  volumeMounts: ['mountPath'],
  hostAliases: ['ip'],
};

/** A strategic merge patch laid over a node, as kustomize does. */
export function merged(base: YamlNode, patch: YamlNode, key = ''): YamlNode {
  if (base.kind === 'map' && patch.kind === 'map') return mergedMap(base, patch);
  const keys = mergeKeys[key];
  if (base.kind === 'list' && patch.kind === 'list' && keys) {
    let items = [...base.items];
    for (const item of patch.items) {
      const by = keys.find(one => yamlGet(item, one));
      const at = by === undefined ? -1 : items.findIndex(one => same(yamlGet(one, by), yamlGet(item, by)));
      const found = items[at];
      if (isDeleted(item)) items = items.filter((_, index) => index !== at);
      else if (found) items[at] = merged(found, item);
      else items.unshift(item);
    }
    return { ...base, items };
  }
  return patch;
}

function mergedMap(base: YamlMap, patch: YamlMap): YamlMap {
  if (yamlGet(patch, '$patch')?.kind === 'scalar' && text(yamlGet(patch, '$patch')) === 'replace') return patch;
  const entries: YamlEntry[] = [];
  for (const entry of base.entries) {
    const own = yamlEntry(patch, entry.key);
    if (!own) entries.push(entry);
    else if (!isNull(own.value) && !isDeleted(own.value))
      entries.push({ ...entry, value: merged(entry.value, own.value, entry.key) });
  }
  for (const entry of patch.entries) {
    if (!yamlEntry(base, entry.key) && !entry.key.startsWith('$') && !isNull(entry.value)) entries.push(entry);
  }
  return { ...base, entries };
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function isDeleted(node: YamlNode): boolean {
  return text(yamlGet(node, '$patch')) === 'delete';
}

function text(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}

function same(a: YamlNode | undefined, b: YamlNode | undefined): boolean {
  return text(a) !== undefined && text(a) === text(b);
}

/** One operation of a JSON patch; undefined where its path leads nowhere, or it does something else. */
export function operated(node: YamlNode, operation: YamlNode): YamlNode | undefined {
  const op = text(yamlGet(operation, 'op'));
  const path = text(yamlGet(operation, 'path'));
  const value = yamlGet(operation, 'value');
  if (path === undefined || !path.startsWith('/') || (op !== 'remove' && !value)) return undefined;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') return undefined;
  const parts = path
    .slice(1)
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.length > 40 ? undefined : changed(node, parts, op, value);
}

function changed(
  node: YamlNode,
  [part = '', ...rest]: readonly string[],
  op: 'add' | 'replace' | 'remove',
  value: YamlNode | undefined,
): YamlNode | undefined {
  if (node.kind === 'scalar') return undefined;
  if (node.kind === 'list') {
    const index = part === '-' ? node.items.length : /^\d{1,6}$/.test(part) ? Number(part) : -1;
    if (index < 0 || index > node.items.length) return undefined;
    const items = [...node.items];
    const at = items[index];
    if (rest.length > 0) {
      const inner = at && changed(at, rest, op, value);
      if (!inner) return undefined;
      items[index] = inner;
    } else if (op === 'remove') items.splice(index, 1);
    else if (value) items.splice(index, op === 'add' ? 0 : 1, value);
    return { ...node, items };
  }
  const entry = yamlEntry(node, part);
  if (rest.length > 0) {
    const inner = entry && changed(entry.value, rest, op, value);
    return inner && { ...node, entries: node.entries.map(one => (one === entry ? { ...one, value: inner } : one)) };
  }
  const others = node.entries.filter(one => one !== entry);
  if (op === 'remove' || !value) return entry && { ...node, entries: others };
  const made: YamlEntry = { key: part, keySpan: entry?.keySpan ?? value.span, value, merged: false };
  return { ...node, entries: [...others, made] };
}
