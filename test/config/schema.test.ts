import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { rules } from '../../rules/index.js';
import { configSchema } from '../../src/config/schema.js';
import { problemsOf } from './read.js';

/** The same as docs/config.schema.json, as test/catalogue.test.ts shows. */
const schema = configSchema(rules);
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

describe('the schema takes what gwlint takes', () => {
  test.each([
    '',
    '{}',
    'rules:',
    'rules: { all: off, timeout: on, timeout/disabled: info, upstream: true, python: false }',
    'rules: { limits/connections: { severity: error, backlog: 64, worker-connections: 100 } }',
    'rules: { timeout: { severity: off } }',
    'overrides: [{ files: [a, b], rules: { all: off } }, { files: x }]',
    'exclude: legacy/',
    'exclude: [a, "!b"]',
    'stacks: [{ name: shop, files: [a] }]',
    'variables: { a: 1, b: x, c: true, "app.port": "" }',
    'environment: { PORT: 8000, DEBUG: "" }',
    'target-version: { nginx: "1.24", gunicorn: v20.1, uwsgi: 2.0.30 }',
    'paths: { /etc/nginx: deploy, sites-enabled: sites-available }',
    'plugins: [./own.mjs, gwlint-rules-shop]',
    'level: warning\nfail-on: never',
    '$schema: https://example.com/x.json',
  ])('%s', text => {
    expect(problemsOf(text)).toEqual([]);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe('the schema refuses what gwlint refuses', () => {
  test.each([
    'ruels: {}',
    '- rules',
    'rules: [timeout]',
    'rules: { timeout: loud }',
    'rules: { timeout/gateway-before-wroker: off }',
    'rules: { limits/connections: { backlog: many } }',
    'rules: { limits/connections: { backlog: 0 } }',
    'rules: { limits/connections: { backlog: 70000 } }',
    'rules: { timeout/disabled: { limit: 3 } }',
    'rules: { timeout: { severity: loud } }',
    'overrides: { files: a }',
    'overrides: [{ rules: {} }]',
    'overrides: [{ files: a, rule: {} }]',
    'overrides: [{ files: [] }]',
    'exclude: { a: b }',
    'exclude: [[a]]',
    'stacks: [{ name: shop }]',
    'stacks: [{ files: [a] }]',
    'stacks: [{ name: shop, files: [a], why: x }]',
    'stacks: shop',
    'variables: { a: [1] }',
    'variables: [a]',
    'environment: { A-B: 1 }',
    'target-version: { nginx: stable }',
    'target-version: { apache: "2.4" }',
    'paths: { /etc/nginx: /deploy }',
    'plugins: { a: b }',
    'level: loud',
    'fail-on: info',
  ])('%s', text => {
    expect(problemsOf(text)).not.toEqual([]);
    expect(validate(parse(text))).toBe(false);
  });
});

test('every setting, rule and option is described', () => {
  const described = (node: unknown, path: string): readonly string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const { properties } = node as {
      readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
    };
    return Object.entries(properties ?? {}).flatMap(([name, one]) => (one.description ? [] : [`${path}${name}`]));
  };
  expect(described(schema, '').filter(name => name !== '$schema')).toEqual([]);
  const { rules: table } = schema['definitions'] as Readonly<Record<string, unknown>>;
  expect(described(table, 'rules.')).toEqual([]);
});
