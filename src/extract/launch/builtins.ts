import type { Command } from '../../model/launch.js';
import { joinInside } from '../../model/place.js';
import { valueOf as knownOf } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { SimpleCommand } from '../../syntax/shell/tree.js';
import { locate } from '../place/files.js';
import { changeDirectory } from './directory.js';
import type { Status } from './execute.js';
import { environmentFromText, filesRead } from './exported.js';
import { follow } from './follow.js';
import { runFile } from './run.js';
import {
  exportedEnvironment,
  knownValue,
  limits,
  type Machine,
  note,
  type State,
  setVariable,
  spanOf,
  unknownValue,
  type Value,
  variable,
} from './state.js';

const names = new Set(
  '. : alias bg break builtin cd command continue declare eval exec exit export false fg getopts hash jobs let local mapfile popd pushd read readarray readonly return set shift shopt source times trap true type typeset ulimit umask unalias unset wait'.split(
    ' ',
  ),
);

export function isBuiltin(name: string): boolean {
  return names.has(name);
}

/** Runs a command that the shell does itself. `prefix` is the state with the assignments that stand before it. */
export function builtin(
  machine: Machine,
  state: State,
  prefix: State,
  node: SimpleCommand,
  words: readonly Word[],
): Status {
  const [first, ...rest] = words;
  const span = spanOf(state, node);
  switch (first?.text) {
    case ':':
    case 'true':
      return 'yes';
    case 'false':
      return 'no';
    case 'cd':
    case 'pushd':
      changeDirectory(state, rest, span);
      return 'yes';
    case 'popd':
      state.directory = state.previous ?? {
        name: 'popd',
        origin: 'command line',
        span,
        known: false,
        why: 'the folder before it is not known',
      };
      return 'yes';
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      declare(machine, state, node, rest, first.text);
      return 'yes';
    case 'unset':
      for (const word of rest) if (word.known) state.variables.set(word.text, { exported: false });
      return 'yes';
    case 'set':
      set(state, rest);
      return 'yes';
    case 'shift': {
      const count = rest[0]?.known && /^[0-9]{1,6}$/.test(rest[0].text) ? Number(rest[0].text) : 1;
      state.parameters = state.parameters.slice(count);
      return 'yes';
    }
    case 'read':
    case 'getopts':
    case 'mapfile':
    case 'readarray':
      for (const word of rest)
        if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(word.text))
          setVariable(state, word.text, unknownValue('it is read while it runs', span));
      return 'unknown';
    case 'let':
      for (const word of rest) {
        const name = /^[A-Za-z_][A-Za-z0-9_]{0,80}/.exec(word.text)?.[0];
        if (name !== undefined) setVariable(state, name, unknownValue('it is computed', span));
      }
      return 'yes';
    case '.':
    case 'source':
      return source(machine, state, node, rest);
    case 'umask':
      if (rest[0]?.known && /^[0-7]{1,4}$/.test(rest[0].text))
        state.umask = {
          name: 'umask',
          origin: 'command line',
          span: rest[0].span,
          known: true,
          value: Number.parseInt(rest[0].text, 8),
        };
      return 'yes';
    case 'exit':
    case 'return':
      leave(machine, state, first.text, rest[0]);
      return 'yes';
    case 'break':
    case 'continue':
      if (first.text === 'break') machine.breaks++;
      state.alive = 'no';
      return 'yes';
    case 'exec':
      return replace(machine, state, prefix, node, rest);
    case 'command':
    case 'builtin':
      if (rest[0]?.text.startsWith('-') || rest.length === 0) return 'unknown';
      if (rest[0]?.known && isBuiltin(rest[0].text)) return builtin(machine, state, prefix, node, rest);
      return start(machine, state, prefix, node, rest);
    case 'type':
    case 'hash':
      return 'unknown';
    case 'eval':
      if (rest.length > 0) {
        state.open = true;
        if (rest.some(word => /(?:gunicorn|uwsgi|uvicorn|nginx|exec|python|daphne|hypercorn)/.test(word.text)))
          note(machine, span, 'eval runs a text that is put together while it runs');
      }
      return 'unknown';
    default:
      return 'yes';
  }
}

/** Starts the program that the words name, as the state of the script has it. */
export function start(
  machine: Machine,
  state: State,
  prefix: State,
  node: SimpleCommand,
  words: readonly Word[],
): Status {
  // Most programs of a long script only prepare something, and nobody asks for the environment of those.
  let environment: Command['environment'] | undefined;
  follow(machine, {
    words,
    get environment() {
      environment ??= exportedEnvironment(prefix);
      return environment;
    },
    environmentOpen: state.open,
    workingDirectory: state.directory,
    span: spanOf(state, node),
    via: state.via,
    certain: state.certain && state.alive === 'yes',
    ...(state.user && { user: state.user }),
    ...(state.umask && { umask: state.umask }),
  });
  return 'assumed';
}

