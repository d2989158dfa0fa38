import { baseName, folderOf, joinRepo } from '../../../model/place.js';
import { type YamlNode, yamlGet } from '../../../syntax/yaml/tree.js';
import type { SourceFile } from '../../../text/source.js';
import { blockContent } from '../../place/embedded.js';
import type { Reader } from '../../reader.js';
import { type KubernetesObject, listItems, objectsOf, scalarText } from '../objects.js';
import { objectKind } from '../recognise.js';
import { merged, operated } from './merge.js';

/** What one `kustomize build` gives: the objects of its resources with its patches laid over them. */
export interface Kustomized {
  readonly folder: string;
  readonly objects: readonly KubernetesObject[];
  /** Files that it is made of: kustomizations, resources, patches. */
  readonly files: readonly SourceFile[];
  /** It changes names or more in ways that are not followed. */
  readonly opaque: boolean;
}

const name = /^(?:kustomization\.ya?ml|Kustomization)$/;
const deepest = 12;

/** Fields that change what is built in ways that are not followed here. */
const opaqueFields = [
  'components',
  'generators',
  'transformers',
  'replacements',
  'vars',
  'helmCharts',
  'helmChartInflationGenerator',
  'namePrefix',
  'nameSuffix',
  'crds',
];

/** The kustomizations that are built by themselves: those that no other one takes in, and whose bases are there. */
export function kustomizations(reader: Reader): readonly Kustomized[] {
  const folders = new Map<string, SourceFile>();
  for (const path of reader.files()) {
    const file = name.test(baseName(path)) ? reader.file(path) : undefined;
    if (file) folders.set(folderOf(path), file);
  }
  const taken = new Set([...folders].flatMap(([folder, file]) => referred(reader, folder, file)));
  return [...folders.keys()].flatMap(folder => {
    if (taken.has(folder) || !takesIn(reader, folders.get(folder))) return [];
    const build: Build = { reader, folders, files: new Map(), opaque: false };
    const objects = built(build, folder, 0);
    return [{ folder, objects, files: [...build.files.values()], opaque: build.opaque }];
  });
}

/** It names what it is made of; one that only generates something is a part of the files around it. */
function takesIn(reader: Reader, file: SourceFile | undefined): boolean {
  const node = file && documentOf(reader, file);
  return ['resources', 'bases'].some(key => listItems(yamlGet(node, key)).length > 0);
}

interface Build {
  readonly reader: Reader;
  readonly folders: ReadonlyMap<string, SourceFile>;
  readonly files: Map<string, SourceFile>;
  opaque: boolean;
}

function documentOf(reader: Reader, file: SourceFile): YamlNode | undefined {
  const tree = reader.yaml(file);
  if (!tree) return undefined;
  reader.note(file, 'kubernetes', tree.problems);
  return tree.documents[0];
}

function resourcePaths(folder: string, node: YamlNode | undefined): readonly (string | undefined)[] {
  return ['resources', 'bases'].flatMap(key =>
    listItems(yamlGet(node, key)).map(item => {
      const text = scalarText(item);
      return text === undefined || /:\/\/|^git@|\?ref=|^github\.com\//.test(text) ? undefined : joinRepo(folder, text);
    }),
  );
}

function referred(reader: Reader, folder: string, file: SourceFile): readonly string[] {
  const node = documentOf(reader, file);
  const components = listItems(yamlGet(node, 'components')).map(item => joinRepo(folder, scalarText(item) ?? ''));
  return [...resourcePaths(folder, node), ...components].flatMap(path => path ?? []);
}

function built(build: Build, folder: string, depth: number): readonly KubernetesObject[] {
  const { reader, folders, files } = build;
  const file = folders.get(folder);
  const node = file && documentOf(reader, file);
  if (!file || !node || depth > deepest) {
    build.opaque = true;
    return [];
  }
  files.set(file.path, file);
  if (opaqueFields.some(field => yamlGet(node, field))) build.opaque = true;
  let objects: KubernetesObject[] = [];
  for (const path of resourcePaths(folder, node)) {
    const resource = path === undefined ? undefined : reader.file(path);
    if (path !== undefined && folders.has(path)) objects.push(...built(build, path, depth + 1));
    else if (resource) {
      files.set(resource.path, resource);
      objects.push(...objectsOf(reader, resource));
    } else build.opaque = true;
  }
  for (const patch of patchesOf(build, folder, node)) objects = patched(build, objects, patch);
  objects = objects.map(object => withImages(object, listItems(yamlGet(node, 'images'))));
  objects.push({
    kind: 'Kustomization',
    name: '',
    nameSpan: node.span,
    map: node.kind === 'map' ? node : { kind: 'map', entries: [], span: node.span },
    file,
  });
  return objects;
}

