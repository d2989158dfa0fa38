import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, languageOf } from './projects.js';

/** One file of a project, to be judged by the program that reads it. */
export interface Asked {
  readonly files: Files;
  readonly path: string;
}

/** What the program says: nothing to complain of, its complaint, or that this machine cannot tell. */
export type Verdict = { readonly kind: 'valid' | 'unknown' } | { readonly kind: 'refused'; readonly why: string };

const valid: Verdict = { kind: 'valid' };
const unknown: Verdict = { kind: 'unknown' };
const refused = (why: string): Verdict => ({ kind: 'refused', why });

type Kind = 'nginx' | 'uwsgi' | 'unit' | 'shell' | 'procfile' | 'supervisor' | 'python' | 'yaml' | 'toml' | 'json';

function kindOf({ files, path }: Asked): Kind | undefined {
  const text = files.get(path) ?? '';
  const language = languageOf(path, text);
  if (language === 'docker' || language === undefined) return undefined;
  if (language !== 'ini') return language;
  return /^\s*\[program:/m.test(text) ? 'supervisor' : /^\s*\[uwsgi\]/m.test(text) ? 'uwsgi' : undefined;
}

export interface Programs {
  /** How many files each program has judged. */
  readonly counts: ReadonlyMap<string, number>;
  /** The verdicts in the order of what is asked; equal questions are asked once. */
  readonly judge: (asked: readonly Asked[]) => Promise<readonly Verdict[]>;
  readonly remove: () => void;
}

/** The programs of this machine. Nothing that is judged is run: nginx and uWSGI stop when they have read it. */
export function realPrograms(): Programs {
  const folder = mkdtempSync(join(tmpdir(), 'gwlint-programs-'));
  const certificate = makeCertificate(folder);
  const known = new Map<string, Verdict>();
  const counts = new Map<string, number>();

  async function judge(asked: readonly Asked[]): Promise<readonly Verdict[]> {
    const keyed = asked.map(one => ({ ...one, kind: kindOf(one) }));
    const keys = keyed.map(one => keyOf(one, one.kind));
    const open = new Map(keyed.flatMap((one, i) => (known.has(keys[i] ?? '') ? [] : [[keys[i] ?? '', one] as const])));
    for (const kind of new Set([...open.values()].map(one => one.kind))) {
      const own = [...open].filter(([, one]) => one.kind === kind);
      const said = await ask(
        kind,
        own.map(([, one]) => one),
      );
      for (const [i, [key]] of own.entries()) known.set(key, said[i] ?? unknown);
      counts.set(kind ?? 'none', (counts.get(kind ?? 'none') ?? 0) + said.filter(one => one.kind !== 'unknown').length);
    }
    return keys.map(key => known.get(key) ?? unknown);
  }

  function ask(kind: Kind | undefined, asked: readonly Asked[]): Promise<readonly Verdict[]> | readonly Verdict[] {
    const texts = asked.map(({ files, path }) => files.get(path) ?? '');
    if (kind === 'nginx') return pooled(asked, one => nginx(one, folder, certificate));
    if (kind === 'uwsgi') return pooled(texts, text => uwsgi(text, folder));
    if (kind === 'unit') return units(texts, asked, folder);
    if (kind === 'shell') return pooled(texts, text => shell(text, folder));
    if (kind === 'procfile') return pooled(texts, text => shell(commandsOf(text), folder));
    return kind === undefined ? texts.map(() => unknown) : inPython(kind, texts);
  }

  return { counts, judge, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** nginx reads more than the one file; the others do not. */
function keyOf({ files, path }: Asked, kind: Kind | undefined): string {
  const text = kind === 'nginx' ? [...files].filter(([name, one]) => isNginx(name, one)) : files.get(path);
  return JSON.stringify([kind, path, text]);
}

function isNginx(path: string, text: string): boolean {
  return languageOf(path, text) === 'nginx' || /\.inc$/.test(path);
}

/** Two at a time. */
async function pooled<T>(list: readonly T[], work: (one: T) => Promise<Verdict>): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < list.length; i = next++) verdicts[i] = await work(list[i] as T);
  };
  await Promise.all([worker(), worker()]);
  return verdicts;
}

