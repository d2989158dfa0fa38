import { folderOf } from '../../model/place.js';
import { type YamlNode, type YamlScalar, yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';
import { blockContent } from '../place/embedded.js';
import type { Reader } from '../reader.js';
import { type Copied, commandsIn } from '../rewrite/commands.js';

/** A file that `files:` puts on the instance. */
export interface WrittenFile {
  /** Absolute, on the instance. */
  readonly path: string;
  /** Absent where it is fetched from elsewhere. */
  readonly content?: SourceFile;
  readonly span: YamlNode['span'];
}

/** What the configuration of one application on Elastic Beanstalk says, over all its files. */
export interface BeanstalkOptions {
  /** Folder of the repository that is deployed. */
  readonly folder: string;
  /** Files below `.ebextensions`, in the order in which they are read. */
  readonly files: readonly SourceFile[];
  /** By namespace and name, `namespace/name`; of several the last. */
  readonly settings: ReadonlyMap<string, YamlNode>;
  readonly written: readonly WrittenFile[];
  readonly copied: readonly Copied[];
  /** Commands and hooks that change nginx in a way that is not followed. */
  readonly changesProxy: boolean;
  /** Configuration of nginx below `.platform/nginx`. */
  readonly nginx: readonly SourceFile[];
}

const mostFiles = 100;

/** Applications by the folders in which `.ebextensions` or `.platform/nginx` lie: the top of what is deployed. */
export function beanstalkApplications(reader: Reader): readonly BeanstalkOptions[] {
  const folders = new Map<string, string[]>();
  for (const path of reader.files()) {
    const at = `/${path}`.search(/\/\.(?:ebextensions\/[^/]+\.config$|platform\/(?:nginx|hooks|confighooks)\/)/);
    if (at < 0) continue;
    const folder = path.slice(0, Math.max(0, at - 1));
    const known = folders.get(folder);
    if (known) known.push(path);
    else folders.set(folder, [path]);
  }
  return [...folders].map(([folder, paths]) => optionsOf(reader, folder, paths.slice(0, mostFiles)));
}

function optionsOf(reader: Reader, folder: string, paths: readonly string[]): BeanstalkOptions {
  const settings = new Map<string, YamlNode>();
  const written: WrittenFile[] = [];
  const copied: Copied[] = [];
  const files: SourceFile[] = [];
  const nginx: SourceFile[] = [];
  let changesProxy = false;
  for (const path of [...paths].sort()) {
    const file = reader.file(path);
    if (!file || file.text.length > 300_000) continue;
    if (/\/\.?platform\/nginx\/|^\.platform\/nginx\//.test(`/${path}`)) {
      if (path.endsWith('.conf')) nginx.push(file);
      continue;
    }
    const commands = commandsIn(file);
    copied.push(...commands.copied);
    if (/\.platform\//.test(path)) {
      changesProxy ||= /nginx/.test(file.text);
      continue;
    }
    const tree = reader.yaml(file);
    const root = tree?.documents[0];
    if (root?.kind !== 'map') continue;
    files.push(file);
    for (const [name, node] of settingsIn(yamlGet(root, 'option_settings'))) settings.set(name, node);
    const own = filesIn(yamlGet(root, 'files'));
    written.push(...own);
    changesProxy ||= [yamlGet(root, 'container_commands'), yamlGet(root, 'commands')].some(changesNginx);
    // A script that is written there and deals with nginx is a hook.
    changesProxy ||= own.some(one => !one.path.endsWith('.conf') && /nginx/.test(one.content?.text ?? ''));
  }
  return { folder, files, settings, written, copied, changesProxy, nginx };
}

/** Both forms: `namespace: {name: value}`, and a list of `{namespace, option_name, value}`. */
function* settingsIn(node: YamlNode | undefined): Generator<readonly [string, YamlNode]> {
  if (node?.kind === 'map') {
    for (const { key, value } of node.entries)
      for (const option of value.kind === 'map' ? value.entries : []) yield [`${key}/${option.key}`, option.value];
  } else if (node?.kind === 'list') {
    for (const item of node.items) {
      const name = scalarOf(yamlGet(item, 'option_name'));
      const value = yamlGet(item, 'value');
      const namespace = scalarOf(yamlGet(item, 'namespace'));
      // Without a namespace it is a variable of the application.
      if (name && value) yield [`${namespace?.text ?? environmentNamespace}/${name.text}`, value];
    }
  }
}

export const environmentNamespace = 'aws:elasticbeanstalk:application:environment';

export function scalarOf(node: YamlNode | undefined): YamlScalar | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node : undefined;
}

function filesIn(node: YamlNode | undefined): readonly WrittenFile[] {
  if (node?.kind !== 'map') return [];
  return node.entries.map(({ key, keySpan, value }) => {
    const text = scalarOf(yamlGet(value, 'content'));
    const content = text && blockContent(text);
    return { path: key, span: keySpan, ...(content && { content }) };
  });
}

/** A command that deals with nginx and does more than copy a file or start it anew. */
function changesNginx(node: YamlNode | undefined): boolean {
  if (node?.kind !== 'map') return false;
  return node.entries.some(({ value }) => {
    const text = scalarOf(yamlGet(value, 'command'))?.text ?? '';
    return /nginx/.test(text) && !/^(?:sudo )?(?:(?:cp|mv) |(?:service|systemctl) )[^|>;&]*$/.test(text.trim());
  });
}

/** Where nginx of the platform reads a file of the repository below `.platform/nginx`. */
export function insideOf({ path }: SourceFile): string {
  return `/etc/nginx/${path.slice(path.indexOf('.platform/nginx/') + '.platform/nginx/'.length)}`;
}

/** `conf.d/*.conf` stands in http, `conf.d/elasticbeanstalk/*.conf` in the one server: the platform's own nginx.conf. */
export function contextAt(inside: string): 'main' | 'http' | 'server' | undefined {
  if (inside === '/etc/nginx/nginx.conf') return 'main';
  const folder = folderOf(inside);
  if (!inside.endsWith('.conf')) return undefined;
  if (folder === '/etc/nginx/conf.d') return 'http';
  return folder === '/etc/nginx/conf.d/elasticbeanstalk' ? 'server' : undefined;
}
