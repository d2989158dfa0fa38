import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../src/configure.js';
import type { Rule } from '../src/lint/rule.js';
import { testRule } from '../src/testing.js';
import { run } from './cli/process.js';
import { working } from './cli/stacks.js';
import { projectRoot } from './sources.js';

let scratch = '';
let made = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-plugin-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function project(files: Readonly<Record<string, string>>): string {
  const root = join(scratch, String(made++));
  for (const [path, text] of Object.entries({ ...working, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A rule that reports every gateway. */
const everyGateway = `{
  id: 'shop/gateway', summary: 'A gateway', severity: 'warning',
  check(deployment, report) {
    for (const { gateways } of deployment.stacks)
      for (const { file } of gateways) report({ span: { file, start: 0, end: 6 }, message: 'here is a gateway' });
  },
}`;
const finding = 'nginx.conf:1:1: warning shop/gateway: here is a gateway\n';
const named = 'plugins: ["./own.mjs"]\n';
const lint = ['--format', 'compact'];
const allow = [...lint, '--allow-plugins'];

describe('code is run only where the user allows it', () => {
  const hostile = { 'gwlint.yaml': named, 'own.mjs': 'globalThis.gwlintPluginRan = true;\nexport default [];\n' };
  const ran = (): boolean => 'gwlintPluginRan' in globalThis;

  test.each([
    ['lint', lint],
    ['path', ['path']],
    ['config', ['config']],
    ['a named configuration', [...lint, '--config', 'gwlint.yaml']],
    ['fix', ['--fix']],
  ])('%s', async (_, argv) => {
    const root = project(hostile);
    expect(await run(root, argv)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'gwlint: gwlint.yaml:1:11: plugins are code that is run: --allow-plugins loads them, --no-plugins leaves them out\n',
    });
    expect(ran()).toBe(false);
  });

  test('--no-plugins leaves them out, with what the configuration says about their rules', async () => {
    const root = project({
      ...hostile,
      'gwlint.yaml': `${named}rules:\n  shop/gateway: { severity: error, depth: 3 }\n  shop: off\n  timeout: off\n`,
    });
    expect(await run(root, [...lint, '--no-plugins'])).toMatchObject({ code: 0, stderr: '' });
    expect(ran()).toBe(false);
  });

  test('the library refuses as well', async () => {
    await expect(loadConfig(project(hostile))).rejects.toThrow(/gwlint\.yaml:1:11: plugins are code that is run/);
    expect(ran()).toBe(false);
  });
});

describe('rules of a plugin', () => {
  test.each([
    ['one rule', `export default ${everyGateway};`],
    ['a list', `export default [${everyGateway}];`],
    ['an object with rules', `export default { name: 'shop', rules: [${everyGateway}] };`],
    ['a named export', `export const rules = [${everyGateway}];`],
  ])('%s', async (_, text) => {
    const root = project({ 'gwlint.yaml': named, 'own.mjs': text });
    expect(await run(root, allow)).toEqual({ code: 1, stdout: finding, stderr: '' });
  });

  test('obey the configuration, the command line and comments as all others', async () => {
    const files = { 'own.mjs': `export default ${everyGateway};`, 'gwlint.yaml': `${named}rules: { shop: error }\n` };
    expect((await run(project(files), allow)).stdout).toBe(finding.replace('warning', 'error'));
    const off = { ...files, 'gwlint.yaml': `${named}rules: { shop/gateway: off }\n` };
    expect((await run(project(off), allow)).code).toBe(0);
    expect((await run(project(files), [...allow, '--ignore', 'shop'])).code).toBe(0);
    expect((await run(project(files), [...allow, '--select', 'shop/gateway'])).code).toBe(1);
    const silenced = { ...files, 'nginx.conf': `# gwlint-ignore shop/gateway: we know\n${working['nginx.conf']}` };
    const again = silenced['own.mjs'].replace('start: 0, end: 6', 'start: 40, end: 46');
    expect(await run(project({ ...silenced, 'own.mjs': again }), allow)).toMatchObject({ code: 0, stderr: '' });
  });

  test('their options are checked', async () => {
    const rule = everyGateway.replace('check(', "options: { depth: { default: 2, minimum: 1, help: 'x' } }, check(");
    const files = { 'own.mjs': `export default ${rule};` };
    const wrong = { ...files, 'gwlint.yaml': `${named}rules:\n  shop/gateway: { depth: 0 }\n` };
    expect((await run(project(wrong), allow)).stderr).toBe(
      'gwlint: gwlint.yaml:3:26: depth of shop/gateway has to be a whole number of at least 1, not "0"\n',
    );
  });

  test('come from a package that is installed beside the configuration', async () => {
    const root = project({
      'gwlint.yaml': 'plugins: [gwlint-rules-shop]\n',
      'node_modules/gwlint-rules-shop/package.json': '{"type":"module","exports":{".":{"import":"./lib/index.js"}}}',
      'node_modules/gwlint-rules-shop/lib/index.js': `export default ${everyGateway};`,
    });
    expect(await run(root, allow)).toEqual({ code: 1, stdout: finding, stderr: '' });
  });

  test('may be written in TypeScript where Node.js can load it; else that is told', async () => {
    const root = project({
      'gwlint.yaml': 'plugins: ["./own.ts"]\n',
      'own.ts': `type Text = string;\nconst none: Text = '';\nexport default ${everyGateway};\n`,
    });
    const { code, stderr } = await run(root, allow);
    if ((process.features as { readonly typescript?: unknown }).typescript) expect([code, stderr]).toEqual([1, '']);
    else
      expect([code, stderr]).toEqual([
        2,
        `gwlint: gwlint.yaml:1:11: ./own.ts: Node.js ${process.versions.node} cannot load TypeScript; take Node.js 22.18 or newer, or write it as .mjs\n`,
      ]);
  });
});

describe('a plugin that is wrong ends with 2 and says so', () => {
  test.each([
    ['no such file', undefined],
    ['it cannot be loaded: out of order', "throw new Error('out of order');"],
    [
      'it has to export a rule, a list of rules or { rules } by default; a rule has an id and a function check',
      'export const x = 1;',
    ],
    ['"Shop" has to be an id such as shop/no-http', `export default ${everyGateway.replace('shop/gateway', 'Shop')};`],
    [
      'timeout/mine is in a group of gwlint; choose one of your own',
      `export default ${everyGateway.replace('shop/gateway', 'timeout/mine')};`,
    ],
    ['shop/gateway is there twice', `export default [${everyGateway}, ${everyGateway}];`],
    [
      'the severity of shop/gateway has to be error, warning or info',
      `export default ${everyGateway.replace("'warning'", "'fatal'")};`,
    ],
    ['shop/gateway needs a summary', `export default ${everyGateway.replace("'A gateway'", "''")};`],
  ])('%s', async (why, text) => {
    const root = project({ 'gwlint.yaml': named, ...(text !== undefined && { 'own.mjs': text }) });
    expect(await run(root, allow)).toEqual({
      code: 2,
      stdout: '',
      stderr: `gwlint: gwlint.yaml:1:11: ./own.mjs: ${why}\n`,
    });
  });

  test.each([
    ['oops', 'check() { throw new Error("oops"); },'],
    ['a finding needs a message', 'check(_, report) { report({}); },'],
    [
      'a finding needs a span of a file, from start to end',
      'check(_, report) { report({ message: "x", span: { file: { path: "a", text: "" }, start: 5, end: 2 } }); },',
    ],
  ])('in its check: %s', async (why, check) => {
    const rule = `{ id: 'shop/x', summary: 'x', severity: 'info', ${check} }`;
    const root = project({ 'gwlint.yaml': named, 'own.mjs': `export default ${rule};` });
    expect(await run(root, allow)).toEqual({
      code: 2,
      stdout: '',
      stderr: `gwlint: the rule shop/x of ./own.mjs failed: ${why}\n`,
    });
  });

  test('a package that is not there', async () => {
    const { stderr } = await run(project({ 'gwlint.yaml': 'plugins: [gwlint-rules-none]\n' }), allow);
    expect(stderr).toMatch(/^gwlint: gwlint\.yaml:1:11: gwlint-rules-none: there is no package gwlint-rules-none in /);
  });
});

test('the example finds what it says', async () => {
  const root = join(scratch, 'example');
  cpSync(join(projectRoot, 'examples/own-rules'), root, { recursive: true });
  expect((await run(root, allow)).stdout).toContain(
    'Procfile:1:25: warning shop/worker-count: Gunicorn has 2 workers here; we agreed on 3 at least.\n',
  );
});

describe('testRule', () => {
  const rule: Rule = {
    id: 'shop/listener',
    summary: 'Gunicorn listens',
    severity: 'info',
    symptom: '502',
    fix: 'safe',
    check(deployment, report) {
      for (const { servers } of deployment.stacks)
        for (const { settings } of servers) {
          const timeout = settings.get('timeout');
          if (timeout?.known && timeout.span && Number(timeout.value) === 5)
            report({
              span: timeout.span,
              message: 'too short',
              fixes: [{ title: 'x', safety: 'safe', edits: [{ span: timeout.span, text: '30' }] }],
            });
        }
    },
  };
  const files = (seconds: number) => ({ Procfile: `web: gunicorn --timeout ${seconds} shop:application\n` });
  const short = { name: 'short', files: files(5), findings: ['too short'] };

  test('is content with cases that hold', async () => {
    await testRule(rule, { valid: [{ name: 'long', files: files(30) }], invalid: [{ ...short, fixed: files(30) }] });
  });

  test.each([
    [
      { valid: [{ name: 'short', files: files(5) }], invalid: [] },
      'shop/listener: short: it should pass, but: too short',
    ],
    [
      { valid: [], invalid: [{ ...short, files: files(30) }] },
      'shop/listener: short: 1 findings were expected, not 0: ',
    ],
    [
      { valid: [], invalid: [{ ...short, findings: [/long/] }] },
      'shop/listener: short: "too short" does not match /long/',
    ],
    [{ valid: [], invalid: [{ ...short, findings: [] }] }, 'shop/listener: short: an invalid case needs findings'],
    [
      { valid: [], invalid: [{ ...short, fixed: files(60) }] },
      'shop/listener: short: its fix makes Procfile to:\nweb: gunicorn --timeout 30 shop:application\n',
    ],
  ])('tells what does not hold (%#)', async (cases, message) => {
    await expect(testRule(rule, cases)).rejects.toThrow(message);
  });
});
