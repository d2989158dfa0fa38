import type { Rule, RuleOption } from '../lint/rule.js';
import { groupsOf } from '../lint/select.js';
import { versionedTools } from '../model/version.js';
import { failOns, fields, levels, ruleLevels } from './fields.js';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft-07, which editors know) of `gwlint.yaml`. It allows what `readConfig` allows, save that it knows no rules of plugins:
 * a name that may be one of theirs passes.
 */
export function configSchema(rules: readonly Rule[]): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'gwlint.yaml',
    description: 'Configuration of gwlint',
    type: ['object', 'null'],
    definitions: {
      level: { enum: [...ruleLevels, true, false] },
      choice: choice({}),
      rules: ruleTable(rules),
    },
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      rules: { ...described('rules'), allOf: [ref('rules')] },
      overrides: {
        ...described('overrides'),
        ...listOf({
          type: 'object',
          additionalProperties: false,
          required: ['files'],
          properties: { files: patterns(1), rules: ref('rules') },
        }),
      },
      exclude: { ...described('exclude'), ...texts },
      stacks: {
        ...described('stacks'),
        ...listOf({
          type: 'object',
          additionalProperties: false,
          required: ['name', 'files'],
          properties: { name: text, files: patterns(1) },
        }),
      },
      variables: { ...described('variables'), ...values() },
      environment: { ...described('environment'), ...values('^[A-Za-z_][A-Za-z0-9_]*$') },
      'target-version': {
        ...described('target-version'),
        type: ['object', 'null'],
        additionalProperties: false,
        properties: Object.fromEntries(versionedTools.map(tool => [tool, version])),
      },
      paths: {
        ...described('paths'),
        type: ['object', 'null'],
        additionalProperties: { type: 'string', pattern: '^[^/]' },
      },
      plugins: { ...described('plugins'), ...texts },
      level: { ...described('level'), enum: [...levels, null] },
      'fail-on': { ...described('fail-on'), enum: [...failOns, null] },
    },
  };
}

function described(name: keyof typeof fields): Schema {
  return { description: fields[name].replaceAll('`', '') };
}

const text: Schema = { type: ['string', 'number', 'boolean'], minLength: 1 };
const version: Schema = { type: ['string', 'number'], pattern: '^v?\\d{1,6}(\\.\\d{1,6}){0,3}$' };
const texts: Schema = { anyOf: [text, { type: 'array', items: text }, { type: 'null' }] };

function patterns(least: number): Schema {
  return { anyOf: [text, { type: 'array', items: text, minItems: least }] };
}

function listOf(items: Schema): Schema {
  return { type: ['array', 'null'], items };
}

function ref(name: string): Schema {
  return { $ref: `#/definitions/${name}` };
}

function values(names?: string): Schema {
  return {
    type: ['object', 'null'],
    ...(names !== undefined && { propertyNames: { pattern: names } }),
    additionalProperties: { type: ['string', 'number', 'boolean'] },
  };
}

function ruleTable(rules: readonly Rule[]): Schema {
  const groups = groupsOf(rules.map(({ id }) => id));
  const plain = (description: string): Schema => ({ description, allOf: [ref('choice')] });
  const ruleSchema = ({ summary, options }: Rule): Schema =>
    options ? { description: summary, ...choice(options) } : plain(summary);
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      all: plain('Every rule'),
      ...Object.fromEntries(groups.map(group => [group, plain(`All rules of ${group}`)])),
      ...Object.fromEntries(rules.map(rule => [rule.id, ruleSchema(rule)])),
    },
    // Rules and groups of plugins: names that gwlint's own groups do not begin.
    patternProperties: { [`^(?!(?:all|${groups.join('|')})(?:/|$))[a-z][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$`]: {} },
  };
}

function choice(options: Readonly<Record<string, RuleOption>>): Schema {
  const own = Object.entries(options).map(([name, option]) => [name, optionSchema(option)]);
  return {
    anyOf: [
      ref('level'),
      {
        type: 'object',
        additionalProperties: false,
        properties: { severity: ref('level'), ...Object.fromEntries(own) },
      },
    ],
  };
}

function optionSchema({ default: standard, help, minimum, maximum, values: words }: RuleOption): Schema {
  const about = { description: help, default: standard };
  if (Array.isArray(standard)) return { ...about, ...texts };
  if (typeof standard === 'boolean') return { ...about, type: 'boolean' };
  if (typeof standard === 'string') return words ? { ...about, enum: words } : { ...about, ...text };
  return {
    ...about,
    type: 'integer',
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}
