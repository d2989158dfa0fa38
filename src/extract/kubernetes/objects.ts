import { baseName, folderOf, joinRepo } from '../../model/place.js';
import { type YamlMap, type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Span } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { objectKind } from './recognise.js';

export interface KubernetesObject {
  readonly kind: string;
  readonly name: string;
  readonly nameSpan: Span;
  readonly map: YamlMap;
  readonly file: SourceFile;
  /** Something may be added to it that cannot be told. */
  readonly open?: true;
  /** Of a ConfigMap in a chart: keys whose value is a file of the chart, with its path in the repository. */
  readonly chartFiles?: ReadonlyMap<string, string>;
}

/** A key of a ConfigMap: its text in YAML, or a file that kustomize makes it from. */
export type ConfigValue =
  | { readonly kind: 'scalar'; readonly node: YamlScalar }
  | { readonly kind: 'file'; readonly repo: string; readonly span: Span };

/** Everything that is applied together. */
export interface Cluster {
  readonly id: string;
  readonly objects: readonly KubernetesObject[];
  readonly configMaps: ReadonlyMap<string, ReadonlyMap<string, ConfigValue>>;
  readonly files: readonly SourceFile[];
  /** Services by name, and by the first label that each selects by (`key=value`). */
  readonly services: ReadonlyMap<string, KubernetesObject>;
  readonly selectors: ReadonlyMap<string, readonly KubernetesObject[]>;
  /** What states it, where that is no folder of plain files. */
  readonly by?: { readonly title: string; readonly why: string };
  /** Patches or another tool change what the files say, so that nothing about environment and commands is certain. */
  readonly patched: boolean;
}

export function scalarText(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

export function listItems(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** The objects of one file, those inside a List too. */
export function objectsOf(reader: Reader, file: SourceFile): readonly KubernetesObject[] {
  const tree = reader.yaml(file);
  if (!tree) return [];
  reader.note(file, 'kubernetes', tree.problems);
  const documents = tree.documents.flatMap(document =>
    objectKind(document) === 'List' ? listItems(yamlGet(document, 'items')) : [document],
  );
  return documents.flatMap(map => {
    const kind = objectKind(map);
    if (kind === undefined || map.kind !== 'map') return [];
    const node = yamlGet(map, 'metadata', 'name');
    const name = scalarText(node);
    if (name === undefined && kind !== 'Kustomization') return [];
    return [{ kind, name: name ?? '', nameSpan: node?.span ?? map.span, map, file }];
  });
}

const overlayFolder = /(?:^|\/)(?:overlays?|patches|components|environments?|envs?)(?:\/|$)/i;
const rootFolder =
  /^(?:k8s|kube(?:rnetes)?|manifests?|deploy(?:ment)?s?|infra(?:structure)?|kustomize|cluster|base|resources)$/i;

/**
 * Sorts objects into clusters: files below one folder that is named for it (`k8s/`), else files of one folder. Where an object is
 * stated twice (environments side by side), every folder counts for itself. One cluster after the other: their trees are large.
 */
export function* clusters(reader: Reader, files: readonly SourceFile[]): Iterable<Cluster> {
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const key = groupOf(folderOf(file.path));
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  for (const [id, group] of groups) {
    const objects = group.flatMap(file => objectsOf(reader, file));
    if (hasTwice(objects)) yield* clustersByFolder(reader, objects);
    else yield cluster(reader, id, objects, false);
  }
}

function clustersByFolder(reader: Reader, objects: readonly KubernetesObject[]): readonly Cluster[] {
  const byFolder = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const folder = folderOf(object.file.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), object]);
  }
  // A folder that states an object twice holds alternatives, one per file: nobody applies both.
  return [...byFolder].flatMap(([folder, own]) => (hasTwice(own) ? [] : [cluster(reader, folder, own, true)]));
}

function groupOf(folder: string): string {
  const parts = folder === '' ? [] : folder.split('/');
  const at = parts.findIndex(part => rootFolder.test(part));
  return at < 0 ? folder : parts.slice(0, at + 1).join('/');
}

