import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { RunEntry } from './scenario.js';
import { shellWords } from './words.js';

/** What is executed, where, and what is added to its environment. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

type Environment = Record<string, string>;

/** The command of a run entry, taken from the project's own files below `root` where the entry names one of them. */
export function commandOf(entry: RunEntry, root: string, tools: string): Command {
  const found = readCommand(entry, root);
  if (found.argv.length === 0) throw new Error(`no command in ${JSON.stringify(entry)}`);
  const cwd = entry.cwd ?? found.cwd;
  const env: Environment = { ...found.env };
  for (const [name, value] of Object.entries(entry.env ?? {}))
    env[name] = value.replaceAll('{root}', root).replaceAll('{pip_uwsgi}', process.env['GWLINT_PIP_UWSGI'] ?? '');
  const argv = found.argv.map(word => word.replaceAll('{root}', root).replaceAll('{tools}', tools));
  const inside = entry.socket
    ? ['/usr/bin/python3', join(tools, 'activate.py'), ...listenStreams(join(root, entry.socket)), '--', ...argv]
    : argv;
  return { argv: wrapped(entry, root, inside), cwd: resolve(root, cwd), env };
}

function readCommand(entry: RunEntry, root: string): Command {
  const at = (path: string) => resolve(root, path);
  if (entry.argv) return { argv: entry.argv, cwd: root, env: {} };
  if (entry.sh) return { argv: ['/bin/sh', entry.sh, ...(entry.args ?? [])], cwd: root, env: {} };
  if (entry.bash) return { argv: ['/bin/bash', entry.bash, ...(entry.args ?? [])], cwd: root, env: {} };
  if (entry.systemd) return fromUnit(at(entry.systemd), root);
  if (entry.procfile) return { argv: fromProcfile(at(entry.procfile), entry.proc ?? 'web'), cwd: root, env: {} };
  if (entry.supervisor) return fromSupervisor(at(entry.supervisor), entry.program ?? '', root);
  if (entry.dockerfile) return fromDockerfile(at(entry.dockerfile), root);
  if (entry.compose) return fromCompose(at(entry.compose), entry.service ?? '', root);
  return { argv: [], cwd: root, env: {} };
}

/** Folders and rights that only this server has; as in a container, the end of process 1 is the end of all. */
function wrapped(entry: RunEntry, root: string, argv: readonly string[]): readonly string[] {
  let result = argv;
  if (entry.pidns) result = ['unshare', '-p', '-f', '--kill-child', ...result];
  if (entry.user)
    result = ['setpriv', '--reuid', entry.user, '--regid', entry.group ?? entry.user, '--init-groups', ...result];
  const hidden = [
    ...(entry.tmpfs ?? []),
    ...(entry.systemd && hasPrivateTmp(join(root, entry.systemd)) ? ['tmp'] : []),
  ];
  if (hidden.length > 0) {
    const mount = 'for d in $0; do mkdir -p "$d" && mount -t tmpfs -o mode=1777 none "$d" || exit 1; done; exec "$@"';
    const folders = hidden.map(folder => join(root, folder)).join(' ');
    result = ['unshare', '-m', '--propagation', 'private', '/bin/sh', '-c', mount, folders, ...result];
  }
  return result;
}

/** Text of a unit, Dockerfile or the like with comment lines dropped and backslash lines joined. */
function joinedLines(path: string, comments: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => !comments.includes(line.trimStart().charAt(0) || ' '))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n');
}

function keyValue(line: string): readonly [key: string, value: string] | undefined {
  const cut = line.indexOf('=');
  return cut < 0 ? undefined : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
}

function fromUnit(path: string, root: string): Command {
  const env: Environment = {};
  let argv: readonly string[] = [];
  let cwd = root;
  for (const line of joinedLines(path, '#;')) {
    const [key, value] = keyValue(line) ?? ['', ''];
    if (key === 'WorkingDirectory') cwd = value;
    else if (key === 'Environment') Object.assign(env, assignments(value));
    else if (key === 'EnvironmentFile') Object.assign(env, environmentFile(resolve(root, value.replace(/^-/, ''))));
    else if (key === 'ExecStart') argv = expanded(value.replace(/^[-@:+!]+/, ''), env);
  }
  return { argv, cwd, env };
}

/** `${NAME}` is one word, `$NAME` is split at blanks (systemd.service(5)). */
function expanded(command: string, env: Environment): readonly string[] {
  const words = shellWords(command.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? ''));
  return words.flatMap(word =>
    /^\$\w+$/.test(word) ? (env[word.slice(1)] ?? '').split(/\s+/).filter(Boolean) : [word],
  );
}

function hasPrivateTmp(path: string): boolean {
  return /^PrivateTmp=(?:yes|true|on|1)\s*$/im.test(readFileSync(path, 'utf8'));
}

function listenStreams(path: string): readonly string[] {
  return joinedLines(path, '#;').flatMap(line => {
    const [key, value] = keyValue(line) ?? ['', ''];
    return key === 'ListenStream' ? [value] : [];
  });
}

