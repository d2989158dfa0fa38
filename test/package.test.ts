import { type ExecFileSyncOptionsWithStringEncoding, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverAtImport, withUnusualPython, working } from './cli/stacks.js';
import { projectRoot } from './sources.js';
import { readAction, stepEnvironment, stubbedNpx } from './support/action.js';

/** Where the package is built, packed and installed. */
let scratch = '';
let files: readonly string[] = [];
let tarball = '';

const quiet: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gwlint-package-'));
  chmodSync(scratch, 0o755);
  const source = join(scratch, 'source');
  mkdirSync(source);
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'])
    copyFileSync(join(projectRoot, file), join(source, file));
  cpSync(join(projectRoot, 'docs'), join(source, 'docs'), { recursive: true });
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), join(source, 'dist')], { stdio: 'inherit' });
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch], {
    cwd: source,
    ...quiet,
  });
  const [{ filename, files: listed }] = JSON.parse(packed);
  tarball = join(scratch, filename);
  files = listed.map((file: { path: string }) => file.path);
  const user = join(scratch, 'user');
  mkdirSync(user);
  writeFileSync(join(user, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: user, ...quiet });
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function installed(): string {
  return join(scratch, 'user/node_modules/.bin/gwlint');
}

function stack(name: string, content: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the package', () => {
  test('holds the program, the pages and what the licences ask for, and nothing else', () => {
    const kinds = new Set(files.map(file => /^(?:dist|docs\/rules)(?=\/)/.exec(file)?.[0] ?? file));
    const documents = ['docs/config.schema.json', 'docs/report.schema.json', 'docs/rules'];
    expect([...kinds].sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', ...documents, 'package.json']);
    expect(files).toContain('dist/cli.js');
    expect(files).toContain('dist/types/src/index.d.ts');
    expect(files).toContain('docs/rules/upstream/address-mismatch.md');
  });

  test('weighs at most 3 MB', () => {
    expect(statSync(tarball).size).toBeLessThanOrEqual(3_000_000);
  });

  test('needs no other package', () => {
    const manifest = JSON.parse(readFileSync(join(scratch, 'user/node_modules/gwlint/package.json'), 'utf8'));
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(readdirSync(join(scratch, 'user/node_modules')).filter(name => !name.startsWith('.'))).toEqual(['gwlint']);
  });

  test('has nothing in it that is made for one kind of machine', () => {
    const inside = join(scratch, 'user/node_modules/gwlint');
    const kinds = new Set(files.map(file => /(?:\.d)?\.\w+$/.exec(file)?.[0] ?? file));
    expect([...kinds].sort()).toEqual([
      '.d.ts',
      '.js',
      '.json',
      '.jsonl',
      '.md',
      '.mjs',
      '.wasm',
      'LICENSE',
      'dist/THIRD-PARTY-LICENSES',
    ]);
    const heads = files.map(file => readFileSync(join(inside, file)).subarray(0, 4).toString('latin1'));
    // Programs and libraries of Linux, Windows and macOS.
    expect(heads.filter(head => /^(?:\x7fELF|MZ|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(head))).toEqual([]);
    const loads = (file: string) => /process\.dlopen\b/.test(readFileSync(join(inside, file), 'utf8'));
    expect(files.filter(file => file.endsWith('.js') && loads(file))).toEqual([]);
    const { scripts = {} } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter(name => /^(?:pre|post)?install$/.test(name))).toEqual([]);
  });

  test('names the licence of everything that is bundled', () => {
    const licences = readFileSync(join(scratch, 'user/node_modules/gwlint/dist/THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['saxes', 'toml-eslint-parser', 'tree-sitter-python', 'web-tree-sitter', 'xmlchars', 'yaml']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC)\\)$`, 'm'));
    }
  });
});

describe('installed in an empty folder', () => {
  test('it lints, explains and shows its version', () => {
    const folder = stack('installed', serverAtImport);
    const found = spawnSync(installed(), [folder, '--format', 'compact'], { encoding: 'utf8' });
    expect([found.status, found.stderr]).toEqual([1, '']);
    expect(found.stdout).toMatch(/shop\.py:5:1: error python\/server-at-import: /);
    expect(execFileSync(installed(), ['explain', 'python/server-at-import'], quiet)).toMatch(
      /^# python\/server-at-import\n/,
    );
    expect(execFileSync(installed(), ['--version'], quiet)).toMatch(/^gwlint \d+\.\d+\.\d+\n$/);
  });

  test('it is a library with types', () => {
    const user = join(scratch, 'user');
    const code = `
      import { analyze, diskHost, rules } from 'gwlint';
      const { diagnostics } = await analyze(diskHost(${JSON.stringify(stack('library', serverAtImport))}), { rules });
      console.log(diagnostics.map(one => one.rule).join());
    `;
    writeFileSync(join(user, 'use.mjs'), code);
    expect(execFileSync(process.execPath, ['use.mjs'], { cwd: user, ...quiet })).toBe('python/server-at-import\n');
    const typed =
      "import { testRule } from 'gwlint/testing';\nexport const tested: Promise<void> = testRule(rules[0], { valid: [], invalid: [] });\n" +
      "import { analyze, diskHost, rules, type Diagnostic } from 'gwlint';\nexport const found: Promise<readonly Diagnostic[]> = analyze(diskHost('.'), { rules }).then(one => one.diagnostics);\n";
    writeFileSync(join(user, 'use.mts'), typed);
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc');
    const checked = spawnSync(
      process.execPath,
      [tsc, '--noEmit', '--strict', '--module', 'nodenext', '--types', '', 'use.mts'],
      { cwd: user, encoding: 'utf8' },
    );
    expect(checked.stdout).toBe('');
  });

  /** The code of all modules of the package that a run over these files loads. */
  const loadedBy = (name: string, files: Readonly<Record<string, string>>): string => {
    const dist = join(scratch, 'user/node_modules/gwlint/dist');
    const coverage = join(scratch, `coverage-${name}`);
    spawnSync(installed(), [stack(name, files)], { env: { ...process.env, NODE_V8_COVERAGE: coverage } });
    const texts = readdirSync(coverage).map(one => readFileSync(join(coverage, one), 'utf8'));
    const loaded = readdirSync(dist).filter(chunk => texts.some(text => text.includes(`/dist/${chunk}"`)));
    return loaded.map(chunk => readFileSync(join(dist, chunk), 'utf8')).join('');
  };
  const python = /tree-sitter-python\.wasm/;
  const yaml = /Source contains multiple documents/;

  test('loads the parser of a language only when a run meets the language', () => {
    const site = 'events {}\nhttp { server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } } }\n';
    const alone = loadedBy('nginx-alone', { 'nginx.conf': site });
    expect([python, yaml].map(one => one.test(alone))).toEqual([false, false]);
    const beside = loadedBy('with-python', serverAtImport);
    expect([python, yaml].map(one => one.test(beside))).toEqual([false, false]);
    const unusual = loadedBy('with-unusual-python', withUnusualPython(serverAtImport));
    expect([python, yaml].map(one => one.test(unusual))).toEqual([true, false]);
    const composed = loadedBy('with-compose', { 'compose.yaml': 'services:\n  web:\n    image: nginx\n' });
    expect([python, yaml].map(one => one.test(composed))).toEqual([false, true]);
  });

  test('a run without a configuration loads nothing to read one', () => {
    const files = { 'nginx.conf': 'events {}\n', 'pyproject.toml': '[project]\nname = "shop"\n' };
    const reading = /is no version, as 1\.24 is/;
    const toml = /TOMLInlineTable/;
    const without = loadedBy('no-config', files);
    expect([reading, yaml, toml].map(one => one.test(without))).toEqual([false, false, false]);
    const inYaml = loadedBy('yaml-config', { ...files, 'gwlint.yaml': 'level: info\n' });
    expect([reading, yaml, toml].map(one => one.test(inYaml))).toEqual([true, true, false]);
    const inToml = loadedBy('toml-config', { ...files, 'pyproject.toml': '[tool.gwlint]\nlevel = "info"\n' });
    expect([reading, yaml, toml].map(one => one.test(inToml))).toEqual([true, false, true]);
  });

  test('a program that embeds it judges a folder by its configuration', () => {
    const user = join(scratch, 'user');
    copyFileSync(join(projectRoot, 'examples/embed/check.mjs'), join(user, 'check.mjs'));
    const folder = stack('embedded', serverAtImport);
    // Node.js warns of two variables about colours.
    const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
    const check = () => spawnSync(process.execPath, ['check.mjs', folder], { cwd: user, env, encoding: 'utf8' });
    const broken = check();
    expect([broken.status, broken.stderr]).toEqual([1, '']);
    expect(broken.stdout).toMatch(/^the host files: 1 gateways, 1 servers\nshop\.py:5:1 python\/server-at-import: /);
    writeFileSync(join(folder, 'gwlint.yaml'), 'rules: { python/server-at-import: off }\n');
    expect(check()).toMatchObject({ status: 0, stdout: 'the host files: 1 gateways, 1 servers\n' });
    writeFileSync(join(folder, 'gwlint.yaml'), 'levle: info\n');
    expect(check().stderr).toContain('gwlint.yaml:1:1: there is no setting "levle"; did you mean level?');
  });

  test('it tests rules of your own, and runs them', () => {
    const user = join(scratch, 'user');
    cpSync(join(projectRoot, 'examples/own-rules'), join(user, 'own-rules'), { recursive: true });
    const tested = spawnSync(process.execPath, ['--test', 'rules/'], {
      cwd: join(user, 'own-rules'),
      encoding: 'utf8',
    });
    expect(tested.stdout).toMatch(/^# pass 1$/m);
    expect(tested.status).toBe(0);
    const plain = spawnSync(installed(), ['own-rules'], { cwd: user, encoding: 'utf8' });
    expect([plain.status, plain.stderr]).toEqual([
      2,
      'gwlint: own-rules/gwlint.yaml:2:11: plugins are code that is run: --allow-plugins loads them, --no-plugins leaves them out\n',
    ]);
    const argv = ['own-rules', '--allow-plugins', '--format', 'compact'];
    const allowed = spawnSync(installed(), argv, { cwd: user, encoding: 'utf8' });
    expect(allowed.status).toBe(1);
    expect(allowed.stdout).toContain('own-rules/Procfile:1:25: warning shop/worker-count: ');
  });

  test('a reader that goes away ends it without a word', () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) =>
        Object.entries(serverAtImport).map(([path, text]) => [`${i}/${path}`, text]),
      ).flat(),
    );
    const folder = stack('many', many);
    const { stdout, stderr } = spawnSync('sh', ['-c', '"$0" "$1" -v | head -n 1', installed(), folder], {
      encoding: 'utf8',
    });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });

  test.runIf(process.getuid?.() === 0)('a file that may not be read is told in one line', () => {
    const folder = stack('unreadable', working);
    chmodSync(join(folder, 'gunicorn.conf.py'), 0);
    const asNobody = { encoding: 'utf8', uid: 65534, gid: 65534, cwd: folder } as const;
    const named = spawnSync(process.execPath, [installed(), 'gunicorn.conf.py'], asNobody);
    expect([named.status, named.stdout, named.stderr]).toEqual([
      2,
      '',
      'gwlint: gunicorn.conf.py: permission denied\n',
    ]);
    const whole = spawnSync(process.execPath, [installed()], asNobody);
    expect(whole.stderr).toContain('gwlint: not checked: gunicorn.conf.py: permission denied\n');
    chmodSync(folder, 0);
    const closed = spawnSync(process.execPath, [installed(), folder], { ...asNobody, cwd: '/' });
    expect(closed.status).toBe(2);
    expect(closed.stderr).toMatch(/^gwlint: [^\n]*(?:permission denied|cannot be listed)\n$/);
  });
});