function hasTwice(objects: readonly KubernetesObject[]): boolean {
  const seen = new Set<string>();
  for (const object of objects) {
    if (object.kind === 'Kustomization') continue;
    const namespace = scalarText(yamlGet(object.map, 'metadata', 'namespace')) ?? '';
    const key = `${object.kind}/${object.name}/${namespace}`;
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

export function cluster(reader: Reader, id: string, objects: readonly KubernetesObject[], beside: boolean): Cluster {
  const configMaps = new Map<string, Map<string, ConfigValue>>();
  let patched = beside && objects.some(object => overlayFolder.test(object.file.path));
  for (const object of objects) {
    if (object.kind === 'ConfigMap' && !object.open) configMaps.set(object.name, configData(object));
    if (object.kind !== 'Kustomization') continue;
    if (
      ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'components', 'helmCharts', 'replacements', 'vars'].some(
        key => yamlGet(object.map, key),
      )
    ) {
      patched = true;
    }
    for (const generator of listItems(yamlGet(object.map, 'configMapGenerator'))) {
      const name = scalarText(yamlGet(generator, 'name'));
      if (name !== undefined) configMaps.set(name, generated(reader, object, generator));
    }
  }
  // Kustomize may lay patches over these files from another folder.
  if (beside && !patched) patched = reader.files().some(path => isOverlayOf(path, id));
  return {
    id: id === '' ? '.' : id,
    objects,
    configMaps,
    ...servicesOf(objects),
    files: [...new Set(objects.map(object => object.file))],
    patched,
  };
}

function servicesOf(objects: readonly KubernetesObject[]): Pick<Cluster, 'services' | 'selectors'> {
  const services = new Map<string, KubernetesObject>();
  const selectors = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    if (object.kind !== 'Service') continue;
    if (!services.has(object.name)) services.set(object.name, object);
    const selector = yamlGet(object.map, 'spec', 'selector');
    const first = selector?.kind === 'map' ? selector.entries[0] : undefined;
    if (!first) continue;
    const key = `${first.key}=${scalarText(first.value)}`;
    const list = selectors.get(key);
    if (list) list.push(object);
    else selectors.set(key, [object]);
  }
  return { services, selectors };
}

function isOverlayOf(path: string, folder: string): boolean {
  return /^kustomization\.ya?ml$/i.test(baseName(path)) && overlayFolder.test(path) && baseName(folder) === 'base';
}

function configData(object: KubernetesObject): Map<string, ConfigValue> {
  const found = new Map<string, ConfigValue>();
  const data = yamlGet(object.map, 'data');
  for (const entry of data?.kind === 'map' ? data.entries : []) {
    const repo = object.chartFiles?.get(entry.key);
    if (repo !== undefined) found.set(entry.key, { kind: 'file', repo, span: entry.keySpan });
    else if (entry.value.kind === 'scalar') found.set(entry.key, { kind: 'scalar', node: entry.value });
  }
  return found;
}

function generated(reader: Reader, object: KubernetesObject, generator: YamlNode): Map<string, ConfigValue> {
  const found = new Map<string, ConfigValue>();
  for (const item of listItems(yamlGet(generator, 'files'))) {
    const text = scalarText(item) ?? '';
    const equals = text.indexOf('=');
    const path = equals < 0 ? text : text.slice(equals + 1);
    const repo = joinRepo(folderOf(object.file.path), path);
    if (repo === undefined || reader.kind(repo) !== 'file') continue;
    found.set(equals < 0 ? baseName(path) : text.slice(0, equals), { kind: 'file', repo, span: item.span });
  }
  for (const item of listItems(yamlGet(generator, 'literals'))) {
    const text = scalarText(item) ?? '';
    const equals = text.indexOf('=');
    if (equals > 0 && item.kind === 'scalar')
      found.set(text.slice(0, equals), { kind: 'scalar', node: literalTail(item, equals + 1) });
  }
  return found;
}

function literalTail(item: YamlScalar, from: number): YamlScalar {
  const text = item.text.slice(from).replace(/^(["'])(.*)\1$/s, '$2');
  const { contentStart: _, ...rest } = item;
  return { ...rest, text, value: text };
}
