import { joinInside, joinRepo, type Mount } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile, Span } from '../../text/source.js';
import { blockContent } from '../place/embedded.js';
import { type ComposeProject, type ComposeService, type Layer, layered, topEntry } from './project.js';
import { scalarSetting, scalarWord } from './values.js';

interface Volume {
  readonly source: string | undefined;
  readonly target: string;
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'unknown';
  readonly span: Span;
  readonly layer: Layer;
}

/**
 * What `volumes`, `tmpfs`, `configs` and `secrets` of a service put into it, in the order in which the container sees them: a
 * mount below another one lies over it, however they are written.
 */
export function composeMounts(project: ComposeProject, service: ComposeService): readonly Mount[] {
  const byTarget = new Map<string, Mount>();
  const unreadable: Mount[] = [];
  for (const { node, layer } of layered(service.layers, 'volumes')) {
    for (const item of node.kind === 'list' ? node.items : []) {
      const volume = readVolume(item, layer);
      if (!volume) {
        // It may cover any path, so nothing that lies in the image is certain any more.
        unreadable.push({ kind: 'run', inside: '/', effect: 'adds', span: item.span });
        continue;
      }
      byTarget.set(volume.target, volumeMount(project, volume));
    }
  }
  for (const { node, layer } of layered(service.layers, 'tmpfs')) {
    for (const item of node.kind === 'list' ? node.items : [node]) {
      const path = scalarSetting(item, 'tmpfs', layer.by);
      const target = path?.known ? joinInside('/', path.value.split(':')[0] ?? '') : undefined;
      if (target !== undefined) byTarget.set(target, { kind: 'config', inside: target, span: item.span });
    }
  }
  const mounts = [...byTarget.values()].sort((a, b) => depth(a.inside) - depth(b.inside));
  return [...unreadable, ...mounts, ...stored(project, service, 'configs'), ...stored(project, service, 'secrets')];
}

function depth(inside: string): number {
  return inside === '/' ? 0 : inside.split('/').length - 1;
}

function readVolume(item: YamlNode, layer: Layer): Volume | undefined {
  if (item.kind === 'scalar') return shortVolume(scalarWord(item, layer.by), layer);
  if (item.kind !== 'map') return undefined;
  const target = scalarSetting(yamlGet(item, 'target'), 'target', layer.by);
  const type = scalarSetting(yamlGet(item, 'type'), 'type', layer.by);
  const source = scalarSetting(yamlGet(item, 'source') ?? yamlGet(item, 'src'), 'source', layer.by);
  if (!target?.known) return undefined;
  const named = type?.known ? type.value : 'unknown';
  return {
    source: source?.known ? source.value : undefined,
    target: joinInside('/', target.value),
    type: named === 'bind' || named === 'volume' || named === 'tmpfs' ? named : 'unknown',
    span: item.span,
    layer,
  };
}

/** `SOURCE:TARGET[:MODE]` or `TARGET`. An unknown source is allowed where the target is still to be seen. */
function shortVolume(word: Word, layer: Layer): Volume | undefined {
  const shared = { span: word.span, layer };
  const parts = splitColons(word);
  const [first, second] = parts;
  if (!first) return undefined;
  if (!second) {
    return first.known && first.text.startsWith('/')
      ? { ...shared, source: undefined, target: joinInside('/', first.text), type: 'volume' }
      : undefined;
  }
  if (!second.known || !second.text.startsWith('/')) return undefined;
  const target = joinInside('/', second.text);
  if (!first.known) return { ...shared, source: undefined, target, type: 'bind' };
  return { ...shared, source: first.text, target, type: /^[./~]|^[A-Za-z]:[\\/]/.test(first.text) ? 'bind' : 'volume' };
}

interface Piece {
  readonly text: string;
  readonly known: boolean;
}

/** The pieces between colons; a colon inside an unknown variable's text does not count, nor that of a drive letter. */
function splitColons(word: Word): readonly Piece[] {
  const pieces: { text: string; known: boolean }[] = [{ text: '', known: true }];
  for (const part of word.parts) {
    const texts = part.known ? part.text.split(':') : [part.text];
    texts.forEach((text, index) => {
      const last = pieces[pieces.length - 1];
      if (index > 0 || !last) pieces.push({ text, known: part.known });
      else {
        last.text += text;
        last.known &&= part.known;
      }
    });
  }
  const [drive, rest] = pieces;
  if (drive && rest && /^[A-Za-z]$/.test(drive.text) && /^[\\/]/.test(rest.text) && pieces.length > 2) {
    return [{ text: `${drive.text}:${rest.text}`, known: rest.known }, ...pieces.slice(2)];
  }
  return pieces;
}

