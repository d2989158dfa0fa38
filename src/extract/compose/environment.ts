import { joinRepo } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import type { Span } from '../../text/source.js';
import { envFile } from '../launch/envfile.js';
import type { Reader } from '../reader.js';
import { repoPath } from './mounts.js';
import { type ComposeService, type Layer, layered } from './project.js';
import { scalarSetting, textWord, wordSetting } from './values.js';

export interface ServiceEnvironment {
  readonly variables: ReadonlyMap<string, Setting<string>>;
  /** Variables may come from a file that is not in the repository. */
  readonly open: boolean;
}

/** Variables of a service: those of `env_file` in order, then `environment` over them. */
export function serviceEnvironment(reader: Reader, service: ComposeService, buildsOnly: boolean): ServiceEnvironment {
  const variables = new Map<string, Setting<string>>();
  let open = service.open || buildsOnly;
  for (const { node, layer } of layered(service.layers, 'env_file')) {
    for (const item of node.kind === 'list' ? node.items : [node]) {
      const path = scalarSetting(item.kind === 'map' ? yamlGet(item, 'path') : item, 'env_file', layer.by);
      if (!path) continue;
      const repo = path.known ? envPath(layer, path.value) : undefined;
      const file = repo === undefined ? undefined : reader.file(repo);
      if (!file) {
        open = true;
        continue;
      }
      for (const [name, value] of envFile(reader, file, 'compose')) variables.set(name, value);
    }
  }
  for (const { node, layer } of layered(service.layers, 'environment')) {
    for (const [name, value] of assignments(node, layer)) variables.set(name, value);
    if (node.kind === 'scalar' && node.value !== null) open = true;
  }
  return { variables, open };
}

function envPath(layer: Layer, path: string): string | undefined {
  return path.startsWith('./') && layer.folder !== undefined ? joinRepo(layer.folder, path) : repoPath(layer, path);
}

/** `NAME=value` items or a map of names; a name alone takes its value from where Compose is started. */
export function assignments(node: YamlNode | undefined, layer: Layer): readonly (readonly [string, Setting<string>])[] {
  if (node?.kind === 'map') {
    return node.entries.map(entry => [entry.key, mapValue(entry.key, entry.value, layer, entry.keySpan)]);
  }
  if (node?.kind !== 'list') return [];
  return node.items.flatMap((item): readonly (readonly [string, Setting<string>])[] => {
    if (item.kind === 'map') {
      // `- NAME: value`: Compose refuses it; what is meant is clear, what happens is not.
      return item.entries.map(entry => [
        entry.key,
        unknownValue(entry.key, 'Compose does not read it here', entry.keySpan),
      ]);
    }
    if (item.kind !== 'scalar') return [];
    const equals = item.text.indexOf('=');
    if (equals < 0) return [[item.text, fromOutside(item.text, layer, item.span)]];
    const name = item.text.slice(0, equals);
    return [[name, wordSetting(textWord(item.text.slice(equals + 1), tailSpan(item, equals + 1), layer.by), name)]];
  });
}

function mapValue(name: string, node: YamlNode, layer: Layer, keySpan: Span): Setting<string> {
  if (node.kind !== 'scalar') return unknownValue(name, 'it is no text', node.span);
  if (node.value === null && node.style === 'plain') return fromOutside(name, layer, keySpan);
  return wordSetting(textWord(node.text, node.span, layer.by), name);
}

function unknownValue(name: string, why: string, span: Span): Setting<string> {
  return { name, origin: 'config file', span, known: false, why };
}

function fromOutside(name: string, layer: Layer, span: Span): Setting<string> {
  return (
    layer.by.stated(name) ??
    unknownValue(name, `${name} is taken from the environment in which Compose is started`, span)
  );
}

function tailSpan(node: YamlScalar, from: number): Span {
  if (node.contentStart === undefined) return node.span;
  const start = node.contentStart + from;
  return { file: node.span.file, start, end: Math.max(start, node.contentStart + node.text.length) };
}