function fromProcfile(path: string, wanted: string): readonly string[] {
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, name, command] = /^([\w-]+):\s*(\S.*)$/.exec(line.trimEnd()) ?? [];
    if (name === wanted && command) return ['/bin/sh', '-c', /[;&|]/.test(command) ? command : `exec ${command}`];
  }
  return [];
}

function fromSupervisor(path: string, program: string, root: string): Command {
  const settings = iniSection(readFileSync(path, 'utf8'), `program:${program}`);
  const env: Environment = {};
  for (const [, name = '', value = ''] of (settings['environment'] ?? '').matchAll(/(\w+)=("[^"]*"|[^,]*),?/g))
    env[name] = value.replace(/^"+|"+$/g, '');
  return { argv: shellWords(settings['command'] ?? ''), cwd: settings['directory'] ?? root, env };
}

/** Keys of one section; indented lines continue a value, a semicolon behind a blank begins a comment. */
function iniSection(text: string, section: string): Record<string, string> {
  const found: Record<string, string> = {};
  let inside = false;
  let last = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/[ \t];.*$/, '').trimEnd();
    const header = /^\[(.+)\]$/.exec(line);
    const [, key, value] = /^([^\s=:#;][^=:]*)[=:](.*)$/.exec(line) ?? [];
    if (header) inside = header[1] === section;
    else if (!inside) continue;
    else if (key !== undefined && value !== undefined) {
      last = key.trim().toLowerCase();
      found[last] = value.trim();
    } else if (/^\s+\S/.test(line) && last) found[last] += `\n${line.trim()}`;
  }
  return found;
}

function fromDockerfile(path: string, root: string): Command {
  const env: Environment = {};
  let cwd = root;
  let entrypoint: readonly string[] = [];
  let command: readonly string[] = [];
  for (const line of joinedLines(path, '#')) {
    const [, word, value] = /^\s*(CMD|ENTRYPOINT|ENV|WORKDIR)\s+(\S.*)$/.exec(line.trimEnd()) ?? [];
    if (!word || !value) continue;
    if (word === 'ENV') Object.assign(env, environmentOf(value));
    else if (word === 'WORKDIR') cwd = value.startsWith(root) ? value : root;
    else if (word === 'CMD') command = execForm(value);
    else entrypoint = execForm(value);
  }
  return { argv: [...entrypoint, ...command], cwd, env };
}

function execForm(value: string): readonly string[] {
  return value.startsWith('[') ? (JSON.parse(value) as string[]) : ['/bin/sh', '-c', `exec ${value}`];
}

/** Both forms of ENV: `NAME=value ...` and the old `NAME value`. */
function environmentOf(value: string): Environment {
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(value) ?? [];
  return name.includes('=') ? assignments(value) : { [name]: rest };
}

interface ComposeService {
  readonly build?: string | { readonly context?: string; readonly dockerfile?: string };
  readonly command?: string | readonly unknown[];
  readonly environment?: Readonly<Record<string, unknown>> | readonly string[];
  readonly env_file?: string | readonly string[];
}

function fromCompose(path: string, service: string, root: string): Command {
  const file = parseYaml(readFileSync(path, 'utf8')) as { readonly services: Readonly<Record<string, ComposeService>> };
  const found = file.services[service];
  if (!found) throw new Error(`no service ${service} in ${path}`);
  const base = dirname(path);
  const image = fromBuild(found, base, root);
  const env: Environment = { ...image.env };
  for (const name of [found.env_file ?? []].flat()) Object.assign(env, environmentFile(resolve(base, name)));
  const { environment, command } = found;
  if (Array.isArray(environment)) Object.assign(env, ...environment.map((line: string) => assignment(line)));
  else for (const [name, value] of Object.entries(environment ?? {})) env[name] = String(value);
  if (command === undefined) return { ...image, env };
  return { ...image, argv: typeof command === 'string' ? shellWords(command) : command.map(String), env };
}

function fromBuild(service: ComposeService, base: string, root: string): Command {
  if (service.build === undefined) return { argv: [], cwd: root, env: {} };
  const build = typeof service.build === 'string' ? { context: service.build } : service.build;
  const cwd = resolve(base, build.context ?? '.');
  const dockerfile = join(cwd, ('dockerfile' in build && build.dockerfile) || 'Dockerfile');
  return existsSync(dockerfile) ? { ...fromDockerfile(dockerfile, root), cwd } : { argv: [], cwd, env: {} };
}

function assignment(text: string): Environment {
  const cut = text.indexOf('=');
  return cut < 0 ? {} : { [text.slice(0, cut)]: text.slice(cut + 1) };
}

function assignments(text: string): Environment {
  return Object.assign({}, ...shellWords(text).map(assignment)) as Environment;
}

/** An `EnvironmentFile` or `env_file`; empty where there is none. */
function environmentFile(path: string): Environment {
  const env: Environment = {};
  if (!existsSync(path)) return env;
  for (const raw of readFileSync(path, 'utf8').split('\n')) {
    const line = raw.trim();
    const [key, value] = keyValue(line) ?? [];
    if (key === undefined || value === undefined || /^[#;]/.test(line)) continue;
    env[key.replace(/^export\s+/, '')] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return env;
}
