import { baseName, folderOf, joinRepo } from '../../../model/place.js';
import type { Known } from '../../../model/setting.js';
import { type YamlEntry, type YamlMap, type YamlNode, type YamlScalar, yamlGet } from '../../../syntax/yaml/tree.js';
import type { SourceFile } from '../../../text/source.js';
import type { Reader } from '../../reader.js';
import { type KubernetesObject, scalarText } from '../objects.js';
import { objectKind, servingKinds } from '../recognise.js';
import { blockMark, filled, type Rendered, render } from './render.js';
import { fromNode, type HelmValue, nothing, printed } from './value.js';

/** Longer templates are not written by hand. */
const largest = 300_000;

/** A chart of the repository, rendered with the defaults of its values as far as they decide. */
export interface Chart {
  readonly folder: string;
  /** Chart.yaml. */
  readonly file: SourceFile;
  readonly objects: readonly KubernetesObject[];
}

/** Charts that are installed by themselves: not libraries, nor those that another chart brings along. */
export function charts(reader: Reader): readonly Chart[] {
  const folders = reader.files().flatMap(path => (baseName(path) === 'Chart.yaml' ? [folderOf(path)] : []));
  return folders.flatMap(folder => chartIn(reader, folder) ?? []);
}

/** True for a file that a chart renders. */
export function isTemplateOf(folder: string, path: string): boolean {
  return path.startsWith(folder === '' ? 'templates/' : `${folder}/templates/`);
}

/** Folder of the chart that renders this file before anybody reads it. */
function chartOf(reader: Reader, path: string | undefined): string | undefined {
  const at = path === undefined ? -1 : `/${path}`.lastIndexOf('/templates/');
  if (path === undefined || at < 0) return undefined;
  const folder = path.slice(0, Math.max(0, at - 1));
  return reader.kind(joinRepo(folder, 'Chart.yaml') ?? '') === 'file' ? folder : undefined;
}

/** True for a file that some chart of the repository renders. */
export function isChartTemplate(reader: Reader, path: string | undefined): boolean {
  return chartOf(reader, path) !== undefined;
}

/** What the chart of a template fills in for `Values.port`, by the defaults of its values; undefined for all else. */
export function chartValue(reader: Reader, template: string | undefined, name: string): Known<string> | undefined {
  const [top, ...path] = name.split('.');
  const folder = top === 'Values' && path.length > 0 ? chartOf(reader, template) : undefined;
  if (folder === undefined) return undefined;
  const values = reader.once(`values of the chart in ${folder}`, () => chartValues(reader, folder));
  const value = printed(valueAt(values, path));
  const span = yamlGet(values.own, ...path)?.span;
  if (value === undefined || value === '') return undefined;
  return { name, origin: 'config file', known: true, value, ...(span && { span }) };
}

function chartIn(reader: Reader, folder: string): Chart | undefined {
  const inFolder = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const file = reader.file(inFolder('Chart.yaml'));
  const facts = file && reader.yaml(file)?.documents[0];
  if (!file || !facts || scalarText(yamlGet(facts, 'type')) === 'library') return undefined;
  reader.note(file, 'kubernetes', []);
  const values = chartValues(reader, folder);
  const root = (path: readonly string[]): HelmValue => {
    const [top, ...rest] = path;
    if (top === 'Values') return valueAt(values, rest);
    if (top !== 'Chart' || rest.length === 0) return undefined;
    const name = rest[0] === 'AppVersion' ? 'appVersion' : (rest[0] ?? '').toLowerCase();
    return fromNode(yamlGet(facts, name));
  };
  const templates = reader.files().filter(path => isTemplateOf(folder, path) && /\.ya?ml$/.test(path));
  const objects = templates.flatMap(path => {
    const template = reader.file(path);
    return template ? objectsIn(reader, folder, template, root) : [];
  });
  return { folder, file, objects };
}

