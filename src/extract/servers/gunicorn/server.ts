import type { GunicornSetting } from '../../../facts/gunicorn.js';
import type { Fault } from '../../../model/fault.js';
import { joinInside } from '../../../model/place.js';
import type { AppServer, SettingValue } from '../../../model/server.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { withAssignments } from '../assignments.js';
import { fault, locateFrom, type ServerContext, startFolder, variableOf } from '../context.js';
import { searchFolders } from '../search-path.js';
import { variableWords } from '../words.js';
import { application } from './application.js';
import { type CommandLine, readCommandLine } from './command-line.js';
import { daemonFaults } from './daemon.js';
import { readConfigFile } from './file.js';
import { listening } from './listeners.js';
import { packageFaults } from './packages.js';
import { plainDefault, type Ranked, rank } from './ranking.js';
import { releaseFaults } from './release.js';
import { unreadFiles } from './unread.js';
import { workers } from './worker.js';

/** Gunicorn as this command starts it. */
export function gunicornServer(context: ServerContext): AppServer {
  const { program, launch, command, place } = context;
  const line = readCommandLine(program.arguments, 'command line', context.version);
  const variable = argumentsVariable(context);
  const config = readConfigFile(context, line.values.get('config')?.at(-1) ?? variable.values.get('config')?.at(-1));
  const unnamed = line.open
    ? { ...config.source, open: { why: line.open.why, sure: new Set<string>() } }
    : config.source;
  const ranked = rank([line, variable, line.values.has('config') ? config.source : unnamed], setting =>
    fallback(context, setting),
  );
  const chdir = changedFolder(context, ranked);
  const listens = listening(context, ranked, chdir.folder);
  const { model, ...limits } = workers(context, ranked);
  const app = application(line.positionals, ranked);
  const settings = withEnvironment(context, ranked);
  return {
    kind: 'gunicorn',
    development: false,
    launch,
    command,
    place,
    span: program.word.span,
    listens: listens.listens,
    listensComplete: listens.complete,
    ...(app && { app }),
    searchPath: searchPath(context, ranked, chdir.folder, config.file?.text),
    ...withAssignments(command.environment, ranked.items.get('raw_env') ?? []),
    worker: model,
    ...limits,
    settings,
    configFiles: config.file ? [config.file] : [],
    faults: [
      ...ranked.faults,
      ...listens.faults,
      ...chdir.faults,
      ...daemonFaults(context, ranked),
      ...packageFaults(context, ranked),
      ...releaseFaults(context, ranked),
      ...(config.none && !line.open && !variable.open ? unreadFiles(context, line) : []),
    ],
  };
}

/** GUNICORN_CMD_ARGS: read by the same parser; its positional words are ignored. */
function argumentsVariable(context: ServerContext): CommandLine {
  const none = { values: new Map(), faults: [], positionals: [] };
  const variable = variableOf(context, 'GUNICORN_CMD_ARGS');
  // Where it may come from outside, it is taken to be absent: who uses it writes it down.
  if (variable.state !== 'set') return none;
  const { setting } = variable;
  if (!setting.known)
    return { ...none, open: { why: `GUNICORN_CMD_ARGS is not known: ${setting.why}`, sure: new Set() } };
  const words = variableWords(setting, context.program.word.span);
  if (!words) return { ...none, open: { why: 'GUNICORN_CMD_ARGS has an open quote', sure: new Set() } };
  return readCommandLine(words, 'environment', context.version);
}

/** Defaults that environment variables feed; those of bind and workers are worked out where they are used. */
function fallback(context: ServerContext, setting: GunicornSetting): Setting<SettingValue> {
  if (setting.name !== 'forwarded_allow_ips') return plainDefault(setting);
  const variable = variableOf(context, 'FORWARDED_ALLOW_IPS');
  if (variable.state === 'set') return { ...variable.setting, origin: 'environment' };
  if (variable.state === 'absent') return plainDefault(setting);
  return { name: setting.name, origin: 'default', known: false, why: variable.why };
}

/** `bind` and `workers` as they come out after PORT and WEB_CONCURRENCY. */
function withEnvironment(context: ServerContext, ranked: Ranked): Ranked['settings'] {
  const settings = new Map(ranked.settings);
  for (const [name, variable] of [
    ['bind', 'PORT'],
    ['workers', 'WEB_CONCURRENCY'],
  ] as const) {
    if (!ranked.unset.has(name)) continue;
    const found = variableOf(context, variable);
    if (found.state === 'absent') continue;
    const why = found.state === 'unknown' ? found.why : `${variable} in the environment decides`;
    settings.set(name, { name, origin: 'environment', known: false, why });
  }
  const processes = workers(context, ranked).model.processes;
  settings.set('workers', processes);
  return settings;
}

/** Where Gunicorn is after `chdir`: relative socket paths and the search path count from there. */
function changedFolder(
  context: ServerContext,
  ranked: Ranked,
): { readonly folder: Setting<string>; readonly faults: readonly Fault[] } {
  const start = startFolder(context);
  const setting = ranked.settings.get('chdir');
  if (!setting || ranked.unset.has('chdir')) return { folder: start, faults: [] };
  if (!setting.known) return { folder: unknownFrom(setting, setting.why), faults: [] };
  if (typeof setting.value !== 'string') return { folder: start, faults: [] };
  const path = setting.value;
  if (!path.startsWith('/') && !start.known) return { folder: unknownFrom(setting, start.why), faults: [] };
  const folder = withValue(setting, joinInside(start.known ? start.value : '/', path));
  const located = locateFrom(context, start, path);
  if (located.kind !== 'missing' && located.kind !== 'file') return { folder, faults: [] };
  const message = `Gunicorn cannot change to ${path}, which is ${located.kind === 'file' ? 'a file' : `not there (${located.why})`}: it does not start`;
  const span = setting.span ?? context.program.word.span;
  return { folder, faults: [fault('gunicorn/bad-value', span, message, { log: `Error: can't chdir to '${path}'` })] };
}

/**
 * pythonpath (the last entry first), the folder after chdir, the start folder, PYTHONPATH: gunicorn/app/base.py (`chdir`, `run`).
 */
function searchPath(
  context: ServerContext,
  ranked: Ranked,
  chdir: Setting<string>,
  configText: string | undefined,
): Setting<readonly string[]> {
  if (configText?.includes('sys.path')) {
    return {
      name: 'the module search path',
      origin: 'config file',
      known: false,
      why: 'the configuration file changes sys.path',
    };
  }
  const setting = ranked.settings.get('pythonpath');
  const first: Setting<string>[] = [];
  if (setting && !setting.known) first.push(unknownFrom(setting, setting.why));
  else if (setting && typeof setting.value === 'string') {
    const parts = setting.value.split(',').map(part => withValue(setting, part));
    for (const part of parts) first.unshift(relativeTo(part, chdir));
  }
  return searchFolders(context, [...first, chdir]);
}

/** pythonpath is made absolute after chdir. */
function relativeTo(part: Setting<string> & { readonly known: true }, chdir: Setting<string>): Setting<string> {
  if (part.value.startsWith('/')) return part;
  return chdir.known ? withValue(part, joinInside(chdir.value, part.value)) : unknownFrom(part, chdir.why);
}
