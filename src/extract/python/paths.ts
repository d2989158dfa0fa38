import { withoutEnd } from '../../text/ends.js';
import { parentOf } from './attribute.js';
import type { LibraryCall, LibraryFunction } from './library.js';
import { makeSequence } from './machine.js';
import { constant, explained, reasonOf, textOf, unknown, type Value } from './values.js';

/** Path in a text or a `pathlib.Path`. */
function pathOf(value: Value | undefined): string | undefined {
  return value?.data.kind === 'path' ? value.data.path : textOf(value);
}

function normal(path: string): string {
  const absolute = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (part !== '..' || !absolute) out.push(part);
  }
  return absolute ? `/${out.join('/')}` : out.join('/') || '.';
}

function absolute({ machine }: LibraryCall, path: string): string | undefined {
  if (path.startsWith('/')) return normal(path);
  const base = machine.search.workingDirectory;
  return base === undefined ? undefined : normal(`${base}/${path}`);
}

function joinAll(parts: readonly string[]): string {
  let out = '';
  for (const part of parts) {
    if (part.startsWith('/') || out === '') out = part;
    else out = out.endsWith('/') ? out + part : `${out}/${part}`;
  }
  return out;
}

/** A function of paths whose result is a text. */
function onPath(compute: (path: string, call: LibraryCall) => string | undefined): LibraryFunction {
  return call => {
    const value = call.given.positional[0]?.value;
    const path = pathOf(value);
    const result = path === undefined ? undefined : compute(path, call);
    if (result === undefined)
      return unknown(value && path === undefined ? reasonOf(value) : 'the working directory is not known');
    return constant(result, 'str', value?.via);
  };
}

/** Longer paths than the system takes are not put together. */
const maxPath = 4096;

/** The arguments as paths, behind `base`; undefined where one cannot be told. */
function paths(call: LibraryCall, base = ''): readonly string[] | undefined {
  const all = call.given.positional.map(item => pathOf(item.value));
  const length = all.reduce((sum, each) => sum + (each?.length ?? 0), base.length);
  return call.given.open || length > maxPath || all.includes(undefined) ? undefined : all.map(each => each ?? '');
}

function blindPath(call: LibraryCall): Value {
  const blind = call.given.positional.find(item => pathOf(item.value) === undefined)?.value;
  return unknown(blind ? reasonOf(blind) : 'its path cannot be told', blind?.via);
}

function machineFact(what: string): LibraryFunction {
  return () => unknown(what);
}

function makePath(call: LibraryCall): Value {
  const parts = paths(call);
  if (!parts) return blindPath(call);
  return explained(
    { kind: 'path', path: parts.length === 0 ? '.' : trimmed(joinAll(parts)) },
    ...call.given.positional.map(item => item.value),
  );
}

function trimmed(path: string): string {
  const plain = path.replace(/\/{2,}/g, '/').replace(/\/\.(?=\/|$)/g, '');
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain === '' ? '/' : plain;
}

export const pathCalls: Readonly<Record<string, LibraryFunction>> = {
  'os.path.join': call => {
    const parts = paths(call);
    return parts
      ? explained(constant(joinAll(parts)).data, ...call.given.positional.map(item => item.value))
      : blindPath(call);
  },
  'os.path.dirname': onPath(path => {
    const slash = path.lastIndexOf('/');
    return slash < 0 ? '' : slash === 0 ? '/' : withoutEnd(path.slice(0, slash), '/') || '/';
  }),
  'os.path.basename': onPath(path => path.slice(path.lastIndexOf('/') + 1)),
  'os.path.abspath': onPath((path, call) => absolute(call, path)),
  'os.path.realpath': onPath((path, call) => absolute(call, path)),
  'os.path.normpath': onPath(normal),
  'os.path.expanduser': onPath(path => (path.startsWith('~') ? undefined : path)),
  'os.path.split': call => {
    const path = pathOf(call.given.positional[0]?.value);
    if (path === undefined) return blindPath(call);
    const slash = path.lastIndexOf('/');
    const head = constant(slash <= 0 ? path.slice(0, slash + 1) : path.slice(0, slash));
    return makeSequence(call.machine, 'tuple', [{ value: head }, { value: constant(path.slice(slash + 1)) }]);
  },
  'os.path.exists': machineFact('it depends on the files of the machine'),
  'os.path.isfile': machineFact('it depends on the files of the machine'),
  'os.path.isdir': machineFact('it depends on the files of the machine'),
  'os.getcwd': ({ machine }) => {
    const folder = machine.search.workingDirectory;
    return folder === undefined ? unknown('the working directory is not known') : constant(folder);
  },
  'os.fspath': onPath(path => path),
  'pathlib.Path': makePath,
  'pathlib.PurePath': makePath,
  'pathlib.PosixPath': makePath,
  'pathlib.Path.cwd': ({ machine }) => {
    const path = machine.search.workingDirectory;
    return path === undefined ? unknown('the working directory is not known') : { data: { kind: 'path', path } };
  },
  'multiprocessing.cpu_count': machineFact('it depends on the machine'),
  'os.cpu_count': machineFact('it depends on the machine'),
  'os.process_cpu_count': machineFact('it depends on the machine'),
  'psutil.cpu_count': machineFact('it depends on the machine'),
  'os.sched_getaffinity': machineFact('it depends on the machine'),
  'os.sysconf': machineFact('it depends on the machine'),
  'socket.gethostname': machineFact('it depends on the machine'),
  'socket.getfqdn': machineFact('it depends on the machine'),
  'platform.node': machineFact('it depends on the machine'),
  'platform.system': machineFact('it depends on the machine'),
  'os.uname': machineFact('it depends on the machine'),
  'os.getuid': machineFact('it depends on who starts it'),
  'os.geteuid': machineFact('it depends on who starts it'),
  'getpass.getuser': machineFact('it depends on who starts it'),
  'os.getpid': machineFact('it differs from run to run'),
  'time.time': machineFact('it differs from run to run'),
};

/** A method of `pathlib.Path`. */
export function pathMethod(call: LibraryCall, path: string, method: string): Value {
  const given = paths(call, path);
  const via = call.self?.via;
  switch (method) {
    case 'joinpath':
      return given ? explained({ kind: 'path', path: trimmed(joinAll([path, ...given])) }, call.self) : blindPath(call);
    case 'resolve':
    case 'absolute': {
      const resolved = absolute(call, path);
      return resolved === undefined
        ? unknown('the working directory is not known', via)
        : explained({ kind: 'path', path: resolved }, call.self);
    }
    case 'as_posix':
    case '__str__':
      return constant(path, 'str', via);
    case 'with_name':
      return given?.[0] === undefined
        ? blindPath(call)
        : explained({ kind: 'path', path: trimmed(`${parentOf(path)}/${given[0]}`) }, call.self);
    case 'expanduser':
      return path.startsWith('~')
        ? unknown('it depends on who starts it', via)
        : { data: { kind: 'path', path }, ...(via && { via }) };
    default:
      return unknown('it depends on the files of the machine', via);
  }
}