describe('the GitHub action', () => {
  const action = readAction();
  const steps = action.runs.steps.filter(step => step.run !== undefined);

  function act(folder: string, given: Readonly<Record<string, string>>) {
    const bin = stubbedNpx(join(scratch, 'bin'), installed());
    const [step] = steps;
    const env = { ...process.env, ...(step && stepEnvironment(action, step, given)) };
    return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? 'exit 9'], {
      cwd: folder,
      env: { ...env, PATH: `${bin}:${process.env['PATH']}`, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder },
      encoding: 'utf8',
    });
  }

  test('is composite, has one step of its own, and hands inputs over by the environment only', () => {
    expect(action.runs.using).toBe('composite');
    expect(steps).toHaveLength(1);
    expect(steps[0]?.shell).toBe('bash');
    expect(steps[0]?.run).not.toContain('${{');
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    expect(action.inputs['version']?.default).toBe(version);
    const used = JSON.stringify(action.runs).match(/inputs\.[\w-]+/g) ?? [];
    expect(new Set(used.map(name => name.slice('inputs.'.length)))).toEqual(new Set(Object.keys(action.inputs)));
  });

  test('fails with annotations for a broken stack, passes for a good one', () => {
    const broken = act(stack('action-broken', serverAtImport), {});
    expect([broken.status, broken.stderr]).toEqual([1, '']);
    expect(broken.stdout).toContain('::error title=python/server-at-import,file=shop.py,line=5,');
    expect(readFileSync(join(scratch, 'bin/asked'), 'utf8')).toMatch(/^gwlint@\d+\.\d+\.\d+\n$/);
    expect(act(stack('action-good', working), {}).status).toBe(0);
  });

  test('takes paths, options and a file for SARIF', () => {
    const folder = stack('action-inputs', { 'a b/x.conf': 'events {}\n' });
    stack('action-inputs/deploy', serverAtImport);
    const ran = act(folder, { paths: 'a b\ndeploy\n', args: '--fail-on=never\n--level=error', sarif: 'out.sarif' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    const { runs } = JSON.parse(readFileSync(join(folder, 'out.sarif'), 'utf8'));
    expect(runs[0].results.length).toBeGreaterThan(0);
  });

  test('runs nothing that an input holds', () => {
    const folder = stack('action-hostile', working);
    const hostile = `$(touch ${folder}/ran); touch ${folder}/ran #`;
    for (const name of ['paths', 'args', 'sarif', 'version']) act(folder, { [name]: hostile });
    expect(readdirSync(folder)).not.toContain('ran');
  });
});

