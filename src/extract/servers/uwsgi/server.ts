import { joinInside } from '../../../model/place.js';
import type { AppServer, AppTarget, WorkerModel } from '../../../model/server.js';
import { defaultSetting, type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { withAssignments } from '../assignments.js';
import { type ServerContext, startFolder } from '../context.js';
import { searchFolders } from '../search-path.js';
import { daemonFaults } from './faults/daemon.js';
import { engineFaults } from './faults/engine.js';
import { idleFaults } from './faults/idle.js';
import { jsonBuildFaults } from './faults/json-build.js';
import { unknownOptions } from './faults/names.js';
import { orderFaults } from './faults/order.js';
import { pluginFaults } from './faults/plugins.js';
import { commentMark, valueFaults } from './faults/values.js';
import { pathAsVariable, virtualenvFaults } from './faults/virtualenv.js';
import { type Loaded, loadOptions } from './load.js';
import { type Settings, settingsOf } from './settings.js';
import { socketsOf } from './sockets.js';
import { vassalsOf } from './vassals.js';

/** uWSGI as this command starts it. */
export function uwsgiServer(context: ServerContext): AppServer {
  const { program, launch, command, place } = context;
  const loaded = loadOptions(context);
  const settings = settingsOf(loaded);
  const folder = folderAfter(context, settings, loaded);
  const sockets = socketsOf(context, settings, folder, socketMode(context, settings));
  const worker = workerOf(settings);
  const [app, secondApp] = applicationsOf(settings, folder, loaded);
  const vassals = vassalsOf(context, settings, loaded);
  return {
    kind: 'uwsgi',
    development: false,
    launch,
    command,
    place,
    span: program.word.span,
    listens: sockets.listens,
    listensComplete: sockets.complete && loaded.open === undefined && vassals.complete,
    starts: vassals.launches,
    interfaces: ['wsgi'],
    ...(app && { app }),
    ...(secondApp && { secondApp }),
    searchPath: searchPath(context, settings, folder, loaded),
    ...withAssignments(
      command.environment,
      settings.lists('env').map(given => given.value),
    ),
    worker,
    requestLimit: requestLimit(settings, worker, sockets.routerOnly),
    bootLimit: defaultSetting('boot limit', 'none'),
    keepAlive: keepAlive(settings, sockets.routerOnly, sockets.keepsConnections),
    gracefulTimeout: gracefulTimeout(settings),
    settings: settings.values,
    configFiles: loaded.files,
    faults: [
      ...loaded.faults,
      ...sockets.faults,
      ...unknownOptions(context, loaded),
      ...valueFaults(context, loaded),
      ...orderFaults(context, loaded),
      ...pluginFaults(context, loaded),
      ...jsonBuildFaults(context, loaded),
      ...virtualenvFaults(context, settings),
      ...pathAsVariable(settings),
      ...daemonFaults(context, settings),
      ...vassals.faults,
      ...idleFaults(context, settings),
      ...engineFaults(loaded, settings),
    ],
  };
}

function unread<T>(loaded: Loaded, name: string): Setting<T> {
  return { name, origin: 'config file', known: false, why: loaded.open ?? 'it cannot be told' };
}

/** Sockets, modules and the search path count from the folder after `chdir`: core/uwsgi.c (`uwsgi_start`) of 2.0.21. */
function folderAfter(context: ServerContext, settings: Settings, loaded: Loaded): Setting<string> {
  const start = startFolder(context);
  const chdir = settings.text('chdir');
  if (!chdir) return loaded.open === undefined ? start : unread(loaded, 'chdir');
  if (!chdir.known) return chdir;
  if (chdir.value.startsWith('/')) return withValue(chdir, joinInside('/', chdir.value));
  return start.known ? withValue(chdir, joinInside(start.value, chdir.value)) : unknownFrom(chdir, start.why);
}

/** chmod-socket, else 0777 without the bits of umask: core/socket.c (`bind_to_unix`). */
function socketMode(context: ServerContext, settings: Settings): Setting<number> {
  const chmod = settings.text('chmod-socket');
  if (chmod && !chmod.known) return unknownFrom(chmod, chmod.why);
  if (chmod) {
    const value = chmod.value === '1' || (chmod.value === '' && chmod.origin === 'command line') ? '666' : chmod.value;
    return /^[0-7]{3}$/.test(value)
      ? withValue(chmod, Number.parseInt(value, 8))
      : unknownFrom(chmod, 'uWSGI refuses it');
  }
  const umask = settings.text('umask');
  if (umask && !umask.known) return unknownFrom(umask, umask.why);
  if (umask) return withValue(umask, 0o777 & ~(Number.parseInt(umask.value, 8) || 0));
  const inherited = context.launch.umask;
  if (inherited) return inherited.known ? withValue(inherited, 0o777 & ~inherited.value) : inherited;
  return defaultSetting('umask', 0o755);
}

function workerOf(settings: Settings): WorkerModel {
  const threads = settings.number('threads');
  const loops = ['gevent', 'asyncio', 'async', 'tornado', 'greenlet', 'fiber', 'coroae']
    .map(name => settings.text(name))
    .filter(one => one !== undefined);
  const many = threads.known && threads.value > 1;
  const unknown = !threads.known || loops.some(one => !one.known);
  return {
    class: defaultSetting('worker', 'uwsgi'),
    concurrency: loops.length > 0 ? 'async' : many ? 'threads' : unknown ? 'unknown' : 'sync',
    processes: processes(settings),
    threads: threads.known && threads.value === 0 ? withValue(threads, 1) : threads,
  };
}

function processes(settings: Settings): Setting<number> {
  const number = settings.number('processes');
  return number.known && number.value === 0 ? withValue(number, 1) : number;
}

/**
 * harakiri is one alarm for a worker, so that with threads or an event loop no single request is ever ended by it. The http router
 * closes after http-timeout whatever the worker does.
 */
function requestLimit(settings: Settings, worker: WorkerModel, routerOnly: boolean): Setting<number | 'none'> {
  const harakiri = settings.number('harakiri');
  let limit: Setting<number | 'none'>;
  if (!harakiri.known) limit = harakiri;
  else if (harakiri.value === 0) limit = withValue(harakiri, 'none');
  else if (worker.concurrency === 'sync') limit = harakiri;
  else if (worker.concurrency === 'unknown') limit = unknownFrom(harakiri, 'the number of threads is not known');
  else limit = withValue(harakiri, 'none');
  if (!routerOnly) return limit;
  const router = settings.number('http-timeout');
  if (!router.known || !limit.known) return router.known ? limit : router;
  return limit.value === 'none' || router.value < limit.value ? router : limit;
}

function keepAlive(settings: Settings, routerOnly: boolean, keepsConnections: boolean): Setting<number> {
  if (keepsConnections) {
    return {
      name: 'http11-socket',
      origin: 'config file',
      known: false,
      why: 'a kept connection occupies the worker until the other end closes',
    };
  }
  return routerOnly && settings.text('http-keepalive')
    ? settings.number('http-keepalive')
    : defaultSetting('keep-alive', 0);
}

function gracefulTimeout(settings: Settings): Setting<number | 'none'> {
  return settings.text('worker-reload-mercy')
    ? settings.number('worker-reload-mercy')
    : defaultSetting('worker-reload-mercy', 60);
}

/** The search path as plugins/python (`init_uwsgi_vars`) makes it: pythonpath, the last first, then ".", then PYTHONPATH. */
function searchPath(
  context: ServerContext,
  settings: Settings,
  folder: Setting<string>,
  loaded: Loaded,
): Setting<readonly string[]> {
  if (loaded.open !== undefined) return unread(loaded, 'the module search path');
  const first: Setting<string>[] = [];
  for (const { value } of settings.lists('pythonpath')) {
    if (!value.known) first.unshift(value);
    else if (/[*?[]/.test(value.value)) first.unshift(unknownFrom(value, 'it is a pattern'));
    else if (value.value.startsWith('/')) first.unshift(value);
    else
      first.unshift(
        folder.known ? withValue(value, joinInside(folder.value, value.value)) : unknownFrom(value, folder.why),
      );
  }
  return searchFolders(context, [...first, folder], false);
}

/** What is loaded, the first that can be: module, wsgi-file, the first mount; plugins/python (`uwsgi_python_init_apps`) of 2.0.21. */
function applicationsOf(settings: Settings, folder: Setting<string>, loaded: Loaded): readonly Setting<AppTarget>[] {
  const callable = settings.text('callable');
  const module = settings.text('module');
  const file = settings.text('wsgi-file');
  const [mount] = settings.lists('mount');
  const found = [
    module && target(module, callable, text => moduleTarget(text, callable)),
    file && target(file, callable, text => fileTarget(text, callable, folder)),
    mount && target(mount.value, callable, text => mountTarget(text, callable, folder)),
  ].flatMap(one => one ?? []);
  return found.length > 0 || loaded.open === undefined ? found : [unread(loaded, 'module')];
}

function target(
  setting: Setting<string>,
  callable: Setting<string> | undefined,
  read: (text: string) => AppTarget | undefined,
): Setting<AppTarget> | undefined {
  if (!setting.known) return unknownFrom(setting, setting.why);
  if (commentMark(setting.value) !== undefined) return unknownFrom(setting, 'a comment is part of its value');
  if (callable && !callable.known) return unknownFrom(callable, callable.why);
  const found = read(setting.value);
  if (!found) return unknownFrom(setting, 'the folder that it counts from is not known');
  return withValue(setting, found);
}

function attributeOf(
  written: string | undefined,
  callable: Setting<string> | undefined,
): Pick<AppTarget, 'attribute' | 'called' | 'implied'> {
  const given = written ?? (callable?.known ? callable.value : undefined);
  if (given === undefined) return { attribute: 'application', called: false, implied: true };
  return { attribute: given.replace(/\(\)$/, ''), called: given.endsWith('()'), implied: false };
}

function moduleTarget(text: string, callable: Setting<string> | undefined): AppTarget {
  const colon = text.indexOf(':');
  const module = colon < 0 ? text : text.slice(0, colon);
  return { text, module, ...attributeOf(colon < 0 ? undefined : text.slice(colon + 1), callable) };
}

/** A file takes no `:name` behind it. */
function fileTarget(
  text: string,
  callable: Setting<string> | undefined,
  folder: Setting<string>,
): AppTarget | undefined {
  if (!text.startsWith('/') && !folder.known) return undefined;
  return { text, file: joinInside(folder.known ? folder.value : '/', text), ...attributeOf(undefined, callable) };
}

/** `/path=target`, where a target that ends in .py or .wsgi is a file. */
function mountTarget(
  text: string,
  callable: Setting<string> | undefined,
  folder: Setting<string>,
): AppTarget | undefined {
  const equals = text.indexOf('=');
  const app = text.slice(equals + 1);
  if (/\.(?:py|wsgi)$/.test(app) || app.startsWith('/')) return fileTarget(app, callable, folder);
  return moduleTarget(app, callable);
}
