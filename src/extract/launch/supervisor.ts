import type { Address } from '../../model/endpoint.js';
import type { Command, Launch } from '../../model/launch.js';
import { baseName, folderOf, joinInside, type Place } from '../../model/place.js';
import { valueOf as knownOf, type Setting, unknownFrom, withValue } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import { parseIni } from '../../syntax/ini/parse.js';
import type { IniEntry, IniSection } from '../../syntax/ini/tree.js';
import { joinSupervisor, splitPlaced } from '../../syntax/shell/split.js';
import type { SourceFile } from '../../text/source.js';
import { insideOf, listInside, locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { rewritesOf } from '../rewrite/rewrites.js';
import { fitsFolder, namesIn } from './evidence.js';
import { follow, wordsSpan } from './follow.js';
import { globMatches, globTokens } from './glob.js';
import type { ShellOutcome, ShellStart } from './outcome.js';
import { maskTemplates, partsOf, wordFrom } from './placed.js';
import { insideRepository } from './procfile.js';
import { followCommand } from './shell.js';
import { type Machine, note } from './state.js';
import { type Expansions, entrySetting, environmentEntries, formatPiece } from './supervisor-format.js';
import { signalName } from './systemd.js';

/** A program section with the last value of each of its keys, and where its file is inside the place. */
interface Program {
  readonly name: string;
  readonly section: IniSection;
  readonly entries: ReadonlyMap<string, IniEntry>;
  readonly file: SourceFile;
  readonly here: string | undefined;
}

type SupervisorStart = Pick<
  ShellStart,
  'environment' | 'environmentOpen' | 'workingDirectory' | 'via' | 'certain' | 'user'
>;

/**
 * One launch per program of a supervisor file. With `start` the daemon is started that way (in a container) and its includes are
 * followed; without, the file is installed on a host, where each file is looked at by itself. Source: supervisor 4.2.5.
 */
export function supervisorLaunches(
  reader: Reader,
  file: SourceFile,
  place: Place,
  start?: SupervisorStart,
): readonly Launch[] {
  const inside = insideOf(place, file.path)[0];
  const here = inside === undefined ? undefined : folderOf(inside);
  const files = withIncludes(reader, file, place, here, start !== undefined);
  const daemon = daemonSettings(files);
  return files.flatMap(({ file: one, here }) =>
    programsOf(reader, one, here).map(program => programLaunch(reader, program, place, daemon, start)),
  );
}

/** Follows `supervisord -c file` into the programs that it starts. */
export function superviseCommands(machine: Machine, command: Command): void {
  const at = command.words.findIndex(word => /^(?:-c|--configuration)$/.test(word.text));
  const attached = command.words.find(word => /^(?:--configuration=|-c.)/.test(word.text));
  const named = at >= 0 ? command.words[at + 1] : attached;
  const base = knownOf(command.workingDirectory);
  const candidates = named
    ? [named.text.replace(/^(?:--configuration=|-c)(?=.)/, '')]
    : ['supervisord.conf', 'etc/supervisord.conf', '/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'];
  for (const name of candidates) {
    if (named && !named.known) break;
    if (!name.startsWith('/') && base === undefined) continue;
    const inside = joinInside(base ?? '/', name);
    const found = locate(machine.reader, machine.place, inside);
    if (found.kind !== 'file') continue;
    superviseFile(machine, command, found.file, inside);
    return;
  }
  if (superviseFolder(machine, command, '/etc/supervisor/conf.d')) return;
  note(machine, command.span, 'the configuration of supervisord is not in the repository');
}

/** The distribution's own supervisord.conf includes `conf.d/*.conf`. */
function superviseFolder(machine: Machine, command: Command, folder: string): boolean {
  let any = false;
  for (const name of listInside(machine.reader, machine.place, folder).names) {
    const inside = `${folder}/${name}`;
    const found = name.endsWith('.conf') ? locate(machine.reader, machine.place, inside) : undefined;
    if (found?.kind !== 'file') continue;
    any = true;
    superviseFile(machine, command, found.file, inside);
  }
  return any;
}

function superviseFile(machine: Machine, command: Command, file: SourceFile, inside: string): void {
  if (machine.steps < 0) return;
  const files = withIncludes(machine.reader, file, machine.place, folderOf(inside), true);
  for (const each of files) machine.steps -= 20 + (each.file.text.length >> 6);
  const daemon = daemonSettings(files);
  const start: SupervisorStart = {
    environment: command.environment,
    environmentOpen: command.environmentOpen,
    workingDirectory: command.workingDirectory,
    via: [...command.via, { span: command.span, message: `supervisord starts what ${file.path} lists` }],
    certain: command.certain,
    ...(command.user && { user: command.user }),
  };
  for (const { file: one, here } of files)
    for (const program of programsOf(machine.reader, one, here))
      for (const each of programCommands(program, machine.place, machine.reader, daemon, start)) follow(machine, each);
}

interface Placed {
  readonly file: SourceFile;
  /** Its folder inside the place. */
  readonly here: string | undefined;
}

function withIncludes(
  reader: Reader,
  file: SourceFile,
  place: Place,
  here: string | undefined,
  included: boolean,
): readonly Placed[] {
  const files: Placed[] = [{ file, here }];
  if (!included || here === undefined) return files;
  for (const section of parseIni(file, 'supervisor').sections) {
    if (section.name !== 'include') continue;
    for (const entry of section.entries) {
      if (entry.key !== 'files') continue;
      for (const pattern of entry.value.split(/\s+/).slice(0, 50)) {
        for (const path of globbed(reader, place, joinInside(here, pattern.replaceAll('%(here)s', here)))) {
          const found = locate(reader, place, path);
          if (found.kind === 'file' && files.length < 200) files.push({ file: found.file, here: folderOf(path) });
        }
      }
    }
  }
  return files;
}

/** Paths for a pattern whose last part may hold `*`. */
function globbed(reader: Reader, place: Place, pattern: string): readonly string[] {
  const name = baseName(pattern);
  if (!/[*?]/.test(name)) return [pattern];
  const folder = folderOf(pattern);
  return listInside(reader, place, folder || '/')
    .names.filter(one => globMatches(globTokens(name), one))
    .map(one => `${folder}/${one}`);
}

/** Settings of `[supervisord]` that its programs inherit. */
function daemonSettings(files: readonly Placed[]): ReadonlyMap<string, IniEntry> {
  const found = new Map<string, IniEntry>();
  const first = files[0];
  if (!first) return found;
  for (const section of parseIni(first.file, 'supervisor').sections)
    if (section.name === 'supervisord') for (const entry of section.entries) found.set(entry.key, entry);
  return found;
}

function programsOf(reader: Reader, file: SourceFile, here: string | undefined): readonly Program[] {
  const tree = parseIni(file, 'supervisor');
  reader.note(file, 'supervisor', tree.problems);
  const found = new Map<string, Program>();
  for (const section of tree.sections) {
    const name = /^(?:fcgi-)?program:(.+)$/.exec(section.name ?? '')?.[1]?.trim();
    if (name === undefined) continue;
    const before = found.get(name)?.entries ?? new Map<string, IniEntry>();
    const entries = new Map([...before, ...section.entries.map(entry => [entry.key, entry] as const)]);
    if (entries.has('command')) found.set(name, { name, section, entries, file, here });
  }
  return [...found.values()].slice(0, 200);
}

function programLaunch(
  reader: Reader,
  program: Program,
  place: Place,
  daemon: ReadonlyMap<string, IniEntry>,
  start: SupervisorStart | undefined,
): Launch {
  const commands = programCommands(program, place, reader, daemon, start);
  const outcomes = commands.map(command => followCommand(reader, command, place));
  const entry = program.entries.get('command');
  const expansions = expansionsOf(reader, program, place.environment, false, 0);
  const setting = (key: string): Setting<string> | undefined => {
    const found = program.entries.get(key);
    return found && entrySetting(found, expansions);
  };
  const user = setting('user');
  const umask =
    setting('umask') ?? (daemon.has('umask') ? entrySetting(daemon.get('umask') as IniEntry, expansions) : undefined);
  const socket = setting('socket');
  return {
    kind: 'supervisor',
    name: program.name,
    place,
    span: entry ? entry.span : program.section.span,
    commands: outcomes.flatMap(outcome => outcome.commands),
    passedSockets: socket?.span ? [{ address: read(socket, socketAddress), span: socket.span }] : [],
    ...(user && { user }),
    ...(umask && { umask: read(umask, text => (/^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : undefined)) }),
    stopTimeout: number(setting('stopwaitsecs')) ?? { name: 'stopwaitsecs', origin: 'default', known: true, value: 10 },
    stopSignal: signal(setting('stopsignal')),
    unresolved: outcomes.flatMap((outcome: ShellOutcome) => outcome.unresolved),
    faults: outcomes.flatMap((outcome: ShellOutcome) => outcome.faults),
  };
}

function read<T>(setting: Setting<string>, convert: (text: string) => T | undefined): Setting<T> {
  if (!setting.known) return unknownFrom(setting, setting.why);
  const value = convert(setting.value);
  return value === undefined
    ? unknownFrom(setting, `"${setting.value}" is not a value that is read here`)
    : withValue(setting, value);
}

function number(setting: Setting<string> | undefined): Setting<number> | undefined {
  return setting && read(setting, text => (/^[0-9]{1,9}$/.test(text) ? Number(text) : undefined));
}

function signal(setting: Setting<string> | undefined): Setting<string> {
  return setting ? read(setting, signalName) : { name: 'stopsignal', origin: 'default', known: true, value: 'SIGTERM' };
}

/** `tcp://host:port` or `unix:///path` of a fcgi-program. */
function socketAddress(text: string): Address | undefined {
  const unix = /^unix:\/\/(\/.+)$/.exec(text);
  if (unix) return { kind: 'unix', path: unix[1] ?? '' };
  const tcp = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]+)):([0-9]{1,5})$/.exec(text);
  return tcp ? { kind: 'tcp', host: tcp[1] ?? tcp[2] ?? '', port: Number(tcp[3]) } : undefined;
}