interface Values {
  readonly own: YamlNode | undefined;
  /** Other files of values beside it (`values-prod.yaml`), which an installation may lay over it. */
  readonly others: readonly YamlNode[];
}

function chartValues(reader: Reader, folder: string): Values {
  const read = (name: string): YamlNode | undefined => {
    const file = reader.file(folder === '' ? name : `${folder}/${name}`);
    const tree = file && reader.yaml(file);
    return tree && !tree.templated ? tree.documents[0] : undefined;
  };
  const names = reader.list(folder);
  const own = read(names.includes('values.yaml') ? 'values.yaml' : 'values.yml');
  const others = names.filter(name => /^(?:values[._-].+|.+[._-]values)\.ya?ml$/.test(name));
  const outer = folderOf(folder);
  const parent =
    baseName(outer) === 'charts' || outer === 'charts'
      ? reader.file(joinRepo(folderOf(outer), 'values.yaml') ?? '')
      : undefined;
  const given = parent && yamlGet(reader.yaml(parent)?.documents[0], baseName(folder));
  return { own, others: [...others.flatMap(name => read(name) ?? []), ...(given ? [given] : [])] };
}

/** The default; not known where another file of values says something else. */
function valueAt({ own, others }: Values, path: readonly string[]): HelmValue {
  if (path.length === 0) return undefined;
  const value = yamlGet(own, ...path);
  const shown = JSON.stringify(plain(value));
  const contradicted = others.some(other => {
    const theirs = yamlGet(other, ...path);
    return theirs !== undefined && JSON.stringify(plain(theirs)) !== shown;
  });
  return contradicted ? undefined : value ? fromNode(value) : nothing;
}

function plain(node: YamlNode | undefined): unknown {
  if (!node) return undefined;
  if (node.kind === 'scalar') return node.value;
  return node.kind === 'list' ? node.items.map(plain) : node.entries.map(entry => [entry.key, plain(entry.value)]);
}

function objectsIn(
  reader: Reader,
  folder: string,
  template: SourceFile,
  root: (path: readonly string[]) => HelmValue,
): readonly KubernetesObject[] {
  if (template.text.length > largest || !/^[ \t]*kind[ \t]*:/m.test(template.text)) return [];
  const rendered = render(template.text, root);
  const file = { path: template.path, text: rendered.text };
  const tree = reader.yaml(file);
  reader.note(template, 'kubernetes', []);
  return (tree?.documents ?? []).flatMap(document => {
    const map = resolved(document, rendered, template, folder);
    const kind = objectKind(map);
    const node = yamlGet(map, 'metadata', 'name');
    const name = scalarText(node);
    if (kind === undefined || map.kind !== 'map' || name === undefined || !servingKinds.has(kind)) return [];
    const { start, end } = document.span;
    const open = rendered.open.some(at => start - 200 <= at && at <= end) || holdsUnknownBlock(document, rendered);
    const chartFiles = kind === 'ConfigMap' ? filesOf(map, folder, template) : undefined;
    const facts = { kind, name, nameSpan: node?.span ?? map.span, map, file: template };
    return [{ ...facts, ...(open && { open: true as const }), ...(chartFiles && { chartFiles }) }];
  });
}

/** A block that no value fills and that is no list of labels may bring anything. */
function holdsUnknownBlock(node: YamlNode, rendered: Rendered): boolean {
  if (node.kind === 'list') return node.items.some(item => holdsUnknownBlock(item, rendered));
  if (node.kind !== 'map') return false;
  return node.entries.some(({ key, value }) => {
    if (key === 'labels' || key === 'matchLabels' || key === 'selector' || key === 'annotations') return false;
    const block = rendered.blocks.get(key);
    return block ? block.value === undefined : holdsUnknownBlock(value, rendered);
  });
}

