import type { SourceFile } from '../text/source.js';
import type { Known } from './setting.js';
import type { VersionedTool } from './version.js';

/** A path of the machine, or the name of a folder, that stands for a folder or file of the repository. */
export interface PathMapping {
  /**
   * With a leading slash: a path on the host (`/etc/nginx`). Without: a folder as it is called where the stack runs, at any depth
   * (`sites-enabled`). No trailing slash.
   */
  readonly from: string;
  /** Of a host path: the path in the repository. Of a name: the name that the repository has in its place. */
  readonly to: string;
}

/** Files that form one stack, whatever their folders say. */
export interface DeclaredStack {
  readonly name: string;
  /** True for the paths of its files. */
  readonly has: (path: string) => boolean;
  /** Where it is declared. */
  readonly file: SourceFile;
}

/** What the user tells about the world that the files do not: read together with them, and with a place to point at. */
export interface Assumptions {
  /** Values that a template (envsubst, Jinja, ERB, Helm) is filled in with, by the name in the placeholder. */
  readonly variables: ReadonlyMap<string, Known<string>>;
  /** Environment variables of everything that is started, where no file sets them. */
  readonly environment: ReadonlyMap<string, Known<string>>;
  /** Versions of the programs that will run; `TargetVersions` are stronger. */
  readonly versions: ReadonlyMap<VersionedTool, Known<string>>;
  readonly paths: readonly PathMapping[];
  readonly stacks: readonly DeclaredStack[];
}

export const noAssumptions: Assumptions = {
  variables: new Map(),
  environment: new Map(),
  versions: new Map(),
  paths: [],
  stacks: [],
};

/** The filters of Jinja that leave a value that is given as it is, or only change how it is written. */
const harmless = /^\s*(?:default|d|int|string|trim|mandatory)\s*(?:\([^()]{0,200}\)\s*)?$/;

/**
 * The name in a placeholder that stands for one value: `{{ port }}`, `{{ app.port | default(80) }}`, `{{ .Values.port }}`, `<%= @port %>`,
 * `${PORT}`, `{PORT}`. Undefined for everything else.
 */
export function placeholderName(raw: string): string | undefined {
  const shell = /^\$?\{([A-Za-z_]\w*)\}$/.exec(raw)?.[1];
  if (shell !== undefined) return shell;
  const inner = /^\{\{[-~]?([^{}]{0,300}?)[-~]?\}\}$/.exec(raw)?.[1] ?? /^<%=([^%]{0,300})%>$/.exec(raw)?.[1];
  const [name = '', ...filters] = (inner ?? '').split('|');
  const plain = /^\s*[.@]?([A-Za-z_][\w.-]*)\s*$/.exec(name)?.[1];
  return plain !== undefined && filters.every(filter => harmless.test(filter)) ? plain : undefined;
}

/** What an installer of its own puts a value in place of: `__NAME__` and `@NAME@`. No language that is read here gives them a meaning. */
export const installerMark = /__[A-Z][A-Z0-9_]{0,60}?__|@[A-Z][A-Z0-9_]{0,60}@/;

/** Why a value with such a mark is not known. */
export const whyMarked = 'an installer fills it in';