const mostProcesses = 16;

/** The commands of a program, one per process of `numprocs`. */
function programCommands(
  program: Program,
  place: Place,
  reader: Reader,
  daemon: ReadonlyMap<string, IniEntry>,
  start: SupervisorStart | undefined,
): readonly Command[] {
  const entry = program.entries.get('command');
  if (!entry) return [];
  const open = start?.environmentOpen ?? false;
  const outer = start?.environment ?? place.environment;
  const count = countOf(program.entries.get('numprocs'), 1);
  const first = countOf(program.entries.get('numprocs_start'), 0);
  const commands: Command[] = [];
  for (let index = 0; index < Math.min(count, mostProcesses); index++) {
    const environment = new Map(outer);
    for (const table of [daemon, program.entries]) {
      const stated = table.get('environment');
      const expansions = expansionsOf(reader, program, environment, open, first + index);
      if (stated) for (const [name, value] of environmentEntries(stated, expansions)) environment.set(name, value);
    }
    const expansions = expansionsOf(reader, program, environment, open, first + index);
    const words = commandWords(entry, expansions);
    commands.push({
      words,
      environment,
      environmentOpen: open,
      workingDirectory: directoryOf(reader, program, expansions, daemon, start, words),
      span: wordsSpan(words, entry.valueSpan),
      via: start?.via ?? [],
      certain:
        (start?.certain ?? true) && !/^(?:false|0|no|off)$/i.test(program.entries.get('autostart')?.value ?? 'true'),
      ...(start?.user && { user: start.user }),
      ...(start &&
        program.entries.has('user') && { user: entrySetting(program.entries.get('user') as IniEntry, expansions) }),
    });
  }
  return commands;
}

