import type { Override, RuleChoice, RuleLevel } from '../lint/choice.js';
import type { OptionValue, Rule, RuleOption } from '../lint/rule.js';
import { matchesSelector, unknownSelector } from '../lint/select.js';
import type { YamlEntry, YamlNode } from '../syntax/yaml/tree.js';
import { type Base, matcher } from './base.js';
import type { Given } from './config.js';
import { ruleLevels } from './fields.js';
import { entriesOf, isEmpty, listed, type Problems, shown, textsOf, unknownName, wordOf } from './reading.js';

export interface KnownRules {
  readonly rules: readonly Rule[];
  /** Rules of plugins are not loaded, so that a name that is not known may be one of theirs. */
  readonly open: boolean;
}

/** `rules:` as choices, in the order of the file. */
export function readRules(node: YamlNode, known: KnownRules, problems: Problems): readonly RuleChoice[] {
  return entriesOf(node, 'rules', problems).flatMap(entry => readChoice(entry, known, problems) ?? []);
}

function readChoice(entry: YamlEntry, known: KnownRules, problems: Problems): RuleChoice | undefined {
  const { key: selector, value } = entry;
  const ids = known.rules.map(({ id }) => id);
  if (selector !== 'all' && !known.open && !ids.some(id => matchesSelector(selector, id))) {
    problems.add(entry.keySpan, unknownSelector(selector, ids));
    return undefined;
  }
  if (value.kind !== 'map') {
    const level = levelOf(value, selector, problems);
    return level && { selector, level, span: value.span };
  }
  const rule = known.rules.find(({ id }) => id === selector);
  const options: Record<string, OptionValue> = {};
  let level: RuleLevel | undefined;
  for (const one of value.entries) {
    if (one.key === 'severity') level = levelOf(one.value, `severity of ${selector}`, problems);
    else if (rule || !known.open) {
      const option = readOption(one, selector, rule?.options ?? {}, problems);
      if (option !== undefined) options[one.key] = option;
    }
  }
  const given = Object.keys(options).length > 0;
  return { selector, ...(level && { level }), ...(given && { options }), span: entry.keySpan };
}

/** YAML's and TOML's own words for yes and no count as well. */
function levelOf(node: YamlNode, what: string, problems: Problems): RuleLevel | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value ? 'on' : 'off';
  return wordOf(node, what, ruleLevels, problems);
}

function readOption(
  entry: YamlEntry,
  selector: string,
  options: Readonly<Record<string, RuleOption>>,
  problems: Problems,
): OptionValue | undefined {
  const option = Object.hasOwn(options, entry.key) ? options[entry.key] : undefined;
  if (!option) {
    const names = ['severity', ...Object.keys(options)];
    unknownName(entry, `option of ${selector}`, names, problems);
    return undefined;
  }
  return optionValue(entry.value, `${entry.key} of ${selector}`, option, problems);
}

function optionValue(node: YamlNode, what: string, option: RuleOption, problems: Problems): OptionValue | undefined {
  const { default: standard, minimum, maximum, values } = option;
  if (Array.isArray(standard)) return textsOf(node, what, problems).map(({ value }) => value);
  const value = node.kind === 'scalar' ? node.value : undefined;
  if (typeof standard === 'string') {
    if (values) return wordOf(node, what, values, problems);
    if (node.kind === 'scalar' && !isEmpty(node)) return node.text;
  } else if (typeof standard === 'boolean') {
    if (typeof value === 'boolean') return value;
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value >= (minimum ?? value) && value <= (maximum ?? value)) return value;
  }
  problems.add(node.span, `${what} has to be ${wanted(option)}, not ${shown(node)}`);
  return undefined;
}

function wanted({ default: standard, minimum, maximum }: RuleOption): string {
  if (typeof standard === 'string') return 'a text';
  if (typeof standard === 'boolean') return listed(['true', 'false']);
  if (minimum !== undefined && maximum !== undefined) return `a whole number from ${minimum} to ${maximum}`;
  return minimum === undefined ? 'a whole number' : `a whole number of at least ${minimum}`;
}

/** `overrides:`: `files` and the `rules` for them. */
export function readOverrides(
  node: YamlNode,
  base: Base,
  known: KnownRules,
  problems: Problems,
): readonly (Override & Given<readonly string[]>)[] {
  return itemsOf(node, 'overrides', problems).flatMap(item => {
    let files: readonly string[] = [];
    let rules: readonly RuleChoice[] = [];
    for (const entry of item.entries) {
      if (entry.key === 'files') files = textsOf(entry.value, 'files', problems).map(({ value }) => value);
      else if (entry.key === 'rules') rules = readRules(entry.value, known, problems);
      else unknownName(entry, 'setting of overrides', ['files', 'rules'], problems);
    }
    for (const { selector, options, span } of rules) {
      if (options) problems.add(span, `options of ${selector} hold for all files; give them under rules`);
    }
    if (files.length > 0) return [{ has: matcher(base, files), rules, value: files, span: item.span }];
    problems.add(item.span, 'an override needs files');
    return [];
  });
}

/** The maps of a list. */
export function itemsOf(node: YamlNode, what: string, problems: Problems): readonly (YamlNode & { kind: 'map' })[] {
  if (isEmpty(node)) return [];
  if (node.kind !== 'list') {
    problems.add(node.span, `${what} has to be a list, not ${shown(node)}`);
    return [];
  }
  return node.items.flatMap(item => {
    if (item.kind === 'map') return [item];
    problems.add(item.span, `an item of ${what} has to be a mapping, not ${shown(item)}`);
    return [];
  });
}
