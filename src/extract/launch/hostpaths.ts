import type { Command } from '../../model/launch.js';
import { joinInside, type Place, repositoryRoot } from '../../model/place.js';
import { parseIni } from '../../syntax/ini/parse.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { namesIn } from './evidence.js';
import { procfileLaunches } from './procfile.js';
import { looksLikeProcfile, looksLikeSupervisor, looksLikeSystemd } from './recognise.js';
import { runByHand } from './scripts.js';
import { supervisorLaunches } from './supervisor.js';
import { systemdLaunches } from './systemd.js';

/** Paths of a host that its files name. */
export interface HostEvidence {
  /** Working directories and the like. */
  readonly folders: readonly string[];
  /** Scripts, configurations and other files. */
  readonly files: readonly string[];
  /** What is named relative to a folder (see `namesIn`). */
  readonly named: readonly { readonly folder: string; readonly names: readonly string[] }[];
}

const folderOptions = new Set(['--chdir', '--chdir2', '--pythonpath', '--python-path', '--app-dir', '--pp', '-C']);

/** Collects the paths from the commands that units, supervisor files and scripts start. `place`: the host without any guess. */
export function hostEvidence(reader: Reader, units: readonly SourceFile[], place: Place): HostEvidence {
  const folders = new Set<string>();
  const files = new Set<string>();
  const named: { folder: string; names: readonly string[] }[] = [];
  for (const command of commandsOf(reader, units, place)) {
    const directory = command.workingDirectory.known ? command.workingDirectory.value : undefined;
    const names = namesIn(command.words);
    if (directory !== undefined && isHostPath(directory)) {
      folders.add(directory);
      named.push({ folder: directory, names });
    }
    command.words.forEach((word, index) => {
      if (!word.known) return;
      const equals = word.text.startsWith('-') ? word.text.indexOf('=') : -1;
      const option = equals > 0 ? word.text.slice(0, equals) : (command.words[index - 1]?.text ?? '');
      const path = equals > 0 ? word.text.slice(equals + 1) : word.text;
      if (!isHostPath(path)) return;
      const clean = joinInside('/', path);
      if (folderOptions.has(option)) {
        folders.add(clean);
        named.push({ folder: clean, names });
      } else files.add(clean);
    });
  }
  for (const unit of units) for (const path of environmentFiles(unit)) files.add(path);
  for (const unit of units.filter(isUwsgi)) addUwsgiPaths(unit, folders, files, named);
  return { folders: [...folders].slice(0, 50), files: [...files].slice(0, 200), named: named.slice(0, 200) };
}

function isHostPath(path: string): boolean {
  return path.startsWith('/') && !path.startsWith(repositoryRoot) && path.length < 500 && !path.includes('\n');
}

function commandsOf(reader: Reader, units: readonly SourceFile[], place: Place): readonly Command[] {
  const systemd = units.filter(looksLikeSystemd);
  const commands = systemdLaunches(reader, systemd, place).flatMap(launch => launch.commands);
  const all = [...commands];
  for (const file of units) {
    if (looksLikeSystemd(file) || isUwsgi(file)) continue;
    if (looksLikeSupervisor(file))
      all.push(...supervisorLaunches(reader, file, place).flatMap(launch => launch.commands));
    else if (looksLikeProcfile(file))
      all.push(...procfileLaunches(reader, file, place).flatMap(launch => launch.commands));
    else all.push(...runByHand(reader, file, place).commands);
  }
  return all;
}

function isUwsgi(file: SourceFile): boolean {
  return /\.(?:ini|conf|cfg)$/i.test(file.path) && /^\uFEFF?\[uwsgi\]/im.test(file.text);
}

/** `chdir` and `pythonpath` of a uWSGI file are folders of the project, in which its module or wsgi-file lies. */
function addUwsgiPaths(
  unit: SourceFile,
  folders: Set<string>,
  files: Set<string>,
  named: { folder: string; names: readonly string[] }[],
): void {
  const entries = parseIni(unit, 'uwsgi').sections.flatMap(section => section.entries);
  const plain = (key: string): readonly string[] =>
    entries.filter(entry => entry.key === key && !/[%$@\s]/.test(entry.value)).map(entry => entry.value);
  const names = [
    ...['module', 'wsgi'].flatMap(plain).map(text => `${(text.split(':', 1)[0] ?? '').replaceAll('.', '/')}#module`),
    ...plain('wsgi-file').filter(path => !path.startsWith('/')),
  ];
  for (const path of ['chdir', 'pythonpath', 'pp', 'python-path'].flatMap(plain).filter(isHostPath)) {
    folders.add(joinInside('/', path));
    named.push({ folder: joinInside('/', path), names });
  }
  for (const path of plain('wsgi-file').filter(isHostPath)) files.add(joinInside('/', path));
}

function environmentFiles(unit: SourceFile): readonly string[] {
  if (!looksLikeSystemd(unit)) return [];
  return parseIni(unit, 'systemd').sections.flatMap(section =>
    section.entries
      .filter(entry => entry.key === 'EnvironmentFile')
      .map(entry => entry.value.replace(/^-/, ''))
      .filter(path => path.startsWith('/') && !/[\s%*?]/.test(path)),
  );
}
