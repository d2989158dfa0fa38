import type { Command } from '../../model/launch.js';
import { joinInside } from '../../model/place.js';
import { valueOf as knownOf } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import { yamlGet } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';
import { listInside, locate } from '../place/files.js';
import { folderFrom } from './directory.js';
import { runScriptFile } from './follow.js';
import { runMake } from './makefile.js';
import { procfileEntries } from './procfile.js';
import { isShellScript } from './recognise.js';
import { runShellRange, runShellWord } from './shellword.js';
import { type Machine, note } from './state.js';
import { superviseCommands } from './supervisor.js';

/** Follows programs that start others by a table of their own. True where `program` is one of them. */
export function followManager(machine: Machine, command: Command, program: string): boolean {
  switch (program) {
    case 'make':
    case 'gmake':
      return runMake(machine, command);
    case 'npm':
    case 'yarn':
    case 'pnpm':
    case 'bun':
      return runPackageScript(machine, command, program);
    case 'honcho':
    case 'foreman':
    case 'forego':
    case 'goreman':
    case 'overmind':
    case 'hivemind':
      return runProcfile(machine, command, program);
    case 'supervisord':
      superviseCommands(machine, command);
      return true;
    case 'concurrently':
      for (const word of command.words.slice(1))
        if (!word.text.startsWith('-')) runShellWord(machine, command, word, []);
      return true;
    case 'runsvdir':
    case 's6-svscan': {
      const folder = [...command.words]
        .reverse()
        .find((word, index) => index < command.words.length - 1 && !word.text.startsWith('-'));
      if (folder?.known) runServiceFolder(machine, command, folderFrom(command.workingDirectory, folder));
      return true;
    }
    case 'my_init':
      runServiceFolder(machine, command, { name: 'folder', origin: 'default', known: true, value: '/etc/service' });
      return true;
    case 'init':
      if (command.words[0]?.text !== '/init') return false;
      runServiceFolder(machine, command, { name: 'folder', origin: 'default', known: true, value: '/etc/services.d' });
      runServiceFolder(machine, command, {
        name: 'folder',
        origin: 'default',
        known: true,
        value: '/etc/s6-overlay/s6-rc.d',
      });
      return true;
    case 'pm2':
    case 'pm2-runtime':
    case 'circusd':
      note(machine, command.span, `what ${program} starts stands in a file of its own, which is not read`);
      return true;
    default:
      return false;
  }
}

/** npm runs few scripts without `run`; the others run any that is no command of their own. */
function isScriptName(program: string, name: string): boolean {
  if (program === 'npm') return name === 'start' || name === 'test';
  return !/^(?:add|audit|build|cache|config|create|dlx|exec|global|info|init|install|link|list|outdated|pack|publish|remove|rebuild|set|upgrade|up|update|why|workspaces?|x)$/.test(
    name,
  );
}

/** `npm start`, `npm run x`, `yarn x`: the script of package.json. */
function runPackageScript(machine: Machine, command: Command, program: string): boolean {
  const operands: Word[] = [];
  let directory = command.workingDirectory;
  const { words } = command;
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    if (!word || word.text === '--') break;
    if (['--prefix', '--cwd', '-C', '--dir'].includes(word.text)) {
      const folder = words[++at];
      if (folder) directory = folderFrom(command.workingDirectory, folder);
    } else if (!word.text.startsWith('-')) operands.push(word);
  }
  const first = operands[0]?.text;
  const named = first === 'run' || first === 'run-script';
  const script = named ? operands[1] : operands[0];
  if (!script?.known || (!named && !isScriptName(program, script.text))) return true;
  const base = knownOf(directory);
  const found = base === undefined ? undefined : locate(machine.reader, machine.place, `${base}/package.json`);
  if (found?.kind !== 'file') {
    note(machine, command.span, 'the script is in a package.json that is not in the repository');
    return true;
  }
  const entry = yamlGet(machine.reader.yaml(found.file)?.documents[0], 'scripts', script.text);
  if (entry?.kind !== 'scalar') return true;
  const via = [...command.via, { span: script.span, message: `${found.file.path} says what "${script.text}" runs` }];
  const word: Word = { text: entry.text, known: true, parts: [{ known: true, text: entry.text }], span: entry.span };
  runShellWord(machine, { ...command, workingDirectory: directory, via }, word, []);
  return true;
}

/** `honcho start`, `foreman start web`, `overmind start -f Procfile.dev`. */
function runProcfile(machine: Machine, command: Command, program: string): boolean {
  const { words } = command;
  const values = ['-f', '--procfile', '-e', '--env', '-p', '--port', '-d', '--app-root', '-m', '-c'];
  let name: Word | undefined;
  const operands: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (text === '-f' || text === '--procfile') name = words[at + 1];
    if (values.includes(text)) at++;
    else if (!text.startsWith('-')) operands.push(text);
  }
  if (operands[0] === 'start' || operands[0] === 's') operands.shift();
  else if (program !== 'hivemind') return false;
  const base = knownOf(command.workingDirectory);
  const path = name?.known ? name.text : 'Procfile';
  const found =
    base === undefined && !path.startsWith('/')
      ? undefined
      : locate(machine.reader, machine.place, joinInside(base ?? '/', path));
  if (found?.kind !== 'file') {
    note(machine, command.span, `its ${path} is not in the repository`);
    return true;
  }
  machine.steps -= 20 + (found.file.text.length >> 6);
  machine.reader.note(found.file, 'procfile', []);
  for (const entry of procfileEntries(found.file)) {
    if (operands.length > 0 && !operands.includes(entry.name)) continue;
    const via = [...command.via, { span: command.span, message: `${program} starts what ${found.file.path} lists` }];
    const environment = new Map(command.environment);
    if (!environment.has('PORT'))
      environment.set('PORT', {
        name: 'PORT',
        origin: 'environment',
        known: false,
        why: `${program} chooses the port`,
      });
    runShellRange(machine, { ...command, environment, via }, found.file, entry.start, entry.end);
  }
  return true;
}

/** The `run` scripts of a folder of services (runit, s6). */
function runServiceFolder(machine: Machine, command: Command, folder: Command['workingDirectory']): void {
  const base = knownOf(folder);
  if (base === undefined) {
    note(machine, command.span, 'the folder of its services is not known');
    return;
  }
  const { names } = listInside(machine.reader, machine.place, base);
  for (const name of names.slice(0, 50)) {
    const inside = joinInside(base, `${name}/run`);
    const found = locate(machine.reader, machine.place, inside);
    if (found.kind === 'file') startService(machine, command, found.file, inside);
  }
}

function startService(machine: Machine, command: Command, file: SourceFile, inside: string): void {
  if (isShellScript(file)) runScriptFile(machine, command, file, inside, [], command.span);
  else note(machine, { file, start: 0, end: 0 }, `${file.path} is written in a language that is not read`);
}
