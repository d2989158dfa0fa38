import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { rules as allRules } from '../rules/index.js';
import type { Base } from './config/base.js';
import { type Config, noConfig } from './config/config.js';
import type { OpenText } from './host/config-file.js';
import { type PlacedConfig, placeConfig } from './host/config-place.js';
import type { Rule } from './lint/rule.js';
import type { YamlTree } from './syntax/yaml/tree.js';
import { lineStarts, positionAt } from './text/lines.js';
import type { SourceFile, Span } from './text/source.js';

export interface ConfigRequest {
  /** The folder that is linted. */
  readonly root: string;
  readonly rules: readonly Rule[];
  /** A configuration file that the user names; without one, the nearest in `root` or above counts. */
  readonly file?: string;
  /** What paths in a named file are relative to; without one, the file's folder. */
  readonly base?: string;
  /** The home directory, where the search ends; the user's where absent. */
  readonly home?: string;
  /**
   * Whether modules that the configuration names may be loaded, which runs them. `refuse` (the default): a configuration that names some is a
   * problem. `ignore`: it is used without them.
   */
  readonly plugins?: 'allow' | 'refuse' | 'ignore';
  /** Texts that count in place of those on the disk: an editor's unsaved files, by their absolute path without links. */
  readonly open?: OpenText;
}

export interface Configured {
  readonly config: Config;
  /** The rules that were given, and those of plugins. */
  readonly rules: readonly Rule[];
}

/** What is wrong with a configuration. */
export interface ConfigProblem {
  /** Absolute. */
  readonly path: string;
  /** From 1; absent for a file that could not be read. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export type ConfigOutcome =
  | ({ readonly ok: true } & Configured)
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Finds and reads the configuration that holds for a folder. Without one it loads nothing more. */
export async function configure({ home = homedir(), ...request }: ConfigRequest): Promise<ConfigOutcome> {
  return configureFrom(placeConfig({ ...request, home }), request);
}

/** Reads a configuration that was found, by the same request. */
export async function configureFrom(
  found: PlacedConfig,
  request: Pick<ConfigRequest, 'rules' | 'plugins'>,
): Promise<ConfigOutcome> {
  if (found.kind === 'none') return { ok: true, config: noConfig, rules: request.rules };
  if (found.kind === 'problem') return { ok: false, problems: [{ path: found.path, message: found.why }] };
  const { file, root, folder } = found;
  const base: Base = { folder, root };
  const tree = await treeOf(file);
  const { readConfig } = await import('./config/read.js');

  const first = readConfig({ file, tree, base, known: { rules: request.rules, open: true } });
  const problemAt = ({ file: where, start }: Span, message: string): ConfigProblem => {
    const { line, column } = positionAt(lineStarts(where.text), start);
    return { path: found.path, line, column, message };
  };
  const plugins = await loadPlugins(first.config, request, dirname(found.path), problemAt);
  if (plugins.problems.length > 0) return { ok: false, problems: plugins.problems };
  const open = request.plugins === 'ignore' && first.config.plugins.length > 0;
  const { config, problems } = readConfig({ file, tree, base, known: { rules: plugins.rules, open } });
  if (problems.length > 0) return { ok: false, problems: problems.map(one => problemAt(one.span, one.message)) };
  return { ok: true, config, rules: plugins.rules };
}

async function treeOf(file: SourceFile): Promise<YamlTree> {
  if (file.path.endsWith('.toml')) return (await import('./syntax/toml/parse.js')).parseToml(file);
  return (await import('./syntax/yaml/parse.js')).parsePlainYaml(file);
}

async function loadPlugins(
  { plugins }: Config,
  { rules, plugins: wanted = 'refuse' }: Pick<ConfigRequest, 'rules' | 'plugins'>,
  folder: string,
  problemAt: (span: Span, message: string) => ConfigProblem,
): Promise<{ readonly rules: readonly Rule[]; readonly problems: readonly ConfigProblem[] }> {
  const [first] = plugins;
  if (!first || wanted === 'ignore') return { rules, problems: [] };
  if (wanted === 'refuse') {
    const message = 'plugins are code that is run: --allow-plugins loads them, --no-plugins leaves them out';
    return { rules, problems: [problemAt(first.span, message)] };
  }
  const { loadPlugin } = await import('./plugin.js');
  let all = rules;
  for (const { value, span } of plugins) {
    const loaded = await loadPlugin(value, folder, all);
    if (!loaded.ok) return { rules, problems: [problemAt(span, `${value}: ${loaded.why}`)] };
    all = [...all, ...loaded.rules];
  }
  return { rules: all, problems: [] };
}

export interface LoadOptions extends Partial<Omit<ConfigRequest, 'root'>> {}

/**
 * The configuration that holds for a folder, for `analyze(host, { rules, config })`.
 *
 * @throws an Error whose message has one line `path:line:column: problem` for each problem of the configuration.
 */
export async function loadConfig(root: string, { rules, ...more }: LoadOptions = {}): Promise<Configured> {
  const outcome = await configure({ ...more, root, rules: rules ?? allRules });
  if (outcome.ok) return { config: outcome.config, rules: outcome.rules };
  throw new Error(outcome.problems.map(one => shownProblem(one, one.path)).join('\n'));
}

/** `gwlint.yaml:3:5: there is no setting ...` */
export function shownProblem({ line, column, message }: ConfigProblem, path: string): string {
  return line === undefined ? `${path}: ${message}` : `${path}:${line}:${column}: ${message}`;
}
