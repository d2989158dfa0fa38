import { folderOf, joinRepo } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Span } from '../../text/source.js';
import { envFile } from '../launch/envfile.js';
import type { Reader } from '../reader.js';
import { namedEnvFiles } from './invocations.js';
import { type Interpolation, scalarSetting } from './values.js';

/** What one file says about a service (or about the whole): with the folder that its paths are relative to. */
export interface Layer {
  readonly map: YamlMap;
  /** Undefined: outside the repository. */
  readonly folder: string | undefined;
  readonly by: Interpolation;
}

export interface ComposeService {
  readonly name: string;
  readonly nameSpan: Span;
  /** Weakest first: what it extends, the base file, the files laid over it. */
  readonly layers: readonly Layer[];
  /** A part of it stands in a file that cannot be read. */
  readonly open: boolean;
  /** A file that is laid over the first puts it into a profile, so that it is not started with the others. */
  readonly switchedOff: boolean;
}

export interface ComposeProject {
  /** Paths of its files, joined: unique in the deployment. */
  readonly id: string;
  readonly files: readonly SourceFile[];
  readonly services: ReadonlyMap<string, ComposeService>;
  /** One of its files is no YAML, and services that stand below the mistake are not seen. */
  readonly partial: boolean;
  /** None of its services says how it is run. */
  readonly buildsOnly: boolean;
  /** Services by the `container_name` that they state. */
  readonly containerNames: ReadonlyMap<string, string>;
  /** The top levels of its files, weakest first. */
  readonly tops: readonly Layer[];
}

export interface LayeredNode {
  readonly node: YamlNode;
  readonly layer: Layer;
  readonly entry: YamlEntry;
}

const deepestExtends = 8;

/** Reads compose files that are used together, the base first. Its paths are relative to the folder of the first. */
export function readProject(reader: Reader, files: readonly SourceFile[]): ComposeProject {
  const folder = folderOf(files[0]?.path ?? '');
  const context: ProjectContext = { reader, files: new Set(files), included: new Set() };
  const tops = files.flatMap(file => topsOf(context, file, folder, interpolationFor(reader, folder, undefined)));
  const services = new Map<string, ComposeService>();
  const partial = [...context.files].some(file => isCutShort(reader, file));
  for (const top of tops) {
    const list = yamlGet(top.map, 'services');
    for (const entry of list?.kind === 'map' ? list.entries : []) {
      const own = serviceLayers(context, entry, top, 0);
      const before = services.get(entry.key);
      services.set(entry.key, {
        name: entry.key,
        nameSpan: before?.nameSpan ?? entry.keySpan,
        layers: [...(before?.layers ?? []), ...own.layers],
        open: own.open || before?.open === true || partial,
        switchedOff: before?.switchedOff === true || (before !== undefined && addsProfile(before, entry.value)),
      });
    }
  }
  const containerNames = new Map<string, string>();
  for (const service of services.values()) {
    const found = strongest(service.layers, 'container_name');
    const name = found && scalarSetting(found.node, 'container_name', found.layer.by);
    if (name?.known) containerNames.set(name.value, service.name);
  }
  const id = files.map(file => file.path).join('+');
  const buildsOnly = services.size > 1 && onlyBuilds([...services.values()]);
  return { id, files: [...context.files], services, partial, buildsOnly, containerNames, tops };
}

/** A key that stands twice hides nothing; any other mistake may hide what follows. */
function isCutShort(reader: Reader, file: SourceFile): boolean {
  return reader.yaml(file)?.problems.some(({ message }) => !message.startsWith('the key ')) === true;
}

function addsProfile(before: ComposeService, over: YamlNode): boolean {
  const profiles = yamlGet(over, 'profiles');
  const had = before.layers.some(layer => yamlEntry(layer.map, 'profiles'));
  return !had && profiles?.kind === 'list' && profiles.items.length > 0;
}

interface ProjectContext {
  readonly reader: Reader;
  readonly files: Set<SourceFile>;
  readonly included: Set<string>;
}