/** `exec`: the command takes the place of the shell; without a command it only redirects. */
function replace(machine: Machine, state: State, prefix: State, node: SimpleCommand, words: readonly Word[]): Status {
  let index = 0;
  while (words[index]?.known && /^-[acl]+$/.test(words[index]?.text ?? ''))
    index += words[index]?.text.includes('a') ? 2 : 1;
  if (words[index]?.text === '--') index++;
  const rest = words.slice(index);
  if (rest.length === 0) return 'yes';
  start(machine, state, prefix, node, rest);
  machine.exits++;
  state.alive = 'no';
  return 'yes';
}

/** `exit` with another status than 0 ends a way that is not meant to be taken. */
function leave(machine: Machine, state: State, name: string, status: Word | undefined): void {
  if (name === 'exit') machine.exits++;
  const failed = status !== undefined && !(status.known && /^0*$/.test(status.text));
  state.alive = failed && name === 'exit' ? 'failed' : 'no';
}

function declare(machine: Machine, state: State, node: SimpleCommand, words: readonly Word[], name: string): void {
  const flags = words.filter(word => /^[-+][A-Za-z]+$/.test(word.text)).map(word => word.text);
  const exported = name === 'export' ? !flags.includes('-n') : flags.some(flag => /^-[A-Za-z]*x/.test(flag));
  for (const word of words) {
    if (word.text.startsWith('-') && word.known) continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?=)?/.exec(word.text);
    const unknownName = word.parts[0]?.known === false;
    if (!match || unknownName) {
      if (name === 'export') exportOutput(machine, state, node);
      continue;
    }
    const key = match[1] ?? '';
    if (match[2] === '=') setVariable(state, key, afterName(word, match[0].length), exported);
    else if (match[2] === undefined && exported) exportExisting(state, key);
    else setVariable(state, key, unknownValue('it is put together while it runs', word.span), exported);
  }
}

function exportExisting(state: State, name: string): void {
  const own = variable(state, name);
  if (own) state.variables.set(name, { ...own, exported: true });
}

/** The value in `NAME=value`, without the name. */
function afterName(word: Word, count: number): Value {
  let left = count;
  const parts = word.parts.map(part => {
    const dropped = Math.min(left, part.text.length);
    left -= dropped;
    return dropped === 0 ? part : { ...part, text: part.text.slice(dropped) };
  });
  return { parts, via: word.via ?? [], span: word.span };
}

/** `export $(cat .env | xargs)`: the variables of the files it reads, or none that could be told. */
function exportOutput(machine: Machine, state: State, node: SimpleCommand): void {
  const paths = filesRead(machine, state, node);
  if (paths.length === 0) state.open = true;
  for (const path of paths) {
    const base = knownOf(state.directory);
    const inside = path.startsWith('/') ? path : base === undefined ? undefined : joinInside(base, path);
    const found = inside === undefined ? undefined : locate(machine.reader, machine.place, inside);
    if (found?.kind !== 'file') state.open = true;
    else
      for (const [name, value] of environmentFromText(machine.reader, found.file))
        setVariable(state, name, value, true);
  }
}

function set(state: State, words: readonly Word[]): void {
  for (let index = 0; index < words.length; index++) {
    const text = words[index]?.text ?? '';
    if (text === '--') {
      state.parameters = words.slice(index + 1, index + 1 + limits.words);
      state.parametersOpen = words.some(word => word.splits === true && !word.known);
      return;
    }
    if (text === '-o' || text === '+o') {
      if (words[index + 1]?.text === 'allexport') state.exportAll = text === '-o';
      index++;
    } else if (/^[-+][A-Za-z]+$/.test(text)) {
      if (text.includes('a')) state.exportAll = text.startsWith('-');
      if (text.endsWith('o')) index++;
    } else {
      state.parameters = words.slice(index, index + limits.words);
      state.parametersOpen = words.some(word => word.splits === true && !word.known);
      return;
    }
  }
}

function source(machine: Machine, state: State, node: SimpleCommand, words: readonly Word[]): Status {
  const target = words[0];
  if (!target) return 'unknown';
  const base = knownOf(state.directory);
  if (!target.known || (!target.text.startsWith('/') && base === undefined)) {
    if (!isVirtualEnvironment(target.text)) state.open = true;
    return 'unknown';
  }
  if (isVirtualEnvironment(target.text)) {
    setVariable(state, 'PATH', unknownValue('the virtual environment sets it', target.span), true);
    setVariable(
      state,
      'VIRTUAL_ENV',
      knownValue(joinInside(base ?? '/', target.text).replace(/\/bin\/activate$/, ''), target.span),
      true,
    );
    return 'yes';
  }
  const found = locate(machine.reader, machine.place, joinInside(base ?? '/', target.text));
  if (found.kind !== 'file') {
    state.open = true;
    return 'unknown';
  }
  return runFile(machine, state, found.file, joinInside(base ?? '/', target.text), words.slice(1), spanOf(state, node));
}

function isVirtualEnvironment(path: string): boolean {
  return path.endsWith('bin/activate') || /(?:^|\/)conda\.sh$/.test(path);
}
