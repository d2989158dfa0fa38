import type { Diagnostic, Severity } from '../lint/rule.js';
import { matchesSelector } from '../lint/select.js';
import { isVersion, type TargetVersions, type VersionedTool, versionedTools } from '../model/version.js';

/** What the user set in the editor, under the names of the command line's options. */
export interface Settings {
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  /** Absent: what a configuration file says, or everything. */
  readonly level: Severity | undefined;
  readonly allowOutside: boolean;
  readonly targets: TargetVersions;
  readonly codeLens: boolean;
}

export const defaults: Settings = {
  select: [],
  ignore: [],
  level: undefined,
  allowOutside: false,
  targets: new Map(),
  codeLens: true,
};

const levels: readonly Severity[] = ['info', 'warning', 'error'];

/** Reads what an editor sends. What is not understood counts as not set, since a server has no command line to refuse. */
export function readSettings(given: unknown): Settings {
  const table = isTable(given) ? given : {};
  const level = levels.find(one => one === table['level']);
  return {
    select: texts(table['select']),
    ignore: texts(table['ignore']),
    level,
    allowOutside: table['allowOutside'] === true,
    targets: versions(table['targetVersion']),
    codeLens: table['codeLens'] !== false,
  };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  return list.filter(one => typeof one === 'string').flatMap(one => one.trim() || []);
}

/** `{ "nginx": "1.22" }`, or the command line's `nginx=1.22`. */
function versions(value: unknown): TargetVersions {
  const pairs = isTable(value) ? Object.entries(value) : texts(value).map(one => one.split('='));
  return new Map(
    pairs.flatMap(([name, version]): [VersionedTool, string][] => {
      const tool = versionedTools.find(one => one === name);
      return tool && typeof version === 'string' && isVersion(version) ? [[tool, version]] : [];
    }),
  );
}

/** Whether the user wants to see the finding; the same choice as on the command line. `weakest`: what a configuration file says. */
export function isWanted({ rule, severity }: Diagnostic, settings: Settings, weakest: Severity = 'info'): boolean {
  const { select, ignore, level = weakest } = settings;
  if (levels.indexOf(severity) < levels.indexOf(level)) return false;
  if (select.length > 0 && !select.some(one => matchesSelector(one, rule))) return false;
  return !ignore.some(one => matchesSelector(one, rule));
}
