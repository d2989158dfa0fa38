import type { Span } from '../../text/source.js';
import {
  blurEnvironment,
  defaultVariable,
  getVariable,
  openEnvironment,
  readVariable,
  setVariable,
} from './environment.js';
import type { LibraryCall, LibraryFunction } from './library.js';
import { fromName, importModule } from './load.js';
import { type Frame, type Machine, openStore, write } from './machine.js';
import { entriesOf } from './methods.js';
import { recordCall } from './settings.js';
import {
  constant,
  external,
  type Given,
  type Item,
  itemsOf,
  nothingGiven,
  reasonOf,
  textOf,
  unknown,
  type Value,
} from './values.js';

function argument(given: Given, index: number, name: string): Item | undefined {
  return given.positional[index] ?? given.keywords.get(name);
}

const getCall: LibraryFunction = ({ machine, given }) => {
  const name = textOf(argument(given, 0, 'key')?.value);
  if (name === undefined) return unknown('the name of the environment variable cannot be told');
  return getVariable(machine, name, argument(given, 1, 'default')?.value ?? constant(null));
};

/** Notes the call, and that nothing behind it is reached. */
const ends: LibraryFunction = ({ machine, name, given, site }) => {
  recordCall(machine, name, given, site);
  machine.dead = true;
  return unknown('the process ends there');
};

const runsCoroutine: LibraryFunction = ({ machine, frame, name, given, site }) => {
  recordCall(machine, name, given, site);
  const value = given.positional[0]?.value;
  if (value?.data.kind !== 'deferred') return unknown(value ? reasonOf(value) : 'it is what a coroutine gives');
  return machine.evaluator.call(machine, frame, { data: value.data.of }, { ...value.data.given, settled: true }, site);
};

/** A thread or process of its own: what it runs is noted apart, as its caller does not wait. */
const startsThread: LibraryFunction = ({ machine, frame, name, self, given, site }) => {
  recordCall(machine, name, given, site);
  const run = self && threadTarget(machine, frame, self, site);
  if (!run) return constant(null);
  if (run.target.data.kind === 'function') frame.threaded?.add(run.target.data.definition);
  const { calls, dead } = machine;
  machine.calls = machine.background;
  machine.evaluator.call(machine, frame, run.target, run.given, site);
  machine.calls = calls;
  machine.dead = dead;
  return constant(null);
};

/** What a thread runs: its `target`, or the `run` method of a class of ours. */
function threadTarget(
  machine: Machine,
  frame: Frame,
  thread: Value,
  site: Span,
): { readonly target: Value; readonly given: Given } | undefined {
  if (thread.data.kind === 'instance') {
    return { target: machine.evaluator.attribute(machine, frame, thread, 'run', site), given: nothingGiven };
  }
  if (thread.data.kind !== 'made') return undefined;
  const { given } = thread.data;
  const target = given.keywords.get('target') ?? given.positional[1];
  const args = itemsOf(given.keywords.get('args')?.value);
  return (
    target && {
      target: target.value,
      given: args ? { ...nothingGiven, positional: args } : { ...nothingGiven, open: true },
    }
  );
}

const importsByName: LibraryFunction = ({ machine, frame, name, given, site }) => {
  const text = textOf(argument(given, 0, 'name')?.value);
  if (text === undefined) return unknown('which module is imported cannot be told');
  const level = /^\.*/.exec(text)?.[0].length ?? 0;
  const dotted = level > 0 ? fromName(frame.module, level, text.slice(level)) : text;
  if (dotted === undefined || !/^\w+(?:\.\w+)*$/.test(dotted))
    return unknown('which module is imported cannot be told');
  const value = importModule(machine, dotted, site, undefined);
  return name === '__import__' && dotted.includes('.')
    ? importModule(machine, dotted.split('.', 1)[0] ?? '', site, undefined)
    : value;
};

const importsAttribute: LibraryFunction = ({ machine, given, site }) => {
  const text = textOf(given.positional[0]?.value);
  const dot = text?.lastIndexOf('.') ?? -1;
  if (text === undefined || dot <= 0 || !/^\w+(?:\.\w+)*$/.test(text))
    return unknown('what is imported cannot be told');
  const module = importModule(machine, text.slice(0, dot), site, undefined);
  if (module.data.kind !== 'module') return external(text);
  return module.data.module.store.slots.get(text.slice(dot + 1))?.value ?? unknown(`${text} cannot be told`);
};

/** `sys.path.insert(0, x)` and `sys.path.append(x)`. */
const extendsPath: LibraryFunction = ({ machine, name, given }) => {
  const value = given.positional[name === 'sys.path.insert' ? 1 : 0]?.value;
  const all = name === 'sys.path.extend' ? itemsOf(value)?.map(item => item.value) : value ? [value] : [];
  for (const each of all ?? [unknown('')]) addFolder(machine, each);
  return constant(null);
};

function addFolder(machine: Machine, value: Value): void {
  const path = value.data.kind === 'path' ? value.data.path : textOf(value);
  const base = machine.search.workingDirectory;
  const absolute =
    path === undefined ? undefined : path.startsWith('/') ? path : base === undefined ? undefined : `${base}/${path}`;
  if (absolute === undefined) machine.search.open ??= 'the code itself changes sys.path';
  else if (!machine.search.added.includes(absolute)) {
    machine.search.added.push(absolute);
    for (const [name, found] of machine.search.found) {
      if (found.state === 'absent' || found.state === 'namespace') machine.search.found.delete(name);
    }
  }
}

/** `exec` and the like: names of the module may be set by it. */
const changesNames: LibraryFunction = ({ machine, frame, name }) => {
  openStore(machine, frame.module.store, `${name}() may set it`);
  return unknown(`it is the result of ${name}()`);
};

