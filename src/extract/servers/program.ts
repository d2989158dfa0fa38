import { baseName } from '../../model/place.js';
import type { ServerKind } from '../../model/server.js';
import type { Word } from '../../model/word.js';

/** A server program as a command line starts it. */
export interface Program {
  readonly kind: ServerKind | 'python program';
  /** The word that names it: `gunicorn`, the module behind `-m`, `manage.py`. */
  readonly word: Word;
  /** What stands behind it; for a Python program its own arguments. */
  readonly arguments: readonly Word[];
  /** Of a Python program: the script's path, or the module behind `-m`. */
  readonly script?: { readonly path: string } | { readonly module: string };
  /** Started as `python -m`, which puts the working directory first on the search path. */
  readonly asModule: boolean;
  /** `runserver_plus` of django-extensions, which has its address from the settings where none is given. */
  readonly plus?: true;
}

const programs: Readonly<Record<string, ServerKind>> = {
  gunicorn: 'gunicorn',
  gunicorn3: 'gunicorn',
  uwsgi: 'uwsgi',
  'uwsgi-core': 'uwsgi',
  pyuwsgi: 'uwsgi',
  uvicorn: 'uvicorn',
  hypercorn: 'hypercorn',
  daphne: 'daphne',
  'waitress-serve': 'waitress',
  granian: 'granian',
  'mod_wsgi-express': 'mod_wsgi',
  flask: 'flask',
  fastapi: 'fastapi',
  'django-admin': 'runserver',
  'django-admin.py': 'runserver',
};

const modules: Readonly<Record<string, ServerKind>> = {
  gunicorn: 'gunicorn',
  'gunicorn.app.wsgiapp': 'gunicorn',
  uvicorn: 'uvicorn',
  hypercorn: 'hypercorn',
  daphne: 'daphne',
  'daphne.cli': 'daphne',
  waitress: 'waitress',
  granian: 'granian',
  flask: 'flask',
  fastapi: 'fastapi',
  django: 'runserver',
};

/** Words that run what stands behind them; the launch part takes most of them away already. */
const wrappers = new Set(['exec', 'nohup', 'command', 'setsid', 'ddtrace-run', 'opentelemetry-instrument']);

const runners = new Set(['poetry', 'pipenv', 'pdm', 'uv', 'hatch', 'rye', 'conda']);

/** The server program that a command line starts; undefined where it starts something else or cannot be told. */
export function programOf(words: readonly Word[]): Program | undefined {
  const rest = unwrapped(words);
  const first = rest[0];
  if (!first?.known) return tailOfUnknown(first, rest);
  const name = baseName(first.text);
  if (isPython(name)) return pythonProgram(rest.slice(1));
  return named(name, first, rest.slice(1), false) ?? managed(name, first, rest.slice(1));
}

/** `$VENV/bin/gunicorn`: the folder is not known, the program is. */
function tailOfUnknown(first: Word | undefined, rest: readonly Word[]): Program | undefined {
  const last = first?.parts.at(-1);
  if (!first || !last?.known || !last.text.includes('/')) return undefined;
  const name = baseName(last.text);
  return isPython(name) ? pythonProgram(rest.slice(1)) : named(name, first, rest.slice(1), false);
}

function named(name: string, word: Word, rest: readonly Word[], asModule: boolean): Program | undefined {
  const table = asModule ? modules : programs;
  const kind = Object.hasOwn(table, name)
    ? table[name]
    : !asModule && /^uwsgi_python\d*$/.test(name)
      ? 'uwsgi'
      : undefined;
  if (kind === undefined) return undefined;
  if (kind === 'runserver') return subcommand('runserver', kind, word, rest, asModule);
  if (kind === 'flask') return subcommand('run', kind, word, rest, asModule);
  if (kind === 'fastapi') return fastapiProgram(word, rest, asModule);
  return { kind, word, arguments: rest, asModule };
}

/** Options of `flask`, `django-admin` and `manage.py` that may stand before the subcommand and have a value of their own. */
const takesValue = new Set(['--app', '-A', '--env-file', '-e', '--settings', '--pythonpath', '--verbosity', '-v']);