function volumeMount(project: ComposeProject, volume: Volume): Mount {
  const { target: inside, span, source } = volume;
  if (volume.type === 'tmpfs') return { kind: 'config', inside, span };
  if (volume.type === 'bind') return bindMount(inside, source, volume.layer, span);
  if (volume.type === 'unknown') return { kind: 'bind', inside, span };
  if (source === undefined) return { kind: 'volume', inside, span, volume: '' };
  const top = topEntry(project, 'volumes', source);
  const device = top && scalarSetting(yamlGet(top.node, 'driver_opts', 'device'), 'device', top.layer.by);
  const options = top && scalarSetting(yamlGet(top.node, 'driver_opts', 'o'), 'o', top.layer.by);
  if (device && options?.known && /(?:^|,)r?bind(?:,|$)/.test(options.value)) {
    return bindMount(inside, device.known ? device.value : undefined, top.layer, span);
  }
  return { kind: 'volume', inside, volume: source, span };
}

/** A bind mount; without `repo` where it leads out of the repository or cannot be told. */
function bindMount(inside: string, source: string | undefined, layer: Layer, span: Span): Mount {
  const repo = source === undefined ? undefined : repoPath(layer, source);
  return { kind: 'bind', inside, span, ...(repo !== undefined && { repo }) };
}

/** A path of a compose file as a path of the repository; `$PWD` is taken for the project's folder, where one stands to start it. */
export function repoPath(layer: Layer, path: string): string | undefined {
  if (layer.folder === undefined || /^(?:[/~]|[A-Za-z]:[\\/])/.test(path)) return undefined;
  return joinRepo(layer.folder, path);
}

/** `configs` and `secrets` of a service: `- name`, or `- {source, target}`. */
function stored(project: ComposeProject, service: ComposeService, section: 'configs' | 'secrets'): readonly Mount[] {
  const found = new Map<string, Mount>();
  for (const { node, layer } of layered(service.layers, section)) {
    for (const item of node.kind === 'list' ? node.items : []) {
      const source = scalarSetting(item.kind === 'map' ? yamlGet(item, 'source') : item, 'source', layer.by);
      const target = item.kind === 'map' ? scalarSetting(yamlGet(item, 'target'), 'target', layer.by) : undefined;
      if (!source?.known || (target && !target.known)) continue;
      const folder = section === 'secrets' ? '/run/secrets' : '/';
      const inside = joinInside(folder, target ? target.value : source.value);
      found.set(inside, storedMount(project, section, source, inside, item.span));
    }
  }
  return [...found.values()];
}

function storedMount(
  project: ComposeProject,
  section: 'configs' | 'secrets',
  source: Setting<string> & { readonly known: true },
  inside: string,
  span: Span,
): Mount {
  const unknown: Mount = { kind: 'config', inside, uncertain: true, span };
  const top = topEntry(project, section, source.value);
  if (!top) return unknown;
  const file = scalarSetting(yamlGet(top.node, 'file'), 'file', top.layer.by);
  const repo = file?.known ? repoPath(top.layer, file.value) : undefined;
  if (repo !== undefined) return { kind: 'config', inside, repo, span };
  const content = yamlGet(top.node, 'content');
  const text = content?.kind === 'scalar' ? inlineContent(content) : undefined;
  return text ? { kind: 'config', inside, content: text, span } : unknown;
}

/**
 * The text of `content:` as a file of its own; undefined where Compose fills variables in. `$$` behind a space becomes a
 * space and a dollar sign, which reads the same.
 */
function inlineContent(node: YamlScalar): SourceFile | undefined {
  if (node.text.replaceAll('$$', '').includes('$') || /\S\$\$/.test(node.text)) return undefined;
  const content = blockContent(node);
  return content && { path: content.path, text: content.text.replaceAll('$$', ' $$') };
}