/** The tree with every expression filled in and every block put in its place. */
function resolved(node: YamlNode, rendered: Rendered, template: SourceFile, folder: string): YamlNode {
  if (node.kind === 'scalar') return filledScalar(node, rendered, template);
  if (node.kind === 'list') {
    const items = node.items.flatMap(item => {
      const [entry, ...more] = item.kind === 'map' ? item.entries : [];
      const block = entry && more.length === 0 ? rendered.blocks.get(entry.key)?.value : undefined;
      if (block?.kind === 'node' && block.node.kind === 'list') return block.node.items;
      return entry?.key.startsWith(blockMark) && more.length === 0 ? [] : [resolved(item, rendered, template, folder)];
    });
    return { ...node, items };
  }
  const [first, ...more] = node.entries;
  const whole = first && more.length === 0 ? rendered.blocks.get(first.key)?.value : undefined;
  if (whole?.kind === 'node' && whole.node.kind === 'list') return whole.node;
  return { ...node, entries: node.entries.flatMap(entry => entriesFor(entry, rendered, template, folder)) };
}

function entriesFor(entry: YamlEntry, rendered: Rendered, template: SourceFile, folder: string): readonly YamlEntry[] {
  const block = rendered.blocks.get(entry.key);
  if (!block) return [{ ...entry, value: resolved(entry.value, rendered, template, folder) }];
  if (block.value?.kind === 'node' && block.value.node.kind === 'map') return block.value.node.entries;
  if (block.value?.kind === 'scalar') return [];
  // The same block in a selector and in the labels that it selects by gives the same entries in both.
  const text = /^(?:include|template)\s+"([^"]+)"/.exec(block.text)?.[1] ?? block.text;
  const value: YamlScalar = { kind: 'scalar', value: text, text, style: 'plain', span: entry.keySpan };
  return /[Ll]abels/.test(text) ? labelEntries(entry, value) : [{ ...entry, key: `{{ ${text} }}`, value }];
}

/** `x.labels` holds what `x.selectorLabels` holds, by the convention of every generated chart. */
function labelEntries(entry: YamlEntry, value: YamlScalar): readonly YamlEntry[] {
  const stem = value.text.replace(/\.(?:selectorLabels|labels|matchLabels)$/i, '');
  return [{ ...entry, key: `{{ ${stem} labels }}`, value: { ...value, text: stem, value: stem } }];
}

function filledScalar(node: YamlScalar, rendered: Rendered, template: SourceFile): YamlNode {
  if (!node.text.includes('{{') || node.style === 'literal' || node.style === 'folded') return node;
  const { start, end } = node.span;
  const only = /^\{\{[^{}]{0,500}\}\}$/.test(node.text) ? template.text.indexOf(node.text, start) : -1;
  const value = only < 0 || only >= end ? undefined : rendered.values.get(only);
  if (value?.kind === 'node') return value.node;
  if (value?.kind === 'scalar') {
    const { contentStart: _, ...rest } = node;
    return { ...rest, value: value.value, text: String(value.value ?? '') };
  }
  const text = filled(node.text, start, end, rendered, template.text);
  const { contentStart: _, ...rest } = node;
  return { ...rest, text, value: text };
}

/** Keys of a ConfigMap whose whole value is `{{ .Files.Get "nginx.conf" | indent 4 }}`: that file of the chart. */
function filesOf(map: YamlMap, folder: string, template: SourceFile): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  const data = yamlGet(map, 'data');
  for (const { key, keySpan, value } of data?.kind === 'map' ? data.entries : []) {
    if (value.kind !== 'scalar' || value.text.trim() !== '') continue;
    // All of the value is blank in what was read; it stands between this key and the next line that is no action.
    const text = template.text.slice(keySpan.end, keySpan.end + 600).replace(/[ \t\r\n]+/g, ' ');
    const name = /^"?: ?(?:[|>][+-]?\d? )?\{\{-? \(?\.Files\.Get "([^"]{1,200})"/.exec(text)?.[1];
    const repo = name === undefined ? undefined : joinRepo(folder, name);
    if (repo !== undefined) found.set(key, repo);
  }
  return found.size > 0 ? found : undefined;
}
