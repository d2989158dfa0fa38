import type { Known } from '../model/setting.js';
import { isVersion, type VersionedTool, versionedTools } from '../model/version.js';
import { type YamlNode, type YamlTree, yamlGet } from '../syntax/yaml/tree.js';
import type { Problem, SourceFile } from '../text/source.js';
import { type Base, matcher, toRoot } from './base.js';
import { type Config, noConfig } from './config.js';
import { type FieldName, failOns, fields, levels } from './fields.js';
import { collector, entriesOf, isEmpty, type Problems, textOf, textsOf, unknownName, wordOf } from './reading.js';
import { itemsOf, type KnownRules, readOverrides, readRules } from './rules.js';

/** How a configuration file is read. */
export interface ReadingConfig {
  readonly file: SourceFile;
  /** The file as a tree; of `pyproject.toml` the whole file. */
  readonly tree: YamlTree;
  readonly base: Base;
  readonly known: KnownRules;
}

export interface ReadConfig {
  readonly config: Config;
  /** In the order of the file. A configuration that has some must not be used. */
  readonly problems: readonly Problem[];
}

/** Text -> Config. Knows `gwlint.yaml` and, by its name, `pyproject.toml`, where the table `tool.gwlint` counts. */
export function readConfig({ file, tree, base, known }: ReadingConfig): ReadConfig {
  const problems = collector();
  problems.found.push(...tree.problems);
  const [first, second] = tree.documents;
  if (second) problems.add(second.span, 'only one document can be the configuration');
  const top = isPyproject(file) ? yamlGet(first, 'tool', 'gwlint') : first;
  let config: Config = { ...noConfig, file };
  const at: Reading = { base, known, problems };
  for (const entry of top ? entriesOf(top, 'the configuration', problems) : []) {
    if (entry.key === '$schema') continue;
    const field = Object.hasOwn(readers, entry.key) ? readers[entry.key as FieldName] : undefined;
    if (!field) unknownName(entry, 'setting', Object.keys(fields), problems);
    else if (!isEmpty(entry.value)) config = { ...config, ...field(entry.value, at) };
  }
  const sorted = problems.found.toSorted((a, b) => a.span.start - b.span.start);
  return { config, problems: sorted };
}

export function isPyproject({ path }: SourceFile): boolean {
  return /(?:^|\/)pyproject\.toml$/.test(path);
}

interface Reading {
  readonly base: Base;
  readonly known: KnownRules;
  readonly problems: Problems;
}

/** One reader for each setting. */
const readers: Readonly<Record<FieldName, (node: YamlNode, at: Reading) => Partial<Config>>> = {
  rules: (node, { known, problems }) => ({ rules: readRules(node, known, problems) }),
  overrides: (node, { base, known, problems }) => ({ overrides: readOverrides(node, base, known, problems) }),
  exclude: (node, { base, problems }) => {
    const exclude = textsOf(node, 'exclude', problems);
    const patterns = exclude.map(({ value }) => value);
    return { exclude, excluded: matcher(base, patterns) };
  },
  stacks: (node, at) => ({ stacks: readStacks(node, at) }),
  variables: (node, { problems }) => ({ variables: readValues(node, 'variables', problems) }),
  environment: (node, { problems }) => ({ environment: readEnvironment(node, problems) }),
  'target-version': (node, { problems }) => ({ versions: readVersions(node, problems) }),
  paths: (node, at) => ({ paths: readPaths(node, at) }),
  plugins: (node, { problems }) => ({ plugins: textsOf(node, 'plugins', problems) }),
  level: (node, { problems }) => {
    const value = wordOf(node, 'level', levels, problems);
    return value ? { level: { value, span: node.span } } : {};
  },
  'fail-on': (node, { problems }) => {
    const value = wordOf(node, 'fail-on', failOns, problems);
    return value ? { failOn: { value, span: node.span } } : {};
  },
};

function readStacks(node: YamlNode, { base, problems }: Reading): Config['stacks'] {
  const names = new Set<string>();
  return itemsOf(node, 'stacks', problems).flatMap(item => {
    let name: string | undefined;
    let files: readonly string[] = [];
    for (const entry of item.entries) {
      if (entry.key === 'name') name = textOf(entry.value, 'name', problems)?.value;
      else if (entry.key === 'files') files = textsOf(entry.value, 'files', problems).map(({ value }) => value);
      else unknownName(entry, 'setting of stacks', ['name', 'files'], problems);
    }
    if (name === undefined || files.length === 0) problems.add(item.span, 'a stack needs a name and files');
    else if (names.has(name)) problems.add(item.span, `two stacks are called ${name}`);
    else {
      names.add(name);
      return [{ name, has: matcher(base, files), file: item.span.file, value: files, span: item.span }];
    }
    return [];
  });
}

type Values = ReadonlyMap<string, Known<string>>;

function readValues(node: YamlNode, what: string, problems: Problems): Values {
  const found = new Map<string, Known<string>>();
  for (const { key, value } of entriesOf(node, what, problems)) {
    if (value.kind === 'scalar' && value.value !== null)
      found.set(key, { name: key, origin: 'config file', span: value.span, known: true, value: value.text });
    else textOf(value, key, problems);
  }
  return found;
}

function readEnvironment(node: YamlNode, problems: Problems): Values {
  const values = readValues(node, 'environment', problems);
  for (const { key, keySpan } of node.kind === 'map' ? node.entries : []) {
    if (!/^[A-Za-z_]\w*$/.test(key)) problems.add(keySpan, `"${key}" cannot be the name of an environment variable`);
  }
  return new Map([...values].map(([name, value]) => [name, { ...value, origin: 'environment' as const }]));
}

function readVersions(node: YamlNode, problems: Problems): Config['versions'] {
  const found = new Map<VersionedTool, Known<string>>();
  for (const entry of entriesOf(node, 'target-version', problems)) {
    const tool = versionedTools.find(one => one === entry.key);
    const text = tool && textOf(entry.value, entry.key, problems);
    if (!tool) unknownName(entry, 'program', versionedTools, problems);
    else if (text && !isVersion(text.value)) problems.add(text.span, `"${text.value}" is no version, as 1.24 is`);
    else if (text) {
      const value = text.value.replace(/^v/, '');
      found.set(tool, { name: 'target-version', origin: 'config file', span: text.span, known: true, value });
    }
  }
  return found;
}

function readPaths(node: YamlNode, { base, problems }: Reading): Config['paths'] {
  return entriesOf(node, 'paths', problems).flatMap(({ key, keySpan, value }) => {
    const to = textOf(value, key, problems);
    if (!to) return [];
    const from = withoutEndSlashes(key);
    const named = withoutEndSlashes(to.value).replace(/^\.\//, '');
    if (from.split('/').includes('..')) problems.add(keySpan, 'a path is written without ".." here');
    else if (named.startsWith('/'))
      problems.add(to.span, 'what stands for it is a path of the repository, without a slash at the front');
    else if (!from.startsWith('/'))
      return [{ from: from.replace(/^\.\//, ''), to: named, value: to.value, span: to.span }];
    else {
      const inRoot = toRoot(base, named);
      return inRoot === undefined ? [] : [{ from, to: inRoot, value: to.value, span: to.span }];
    }
    return [];
  });
}

function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
