import type { Span } from '../text/source.js';
import type { Diagnostic, OptionValue, Rule, RuleOptions, Severity } from './rule.js';
import { matchesSelector } from './select.js';

export type RuleLevel = Severity | 'on' | 'off';

/** What the user wants of a rule, of a group, or of `all` rules. */
export interface RuleChoice {
  readonly selector: string;
  /** Absent: only options are given. */
  readonly level?: RuleLevel;
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Where it is written. */
  readonly span: Span;
}

/** Choices for findings in some files only. */
export interface Override {
  /** True for the paths that it is about. */
  readonly has: (path: string) => boolean;
  readonly rules: readonly RuleChoice[];
}

export interface Choices {
  readonly rules: readonly RuleChoice[];
  readonly overrides: readonly Override[];
  /** True for files in which nothing is to be reported. */
  readonly excluded: (path: string) => boolean;
}

export const noChoices: Choices = { rules: [], overrides: [], excluded: () => false };

/** True when `selector` is `all`, the rule's id or its group. */
function isMeant({ selector }: RuleChoice, id: string): boolean {
  return selector === 'all' || matchesSelector(selector, id);
}

/** The narrowest choice about a rule (its id before its group before `all`) that says how it is to be taken. */
export function levelChoice(id: string, choices: readonly RuleChoice[]): RuleChoice | undefined {
  let found: RuleChoice | undefined;
  for (const choice of choices) {
    if (choice.level === undefined || !isMeant(choice, id)) continue;
    if (!found || width(choice.selector) <= width(found.selector)) found = choice;
  }
  return found;
}

function width(selector: string): number {
  return selector === 'all' ? 2 : selector.includes('/') ? 0 : 1;
}

/** Rules that may report something: those that are switched off for all files are left out. */
export function activeRules(rules: readonly Rule[], { rules: choices, overrides }: Choices): readonly Rule[] {
  if (choices.length === 0) return rules;
  return rules.filter(({ id }) =>
    [choices, ...overrides.map(one => [...choices, ...one.rules])].some(all => levelChoice(id, all)?.level !== 'off'),
  );
}

/** The options of a rule: what the user gives, and the defaults of the rule for the rest. */
export function optionsOf(rule: Rule, choices: readonly RuleChoice[]): RuleOptions {
  const given = choices.findLast(choice => choice.selector === rule.id && choice.options)?.options ?? {};
  const defaults = Object.entries(rule.options ?? {}).map(([name, { default: value }]) => [name, value] as const);
  return { ...Object.fromEntries(defaults), ...given };
}

/** The findings as the user wants them: each with the severity that is chosen for its rule, and those that are switched off left out. */
export function chosen(diagnostics: readonly Diagnostic[], choices: Choices): readonly Diagnostic[] {
  return diagnostics.flatMap(one => {
    const { path } = one.span.file;
    if (choices.excluded(path)) return [];
    const level = levelFor(one.rule, path, choices);
    if (level === 'off') return [];
    return [level === undefined || level === 'on' ? one : { ...one, severity: level }];
  });
}

/** An override outranks the general choices, however narrow they are; a later one an earlier one. */
function levelFor(id: string, path: string, { rules, overrides }: Choices): RuleLevel | undefined {
  for (const override of overrides.toReversed()) {
    const level = override.has(path) ? levelChoice(id, override.rules)?.level : undefined;
    if (level !== undefined) return level === 'on' ? severityOf(id, rules) : level;
  }
  return levelChoice(id, rules)?.level;
}

/** Of a rule that an override switches on again: the severity that is chosen for it elsewhere, if any. */
function severityOf(id: string, rules: readonly RuleChoice[]): RuleLevel {
  const level = levelChoice(id, rules)?.level;
  return level === undefined || level === 'off' ? 'on' : level;
}