/** The top level of a file behind those of the files that it includes. */
function topsOf(
  context: ProjectContext,
  file: SourceFile,
  folder: string | undefined,
  by: Interpolation,
): readonly Layer[] {
  if (context.included.has(file.path)) return [];
  context.included.add(file.path);
  context.files.add(file);
  const tree = context.reader.yaml(file);
  if (tree) context.reader.note(file, 'compose', tree.problems);
  return (tree?.documents ?? []).flatMap((map): readonly Layer[] => {
    if (map.kind !== 'map') return [];
    const top: Layer = { map, folder, by };
    return [...includes(context, top), top];
  });
}

function includes(context: ProjectContext, top: Layer): readonly Layer[] {
  const list = yamlGet(top.map, 'include');
  if (list?.kind !== 'list') return [];
  return list.items.flatMap(item => {
    const pathNode = item.kind === 'map' ? yamlGet(item, 'path') : item;
    const paths = pathNode?.kind === 'list' ? pathNode.items : pathNode ? [pathNode] : [];
    const files = paths.map(node => pathFile(context.reader, top, node));
    const directory =
      item.kind === 'map' ? scalarSetting(yamlGet(item, 'project_directory'), 'project_directory', top.by) : undefined;
    const first = files[0];
    const folder = directory ? resolve(top.folder, directory) : first && folderOf(first.path);
    const by = interpolationFor(context.reader, folder, top.by);
    return files.flatMap(file => (file ? topsOf(context, file, folder, by) : []));
  });
}

function resolve(folder: string | undefined, path: Setting<string>): string | undefined {
  if (folder === undefined || !path.known || path.value.startsWith('/') || path.value.startsWith('~')) return undefined;
  return joinRepo(folder, path.value);
}

function pathFile(reader: Reader, layer: Layer, node: YamlNode | undefined): SourceFile | undefined {
  const setting = scalarSetting(node, 'path', layer.by);
  const path = setting && resolve(layer.folder, setting);
  return path === undefined ? undefined : reader.file(path);
}

function serviceLayers(
  context: ProjectContext,
  entry: YamlEntry,
  top: Layer,
  depth: number,
): { readonly layers: readonly Layer[]; readonly open: boolean } {
  const { value } = entry;
  if (value.kind !== 'map') return { layers: [], open: value.kind === 'scalar' && value.value !== null };
  const layer: Layer = { ...top, map: value };
  const base = yamlGet(value, 'extends');
  if (!base) return { layers: [layer], open: false };
  const name = scalarSetting(base.kind === 'map' ? yamlGet(base, 'service') : base, 'extends', top.by);
  const fileNode = base.kind === 'map' ? yamlGet(base, 'file') : undefined;
  const file = fileNode ? pathFile(context.reader, top, fileNode) : undefined;
  if (!name?.known || depth >= deepestExtends || (fileNode && !file)) return { layers: [layer], open: true };
  const source = file ? fileTop(context, file, top) : top;
  const services = source && yamlGet(source.map, 'services');
  const target = services?.kind === 'map' ? yamlEntry(services, name.value) : undefined;
  if (!source || !target || target === entry) return { layers: [layer], open: true };
  const inherited = serviceLayers(context, target, source, depth + 1);
  return { layers: [...inherited.layers, layer], open: inherited.open };
}

function fileTop(context: ProjectContext, file: SourceFile, top: Layer): Layer | undefined {
  const tree = context.reader.yaml(file);
  const map = tree?.documents[0];
  if (!tree || map?.kind !== 'map') return undefined;
  context.files.add(file);
  context.reader.note(file, 'compose', tree.problems);
  return { map, folder: folderOf(file.path), by: top.by };
}

const exampleNames = [
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  '.env-example',
  '.env-sample',
  '.env.default',
];
const otherExampleNames = [
  'env.example',
  'env.sample',
  'example.env',
  'sample.env',
  'env.template',
  'env.dist',
  'template.env',
];

