import type { Address } from '../../model/endpoint.js';
import type { Fault } from '../../model/fault.js';
import type { Command, Launch, PassedSocket } from '../../model/launch.js';
import type { Place } from '../../model/place.js';
import { type Setting, unknownFrom, withValue } from '../../model/setting.js';
import type { IniEntry } from '../../syntax/ini/tree.js';
import type { SourceFile, Step } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { wordsSpan } from './follow.js';
import { followCommand } from './shell.js';
import { commandLines, unitEnvironment } from './systemd-command.js';
import { lastOf, listOf, readUnits, type Unit, valueSetting } from './unit.js';

/**
 * One launch per service among the unit files of a folder, with the sockets that its `.socket` units open for it. Sources:
 * systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.socket(5).
 */
export function systemdLaunches(reader: Reader, units: readonly SourceFile[], place: Place): readonly Launch[] {
  const all = readUnits(reader, units);
  const sockets = all.filter(unit => unit.name.endsWith('.socket'));
  return all
    .filter(unit => unit.name.endsWith('.service') && listOf(unit, 'Service', 'ExecStart').length > 0)
    .map(unit =>
      serviceLaunch(
        reader,
        unit,
        sockets.filter(socket => isSocketOf(socket, unit)),
        place,
      ),
    );
}

/** A socket unit names its service, has the service's name, or is named by it; `x.socket` with Accept starts `x@.service`. */
function isSocketOf(socket: Unit, service: Unit): boolean {
  if (socket.folder !== service.folder) return false;
  const named = lastOf(socket, 'Socket', 'Service')?.value;
  if (named !== undefined) return named === service.name;
  const stem = socket.name.slice(0, -'.socket'.length);
  if (service.name === `${stem}.service` || service.name === `${stem}@.service`) return true;
  return listOf(service, 'Service', 'Sockets').some(entry => entry.value.split(/\s+/).includes(socket.name));
}

function serviceLaunch(reader: Reader, unit: Unit, sockets: readonly Unit[], place: Place): Launch {
  const environment = unitEnvironment(reader, unit, place);
  const directory = workingDirectory(unit);
  const unresolved: Step[] = [];
  const scripts: Fault[] = [];
  const commands: Command[] = [];
  const starts = listOf(unit, 'Service', 'ExecStart');
  for (const entry of starts) {
    for (const line of commandLines(unit, entry, environment)) {
      const command: Command = {
        words: line.words,
        environment: environment.variables,
        environmentOpen: environment.open,
        workingDirectory: directory,
        span: wordsSpan(line.words, entry.valueSpan),
        via: [],
        certain: true,
        ...(line.root && {
          user: { name: 'ExecStart=+', origin: 'config file', span: entry.valueSpan, known: true, value: 'root' },
        }),
      };
      const outcome = followCommand(reader, command, place);
      commands.push(...outcome.commands);
      unresolved.push(...outcome.unresolved);
      scripts.push(...outcome.faults);
    }
  }
  const last = starts.at(-1);
  const folders = madeFolders(unit);
  const faults = [...startFaults(unit, starts), ...scripts];
  return {
    kind: 'systemd',
    name: unit.name,
    place,
    span: last ? last.span : { file: unit.file, start: 0, end: 0 },
    commands,
    passedSockets: sockets.length > 0 ? sockets.flatMap(openedSockets) : absentSockets(unit),
    ...processSettings(unit),
    ...(folders.length > 0 && { madeFolders: folders }),
    unresolved,
    ...(faults.length > 0 && { faults }),
  };
}

/** What somebody is to fill in: `path/to/venv`, `VENV_PATH/bin`, `__APP_DIR__/bin`, `{{ x }}`. */
const standsForPath = /^(?:path|your)\b|\/path\/to\/|^__|^[0-9_.-]*[A-Z][A-Z0-9_.-]+\/|[{}<>$%]/;