interface Patch {
  readonly document: YamlNode;
  readonly target: YamlNode | undefined;
}

function patchesOf(build: Build, folder: string, node: YamlNode): readonly Patch[] {
  const found: Patch[] = [];
  const add = (path: YamlNode | undefined, inline: YamlNode | undefined, target: YamlNode | undefined): void => {
    const text = scalarText(path);
    const repo = text === undefined ? undefined : joinRepo(folder, text);
    const embedded = inline?.kind === 'scalar' ? blockContent(inline) : undefined;
    const file = repo === undefined ? embedded : build.reader.file(repo);
    const tree = file && build.reader.yaml(file);
    if (!file || !tree || tree.templated) build.opaque = true;
    if (file && repo !== undefined) {
      build.files.set(file.path, file);
      build.reader.note(file, 'kubernetes', tree?.problems ?? []);
    }
    for (const document of tree?.documents ?? []) found.push({ document, target });
  };
  for (const item of listItems(yamlGet(node, 'patchesStrategicMerge'))) {
    const text = scalarText(item) ?? '';
    if (text.includes('\n')) add(undefined, item, undefined);
    else add(item, undefined, undefined);
  }
  for (const key of ['patches', 'patchesJson6902']) {
    for (const item of listItems(yamlGet(node, key)))
      add(yamlGet(item, 'path'), yamlGet(item, 'patch'), yamlGet(item, 'target'));
  }
  return found;
}

function patched(build: Build, objects: readonly KubernetesObject[], { document, target }: Patch): KubernetesObject[] {
  const kind = scalarText(yamlGet(target, 'kind')) ?? (document.kind === 'map' ? objectKind(document) : undefined);
  const wanted =
    scalarText(yamlGet(target, 'name')) ??
    (document.kind === 'map' ? scalarText(yamlGet(document, 'metadata', 'name')) : undefined);
  const selector = yamlGet(target, 'labelSelector') ?? yamlGet(target, 'annotationSelector');
  if (selector || (kind === undefined && wanted === undefined)) build.opaque = true;
  return objects.flatMap(object => {
    const meant =
      (kind === undefined || object.kind === kind) && (wanted === undefined || matches(wanted, object.name));
    if (!meant || object.kind === 'Kustomization' || selector) return [object];
    if (document.kind === 'map') {
      if (scalarText(yamlGet(document, '$patch')) === 'delete') return [];
      const map = merged(object.map, document);
      return map.kind === 'map' ? [{ ...object, map }] : [object];
    }
    let map: YamlNode = object.map;
    for (const operation of listItems(document)) {
      const next = operated(map, operation);
      if (!next) build.opaque = true;
      else map = next;
    }
    return map.kind === 'map' ? [{ ...object, map }] : [object];
  });
}

/** The name of a target is a pattern; plain names and `.*` are what people write. */
function matches(wanted: string, own: string): boolean {
  if (/^[\w-]+$/.test(wanted)) return wanted === own;
  return /^\^?\.\*\$?$/.test(wanted) || wanted.replace(/^\^|\$$/g, '') === own;
}

/** `images: [{name, newName, newTag}]`. */
function withImages(object: KubernetesObject, images: readonly YamlNode[]): KubernetesObject {
  if (images.length === 0) return object;
  const change = (node: YamlNode): YamlNode => {
    if (node.kind === 'list') return { ...node, items: node.items.map(change) };
    if (node.kind !== 'map') return node;
    const entries = node.entries.map(entry => {
      const { value } = entry;
      if (entry.key !== 'image' || value.kind !== 'scalar') return { ...entry, value: change(value) };
      const text = renamed(value.text, images);
      return text === value.text ? entry : { ...entry, value: { ...value, text, value: text } };
    });
    return { ...node, entries };
  };
  const map = change(object.map);
  return map.kind === 'map' ? { ...object, map } : object;
}

function renamed(image: string, images: readonly YamlNode[]): string {
  const colon = image.lastIndexOf(':');
  const [own, tag] = colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon)] : [image, ''];
  const found = images.find(one => scalarText(yamlGet(one, 'name')) === own);
  if (!found) return image;
  const newTag = scalarText(yamlGet(found, 'newTag'));
  const newName = scalarText(yamlGet(found, 'newName')) ?? own;
  return newName + (newTag === undefined ? tag : `:${newTag}`);
}