/** `manage.py runserver`, `flask run`: another subcommand is no server. Options may stand before it. */
function subcommand(
  name: string,
  kind: ServerKind,
  word: Word,
  rest: readonly Word[],
  asModule: boolean,
): Program | undefined {
  let at = 0;
  while (rest[at]?.known && rest[at]?.text.startsWith('-')) at += takesValue.has(rest[at]?.text ?? '') ? 2 : 1;
  const verb = rest[at];
  if (!verb?.known || (verb.text !== name && verb.text !== `${name}_plus`)) return undefined;
  const plus = verb.text !== name && { plus: true as const };
  return { kind, word, arguments: [...rest.slice(0, at), ...rest.slice(at + 1)], asModule, ...plus };
}

function fastapiProgram(word: Word, rest: readonly Word[], asModule: boolean): Program | undefined {
  const verb = rest[0];
  if (!verb?.known || (verb.text !== 'run' && verb.text !== 'dev')) return undefined;
  return { kind: 'fastapi', word, arguments: rest, asModule };
}

function managed(name: string, word: Word, rest: readonly Word[]): Program | undefined {
  if (name === 'manage.py') return subcommand('runserver', 'runserver', word, rest, false);
  if (!name.endsWith('.py')) return undefined;
  return { kind: 'python program', word, arguments: rest, script: { path: word.text }, asModule: false };
}

export function isPython(name: string): boolean {
  return /^(?:python|pypy)(?:\d+(?:\.\d+)?)?$/.test(name);
}

function pythonProgram(words: readonly Word[]): Program | undefined {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (!word?.known) return undefined;
    if (word.text === '-m') return moduleProgram(words[at + 1], words.slice(at + 2));
    if (word.text.startsWith('-m') && word.text.length > 2) return undefined;
    if (word.text === '-c' || word.text === '-' || word.text === '--') return undefined;
    if (word.text === '-W' || word.text === '-X') at++;
    else if (!word.text.startsWith('-')) break;
  }
  const script = words[at];
  if (!script) return undefined;
  const rest = words.slice(at + 1);
  const name = baseName(script.text);
  const server = named(name, script, rest, false);
  if (server) return server;
  if (name === 'manage.py') return subcommand('runserver', 'runserver', script, rest, false);
  return { kind: 'python program', word: script, arguments: rest, script: { path: script.text }, asModule: false };
}

function moduleProgram(module: Word | undefined, rest: readonly Word[]): Program | undefined {
  if (!module?.known) return undefined;
  const server = named(module.text, module, rest, true);
  if (server || Object.hasOwn(modules, module.text)) return server;
  return {
    kind: 'python program',
    word: module,
    arguments: rest,
    script: { module: module.text },
    asModule: true,
  };
}

function unwrapped(words: readonly Word[]): readonly Word[] {
  let rest = words;
  for (let turns = 0; turns < 8; turns++) {
    const first = rest[0];
    if (!first?.known) return rest;
    const name = baseName(first.text);
    if (wrappers.has(name)) rest = rest.slice(1);
    else if (name === 'env') rest = rest.slice(behindAssignments(rest));
    else if (name === 'newrelic-admin' && rest[1]?.text === 'run-program') rest = rest.slice(2);
    else if (runners.has(name) && rest[1]?.text === 'run') rest = rest.slice(behindOptions(rest, 2));
    else if ((name === 'tini' || name === 'dumb-init') && rest.length > 1) rest = rest.slice(behindOptions(rest, 1));
    else return rest;
  }
  return rest;
}

function behindAssignments(words: readonly Word[]): number {
  let at = 1;
  while (/^[A-Za-z_]\w*=/.test(words[at]?.text ?? '')) at++;
  return at;
}

function behindOptions(words: readonly Word[], from: number): number {
  let at = from;
  while (words[at]?.text.startsWith('-')) {
    if (words[at]?.text === '--') return at + 1;
    at++;
  }
  return at;
}