/** What systemd refuses to load: several ExecStart lines outside oneshot, a relative path. */
function startFaults(unit: Unit, starts: readonly IniEntry[]): readonly Fault[] {
  // Of two lines in the branches of a template only one is rendered.
  if (starts.some(({ span }) => /\{%|<%/.test(span.file.text))) return [];
  const type = lastOf(unit, 'Service', 'Type')?.value;
  const faults: Fault[] = [];
  if (unit.template) return faults;
  const [first, second] = starts;
  if (first && second && type !== 'oneshot' && (type === undefined || /^[a-z]+$/.test(type))) {
    faults.push({
      kind: 'process/cannot-start',
      span: second.span,
      message: `${unit.name} has ${starts.length} ExecStart= lines, which systemd allows only with Type=oneshot: it refuses the unit and starts nothing`,
      related: [{ span: first.span, message: 'the first ExecStart= is here' }],
      log: `${unit.name}: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.`,
    });
  }
  for (const entry of starts) {
    const path = /^[-@:+!|]*((?![-@:+!|])[.A-Za-z0-9_-]+\/\S*)/.exec(entry.value)?.[1];
    if (path === undefined || standsForPath.test(path)) continue;
    faults.push({
      kind: 'process/cannot-start',
      span: { file: entry.valueSpan.file, start: entry.valueSpan.start, end: entry.valueSpan.end },
      message: `ExecStart= names ${path}: systemd wants an absolute path or a bare program name, whatever WorkingDirectory= says`,
      log: `Neither a valid executable name nor an absolute path: ${path}`,
    });
  }
  return faults;
}

function workingDirectory(unit: Unit): Setting<string> {
  const entry = lastOf(unit, 'Service', 'WorkingDirectory');
  if (lastOf(unit, 'Service', 'RootDirectory') || lastOf(unit, 'Service', 'RootImage'))
    return {
      name: 'WorkingDirectory',
      origin: 'config file',
      known: false,
      why: 'the service has a root folder of its own',
    };
  if (!entry) {
    const user = lastOf(unit, 'Install', 'WantedBy')?.value === 'default.target';
    const facts = { name: 'WorkingDirectory', origin: 'default' as const };
    return user
      ? { ...facts, known: false, why: 'the home folder depends on the user' }
      : { ...facts, known: true, value: '/' };
  }
  const setting = valueSetting(unit, entry);
  if (!setting.known) return setting;
  const value = setting.value.replace(/^-/, '');
  if (value.startsWith('~')) return unknownFrom(setting, 'the home folder depends on the user');
  if (!value.startsWith('/')) return unknownFrom(setting, 'it is not an absolute path');
  return withValue(setting, value.length > 1 ? value.replace(/\/$/, '') : value);
}

/** Settings that make folders, and below which folder (systemd.exec(5)); their mode is 0755 unless `...Mode=` says otherwise. */
const folderSettings = [
  ['RuntimeDirectory', '/run'],
  ['StateDirectory', '/var/lib'],
  ['CacheDirectory', '/var/cache'],
  ['LogsDirectory', '/var/log'],
] as const;

function madeFolders(unit: Unit): NonNullable<Launch['madeFolders']> {
  const kept = lastOf(unit, 'Service', 'RuntimeDirectoryPreserve')?.value ?? 'no';
  return folderSettings.flatMap(([key, base]) => {
    const stated = lastOf(unit, 'Service', `${key}Mode`)?.value ?? '';
    const mode = octal(stated) ?? 0o755;
    const removed = key === 'RuntimeDirectory' && /^(?:no|false|off|0|n|f)$/i.test(kept);
    return listOf(unit, 'Service', key).flatMap(entry => {
      const setting = valueSetting(unit, entry);
      const names = setting.known ? setting.value.split(/\s+/).filter(name => /^[^/:]/.test(name)) : [];
      return names.map(name => ({ path: `${base}/${name.split(':', 1)[0]}`, mode, removed, span: entry.valueSpan }));
    });
  });
}

type ProcessSettings = Pick<
  Launch,
  'user' | 'group' | 'umask' | 'privateTmp' | 'stopTimeout' | 'stopSignal' | 'serviceType' | 'killMode'
>;

function processSettings(unit: Unit): ProcessSettings {
  const text = (key: string): Setting<string> | undefined => {
    const entry = lastOf(unit, 'Service', key);
    return entry && valueSetting(unit, entry);
  };
  const user = text('User');
  const group = text('Group');
  const umask = text('UMask');
  const privateTmp = text('PrivateTmp');
  const type = text('Type');
  const killMode = text('KillMode');
  return {
    ...(user && { user }),
    ...(group && { group }),
    ...(umask && { umask: convert(umask, octal) }),
    ...(privateTmp && { privateTmp: convert(privateTmp, boolean) }),
    stopTimeout: stopTimeout(text('TimeoutStopSec') ?? text('TimeoutSec')),
    stopSignal: stopSignal(text('KillSignal')),
    ...(type && { serviceType: type }),
    ...(killMode && { killMode }),
  };
}

function convert<T>(setting: Setting<string>, read: (text: string) => T | undefined): Setting<T> {
  if (!setting.known) return unknownFrom(setting, setting.why);
  const value = read(setting.value);
  return value === undefined
    ? unknownFrom(setting, `"${setting.value}" is not a value that is read here`)
    : withValue(setting, value);
}

function octal(text: string): number | undefined {
  return /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function boolean(text: string): boolean | undefined {
  if (/^(?:1|yes|y|true|t|on|disconnected)$/i.test(text)) return true;
  return /^(?:0|no|n|false|f|off)$/i.test(text) ? false : undefined;
}

/** systemd waits 90 s unless told otherwise (DefaultTimeoutStopSec); `infinity` and 0 mean without end. */
function stopTimeout(setting: Setting<string> | undefined): Setting<number> {
  if (!setting) return { name: 'TimeoutStopSec', origin: 'default', known: true, value: 90 };
  return convert(setting, timeSpan);
}

const units: Readonly<Record<string, number>> = {
  us: 1e-6,
  usec: 1e-6,
  ms: 1e-3,
  msec: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86400,
  day: 86400,
  days: 86400,
  w: 604800,
  week: 604800,
  weeks: 604800,
};

/** Seconds of a time span as systemd.time(7) writes it: `90`, `1min 30s`, `infinity`. */
export function timeSpan(text: string): number | undefined {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  if (text.length > 60) return undefined;
  let total = 0;
  let rest = text.trim();
  while (rest !== '') {
    const piece = /^([0-9]+(?:\.[0-9]+)?)[ \t]*([a-z]*)[ \t]*/.exec(rest);
    const unit = piece?.[2] === '' ? 1 : units[piece?.[2] ?? ''];
    if (!piece || unit === undefined) return undefined;
    total += Number(piece[1]) * unit;
    rest = rest.slice(piece[0].length);
  }
  return text.trim() === '' ? undefined : total === 0 ? Number.POSITIVE_INFINITY : total;
}

function stopSignal(setting: Setting<string> | undefined): Setting<string> {
  if (!setting) return { name: 'KillSignal', origin: 'default', known: true, value: 'SIGTERM' };
  return convert(setting, signalName);
}

/** `SIGTERM` for `TERM`, `sigterm` and 15; undefined for what is no signal. */
export function signalName(text: string): string | undefined {
  const numbers: Readonly<Record<string, string>> = {
    1: 'SIGHUP',
    2: 'SIGINT',
    3: 'SIGQUIT',
    6: 'SIGABRT',
    9: 'SIGKILL',
    10: 'SIGUSR1',
    12: 'SIGUSR2',
    15: 'SIGTERM',
  };
  if (/^[0-9]+$/.test(text)) return numbers[text];
  const upper = text.toUpperCase();
  return /^[A-Z0-9+]{2,12}$/.test(upper) ? (upper.startsWith('SIG') ? upper : `SIG${upper}`) : undefined;
}

function openedSockets(socket: Unit): readonly PassedSocket[] {
  return listOf(socket, 'Socket', 'ListenStream').map(entry => ({
    address: convert(valueSetting(socket, entry), listenAddress),
    span: entry.valueSpan,
  }));
}

/** Units of the system that services wait for, and that open no socket for them. */
const systemSockets =
  /^(?:docker|podman|containerd|dbus|snapd|avahi-daemon|cups|rpcbind|syslog|systemd-|redis|valkey|postgresql|mysql|mariadb|memcached|libvirtd|uuidd)/;

/**
 * The unit asks for a socket unit that is not in the repository: it is on the machine, made by hand as many guides tell, and what it opens
 * takes the place of the address in the command.
 */
function absentSockets(unit: Unit): readonly PassedSocket[] {
  const asked = [
    ...['Requires', 'BindsTo', 'Wants'].flatMap(key => listOf(unit, 'Unit', key)),
    ...listOf(unit, 'Service', 'Sockets'),
  ];
  return asked.flatMap(entry =>
    entry.value
      .split(/\s+/)
      .filter(name => name.endsWith('.socket') && !systemSockets.test(name))
      .map((name): PassedSocket => {
        const why = `${name}, which the unit asks for, is not in the repository`;
        const address = { name: 'ListenStream', origin: 'config file' as const, known: false as const, why };
        return { address, span: entry.valueSpan, absent: true };
      }),
  );
}

/** ListenStream=: a path, an abstract name, a port on all addresses, or an address with a port. */
function listenAddress(text: string): Address | undefined {
  if (text.startsWith('/') || text.startsWith('@')) return { kind: 'unix', path: text };
  if (/^[0-9]{1,5}$/.test(text)) return { kind: 'tcp', host: '0.0.0.0', port: Number(text) };
  const six = /^\[([0-9A-Fa-f:.]+)\]:([0-9]{1,5})$/.exec(text);
  if (six) return { kind: 'tcp', host: six[1] ?? '', port: Number(six[2]) };
  const four = /^([0-9.]+|\*):([0-9]{1,5})$/.exec(text);
  return four ? { kind: 'tcp', host: four[1] === '*' ? '0.0.0.0' : (four[1] ?? ''), port: Number(four[2]) } : undefined;
}