function countOf(entry: IniEntry | undefined, otherwise: number): number {
  return entry && /^[0-9]{1,4}$/.test(entry.value) ? Number(entry.value) : otherwise;
}

function expansionsOf(
  reader: Reader,
  program: Program,
  environment: ReadonlyMap<string, Setting<string>>,
  open: boolean,
  index: number,
): Expansions {
  const of: Expansions['of'] = name => {
    if (name === 'program_name' || name === 'group_name') return program.name;
    if (name === 'process_num') return String(index);
    if (name === 'numprocs') return String(countOf(program.entries.get('numprocs'), 1));
    if (name === 'here') return program.here ?? { why: 'the folder of this file on the host is not known' };
    if (!name.startsWith('ENV_')) return { why: 'supervisor fills it in when it starts' };
    const setting = environment.get(name.slice(4));
    if (setting?.known) return setting.value;
    return {
      why: setting
        ? setting.why
        : open
          ? `${name.slice(4)} comes from the environment`
          : `${name.slice(4)} is not set in any file`,
    };
  };
  return { of, filling: { values: reader.assumptions.variables, rewrites: rewritesOf(reader) } };
}

function commandWords(entry: IniEntry, expansions: Expansions): readonly Word[] {
  const { file, start, end } = entry.valueSpan;
  const masked = maskTemplates(joinSupervisor(file, start, end), expansions.filling);
  return splitPlaced(masked.text, 'shlex').words.map(split =>
    wordFrom(
      file,
      split,
      partsOf(split.text, masked.raw, (text, at) => formatPiece(text, at, expansions)),
    ),
  );
}

/** `directory=`, else that of the daemon. On a host, where nobody states that either: the file's own folder, if what the command names is there. */
function directoryOf(
  reader: Reader,
  program: Program,
  expansions: Expansions,
  daemon: ReadonlyMap<string, IniEntry>,
  start: SupervisorStart | undefined,
  words: readonly Word[],
): Setting<string> {
  const entry = program.entries.get('directory') ?? daemon.get('directory');
  if (entry) {
    const setting = entrySetting(entry, expansions);
    if (!setting.known) return setting;
    if (setting.value.startsWith('/')) return withValue(setting, joinInside('/', setting.value));
    const base = start && knownOf(start.workingDirectory);
    return base === undefined
      ? unknownFrom(setting, 'it is relative to where supervisord is started')
      : withValue(setting, joinInside(base, setting.value));
  }
  if (start) return start.workingDirectory;
  const facts = { name: 'directory', origin: 'default' as const };
  const folder = folderOf(program.file.path);
  const names = namesIn(words);
  if (names.length > 0 && fitsFolder(reader, folder, names))
    return { ...facts, known: true, value: insideRepository(folder) };
  if (folder !== '' && names.length > 0 && fitsFolder(reader, '', names))
    return { ...facts, known: true, value: insideRepository('') };
  return { ...facts, known: false, why: 'it cannot be told where supervisord is started' };
}
