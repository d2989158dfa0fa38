import type { Launch } from '../../model/launch.js';
import type { StackParts } from '../../model/parts.js';
import { baseName, folderOf, type Mount, type Place } from '../../model/place.js';
import type { AppServer } from '../../model/server.js';
import { defaultSetting, type Setting } from '../../model/setting.js';
import { literalWord } from '../../model/word.js';
import type { SourceFile } from '../../text/source.js';
import { isAside } from '../discover.js';
import { isThere } from '../launch/evidence.js';
import type { Reader } from '../reader.js';

/**
 * A stack for each file with which PythonAnywhere loads an application: `/var/www/<user>_pythonanywhere_com_wsgi.py`, or that of another
 * domain, told by the comment that PythonAnywhere puts at its top. Its uWSGI looks for `application` in it. What the platform itself sets is not
 * known, so only the file and what it imports are judged.
 */
export function pythonAnywhereStacks(
  reader: Reader,
  complete: (server: AppServer) => AppServer,
): readonly StackParts[] {
  return reader.files().flatMap(path => {
    if (!path.endsWith('_wsgi.py')) return [];
    const file = reader.file(path);
    return file && isOne(file) ? [stackOf(reader, file, complete)] : [];
  });
}

function isOne({ path, text }: SourceFile): boolean {
  const named = baseName(path).endsWith('_pythonanywhere_com_wsgi.py');
  const told = /^# This file contains the WSGI configuration required to serve up your/m.test(text.slice(0, 2000));
  // All of it may be commented out: the examples that a new site begins with.
  return (named || told) && /^[^#\s]/m.test(text);
}

function stackOf(reader: Reader, file: SourceFile, complete: (server: AppServer) => AppServer): StackParts {
  reader.note(file, 'platform', []);
  const place = placeOf(reader, file);
  const launch = launchOf(file, place);
  const folder = folderOf(file.path);
  return {
    id: `platform:${file.path}`,
    title: file.path,
    why: 'PythonAnywhere loads the application with this file',
    kind: 'image',
    folder,
    aside: isAside(file.path),
    places: [place],
    launches: [launch],
    gateways: [],
    servers: [complete(serverOf(file, launch))],
    openPlaces: new Set([place.id]),
    members: [{ path: file.path, why: 'PythonAnywhere loads the application with this file' }],
  };
}

const unknown = <T>(name: string): Setting<T> => ({
  name,
  origin: 'default',
  known: false,
  why: 'PythonAnywhere decides it',
});

function placeOf(reader: Reader, file: SourceFile): Place {
  return {
    id: `${file.path}#pythonanywhere`,
    kind: 'service',
    title: 'PythonAnywhere',
    names: [],
    networks: [],
    ports: [],
    environment: reader.assumptions.environment,
    environmentOpen: true,
    mounts: [...projects(reader, file), { kind: 'assumed', inside: insideOf(file), repo: file.path }],
    workingDirectory: unknown('working directory'),
    opaque: false,
    dependsOn: [],
    extraNames: new Map(),
  };
}

function insideOf(file: SourceFile): string {
  return `/var/www/${baseName(file.path)}`;
}

/**
 * Paths below /home that the file names: the project, or the folder of it that has their last names. Which one is a guess until a module that the
 * file imports is found there.
 */
function projects(reader: Reader, { text }: SourceFile): readonly Mount[] {
  const found = new Map<string, Mount>();
  const modules = new Set<string>();
  for (const [, name = ''] of text.matchAll(/^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w{0,80})/gm)) modules.add(name);
  for (const [, name = ''] of text.matchAll(/DJANGO_SETTINGS_MODULE["'][^"'\n]{0,20}["'](\w{1,80})/g))
    modules.add(name);
  const holds = (folder: string): boolean => [...modules].some(name => isThere(reader, folder, `${name}#module`));
  for (const [, path = ''] of text.matchAll(/["'](\/home\/[\w.@-]+(?:\/[\w.@-]+){1,8})\/?["']/g)) {
    const parts = path.split('/').slice(3);
    const below = parts.map((_, index) => parts.slice(index).join('/'));
    const folders = [...below.filter(rest => reader.kind(rest) === 'directory'), ''];
    const proved = folders.find(holds);
    const repo = proved ?? folders[0] ?? '';
    found.set(path, { kind: 'assumed', inside: path, repo, ...(proved === undefined && { uncertain: true }) });
  }
  return [...found.values()].slice(0, 20);
}

function launchOf(file: SourceFile, place: Place): Launch {
  const feed = file.text.search(/\r?\n/);
  const span = { file, start: 0, end: feed < 0 ? file.text.length : feed };
  return {
    kind: 'information',
    name: baseName(file.path),
    place,
    span,
    commands: [
      {
        words: [literalWord('uwsgi', span)],
        environment: place.environment,
        environmentOpen: true,
        workingDirectory: place.workingDirectory,
        span,
        via: [],
        certain: true,
      },
    ],
    passedSockets: [],
    unresolved: [],
  };
}

function serverOf(file: SourceFile, launch: Launch): AppServer {
  const { place, span, commands } = launch;
  // The file puts its project on the search path, often by an assignment.
  const searched = place.mounts.filter(({ inside }) => inside.startsWith('/home/')).map(({ inside }) => inside);
  const inside = insideOf(file);
  const app = { text: inside, file: inside, attribute: 'application', called: false, implied: true };
  return {
    kind: 'uwsgi',
    development: false,
    launch,
    command: commands[0] as NonNullable<(typeof commands)[0]>,
    place,
    span,
    listens: [],
    listensComplete: false,
    interfaces: ['wsgi'],
    app: { name: 'WSGI configuration file', origin: 'config file', span, known: true, value: app },
    searchPath: { name: 'module search path', origin: 'default', known: true, value: searched },
    worker: {
      class: defaultSetting('worker', 'uwsgi'),
      concurrency: 'unknown',
      processes: unknown('processes'),
      threads: unknown('threads'),
    },
    requestLimit: unknown('request limit'),
    bootLimit: unknown('boot limit'),
    keepAlive: unknown('keep-alive'),
    gracefulTimeout: unknown('graceful timeout'),
    settings: new Map(),
    configFiles: [],
    faults: [],
  };
}
