import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quickHash } from '../../src/cache/hash.js';
import { folderWith } from '../host/temporary.js';
import { change, changed } from '../support/changes.js';
import { type Files, ruleProjects } from '../support/projects.js';
import { run } from './process.js';
import { shortWait, working, wrongPort } from './stacks.js';

/** A project, and the folder in which the installed program keeps its answers. */
function installed(files: Readonly<Record<string, string>>) {
  const root = folderWith(files);
  const build = folderWith({});
  const answers = join(build, '.answers');
  return {
    root,
    build,
    /** Any command line; what was answered before may be answered again. */
    again: (...argv: readonly string[]) => run(root, argv, { answers }),
    anew: (...argv: readonly string[]) => run(root, ['--no-cache', ...argv], { answers }),
    kept: () => (statSync(answers, { throwIfNoEntry: false }) ? filesIn(answers) : []),
  };
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter(one => one.isFile()).map(one => join(one.parentPath, one.name));
}

/** Changes what is kept so that nobody could tell, and it can be seen in a report. */
function retell(path: string, from: string, to: string): void {
  const [, body = ''] = readFileSync(path, 'utf8').split('\n');
  const told = body.replaceAll(from, to);
  writeFileSync(path, `${quickHash.ofBytes(Buffer.from(told))}\n${told}`);
}

describe('an answer that was given before', () => {
  test('is given again, in every format, while nothing has changed', async () => {
    const { again, anew, kept } = installed(wrongPort);
    const first = await again();
    expect(first).toEqual(await anew());
    expect(first.stdout).toContain('127.0.0.1:8001');
    expect(kept()).toHaveLength(1);
    retell(kept()[0] ?? '', 'nobody listens', 'NOBODY LISTENS');
    expect((await again()).stdout).toBe(first.stdout.replaceAll('nobody listens', 'NOBODY LISTENS'));
    for (const format of ['json', 'sarif', 'compact'])
      expect((await again('--format', format)).stdout).toContain('NOBODY LISTENS');
    expect(await anew()).toEqual(first);
    expect(kept()).toHaveLength(1);
  });

  test('is not given to another question', async () => {
    const { again, anew } = installed({ ...shortWait, 'sub/nginx.conf': wrongPort['nginx.conf'] });
    await again();
    for (const argv of [
      ['sub'],
      ['nginx.conf'],
      ['--target-version', 'nginx=1.0'],
      ['--allow-outside'],
      ['--level', 'error'],
      ['--select', 'upstream'],
      ['--fix', '--diff'],
    ])
      expect(await again(...argv)).toEqual(await anew(...argv));
  });

  test('is not given when a configuration says something else', async () => {
    const { root, again, anew } = installed(shortWait);
    expect((await again()).stdout).toContain('timeout/gateway-before-worker');
    writeFileSync(join(root, 'gwlint.yaml'), 'rules:\n  timeout/gateway-before-worker: off\n');
    expect((await again()).stdout).not.toContain('timeout/gateway-before-worker');
    writeFileSync(join(root, 'gwlint.yaml'), 'rules:\n  timeout/gateway-before-worker: info\nlevel: warning\n');
    for (const one of [await again(), await again()]) expect(one).toEqual(await anew());
    writeFileSync(join(root, 'gwlint.yaml'), 'rules:\n  timeout/gateway-before-worker: info\nfail-on: never\n');
    for (const one of [await again(), await again()]) expect(one).toEqual(await anew());
    writeFileSync(join(root, 'gwlint.yaml'), 'level: loud\n');
    for (const one of [await again(), await again()]) expect(one).toMatchObject({ code: 2, stdout: '' });
  });

  test('is given under the same configuration without reading it', async () => {
    const { root, again, anew, kept } = installed({ ...shortWait, 'gwlint.yaml': 'level: warning\nfail-on: error\n' });
    const first = await again();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    retell(kept()[0] ?? '', '"level":"warning"', '"level":"error"');
    expect((await again()).stdout).not.toContain('timeout/gateway-before-worker');
    expect((await again('--level', 'warning', '--fail-on', 'warning')).code).toBe(1);
    expect(await anew()).toEqual(first);
    for (const argv of [['--no-config'], ['shop.py'], ['--select', 'none']])
      expect(await again(...argv)).toEqual(await anew(...argv));
    expect((await again('--select', 'none')).code).toBe(2);
    expect((await run(root, ['config'])).stdout).toContain('level: warning');
  });

  test('is not given to who calls from elsewhere, where paths of a named configuration mean something else', async () => {
    const { root, again, anew } = installed({ 'a/x': '', 'b/x': '' });
    for (const name of ['a', 'b'])
      put(root, new Map(Object.entries(wrongPort).map(([path, text]) => [`${name}/${path}`, text])));
    writeFileSync(join(root, 'own.yaml'), 'exclude: [a/nginx.conf]\n');
    const argv = ['--config', join(root, 'own.yaml'), '--format', 'json', root];
    const first = await again(...argv);
    const { stdout, code } = await run(join(root, 'b'), argv, { answers: join(root, 'none') });
    expect(JSON.parse(stdout).summary.errors).toBe(2);
    expect([JSON.parse(first.stdout).summary.errors, code]).toEqual([1, 1]);
    expect(await again(...argv)).toEqual(await anew(...argv));
    const cached = ['--cache', join(root, 'kept'), ...argv];
    await run(root, cached);
    expect(JSON.parse((await run(join(root, 'b'), cached)).stdout).summary.errors).toBe(2);
  });

  test('is not given where plugins had a say', async () => {
    const { again, kept } = installed({
      ...working,
      'gwlint.yaml': 'plugins: [./own.mjs]\n',
      'own.mjs': 'export default { rules: [] };\n',
    });
    expect((await again('--allow-plugins')).stderr).toBe('');
    expect((await again('--no-plugins')).stderr).toBe('');
    expect((await again()).code).toBe(2);
    expect(kept()).toEqual([]);
  });

  test('tells of files that the user names what was told before', async () => {
    const { again, anew } = installed({ ...wrongPort, 'other.py': 'print(1)\n' });
    for (const path of ['shop.py', 'other.py', 'gunicorn.conf.py']) {
      const first = await again(path);
      expect(first).toEqual(await anew(path));
      expect(await again(path)).toEqual(first);
    }
    expect((await again('shop.py')).stderr).toBe('');
    expect((await again('other.py')).stderr).toContain('other.py is no part of a deployment');
  });

  test('tells again what could not be read', async () => {
    const { again, anew, root } = installed(working);
    writeFileSync(join(root, 'more.conf'), 'server {}\n');
    chmodSync(join(root, 'more.conf'), 0);
    const first = await again();
    expect(await again()).toEqual(first);
    expect(await anew()).toEqual(first);
  });

  test('is what a run without it says, whatever happened to the files in between', { timeout: 120_000 }, async () => {
    const projects = ruleProjects();
    const { root, again, anew, kept } = installed({});
    let given = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...projects),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        async (first, changes) => {
          let files = first;
          put(root, files);
          for (const one of [undefined, ...changes, undefined]) {
            const next = one ? changed(files, first, one) : files;
            replace(root, files, next);
            files = next;
            const before = kept().map(path => readFileSync(path, 'utf8'));
            expect(await again('--format', 'json')).toEqual(await anew('--format', 'json'));
            if (kept().every((path, i) => readFileSync(path, 'utf8') === before[i])) given++;
          }
          for (const path of files.keys()) rmSync(join(root, path));
        },
      ),
      { numRuns: 60 },
    );
    expect(given).toBeGreaterThan(40);
  });
});

