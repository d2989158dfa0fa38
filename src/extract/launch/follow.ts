import type { Command } from '../../model/launch.js';
import { baseName, folderOf, joinInside } from '../../model/place.js';
import { valueOf as knownOf, type Setting } from '../../model/setting.js';
import { type Word, whyUnknown } from '../../model/word.js';
import { nearest } from '../../text/near.js';
import { type Span, spanText } from '../../text/source.js';
import { locate } from '../place/files.js';
import { folderFrom } from './directory.js';
import { runList } from './execute.js';
import { followManager } from './managers.js';
import { isShellScript } from './recognise.js';
import { maximumSource, parseScript } from './script.js';
import { runShellWord } from './shellword.js';
import { limits, type Machine, note, startState } from './state.js';
import { type Unwrapped, unwrap } from './wrappers.js';

/** Programs that prepare or look, and never serve: they are left out. */
const preparing = new Set(
  'apk apt apt-get awk base64 basename bundle cat chgrp chmod chown clear cmp comm compinit cp curl cut date dd df diff dig dirname dnf docker dos2unix du echo egrep envsubst expr false fgrep file find free getent git grep groupadd gunzip gzip head host hostname id ifconfig install ip kill killall ldconfig less link ln locale-gen logger ls md5sum mkdir mkfifo mktemp more mv mysql mysqladmin nc ncat netcat netstat nl nproc nslookup openssl passwd pg_isready ping pip pip3 pkill printenv printf ps psql pwd readlink realpath redis-cli rm rmdir rsync sed seq sha256sum sleep sort ss ssh-keygen stat stty sync sysctl tail tar tee telnet touch tput tr true tty uname uniq unlink unzip update-ca-certificates useradd usermod wc wget which who whoami yum zip'.split(
    ' ',
  ),
);

/** Follows a ready command through wrappers, scripts and task runners; what is started in the end goes into the machine. */
export function follow(machine: Machine, command: Command): void {
  let current = command;
  for (let round = 0; round < 20; round++) {
    const [first] = current.words;
    if (!first) return;
    if (!first.known) {
      followUnknown(machine, current, first);
      return;
    }
    const program = baseName(first.text);
    const inner = unwrap(program, current.words);
    if (!inner || isOwnScript(machine, current, first)) {
      dispatch(machine, current, program, first);
      return;
    }
    const next = unwrapped(current, inner);
    if (inner.shell) {
      runShellWord(machine, next, inner.shell, []);
      return;
    }
    current = next;
  }
}

/** `$VENV/bin/gunicorn`: the folder is not known, but the program is. */
function followUnknown(machine: Machine, command: Command, first: Word): void {
  const last = first.parts.at(-1);
  const program = last?.known && last.text.includes('/') ? baseName(last.text) : '';
  if (program === '' || /\.(?:sh|bash)$/.test(program))
    note(machine, command.span, 'it cannot be told which command runs here');
  else if (machine.commands.length < limits.commands && !preparing.has(program)) machine.commands.push({ ...command });
}

/** A repository's own `entrypoint.sh` or `wait` is read rather than taken for the well-known program. */
function isOwnScript(machine: Machine, command: Command, first: Word): boolean {
  if (/^wait(?:-for(?:-it)?)?(?:\.sh)?$/.test(baseName(first.text))) return false;
  return first.text.includes('/') && findScript(machine, command, first.text)?.kind === 'file';
}

function unwrapped(command: Command, inner: Unwrapped): Command {
  const words = command.words.slice(inner.command);
  const environment = new Map(inner.cleared ? [] : command.environment);
  for (const word of inner.assignments ?? []) {
    const equals = word.text.indexOf('=');
    const name = word.text.slice(0, equals);
    const facts = { name, origin: 'environment' as const, span: word.span, ...(word.via && { via: word.via }) };
    environment.set(
      name,
      word.known
        ? { ...facts, known: true, value: word.text.slice(equals + 1) }
        : { ...facts, known: false, why: whyUnknown(word) },
    );
  }
  return {
    ...command,
    words,
    environment,
    environmentOpen: inner.cleared ? false : command.environmentOpen || inner.opens === true,
    span: wordsSpan(words, command.span),
    workingDirectory: inner.directory
      ? folderFrom(command.workingDirectory, inner.directory)
      : command.workingDirectory,
    ...(inner.user && { user: userSetting(inner.user) }),
  };
}

function userSetting(word: Word): Setting<string> {
  const facts = { name: 'user', origin: 'command line' as const, span: word.span };
  const name = word.text.split(':')[0] ?? '';
  return word.known ? { ...facts, known: true, value: name } : { ...facts, known: false, why: whyUnknown(word) };
}

/** From the first to the last word, where they stand in one file in this order. */
export function wordsSpan(words: readonly Word[], fallback: Span): Span {
  const first = words[0]?.span;
  const last = words[words.length - 1]?.span;
  if (!first || !last) return fallback;
  return first.file.path === last.file.path && first.start <= last.end ? { ...first, end: last.end } : first;
}

function dispatch(machine: Machine, command: Command, program: string, first: Word): void {
  if (/^(?:ba|da|a|z|k)?sh$/.test(program)) {
    runShell(machine, command);
    return;
  }
  if (followManager(machine, command, program)) return;
  const script = findScript(machine, command, first.text);
  if (script?.kind === 'file') {
    if (isShellScript(script.file)) {
      runScriptFile(machine, command, script.file, script.inside, command.words.slice(1), first.span);
      return;
    }
  } else if (/\.(?:sh|bash)$/.test(program)) {
    noteNotFound(machine, command, first, script);
    // The entry scripts of images end in `exec "$@"`.
    if (program === 'docker-entrypoint.sh' && command.words.length > 1)
      follow(machine, { ...command, words: command.words.slice(1) });
    return;
  }
  if (preparing.has(program)) return;
  if (machine.commands.length >= limits.commands) {
    if (machine.commands.length === limits.commands)
      note(machine, command.span, 'too many commands are started to follow them all');
    return;
  }
  machine.commands.push({ ...command, span: wordsSpan(command.words, command.span) });
}

