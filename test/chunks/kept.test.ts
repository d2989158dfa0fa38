import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serverAtImport, withUnusualPython } from '../cli/stacks.js';
import { projectRoot } from '../sources.js';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'gwlint-kept-')));
const build = join(scratch, 'package/dist');
const cli = join(build, 'cli.js');
const kept = join(build, '.code');
const shop = join(scratch, 'shop');
const home = join(scratch, 'home');

beforeAll(() => {
  execFileSync(process.execPath, [join(projectRoot, 'scripts/build.mjs'), build, '--no-types'], { stdio: 'inherit' });
  cpSync(join(projectRoot, 'package.json'), join(scratch, 'package/package.json'));
  symlinkSync(join(projectRoot, 'docs'), join(scratch, 'package/docs'));
  for (const [path, text] of Object.entries(withUnusualPython(serverAtImport))) {
    mkdirSync(dirname(join(shop, path)), { recursive: true });
    writeFileSync(join(shop, path), text);
  }
  mkdirSync(home);
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeEach(() => rmSync(kept, { recursive: true, force: true }));

/** All that a user of the command line sees of it. */
interface Seen {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = {
  ...process.env,
  HOME: home,
  TMPDIR: home,
  NODE_V8_COVERAGE: undefined,
  NODE_OPTIONS: undefined,
  // Node.js warns where both are there.
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
};

function gwlint(argv: readonly string[], more: NodeJS.ProcessEnv = {}, user?: number): Seen {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...argv], {
    cwd: shop,
    env: { ...environment, ...more },
    encoding: 'utf8',
    ...(user !== undefined && { uid: user, gid: user }),
  });
  return { status, stdout, stderr };
}

/** What is kept: for each file a hash of its bytes, and when it was written. */
function entries(): ReadonlyMap<string, string> {
  const names = statSync(kept, { throwIfNoEntry: false }) ? readdirSync(kept).sort() : [];
  return new Map(
    names.map(name => {
      const path = join(kept, name);
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [name, `${hash} ${statSync(path).mtimeMs}`];
    }),
  );
}

function listing(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}

const lint = ['.', '--no-cache', '--format', 'json'];
const off = { NODE_DISABLE_COMPILE_CACHE: '1' };

describe('code that an earlier run compiled', () => {
  test('changes nothing that is seen, and is made once', () => {
    const without = gwlint(lint, off);
    expect(without).toMatchObject({ status: 1, stderr: '' });
    expect(gwlint(lint)).toEqual(without);
    const first = entries();
    expect([...first.keys()].map(name => name.replace(/-.*/, ''))).toEqual(['judge', 'lint', 'python', 'start']);
    // V8 refuses what is not its own; it would then be written anew.
    expect(gwlint(lint)).toEqual(without);
    expect(entries()).toEqual(first);
  });

  test('grows by what other runs need, and then holds for all', () => {
    gwlint(['--version']);
    const version = entries();
    expect(version.size).toBe(1);
    const runs = [lint, ['path', '.'], ['explain', 'python/server-at-import']];
    for (const argv of runs) gwlint(argv);
    const all = entries();
    expect(all.size).toBeGreaterThanOrEqual(4);
    for (const argv of [['--version'], ...runs]) gwlint(argv);
    expect(entries()).toEqual(all);
  });

  test('is taken by a run that spares memory, which leaves none', () => {
    const large = join(scratch, 'large');
    mkdirSync(large);
    writeFileSync(join(large, 'Procfile'), 'web: gunicorn shop:app\n');
    const names = Array.from({ length: 420 }, (_, i) => `part${i}`);
    writeFileSync(join(large, 'shop.py'), `${names.map(name => `import ${name}\n`).join('')}app = part0.app\n`);
    for (const name of names) writeFileSync(join(large, `${name}.py`), 'app = print\n');
    const first = gwlint([large]);
    expect(entries().size).toBe(0);
    gwlint(lint);
    const after = entries();
    expect(after.size).toBeGreaterThanOrEqual(2);
    expect(gwlint([large])).toEqual(first);
    expect(entries()).toEqual(after);
  });

  test('is thrown away where it is damaged, cut off, empty or of another program', () => {
    const without = gwlint(lint, off);
    gwlint(lint);
    const sound = new Map(readdirSync(kept).map(name => [name, readFileSync(join(kept, name))]));
    const damages: readonly ((bytes: Buffer) => Buffer)[] = [
      bytes => Buffer.concat([bytes.subarray(0, 5000), Buffer.from([(bytes[5000] ?? 0) ^ 1]), bytes.subarray(5001)]),
      bytes => Buffer.concat([bytes.subarray(0, -9), Buffer.from([(bytes.at(-9) ?? 0) ^ 64]), bytes.subarray(-8)]),
      bytes => bytes.subarray(0, bytes.length >> 1),
      bytes => bytes.subarray(0, -8),
      bytes => bytes.fill(0, 4096),
      () => Buffer.alloc(0),
      () => Buffer.from('nothing of ours'),
      bytes => Buffer.from(bytes.toString('latin1').replace(process.version, 'v0.0.0!'), 'latin1'),
    ];
    for (const damage of damages) {
      for (const [name, bytes] of sound) writeFileSync(join(kept, name), damage(Buffer.from(bytes)));
      const damaged = entries();
      expect(gwlint(lint)).toEqual(without);
      const after = entries();
      expect([...after.keys()]).toEqual([...damaged.keys()]);
      for (const [name, written] of after) expect(written).not.toBe(damaged.get(name));
      expect(gwlint(lint)).toEqual(without);
      expect(entries()).toEqual(after);
    }
  });

  test('of a chunk that is not there any more is removed, with what a killed run left', () => {
    mkdirSync(kept);
    for (const name of ['lint-0ldBu1ld.js.code', 'lint-0ldBu1ld.js.code.12345']) writeFileSync(join(kept, name), 'x');
    gwlint(['--version']);
    expect([...entries().keys()].map(name => name.replace(/-.*/, ''))).toEqual(['start']);
  });

  test('may be written by several runs at the same time', async () => {
    const without = gwlint(lint, off);
    const run = () =>
      new Promise<Seen>(done => {
        const child = spawn(process.execPath, [cli, ...lint], { cwd: shop, env: environment });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', data => {
          stdout += data;
        });
        child.stderr.on('data', data => {
          stderr += data;
        });
        child.on('close', status => done({ status, stdout, stderr }));
      });
    for (const seen of await Promise.all([run(), run(), run()])) expect(seen).toEqual(without);
    const written = entries();
    expect(written.size).toBe(4);
    expect(gwlint(lint)).toEqual(without);
    expect(entries()).toEqual(written);
  });

  test('is neither read nor written where that is switched off', () => {
    gwlint(lint, off);
    expect(entries().size).toBe(0);
    mkdirSync(kept);
    const [name] = readdirSync(build).filter(one => one.startsWith('lint-'));
    writeFileSync(join(kept, `${name}.code`), 'damaged');
    expect(gwlint(lint, off)).toMatchObject({ status: 1, stderr: '' });
    expect(readFileSync(join(kept, `${name}.code`), 'utf8')).toBe('damaged');
  });

  test('is kept in the folder of the build and nowhere else', () => {
    const before = [scratch, home, shop].map(listing);
    gwlint(lint);
    const after = [scratch, home, shop].map(listing);
    expect(after.slice(1)).toEqual(before.slice(1));
    const added = (after[0] ?? []).filter(path => !before[0]?.includes(path));
    expect(added.filter(path => !path.startsWith(join('package', 'dist', '.code')))).toEqual([]);
    expect(added).toHaveLength(5);
  });

  test('is not written by a program that embeds gwlint', () => {
    const code = `const { rules } = await import(${JSON.stringify(pathToFileURL(join(build, 'index.mjs')).href)}); console.log(rules.length > 50);`;
    const ran = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      env: environment,
      encoding: 'utf8',
    });
    expect(ran).toBe('true\n');
    expect(entries().size).toBe(0);
  });

  test.runIf(process.getuid?.() === 0)('is only read by users who do not own the package', () => {
    const nobody = 65534;
    execFileSync('chmod', ['-R', 'a+rX', scratch]);
    const without = gwlint(lint, off);
    expect(gwlint(lint, {}, nobody)).toEqual(without);
    expect(entries().size).toBe(0);
    gwlint(lint);
    const own = entries();
    expect(gwlint(lint, {}, nobody)).toEqual(without);
    for (const name of own.keys()) writeFileSync(join(kept, name), 'damaged');
    expect(gwlint(lint, {}, nobody)).toEqual(without);
    for (const name of own.keys()) expect(readFileSync(join(kept, name), 'utf8')).toBe('damaged');
    // Root may write anywhere; what it left in a user's package that user could not remove.
    execFileSync('chown', [String(nobody), build]);
    for (const name of own.keys()) rmSync(join(kept, name));
    expect(gwlint(lint)).toEqual(without);
    expect(entries().size).toBe(0);
    execFileSync('chown', ['0', build]);
  });
});

describe('what is written', () => {
  test('arrives whole through a pipe that is full and does not wait', () => {
    const many = join(scratch, 'many');
    for (let i = 0; i < 60; i++) cpSync(shop, join(many, `${i}`), { recursive: true });
    const whole = spawnSync(process.execPath, [cli, ...lint], { cwd: many, env: environment, encoding: 'utf8' });
    expect(whole.stdout.length).toBeGreaterThan(70_000);
    const python = 'import os, sys; os.set_blocking(1, False); os.execv(sys.argv[1], sys.argv[1:])';
    const piped = spawnSync(
      'sh',
      ['-c', 'python3 -c "$0" "$@" | (sleep 1; cat)', python, process.execPath, cli, ...lint],
      {
        cwd: many,
        env: environment,
        encoding: 'utf8',
      },
    );
    expect([piped.stdout === whole.stdout, piped.stderr]).toEqual([true, '']);
  });
});