function put(root: string, files: Files): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function replace(root: string, before: Files, after: Files): void {
  for (const path of before.keys()) if (!after.has(path)) rmSync(join(root, path));
  put(root, new Map([...after].filter(([path, text]) => before.get(path) !== text)));
}

describe('answers are kept', () => {
  test('of a small folder, and of no large one', async () => {
    const names = Array.from({ length: 420 }, (_, i) => `part${i}`);
    const large = {
      Procfile: 'web: gunicorn shop:app\n',
      'shop.py': `${names.map(name => `import ${name}\n`).join('')}app = part0.app\n`,
      ...Object.fromEntries(names.map(name => [`${name}.py`, 'app = print\n'])),
    };
    const { again, anew, kept } = installed(large);
    expect(await again()).toEqual(await anew());
    expect(kept()).toEqual([]);
  });

  test('of one folder at a time, and not where the user does not want it or wants it elsewhere', async () => {
    const { root, again, kept } = installed({ ...wrongPort, 'sub/Procfile': 'web: gunicorn a:b\n' });
    await again('--no-cache');
    await again('--cache', 'here');
    await again('.', 'sub');
    expect(kept()).toEqual([]);
    expect(filesIn(join(root, 'here'))).toHaveLength(1);
    expect((await again('--cache', 'here', '--no-cache')).stderr).toContain('exclude each other');
  });

  test('of the last 200 questions', async () => {
    const { root, again, kept } = installed({});
    for (let i = 0; i < 203; i++) {
      mkdirSync(join(root, `${i}`));
      writeFileSync(join(root, `${i}/Procfile`), 'web: gunicorn a:b\n');
      await again(`${i}`);
    }
    expect(kept()).toHaveLength(200);
  });

  test('of projects at the roots of their repositories side by side', async () => {
    const projects = Array.from({ length: 6 }, (_, i) => [`${i}/Procfile`, `web: gunicorn a${i}:b\n`]);
    const { root, again, kept } = installed(Object.fromEntries(projects));
    for (let i = 0; i < 6; i++) mkdirSync(join(root, `${i}/.git`));
    for (let i = 0; i < 6; i++) await again(`${i}`);
    const first = kept().map(path => readFileSync(path, 'utf8'));
    for (let i = 0; i < 6; i++) await again(`${i}`);
    expect(kept().map(path => readFileSync(path, 'utf8'))).toEqual(first);
    expect(first).toHaveLength(6);
  });

  test('where nobody else can write, or read what was said about a project', async () => {
    const { build, again, kept } = installed(wrongPort);
    const before = process.umask(0);
    await again();
    process.umask(before);
    const paths = readdirSync(build, { recursive: true }) as string[];
    expect(paths.length).toBe(3);
    for (const path of paths) expect(statSync(join(build, path)).mode & 0o077).toBe(0);
    expect(kept()).toHaveLength(1);
  });

  test.runIf(process.getuid?.() === 0)('by nobody but the owner of the program', async () => {
    const { build, again, anew, kept } = installed(wrongPort);
    chownSync(build, 65534, 65534);
    expect(await again()).toEqual(await anew());
    expect(kept()).toEqual([]);
  });
});
