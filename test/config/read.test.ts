import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemsOf, read } from './read.js';

describe('a configuration says where it is wrong and what may be meant', () => {
  test.each([
    ['ruels:\n  timeout: off\n', '1:1: there is no setting "ruels"; did you mean rules?'],
    ['rules:\n  timeuot: off\n', '2:3: there is no rule or group timeuot; did you mean timeout?'],
    [
      'rules:\n  timeout/gateway-before-wroker: off\n',
      '2:3: there is no rule or group timeout/gateway-before-wroker; did you mean timeout/gateway-before-worker?',
    ],
    [
      'rules:\n  timeout: eror\n',
      '2:12: timeout takes off, on, error, warning or info, not "eror"; did you mean error?',
    ],
    [
      'rules:\n  limits/connections: { backlgo: 20 }\n',
      '2:25: there is no option of limits/connections "backlgo"; did you mean backlog?',
    ],
    [
      'rules:\n  limits/connections: { backlog: many }\n',
      '2:34: backlog of limits/connections has to be a whole number from 1 to 65535, not "many"',
    ],
    [
      'rules:\n  timeout/disabled: { limit: 3 }\n',
      '2:23: there is no option of timeout/disabled "limit"; there are severity',
    ],
    ['rules: [timeout]\n', '1:8: rules has to be a mapping of names to values, not a list'],
    ['fail-on: errors\n', '1:10: fail-on takes error, warning or never, not "errors"; did you mean error?'],
    ['level: 3\n', '1:8: level takes error, warning or info, not "3"'],
    ['exclude: { a: b }\n', '1:10: exclude has to be a list, not a mapping'],
    ['exclude:\n  - a\n  -\n', '3:4: an item of exclude has to be a text, not nothing'],
    ['stacks:\n  - files: [a]\n', '2:5: a stack needs a name and files'],
    ['stacks:\n  - name: x\n    flies: [a]\n', '2:5: a stack needs a name and files'],
    ['target-version:\n  ngnix: 1.2\n', '2:3: there is no program "ngnix"; did you mean nginx?'],
    ['target-version:\n  nginx: stable\n', '2:10: "stable" is no version, as 1.24 is'],
    [
      'paths:\n  /etc/nginx: /deploy\n',
      '2:15: what stands for it is a path of the repository, without a slash at the front',
    ],
    ['paths:\n  ../x: y\n', '2:3: a path is written without ".." here'],
    ['environment:\n  A-B: 1\n', '2:3: "A-B" cannot be the name of an environment variable'],
    ['variables:\n  port: [1]\n', '2:9: port has to be a text, not a list'],
    ['overrides:\n  - rules: { all: off }\n', '2:5: an override needs files'],
    ['overrides:\n  files: [a]\n', '2:3: overrides has to be a list, not a mapping'],
    ['level: info\nlevel: error\n', '2:1: the key level stands here twice'],
    ['level: info\n---\nlevel: error\n', '3:1: only one document can be the configuration'],
    ['level: {{ x }}\n', '1:8: level takes error, warning or info, not a mapping'],
    ['- level\n', '1:1: the configuration has to be a mapping of names to values, not a list'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test('all of its mistakes at once, in order', () => {
    expect(problemsOf('levle: info\nrules:\n  timeout: of\nfail-on: x\n')).toEqual([
      '1:1: there is no setting "levle"; did you mean level?',
      '3:12: timeout takes off, on, error, warning or info, not "of"',
      '4:10: fail-on takes error, warning or never, not "x"',
    ]);
  });

  test('in pyproject.toml as well', () => {
    const text = '[project]\nname = "shop"\n\n[tool.gwlint]\nlevle = "info"\n\n[tool.gwlint.rules]\ntimeuot = "off"\n';
    expect(problemsOf(text, 'pyproject.toml')).toEqual([
      '5:1: there is no setting "levle"; did you mean level?',
      '8:1: there is no rule or group timeuot; did you mean timeout?',
    ]);
    expect(problemsOf('[tool.gwlint]\nlevel = = 1\n', 'pyproject.toml')[0]).toMatch(/^2:9: cannot be read as TOML: /);
  });
});

describe('a configuration without mistakes', () => {
  const yaml = `
$schema: https://example.com/config.schema.json
rules:
  all: off
  timeout: on
  timeout/disabled: true
  upstream/open-app-port: false
  limits/connections: { severity: error, backlog: 64 }
overrides:
  - files: [examples/]
    rules: { timeout: info }
exclude: legacy/
stacks:
  - name: production
    files: [deploy/*.conf, deploy/shop.service]
variables: { port: 8000, host: shop.example, debug: true, version: 1.20 }
environment: { PORT: 8000 }
target-version: { nginx: 1.20, gunicorn: v20.1.0 }
paths: { /etc/nginx/: ./deploy/nginx/, sites-enabled: sites-available }
plugins: ["./rules/own.mjs"]
level: warning
fail-on: error
`;

  test('is read whole', () => {
    const { config, problems } = read(yaml);
    expect(problems).toEqual([]);
    expect(config.rules.map(({ selector, level, options }) => [selector, level, options])).toEqual([
      ['all', 'off', undefined],
      ['timeout', 'on', undefined],
      ['timeout/disabled', 'on', undefined],
      ['upstream/open-app-port', 'off', undefined],
      ['limits/connections', 'error', { backlog: 64 }],
    ]);
    expect([...config.variables].map(([name, { value }]) => `${name}=${value}`)).toEqual([
      'port=8000',
      'host=shop.example',
      'debug=true',
      'version=1.20',
    ]);
    expect([...config.versions].map(([name, one]) => `${name}=${one.value}`)).toEqual([
      'nginx=1.20',
      'gunicorn=20.1.0',
    ]);
    expect(config.paths.map(({ from, to }) => `${from} -> ${to}`)).toEqual([
      '/etc/nginx -> deploy/nginx',
      'sites-enabled -> sites-available',
    ]);
    expect([config.level?.value, config.failOn?.value]).toEqual(['warning', 'error']);
    expect(config.plugins.map(({ value }) => value)).toEqual(['./rules/own.mjs']);
  });

  test('is the same in TOML', () => {
    const toml = `
[tool.gwlint]
exclude = ["legacy/"]
plugins = ["./rules/own.mjs"]
level = "warning"
fail-on = "error"
variables = { port = 8000, host = "shop.example", debug = true, version = "1.20" }
environment.PORT = 8000
target-version.nginx = "1.20"
target-version.gunicorn = "v20.1.0"

[tool.gwlint.rules]
all = "off"
timeout = "on"
"timeout/disabled" = true
"upstream/open-app-port" = false
"limits/connections" = { severity = "error", backlog = 64 }

[[tool.gwlint.overrides]]
files = ["examples/"]
rules = { timeout = "info" }

[[tool.gwlint.stacks]]
name = "production"
files = ["deploy/*.conf", "deploy/shop.service"]

[tool.gwlint.paths]
"/etc/nginx/" = "./deploy/nginx/"
sites-enabled = "sites-available"
`;
    const plain = (path: string, text: string) => {
      const { config, problems } = read(text, path);
      expect(problems).toEqual([]);
      const { rules, overrides, exclude, stacks, variables, environment, versions, paths, level, failOn } = config;
      const values = [variables, environment, versions].map(one => [...one].map(([name, { value }]) => [name, value]));
      return {
        rules: rules.map(({ span, ...one }) => one),
        overrides: overrides.map(one => [one.value, one.rules.map(({ span, ...choice }) => choice)]),
        exclude: exclude.map(({ value }) => value),
        stacks: stacks.map(({ name, value }) => [name, value]),
        values,
        paths: paths.map(({ from, to }) => [from, to]),
        level: level?.value,
        failOn: failOn?.value,
      };
    };
    expect(plain('pyproject.toml', toml)).toEqual(plain('gwlint.yaml', yaml));
  });

  test.each(['', '# nothing\n', 'rules:\n', 'rules: {}\nexclude: []\n', '{}'])('%j is an empty one', text => {
    const { config, problems } = read(text);
    expect(problems).toEqual([]);
    expect([config.rules, config.exclude, config.stacks]).toEqual([[], [], []]);
  });
});

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    ...['rules', 'stacks', 'paths', 'variables', 'exclude', 'target-version', 'files', 'name', 'off', 'nginx', '1.2'],
    ...[
      ':',
      ': ',
      '\n',
      '\n  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      ',',
      '&a ',
      '*a',
      '<<: *a',
      '{{',
      '|',
      '=',
      '.',
      '[[',
    ],
  );
  const text = fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join(''));
  const path = fc.constantFrom('gwlint.yaml', 'gwlint.toml', 'pyproject.toml');
  fc.assert(
    fc.property(text, path, (content, name) => {
      for (const { span, message } of read(content, name).problems) {
        expect(message).not.toBe('');
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(content.length);
      }
    }),
  );
});
