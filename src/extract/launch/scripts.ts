import type { Command, Launch } from '../../model/launch.js';
import { baseName, folderOf, joinInside, type Place, repositoryRoot } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { SourceFile } from '../../text/source.js';
import { locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { fitsFolder, namesIn } from './evidence.js';
import type { ShellOutcome } from './outcome.js';
import { insideRepository } from './procfile.js';
import { runScript } from './shell.js';

const servers = new Set(
  'gunicorn gunicorn3 uwsgi uwsgi_python3 uwsgi-core uvicorn hypercorn daphne waitress-serve granian nginx openresty httpd apache2 apachectl caddy haproxy traefik fastapi bjoern meinheld'.split(
    ' ',
  ),
);

/** True for a command that starts a server: by its program, by `python -m`, or by what manage.py or flask are told. */
export function startsServer(command: Command): boolean {
  const texts = command.words.map(word => word.text);
  const program = baseName(texts[0] ?? '');
  if (
    /^(?:nginx|openresty|apachectl|httpd|apache2|haproxy|caddy)$/.test(program) &&
    texts.some(text => /^-[stvVc]?[stvV]$|^(?:reload|stop|configtest)$/.test(text))
  )
    return false;
  if (servers.has(program)) return true;
  if (program === 'flask') return texts.includes('run');
  const manage = texts.findIndex(text => baseName(text) === 'manage.py');
  if (manage >= 0 && manage <= 3)
    return /^(?:runserver|runserver_plus|rungunicorn|runuwsgi)$/.test(texts[manage + 1] ?? '');
  if (!/^python[0-9.]*$|^pypy3?$/.test(program)) return false;
  const module = texts.indexOf('-m');
  if (module > 0)
    return servers.has(texts[module + 1] ?? '') || (texts[module + 1] === 'flask' && texts.includes('run'));
  return texts.slice(1, 4).some(text => /^[^-].*\.py$/.test(text));
}

/**
 * A start script that nothing names: it is started by hand, from the folder in which what it names is found. No launch for a script
 * that starts no server that is known here.
 */
export function scriptLaunches(reader: Reader, file: SourceFile, place: Place): readonly Launch[] {
  const outcome = runByHand(reader, file, place);
  const last = outcome.commands.at(-1);
  const commands = outcome.commands.filter(
    command =>
      startsServer(command) && (!isPlainPython(command) || (command === last && runsServer(reader, place, command))),
  );
  const first = commands[0];
  if (!first) return [];
  return [
    {
      kind: 'script',
      name: scriptName(file.path),
      place,
      span: first.span,
      commands: outcome.commands,
      passedSockets: [],
      unresolved: outcome.unresolved,
      faults: outcome.faults,
    },
  ];
}

/** True for a command that starts a server; a plain program of Python counts where its text has a call that may serve. */
export function servesByHand(reader: Reader, place: Place, command: Command): boolean {
  return startsServer(command) && (!isPlainPython(command) || runsServer(reader, place, command));
}

/** `run` of runit and s6 is named by its folder. */
function scriptName(path: string): string {
  const name = baseName(path);
  return name === 'run' && path.includes('/') ? `${baseName(folderOf(path))}/run` : name;
}

/** `python x.py`: a server only where the script ends in it. */
function isPlainPython(command: Command): boolean {
  const program = baseName(command.words[0]?.text ?? '');
  return (
    /^python/.test(program) && !command.words.some(word => word.text === '-m' || baseName(word.text) === 'manage.py')
  );
}

/** The program file that Python is given is there, and has a call that may serve. */
function runsServer(reader: Reader, place: Place, command: Command): boolean {
  const name = command.words.slice(1).find(word => word.text.endsWith('.py'));
  const folder = command.workingDirectory.known ? command.workingDirectory.value : '/';
  const found = name?.known ? locate(reader, place, joinInside(folder, name.text)) : undefined;
  return (
    found?.kind === 'file' && /\b(?:run|serve|serve_forever|run_app|run_simple|listen|start)\s*\(/.test(found.file.text)
  );
}

/** What a script started by hand comes down to, in the only folder that fits, or in one that is not known. */
export function runByHand(reader: Reader, file: SourceFile, place: Place): ShellOutcome {
  const start = (directory: Setting<string>): ShellOutcome =>
    runScript(reader, file, {
      place,
      environment: place.environment,
      environmentOpen: true,
      workingDirectory: directory,
      parameters: [],
      parametersOpen: true,
      script: insideRepository(file.path),
      via: [],
      certain: true,
      defaultsHold: true,
    });
  const facts = { name: 'working directory', origin: 'default' as const };
  const own = folderOf(file.path);
  if (own === '') return start({ ...facts, known: true, value: insideRepository('') });
  const unknown = start({ ...facts, known: false, why: 'it cannot be told where the script is started' });
  if (unknown.commands.every(command => command.workingDirectory.known)) return unknown;
  const fitting: ShellOutcome[] = [];
  for (let folder = own; ; folder = folderOf(folder)) {
    const outcome = start({ ...facts, known: true, value: insideRepository(folder) });
    if (fits(reader, outcome)) fitting.push(outcome);
    if (folder === '') break;
  }
  const [only, second] = fitting;
  return only && !second ? only : unknown;
}

/** Everything that its servers name is there; true only where they name something. */
function fits(reader: Reader, outcome: ShellOutcome): boolean {
  let named = 0;
  for (const command of outcome.commands) {
    const names = startsServer(command) ? namesIn(command.words) : [];
    const directory = command.workingDirectory.known ? command.workingDirectory.value : '';
    if (names.length === 0 || !directory.startsWith(repositoryRoot)) continue;
    named += names.length;
    if (!fitsFolder(reader, directory.slice(repositoryRoot.length + 1), names)) return false;
  }
  return named > 0;
}
