import { baseName, folderOf, type PlaceName, type PublishedPort, type RealNetwork } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import { type YamlNode, yamlGet } from '../../syntax/yaml/tree.js';
import type { Span } from '../../text/source.js';
import { type ComposeProject, type ComposeService, type Layer, layered, strongest, topEntry } from './project.js';
import { scalarSetting, scalarWord } from './values.js';

export interface ServiceNetworks {
  readonly networks: readonly string[];
  /** Those on which places outside the project may be. */
  readonly open: readonly string[];
  /** What Docker calls them; absent where one of the names cannot be told. */
  readonly real?: readonly RealNetwork[];
  /** The lists that attach the service. */
  readonly span?: Span;
  readonly names: readonly PlaceName[];
  /** `host`, `none`, `service:x`, `container:x`, as written. */
  readonly mode?: Setting<string>;
}

/** The networks of a service and the names that it has there. */
export function serviceNetworks(project: ComposeProject, service: ComposeService): ServiceNetworks {
  const modeNode = strongest(service.layers, 'network_mode');
  const mode = modeNode && scalarSetting(modeNode.node, 'network_mode', modeNode.layer.by);
  const names: PlaceName[] = [];
  const networks = new Set<string>();
  let span: Span | undefined;
  if (!mode) {
    for (const { node, layer } of layered(service.layers, 'networks')) {
      span = node.span;
      for (const { name, value } of namedItems(node, layer)) {
        networks.add(name);
        const aliases = yamlGet(value, 'aliases');
        for (const alias of aliases?.kind === 'list' ? aliases.items : []) {
          const word = alias.kind === 'scalar' ? scalarWord(alias, layer.by) : undefined;
          if (word?.known) names.push({ name: word.text, networks: [name], span: word.span });
        }
        for (const key of ['ipv4_address', 'ipv6_address']) {
          const address = scalarSetting(yamlGet(value, key), key, layer.by);
          if (address?.known && address.span) names.push({ name: address.value, networks: [name], span: address.span });
        }
      }
    }
    if (networks.size === 0) networks.add('default');
  }
  const all = [...networks];
  names.unshift({ name: service.name, networks: all, span: service.nameSpan });
  // Docker's name server knows a container by its `hostname` too (moby: daemon/container_operations.go, buildEndpointDNSNames).
  for (const key of ['container_name', 'hostname']) {
    const stated = strongest(service.layers, key);
    const name = stated && scalarSetting(stated.node, key, stated.layer.by);
    if (name?.known && name.span) names.push({ name: name.value, networks: all, span: name.span });
  }
  if (service.open) {
    // What it extends is not there to be read, and may attach it to any network.
    return {
      networks: all,
      open: all,
      names: names.map(one => ({ ...one, networks: 'all' as const })),
      ...(mode && { mode }),
    };
  }
  const open = all.filter(name => isExternal(project, name));
  const real = all.flatMap(name => realNetwork(project, name, open.includes(name)) ?? []);
  return {
    networks: all,
    open,
    ...(real.length === all.length && { real }),
    ...(span && { span }),
    names,
    ...(mode && { mode }),
  };
}

/** What Docker calls a network: its `name`, the key of an external one, else the project's name, `_` and the key. */
function realNetwork(project: ComposeProject, key: string, external: boolean): RealNetwork | undefined {
  const top = topEntry(project, 'networks', key);
  const old = yamlGet(top?.node, 'external', 'name');
  const stated = top && scalarSetting(old ?? yamlGet(top.node, 'name'), 'name', top.layer.by);
  if (stated) return stated.known ? { key, name: stated.value, exact: true } : undefined;
  if (external) return { key, name: key, exact: true };
  const name = projectName(project);
  return name === undefined ? { key, name: `_${key}`, exact: false } : { key, name: `${name}_${key}`, exact: true };
}

/** `name:` of the file, else the folder's own, as Compose cleans it; undefined for the root, whose folder may be called anything. */
function projectName(project: ComposeProject): string | undefined {
  const node = layered(project.tops, 'name').at(-1);
  const stated = node && scalarSetting(node.node, 'name', node.layer.by);
  if (stated) return stated.known ? stated.value : undefined;
  const by = project.tops[0]?.by;
  if (by?.stated('COMPOSE_PROJECT_NAME') || by?.hinted('COMPOSE_PROJECT_NAME')) return undefined;
  const folder = baseName(folderOf(project.files[0]?.path ?? ''));
  const clean = folder.toLowerCase().replace(/[^a-z0-9_-]/g, '');
  return clean === '' ? undefined : clean;
}

function isExternal(project: ComposeProject, name: string): boolean {
  const top = topEntry(project, 'networks', name);
  const external = yamlGet(top?.node, 'external');
  if (!external) return false;
  return external.kind !== 'scalar' || external.value !== false;
}

/** `- name` or `name: {...}`. */
function namedItems(
  node: YamlNode,
  layer: Layer,
): readonly { readonly name: string; readonly value: YamlNode | undefined }[] {
  if (node.kind === 'map') return node.entries.map(entry => ({ name: entry.key, value: entry.value }));
  if (node.kind !== 'list') return [];
  return node.items.flatMap(item => {
    const word = item.kind === 'scalar' ? scalarWord(item, layer.by) : undefined;
    return word?.known ? [{ name: word.text, value: undefined }] : [];
  });
}