interface Ended {
  /** Undefined for a program that is not there or had to be stopped. */
  readonly code: number | undefined;
  readonly output: string;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  return new Promise(resolve => {
    execFile(program, args, { timeout: 10_000, encoding: 'utf8', cwd: '/' }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

let written = 0;

function put(folder: string, name: string, text: string): string {
  const path = join(folder, String(written++), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const packaged = ['mime.types', 'proxy_params', 'uwsgi_params', 'fastcgi_params', 'scgi_params'];

/** What depends on the machine, and not on the text. */
const ofTheMachine =
  /host not found|open\(\)|cannot load certificate|getpwnam|getgrnam|module|bind\(\)|BIO_new|mkdir\(\)|resolver/;

async function nginx({ files, path }: Asked, folder: string, certificate: string): Promise<Verdict> {
  const own = files.get(path) ?? '';
  const around = surroundings(own);
  if (around === undefined || around.length === 0) return unknown;
  const root = mkdtempSync(join(folder, 'nginx-'));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), isNginx(name, text) ? forThisMachine(text, files, root, certificate) : text);
  }
  // What an include names is relative to the main file.
  const main = files.has('nginx.conf') ? 'nginx.conf' : path;
  const home = dirname(join(root, main));
  for (const name of packaged) {
    if (!existsSync(join(home, name))) copyFileSync(join('/etc/nginx', name), join(home, name));
  }
  const conf = join(home, 'gwlint-main.conf');
  writeFileSync(
    conf,
    around.replace('FILE', () => join(root, path)),
  );
  const globals = `pid ${root}/nginx.pid; error_log stderr;`;
  const { code, output } = await run('nginx', ['-t', '-e', 'stderr', '-p', `${home}/`, '-c', conf, '-g', globals]);
  rmSync(root, { recursive: true, force: true });
  if (code === 0) return valid;
  if (code === undefined || ofTheMachine.test(output)) return unknown;
  return refused((/\[emerg\] (?:\d+#\d+: )?([^\n]*)/.exec(output)?.[1] ?? output).replaceAll(root, ''));
}

/** The main file that reads this one at the level for which it is written. */
function surroundings(text: string): string | undefined {
  const at = (name: string) => new RegExp(`^[ \\t\\ufeff]*(?:${name})\\b[^;]*\\{`, 'm').test(text);
  if (at('http|events|stream')) return `${at('events') ? '' : 'events { }\n'}include FILE;\n`;
  if (at('server|upstream|map|geo')) return 'events { }\nhttp {\ninclude FILE;\n}\n';
  return at('location') ? 'events { }\nhttp {\nserver {\ninclude FILE;\n}\n}\n' : undefined;
}

/** The same text with names, users, logs and certificates that there are here; no line is moved. */
function forThisMachine(text: string, files: Files, root: string, certificate: string): string {
  const groups = new Set(
    [...files.values()].flatMap(one => [...one.matchAll(/^\s*upstream\s+([\w.-]+)/gm)].map(match => match[1])),
  );
  return text
    .replace(/^([ \t]*)(?:daemon|pid|error_log|user)[ \t]+[^;{}=\n]*;/gm, '$1')
    .replaceAll('/var/log/nginx/', `${root}/`)
    .replace(/\b(ssl_certificate(?:_key)?[ \t]+)[^\s;$]+;/g, (_, name: string) => `${name}${certificate};`)
    .replace(
      /((?:_pass[ \t]+(?:[a-z]+:\/\/)?|^[ \t]*server[ \t]+))(?![a-z]+:\/\/)([A-Za-z][\w.-]*)(?=[:;/ ])/gm,
      (all, head: string, name: string) =>
        groups.has(name) || name === 'unix' || name === 'localhost' ? all : `${head}127.0.0.1`,
    );
}

/** A file with a key and its certificate, for itself. */
function makeCertificate(folder: string): string {
  const [key, own, both] = ['key.pem', 'cert.pem', 'both.pem'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    own,
    '-subj',
    '/CN=shop.example',
  ];
  if (spawnSync('openssl', made).status === 0) spawnSync('sh', ['-c', 'cat "$0" "$1" > "$2"', own, key, both]);
  return both;
}

/** With --version, uWSGI reads its configuration, judges every option, and ends before it does anything of what they say. */
async function uwsgi(text: string, folder: string): Promise<Verdict> {
  // A section that it does not find is not judged.
  if (!/^\[uwsgi\]\s*$/m.test(text)) return unknown;
  const path = put(folder, 'uwsgi.ini', text);
  const { code, output } = await run('uwsgi', ['--strict', '--ini', path, '--version']);
  if (code === 0) return valid;
  return code === undefined ? unknown : refused(output.replaceAll(path, 'uwsgi.ini'));
}

async function shell(text: string, folder: string): Promise<Verdict> {
  const path = put(folder, 'script.sh', text);
  const { code, output } = await run(/^#!.*bash/.test(text) ? 'bash' : 'sh', ['-n', path]);
  if (code === 0) return valid;
  return code === undefined ? unknown : refused(output.replaceAll(path, 'script.sh'));
}

/** The commands of a Procfile, each on its line. */
function commandsOf(text: string): string {
  return text
    .split(/\r?\n/)
    .map(line => line.replace(/^[\w-]+:[ \t]*/, ''))
    .join('\n');
}

/** systemd takes many units at once and names the one that it complains of. That a program is not installed is of the machine. */
async function units(texts: readonly string[], asked: readonly Asked[], folder: string): Promise<readonly Verdict[]> {
  const home = dirname(put(folder, 'first', ''));
  const paths = texts.map((text, i) => {
    const path = join(home, `gwlint-${i}${asked[i]?.path.endsWith('.socket') ? '.socket' : '.service'}`);
    writeFileSync(path, text);
    return path;
  });
  const { code, output } = await run('systemd-analyze', ['verify', '--recursive-errors=no', '--man=no', ...paths]);
  if (code === undefined) return texts.map(() => unknown);
  const lines = output.split('\n');
  return paths.map(path => {
    const complaint = lines.find(line => line.startsWith(`${path}:`));
    return complaint === undefined ? valid : refused(complaint.slice(path.length));
  });
}

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

function inPython(kind: Kind, texts: readonly string[]): readonly Verdict[] {
  const checks = fileURLToPath(new URL('checks.py', import.meta.url));
  const input = JSON.stringify(texts.map(text => [kind, text]));
  const { status, stdout } = spawnSync(python, ['-I', checks], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) return texts.map(() => unknown);
  return (JSON.parse(stdout) as string[]).map(why => (why === '' ? valid : refused(why)));
}
