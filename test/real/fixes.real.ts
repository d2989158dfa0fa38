import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { decodeText } from '../../src/host/decode.js';
import { memoryHost } from '../../src/host/memory.js';
import type { Fix } from '../../src/lint/rule.js';
import { applyEdits } from '../../src/text/apply.js';
import { filesBelow, projectRoot } from '../sources.js';

const installed = spawnSync('nginx', ['-v']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'gwlint-fixes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const packaged = ['mime.types', 'proxy_params', 'uwsgi_params', 'fastcgi_params', 'scgi_params'];

type Files = ReadonlyMap<string, string>;

/** What depends on the machine, and not on the text. */
const ofTheMachine = /host not found|open\(\)|cannot load certificate|getpwnam|module|bind\(\)/;

/** nginx's own check of a project whose main file is `main`: `ok`, its complaint, or `unknown` where the machine decides. */
function nginxSays(files: Files, main: string): string {
  const root = mkdtempSync(join(folder, 'x-'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const home = dirname(join(root, main));
  for (const name of packaged) {
    if (!existsSync(join(home, name))) copyFileSync(join('/etc/nginx', name), join(home, name));
  }
  const globals = `pid ${root}/nginx.pid; error_log stderr;`;
  const arguments_ = ['-t', '-p', `${home}/`, '-c', join(root, main), '-g', globals];
  const { status, stderr } = spawnSync('nginx', arguments_, { encoding: 'utf8', timeout: 10_000 });
  rmSync(root, { recursive: true, force: true });
  if (status === 0) return 'ok';
  return ofTheMachine.test(stderr) ? 'unknown' : (/\[emerg\] (?:\d+#\d+: )?([^\n]*)/.exec(stderr)?.[1] ?? stderr);
}

/** Rules about what nginx refuses, whose repair has to be taken. */
const refusedBy = /^(?:nginx\/|timeout\/bad-number|upstream\/invalid-address|limits\/nginx-buffer-relation)/;

function withFix(files: Files, { edits }: Fix): Files {
  const changed = new Map(files);
  for (const path of new Set(edits.map(({ span }) => span.file.path))) {
    const own = edits.filter(({ span }) => span.file.path === path);
    changed.set(path, applyEdits(files.get(path) ?? '', own));
  }
  return changed;
}

/** Small projects of the repository with a whole nginx.conf at their top. */
function projects(): readonly (readonly [string, Files])[] {
  const found = new Map<string, Map<string, string>>();
  for (const path of [...filesBelow('fixtures/rules'), ...filesBelow('fixtures/stacks')]) {
    const [, name, inner] =
      /^(fixtures\/rules\/[^/]+\/[^/]+\/bad-[^/]+|fixtures\/stacks\/[^/]+\/broken)\/(.+)$/.exec(path) ?? [];
    if (name === undefined || inner === undefined || inner === 'expected.txt') continue;
    const files = found.get(name) ?? new Map();
    found.set(name, files.set(inner, decodeText(readFileSync(join(projectRoot, path))).text));
  }
  return [...found].filter(([, files]) => /^\s*http\s*\{/m.test(files.get('nginx.conf') ?? ''));
}

describe.skipIf(!installed)('what a fix makes of an nginx file', () => {
  let applied = 0;
  for (const [name, files] of projects()) {
    test(`${name} is taken by nginx -t`, async () => {
      const { diagnostics } = await analyze(memoryHost(files), { rules });
      const before = nginxSays(files, 'nginx.conf');
      for (const { rule, fixes } of diagnostics) {
        for (const fix of fixes.filter(one => one.edits.some(({ span }) => isNginx(span.file.path, files)))) {
          const after = nginxSays(withFix(files, fix), 'nginx.conf');
          applied++;
          // A stack with two faults is still refused for the other one.
          const other = before !== 'ok' && (after !== before || !refusedBy.test(rule));
          if (!other) expect(['ok', 'unknown'], `${rule}: ${fix.title}: ${after}`).toContain(after);
        }
      }
    });
  }
  afterAll(() => console.info(`fixes: ${applied} of nginx files tried with nginx -t`));
});

/** A file that nginx reads here: the main file, or one that its text names. */
function isNginx(path: string, files: Files): boolean {
  return (
    path === 'nginx.conf' ||
    (/\.conf$|sites-|conf\.d/.test(path) && !/gunicorn|supervisor/.test(path) && files.has(path))
  );
}