/** `links` (`service:alias`) and `extra_hosts` (`name:address`): names that mean something to this service only. */
export function extraNames(service: ComposeService): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const key of ['links', 'external_links', 'extra_hosts']) {
    for (const { node, layer } of layered(service.layers, key)) {
      if (node.kind === 'map') {
        for (const entry of node.entries) {
          const address = scalarSetting(entry.value, entry.key, layer.by);
          found.set(entry.key, address?.known ? address.value : '');
        }
        continue;
      }
      for (const item of node.kind === 'list' ? node.items : []) {
        const word = item.kind === 'scalar' ? scalarWord(item, layer.by) : undefined;
        if (!word?.known) continue;
        const cut = word.text.search(key === 'extra_hosts' ? /[:=]/ : /:/);
        const [first, second] = cut < 0 ? [word.text, word.text] : [word.text.slice(0, cut), word.text.slice(cut + 1)];
        if (key === 'extra_hosts') found.set(first, second.replace(/^\[(.*)\]$/, '$1'));
        else found.set(second, first);
      }
    }
  }
  return found;
}

/** Services that it waits for: `depends_on` in both forms, and `links`. */
export function dependencies(service: ComposeService): readonly { readonly name: string; readonly span: Span }[] {
  const found = new Map<string, Span>();
  for (const { node } of layered(service.layers, 'depends_on')) {
    if (node.kind === 'map') for (const entry of node.entries) found.set(entry.key, entry.keySpan);
    if (node.kind === 'list')
      for (const item of node.items) if (item.kind === 'scalar') found.set(item.text, item.span);
  }
  for (const { node } of layered(service.layers, 'links')) {
    for (const item of node.kind === 'list' ? node.items : []) {
      if (item.kind === 'scalar') found.set(item.text.split(':')[0] ?? '', item.span);
    }
  }
  return [...found].map(([name, span]) => ({ name, span }));
}

/** Published TCP ports; a range gives one for each port (at most 200). */
export function publishedPorts(service: ComposeService): readonly PublishedPort[] {
  const found = new Map<string, PublishedPort>();
  for (const { node, layer } of layered(service.layers, 'ports')) {
    for (const item of node.kind === 'list' ? node.items : []) {
      for (const port of item.kind === 'scalar' ? shortPorts(scalarWord(item, layer.by)) : longPorts(item, layer)) {
        found.set(`${port.hostAddress ?? ''}|${show(port.host)}|${show(port.inside)}`, port);
      }
    }
  }
  return [...found.values()];
}

function show(setting: Setting<number> | undefined): string {
  return setting?.known ? String(setting.value) : setting ? `?${setting.span?.start}` : '-';
}

const mostPorts = 200;

/** `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, each port a number or a range. */
function shortPorts(word: Word): readonly PublishedPort[] {
  const text = word.text;
  const slash = text.lastIndexOf('/');
  const protocol = slash > text.lastIndexOf('}') ? text.slice(slash + 1).toLowerCase() : 'tcp';
  if (protocol !== 'tcp') return [];
  const body = slash > text.lastIndexOf('}') ? text.slice(0, slash) : text;
  const pieces = colons(body);
  const container = pieces.pop() ?? '';
  const host = pieces.pop();
  const address = pieces.length > 0 ? pieces.join(':').replace(/^\[(.*)\]$/, '$1') : undefined;
  const why = word.parts.find(part => !part.known);
  const doubt = why && !why.known ? why.why : 'it is not a number';
  const insides = range(container);
  const hosts = host === undefined || host === '' ? undefined : range(host);
  const number = (value: number | undefined): Setting<number> => {
    const facts = {
      name: 'ports',
      origin: 'config file' as const,
      span: word.span,
      ...(word.via && { via: word.via }),
    };
    return value === undefined ? { ...facts, known: false, why: doubt } : { ...facts, known: true, value };
  };
  const known = address !== undefined && !address.includes('$') && { hostAddress: address };
  return (insides ?? [undefined]).map((inside, index) => ({
    host:
      host === undefined || host === ''
        ? undefined
        : number(hosts?.length === insides?.length ? hosts?.[index] : undefined),
    inside: number(inside),
    span: word.span,
    ...known,
  }));
}

/** Splits at colons outside `${...}` and `[...]`. */
function colons(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' || text[at] === '[') depth++;
    else if (text[at] === '}' || text[at] === ']') depth = Math.max(0, depth - 1);
    else if (text[at] === ':' && depth === 0) {
      pieces.push(text.slice(start, at));
      start = at + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}

function range(text: string): readonly number[] | undefined {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = found[2] === undefined ? first : Number(found[2]);
  if (last < first || last > 65535) return undefined;
  return Array.from({ length: Math.min(mostPorts, last - first + 1) }, (_, index) => first + index);
}

function longPorts(item: YamlNode, layer: Layer): readonly PublishedPort[] {
  const protocol = scalarSetting(yamlGet(item, 'protocol'), 'protocol', layer.by);
  if (protocol?.known && protocol.value !== 'tcp') return [];
  const target = scalarSetting(yamlGet(item, 'target'), 'target', layer.by);
  if (!target) return [];
  const published = scalarSetting(yamlGet(item, 'published'), 'published', layer.by);
  const address = scalarSetting(yamlGet(item, 'host_ip'), 'host_ip', layer.by);
  return [
    {
      host: published && asPort(published),
      inside: asPort(target),
      span: item.span,
      ...(address?.known && { hostAddress: address.value }),
    },
  ];
}

/** A port written as text; not known where it is no single number. */
export function asPort(setting: Setting<string>): Setting<number> {
  const { name, origin, span, via } = setting;
  const facts = { name, origin, ...(span && { span }), ...(via && { via }) };
  if (!setting.known) return { ...facts, known: false, why: setting.why };
  const numbers = range(setting.value);
  const [value] = numbers ?? [];
  if (value === undefined || numbers?.length !== 1) return { ...facts, known: false, why: 'it is not one port number' };
  return { ...facts, known: true, value };
}
