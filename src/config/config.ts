import type { Choices, Override, RuleChoice } from '../lint/choice.js';
import { noChoices } from '../lint/choice.js';
import type { Severity } from '../lint/rule.js';
import { type Assumptions, type DeclaredStack, noAssumptions, type PathMapping } from '../model/assumptions.js';
import type { SourceFile, Span } from '../text/source.js';

/** A value and where the user wrote it. */
export interface Given<T> {
  readonly value: T;
  readonly span: Span;
}

/**
 * What a configuration file says, as it bears on one root: its paths are relative to the file's folder, those in here to the root that
 * is linted.
 */
export interface Config {
  /** Absent where no file is used. Its path is relative to the root and may begin with `../`. */
  readonly file?: SourceFile;
  readonly rules: readonly RuleChoice[];
  readonly overrides: readonly (Override & Given<readonly string[]>)[];
  /** Patterns as written. */
  readonly exclude: readonly Given<string>[];
  /** True for the paths of the root that `exclude` names. */
  readonly excluded: (path: string) => boolean;
  readonly stacks: readonly (DeclaredStack & Given<readonly string[]>)[];
  readonly variables: Assumptions['variables'];
  readonly environment: Assumptions['environment'];
  readonly versions: Assumptions['versions'];
  readonly paths: readonly (PathMapping & Given<string>)[];
  readonly plugins: readonly Given<string>[];
  readonly level?: Given<Severity>;
  readonly failOn?: Given<FailOn>;
}

export type FailOn = 'error' | 'warning' | 'never';

export const noConfig: Config = {
  rules: noChoices.rules,
  overrides: [],
  exclude: [],
  excluded: noChoices.excluded,
  stacks: [],
  variables: noAssumptions.variables,
  environment: noAssumptions.environment,
  versions: noAssumptions.versions,
  paths: [],
  plugins: [],
};

export function choicesOf({ rules, overrides, excluded }: Config): Choices {
  return { rules, overrides, excluded };
}
