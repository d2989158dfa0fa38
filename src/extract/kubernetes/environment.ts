import type { Setting } from '../../model/setting.js';
import { literalWord, type Word, type WordPart, whyUnknown } from '../../model/word.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import { type Cluster, listItems, scalarText } from './objects.js';

export interface ContainerEnvironment {
  readonly variables: ReadonlyMap<string, Setting<string>>;
  readonly open: boolean;
}

/** Variables of a container: `envFrom` first, then `env` in order, each with `$(NAME)` filled from those before it. */
export function containerEnvironment(cluster: Cluster, container: YamlNode): ContainerEnvironment {
  const variables = serviceVariables(cluster);
  let open = cluster.patched || cluster.services.size > mostServices;
  for (const source of listItems(yamlGet(container, 'envFrom'))) {
    const map = scalarText(yamlGet(source, 'configMapRef', 'name'));
    const data = map === undefined ? undefined : cluster.configMaps.get(map);
    if (!data) open = true;
    const prefix = scalarText(yamlGet(source, 'prefix')) ?? '';
    for (const [key, value] of data ?? []) {
      if (value.kind === 'scalar') variables.set(prefix + key, stated(prefix + key, value.node));
    }
  }
  for (const item of listItems(yamlGet(container, 'env'))) {
    const name = scalarText(yamlGet(item, 'name'));
    if (name !== undefined) variables.set(name, envValue(cluster, item, name, variables));
  }
  return { variables, open };
}

/** Of more Services the variables are not listed, which every container would have all of; it may have any variable then. */
const mostServices = 40;

/**
 * A Service `web` gives every container of its namespace `WEB_PORT`, `WEB_SERVICE_HOST` and more, which are set by the cluster (Kubernetes
 * documentation, "Accessing the Service").
 */
function serviceVariables(cluster: Cluster): Map<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  if (cluster.services.size > mostServices) return found;
  for (const object of cluster.services.values()) {
    const prefix = object.name.toUpperCase().replaceAll('-', '_');
    for (const suffix of ['PORT', 'SERVICE_HOST', 'SERVICE_PORT']) {
      const name = `${prefix}_${suffix}`;
      const why = `Kubernetes sets it for the Service ${object.name}`;
      found.set(name, { name, origin: 'environment', span: object.nameSpan, known: false, why });
    }
  }
  return found;
}

function envValue(
  cluster: Cluster,
  item: YamlNode,
  name: string,
  before: ReadonlyMap<string, Setting<string>>,
): Setting<string> {
  const value = yamlGet(item, 'value');
  if (value?.kind === 'scalar') {
    const word = dollarWord(value, before);
    const facts = { name, origin: 'config file' as const, span: value.span };
    return word.known ? { ...facts, known: true, value: word.text } : { ...facts, known: false, why: whyUnknown(word) };
  }
  const reference = yamlGet(item, 'valueFrom', 'configMapKeyRef');
  const map = scalarText(yamlGet(reference, 'name'));
  const key = scalarText(yamlGet(reference, 'key'));
  const found = map !== undefined && key !== undefined ? cluster.configMaps.get(map)?.get(key) : undefined;
  if (found?.kind === 'scalar') return stated(name, found.node);
  const why = yamlGet(item, 'valueFrom', 'secretKeyRef') ? 'it comes from a Secret' : 'the cluster decides it';
  return { name, origin: 'config file', span: item.span, known: false, why };
}

function stated(name: string, node: YamlScalar): Setting<string> {
  const facts = { name, origin: 'config file' as const, span: node.span };
  return node.text.includes('{{')
    ? { ...facts, known: false, why: 'a template fills it in' }
    : { ...facts, known: true, value: node.text };
}

/** `$(NAME)` is filled in where NAME is a variable of the container and stays as it is where not; `$$` is a dollar sign. */
export function dollarWord(node: YamlScalar, variables: ReadonlyMap<string, Setting<string>>): Word {
  const { text } = node;
  if (text.includes('{{')) {
    const part: WordPart = { known: false, text, why: 'a template fills it in' };
    return { text, known: false, parts: [part], span: node.span };
  }
  if (!text.includes('$')) return literalWord(text, node.span);
  let out = '';
  let known = true;
  let why = '';
  let at = 0;
  while (at < text.length) {
    const close = text.startsWith('$(', at) ? text.indexOf(')', at) : -1;
    if (text.startsWith('$$', at)) {
      out += '$';
      at += 2;
    } else if (close > 0) {
      const name = text.slice(at + 2, close);
      const setting = variables.get(name);
      if (setting && !setting.known) {
        known = false;
        why = setting.why;
      }
      out += setting?.known ? setting.value : text.slice(at, close + 1);
      at = close + 1;
    } else {
      out += text[at];
      at++;
    }
  }
  const part: WordPart = known ? { known: true, text: out } : { known: false, text: out, why };
  return { text: out, known, parts: [part], span: node.span };
}

/** A list of arguments (`command`, `args`); undefined where it is not stated. */
export function argumentWords(
  node: YamlNode | undefined,
  variables: ReadonlyMap<string, Setting<string>>,
): readonly Word[] | undefined {
  if (node?.kind !== 'list') return undefined;
  return node.items.map(item => (item.kind === 'scalar' ? dollarWord(item, variables) : literalWord('', item.span)));
}