const loadsDotenv: LibraryFunction = ({ machine, name, given, site }) => {
  recordCall(machine, name, given, site);
  const overrides = given.keywords.get('override');
  const why = `${name.slice(name.lastIndexOf('.') + 1)}() may set it from a .env file`;
  if (given.open || (overrides && !(overrides.value.data.kind === 'constant' && !overrides.value.data.value)))
    blurEnvironment(machine, why);
  openEnvironment(machine, why);
  return constant(true);
};

/** `setattr(object, name, value)`; without a name that can be told, anything of the object may have changed. */
function setOnObject(
  machine: Machine,
  frame: Frame,
  object: Value,
  name: string | undefined,
  value: Item | undefined,
): void {
  const { data } = object;
  const own = data.kind === 'unknown' && data.of?.startsWith('sys.modules') === true;
  const store = data.kind === 'module' ? data.module.store : own ? frame.module.store : undefined;
  if (!store) return;
  if (name !== undefined && value) write(machine, store, name, value);
  else openStore(machine, store, 'setattr() may set it');
}

export const processCalls: Readonly<Record<string, LibraryFunction>> = {
  'os.environ.get': getCall,
  'os.getenv': getCall,
  'os.environ.setdefault': ({ machine, given }) => {
    const name = textOf(given.positional[0]?.value);
    const value = given.positional[1];
    if (name === undefined || !value) {
      blurEnvironment(machine, 'the code itself sets environment variables');
      return unknown('the name of the environment variable cannot be told');
    }
    return defaultVariable(machine, name, value);
  },
  'os.environ.pop': ({ machine, given }) => {
    const name = textOf(given.positional[0]?.value);
    if (name === undefined) return unknown('the name of the environment variable cannot be told');
    const value = getVariable(machine, name, given.positional[1]?.value ?? unknown(`${name} is not set`));
    setVariable(machine, name, { value: constant(null) });
    return value;
  },
  'os.environ.update': ({ machine, given }) => {
    const entries = given.positional[0] ? entriesOf(given.positional[0].value) : [];
    if (!entries || given.open) blurEnvironment(machine, 'the code itself sets environment variables');
    for (const [name, slot] of [...(entries ?? []), ...given.keywords]) setVariable(machine, name, slot);
    return constant(null);
  },
  'os.putenv': () => constant(null),
  'os.unsetenv': () => constant(null),
  'os.environ.copy': () => unknown('it is a copy of the environment'),
  'os.environ.items': () => unknown('it is a copy of the environment'),
  'dotenv.load_dotenv': loadsDotenv,
  'dotenv.main.load_dotenv': loadsDotenv,
  'dotenv.read_dotenv': loadsDotenv,
  'flask.cli.load_dotenv': loadsDotenv,
  'environ.Env.read_env': loadsDotenv,
  'environ.environ.Env.read_env': loadsDotenv,
  'environs.Env.read_env': loadsDotenv,
  'dotenv.find_dotenv': () => unknown('it depends on the files of the machine'),
  'sys.exit': ends,
  exit: ends,
  quit: ends,
  'os._exit': ends,
  'os.abort': ends,
  'os.execv': ends,
  'os.execvp': ends,
  'os.execl': ends,
  'os.execlp': ends,
  'os.execve': ends,
  'os.execvpe': ends,
  'sys.path.insert': extendsPath,
  'sys.path.append': extendsPath,
  'sys.path.extend': extendsPath,
  'site.addsitedir': extendsPath,
  'asyncio.run': runsCoroutine,
  'asyncio.loop.run_until_complete': runsCoroutine,
  'uvloop.run': runsCoroutine,
  'anyio.run': runsCoroutine,
  'threading.Thread.start': startsThread,
  'multiprocessing.Process.start': startsThread,
  'multiprocessing.context.Process.start': startsThread,
  'importlib.import_module': importsByName,
  __import__: importsByName,
  'django.utils.module_loading.import_string': importsAttribute,
  'werkzeug.utils.import_string': importsAttribute,
  exec: changesNames,
  eval: () => unknown('it is computed from a text'),
  execfile: changesNames,
  'split_settings.tools.include': changesNames,
  getattr: call => {
    const [object, name, fallback] = call.given.positional.map(item => item.value);
    const text = textOf(name);
    if (!object || text === undefined) return unknown('the name of the attribute cannot be told');
    if (object.data.kind === 'module' && !object.data.module.store.slots.has(text) && fallback)
      return unknown(`it is ${text} of a module, or a default`);
    return attributeOf(call, object, text) ?? unknown(`${text} cannot be told`);
  },
  hasattr: () => unknown('it depends on what an object has'),
  setattr: ({ machine, frame, given }) => {
    const [object, name, value] = given.positional;
    if (object) setOnObject(machine, frame, object.value, textOf(name?.value), value);
    return constant(null);
  },
  super: ({ frame }) => {
    const { owner, self } = frame.running ?? {};
    return owner && self ? { data: { kind: 'super', of: owner, self } } : unknown('it is what the class inherits');
  },
  'functools.partial': ({ given, site }) => {
    return {
      data: { kind: 'made', name: 'functools.partial', given, store: { slots: new Map(), birth: 0 }, at: site },
    };
  },
  'os.environ.__contains__': ({ machine, given }) => {
    const name = textOf(given.positional[0]?.value);
    const variable = name === undefined ? undefined : readVariable(machine, name);
    if (!variable || variable.state === 'unknown') return unknown('it depends on the environment');
    return constant(variable.state === 'set');
  },
};

function attributeOf({ machine, frame, site }: LibraryCall, object: Value, name: string): Value | undefined {
  return machine.evaluator.attribute(machine, frame, object, name, site);
}
