import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.js';

/** Where servers are looked for: the distribution's own, and its Python; `GWLINT_REAL_PATH` goes first. */
export const SYSTEM_PATH = [process.env['GWLINT_REAL_PATH'], '/usr/sbin:/usr/bin:/sbin:/bin'].filter(Boolean).join(':');

/** Why nothing can be replayed here; undefined where it can. */
export function whyNotHere(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux (network namespaces)';
  if (process.getuid?.() !== 0) return 'needs root (network namespaces)';
  for (const program of ['unshare', 'nsenter', 'ip', 'python3', 'nginx'])
    if (!hasProgram(program)) return `needs ${program}`;
  return runs('unshare', ['-n', '-p', '-f', '--mount-proc', 'true']) ? undefined : 'may not make namespaces here';
}

const PROGRAMS = ['gunicorn', 'uwsgi', 'uvicorn'];
const MODULES = ['flask', 'django', 'fastapi'];

/** The first thing that a scenario needs and this machine lacks. */
export function lackFor(scenario: Scenario, has: Machine): string | undefined {
  if (
    JSON.stringify(scenario.run).includes('{pip_uwsgi}') &&
    !existsSync(join(process.env['GWLINT_PIP_UWSGI'] ?? '', 'uwsgi'))
  )
    return 'a uWSGI built by pip (GWLINT_PIP_UWSGI names its folder)';
  const words = new Set(textOf(scenario.folder).match(/\b[a-z0-9]+\b/g));
  const needs = [
    ...PROGRAMS.filter(name => words.has(name)),
    ...MODULES.filter(name => words.has(name)).map(name => `py:${name}`),
    ...(scenario.needs ?? []).filter(name => name !== 'py:yaml'),
  ];
  return needs.find(name => (name.startsWith('py:') ? !has.module(name.slice(3)) : !has.program(name)));
}

export interface Machine {
  readonly program: (name: string) => boolean;
  readonly module: (name: string) => boolean;
}

/** This machine; each thing is asked for once. */
export function thisMachine(): Machine {
  const known = new Map<string, boolean>();
  const once = (key: string, ask: () => boolean) => {
    const found = known.get(key) ?? ask();
    known.set(key, found);
    return found;
  };
  return {
    program: name => once(name, () => hasProgram(name)),
    module: name => once(`py:${name}`, () => runs('python3', ['-c', `import ${name}`])),
  };
}

const VERSIONS: Readonly<Record<string, readonly [program: string, ...args: readonly string[]]>> = {
  nginx: ['nginx', '-v'],
  gunicorn: ['gunicorn', '--version'],
  uWSGI: ['uwsgi', '--version'],
  uvicorn: ['uvicorn', '--version'],
  Python: ['python3', '--version'],
  Flask: ['python3', '-c', "import importlib.metadata as m; print(m.version('flask'))"],
  Django: ['python3', '-c', "import importlib.metadata as m; print(m.version('django'))"],
  FastAPI: ['python3', '-c', "import importlib.metadata as m; print(m.version('fastapi'))"],
};

/** Versions of what is installed here, by the names of `fixtures/stacks/versions.json`. */
export function versionsHere(): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, [program, ...args]] of Object.entries(VERSIONS)) {
    const version = /\d+(?:\.\d+)+/.exec(output(program, args))?.[0];
    if (version) found[name] = version;
  }
  return found;
}

function hasProgram(name: string): boolean {
  return SYSTEM_PATH.split(':').some(folder => existsSync(join(folder, name)));
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { env: { PATH: SYSTEM_PATH }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Both streams: nginx writes its version to standard error. Empty where the program is missing. */
function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', program, ...args], {
      env: { PATH: SYSTEM_PATH },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return '';
  }
}

function textOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