const preCommit = spawnSync('pre-commit', ['--version']).status === 0;

describe.skipIf(!preCommit)('the pre-commit hook', () => {
  test('has a valid manifest', () => {
    execFileSync('pre-commit', ['validate-manifest', join(projectRoot, '.pre-commit-hooks.yaml')], quiet);
  });

  /** A repository that has the hooks of the manifest, as far as no network is needed: the package is installed already. */
  function repositoryWithHook(name: string, id: string) {
    const root = stack(name, working);
    const home = stack(`${name}-home`, { '.keep': '' });
    const manifest = readFileSync(join(projectRoot, '.pre-commit-hooks.yaml'), 'utf8')
      .replaceAll('language: node', 'language: system')
      .replaceAll('entry: gwlint', `entry: ${installed()}`);
    const hooks = manifest.split(/^(?=- id: )/m).filter(text => text.startsWith(`- id: ${id}\n`));
    expect(hooks).toHaveLength(1);
    const indented = hooks.join('').replace(/^/gm, '      ');
    writeFileSync(join(root, '.pre-commit-config.yaml'), `repos:\n  - repo: local\n    hooks:\n${indented}\n`);
    const env = { ...process.env, HOME: home, PRE_COMMIT_HOME: join(home, 'cache'), GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...argv: string[]) =>
      spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...argv], {
        cwd: root,
        env,
        encoding: 'utf8',
      });
    git('init', '-q');
    execFileSync('pre-commit', ['install'], { cwd: root, env, ...quiet });
    git('add', '.');
    return { root, git };
  }

  test('stops a broken commit and lets a good one pass', () => {
    const { root, git } = repositoryWithHook('repository', 'gwlint');
    const good = git('commit', '-m', 'good');
    expect(good.stderr + good.stdout).toContain('Passed');
    expect(good.status).toBe(0);

    writeFileSync(join(root, 'shop.py'), serverAtImport['shop.py']);
    git('add', '.');
    const broken = git('commit', '-m', 'broken');
    expect(broken.status).toBe(1);
    expect(broken.stderr + broken.stdout).toContain('python/server-at-import');

    writeFileSync(join(root, 'notes.md'), 'x');
    git('reset', '-q');
    git('add', 'notes.md');
    expect(git('commit', '-m', 'notes').status).toBe(0);
  }, 60_000);

  test('repairs in its other form, and stops the commit so that the repair can be looked at', () => {
    const { root, git } = repositoryWithHook('repaired', 'gwlint-fix');
    expect(git('commit', '-m', 'good').status).toBe(0);

    writeFileSync(join(root, 'shop.py'), serverAtImport['shop.py']);
    git('add', '.');
    const repaired = git('commit', '-m', 'broken');
    expect(repaired.status).toBe(1);
    expect(repaired.stderr + repaired.stdout).toContain('files were modified by this hook');
    expect(readFileSync(join(root, 'shop.py'), 'utf8')).toContain('if __name__ == "__main__":');
    git('add', '.');
    expect(git('commit', '-m', 'repaired').status).toBe(0);
  }, 60_000);
});