/** Variables that a project folder states for `${NAME}`: its `.env`, then those of the including project. */
function interpolationFor(reader: Reader, folder: string | undefined, outer: Interpolation | undefined): Interpolation {
  const at = (name: string) =>
    folder === undefined ? undefined : reader.file(folder === '' ? name : `${folder}/${name}`);
  const env = at('.env');
  const own = env ? envFile(reader, env, 'compose') : new Map<string, Setting<string>>();
  const stated = (name: string) => agreed(reader, folder, name, env && own.get(name), env !== undefined);
  const hints = new Map<string, Setting<string>>();
  if (!env) {
    for (const name of [...exampleNames, ...otherExampleNames]) {
      const file = at(name);
      for (const [key, value] of file ? envFile(reader, file, 'compose') : [])
        if (!hints.has(key)) hints.set(key, value);
    }
  }
  // The environment in which somebody starts the project outranks the file.
  const { environment } = reader.assumptions;
  // Somebody who starts the project stands in its folder; with a compose file in a subfolder that is not certain.
  const here: Setting<string> = { name: 'PWD', origin: 'environment', known: true, value: '.' };
  return {
    stated: name =>
      environment.get(name) ??
      stated(name) ??
      outer?.stated(name) ??
      (name === 'PWD' && folder === '' ? here : undefined),
    hinted: name => hints.get(name) ?? outer?.hinted(name),
    templates: reader.assumptions.variables,
  };
}

/**
 * The value of a variable in `.env` of a project, which holds only where it is the same in every file that the repository hands to Compose
 * instead (`--env-file`).
 */
function agreed(
  reader: Reader,
  folder: string | undefined,
  name: string,
  own: Setting<string> | undefined,
  hasOwn: boolean,
): Setting<string> | undefined {
  const named = folder === undefined ? [] : namedEnvFiles(reader).filter(({ folders }) => folders.has(folder));
  if (named.length === 0) return own;
  const values = named.map(({ path }) => {
    const file = path === undefined ? undefined : reader.file(path);
    return file && envFile(reader, file, 'compose').get(name);
  });
  const all = hasOwn ? [own, ...values] : values;
  const [first] = all;
  if (all.every(one => one === undefined)) return undefined;
  if (first?.known && all.every(one => one?.known && one.value === first.value)) return first;
  const why = `${name} is not the same in ${[...(hasOwn ? ['.env'] : []), ...new Set(named.map(one => one.name))].join(' and ')}`;
  return { name, origin: 'config file', known: false, why };
}

/** Keys that a service has to be built, not to be run. */
const buildKeys = new Set(['build', 'image', 'platform', 'platforms', 'labels', 'pull_policy', 'container_name']);

/** True for a project that only builds images: none of its services says how it is run, so what it is given when it runs is said elsewhere. */
function onlyBuilds(services: readonly ComposeService[]): boolean {
  const layers = services.flatMap(service => service.layers);
  const builds = layers.some(layer => yamlEntry(layer.map, 'build'));
  return (
    builds && layers.every(layer => layer.map.entries.every(({ key }) => buildKeys.has(key) || key.startsWith('x-')))
  );
}

/** What each layer says under a key, weakest first. `!reset` and `!override` take away what came before. */
export function layered(layers: readonly Layer[], key: string): readonly LayeredNode[] {
  const found: LayeredNode[] = [];
  for (const layer of layers) {
    const entry = yamlEntry(layer.map, key);
    if (!entry) continue;
    const { tag } = entry.value;
    if (tag === '!reset' || tag === '!override') found.length = 0;
    if (tag !== '!reset') found.push({ node: entry.value, layer, entry });
  }
  return found;
}

/** What the strongest layer says under a key. */
export function strongest(layers: readonly Layer[], key: string): LayeredNode | undefined {
  return layered(layers, key).at(-1);
}

/** The entry `name` of a top-level section (`volumes`, `networks`, `configs`). */
export function topEntry(project: ComposeProject, section: string, name: string): LayeredNode | undefined {
  let found: LayeredNode | undefined;
  for (const { node, layer } of layered(project.tops, section)) {
    const entry = yamlEntry(node, name);
    if (entry) found = { node: entry.value, layer, entry };
  }
  return found;
}