type Script =
  | { readonly kind: 'file'; readonly file: import('../../text/source.js').SourceFile; readonly inside: string }
  | { readonly kind: 'missing'; readonly inside: string }
  | { readonly kind: 'unknown' };

/** A script that is proved not to be there, with one of nearly the same name in its folder, is a slip of the name. */
function noteNotFound(machine: Machine, command: Command, word: Word, script: Script | undefined): void {
  note(machine, word.span, `${word.text} ${script?.kind === 'missing' ? 'is not there' : 'is not in the repository'}`);
  if (script?.kind !== 'missing' || !command.certain) return;
  const folder = locate(machine.reader, machine.place, folderOf(script.inside));
  const name = baseName(script.inside);
  const near =
    folder.kind === 'directory' && folder.path !== undefined
      ? nearest(name, machine.reader.list(folder.path))
      : undefined;
  if (near === undefined) return;
  const start = word.span.end - name.length;
  const span = { ...word.span, start };
  const literal = spanText(span) === name;
  machine.faults.push({
    kind: 'process/missing-file',
    span: word.span,
    message: `${word.text} is not there, but ${near} is in its folder: nothing is started, and the gateway answers with 502`,
    ...(literal && { repairs: [{ title: `Write ${near}`, safety: 'safe', edits: [{ span, text: near }] }] }),
    log: `${word.text}: No such file or directory`,
  });
}

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A file of the repository that a command's first word names: by its path, or in the folders where programs are looked for. */
function findScript(machine: Machine, command: Command, name: string): Script | undefined {
  if (name.includes('/')) {
    const base = knownOf(command.workingDirectory);
    if (!name.startsWith('/') && base === undefined) return { kind: 'unknown' };
    const inside = joinInside(base ?? '/', name);
    const found = locate(machine.reader, machine.place, inside);
    if (found.kind === 'file') return { kind: 'file', file: found.file, inside };
    return found.kind === 'missing' ? { kind: 'missing', inside } : { kind: 'unknown' };
  }
  for (const folder of [...namedFolders(command.environment.get('PATH')), ...searched]) {
    const inside = `${folder}/${name}`;
    if (!machine.place.mounts.some(mount => inside === mount.inside || inside.startsWith(`${mount.inside}/`))) continue;
    const found = locate(machine.reader, machine.place, inside);
    if (found.kind === 'file') return { kind: 'file', file: found.file, inside };
  }
  return undefined;
}

/** Folders that a Dockerfile or script puts in front of the others: `PATH="/scripts:/venv/bin:$PATH"`. */
function namedFolders(path: Setting<string> | undefined): readonly string[] {
  if (!path) return [];
  const text = path.known ? path.value : path.span ? spanText(path.span).replace(/^["']/, '') : '';
  const [stated = ''] = /^(?:\/[\w./-]{1,200}(?::|$)){1,20}/.exec(text) ?? [];
  return stated
    .split(':')
    .filter(folder => folder !== '')
    .map(folder => joinInside('/', folder));
}

/** `sh -c 'text' name args`, `bash script args`. */
function runShell(machine: Machine, command: Command): void {
  const { words } = command;
  let at = 1;
  let text = false;
  for (; at < words.length; at++) {
    const word = words[at];
    if (!word?.known || !/^[-+]./.test(word.text)) break;
    if (word.text === '--') {
      at++;
      break;
    }
    if (/^[-+][A-Za-z]*o$/.test(word.text) || word.text === '--rcfile' || word.text === '--init-file') at++;
    if (/^-[A-Za-z]+$/.test(word.text) && word.text.includes('c')) text = true;
  }
  const script = words[at];
  if (!script) return;
  if (text) {
    runShellWord(machine, command, script, words.slice(at + 1));
    return;
  }
  const found = script.known
    ? findScript(machine, command, script.text.includes('/') ? script.text : `./${script.text}`)
    : undefined;
  if (found?.kind === 'file')
    runScriptFile(machine, command, found.file, found.inside, words.slice(at + 1), script.span);
  else if (script.known) noteNotFound(machine, command, script, found);
  else note(machine, script.span, 'it cannot be told which script runs here');
}

/** Runs a script in a new shell. */
export function runScriptFile(
  machine: Machine,
  command: Command,
  file: import('../../text/source.js').SourceFile,
  inside: string,
  parameters: readonly Word[],
  from: Span,
): void {
  if (machine.depth >= limits.depth || file.text.length > maximumSource) {
    note(machine, from, `${file.path} is not followed, because scripts are nested too deeply or it is too long`);
    return;
  }
  machine.depth++;
  machine.steps -= file.text.length >> 8;
  const state = startState(
    {
      place: machine.place,
      environment: command.environment,
      environmentOpen: command.environmentOpen,
      workingDirectory: command.workingDirectory,
      parameters,
      parametersOpen: parameters.some(word => word.splits === true && !word.known),
      script: inside,
      via: [...command.via, { span: from, message: `${file.path} is started here` }],
      certain: command.certain,
      ...(command.user && { user: command.user }),
    },
    file,
  );
  if (command.umask) state.umask = command.umask;
  const { exits } = machine;
  runList(machine, state, parseScript(machine, file));
  machine.exits = exits;
  machine.depth--;
}
