import { folderOf, joinInside } from '../../model/place.js';
import { valueOf as knownOf } from '../../model/setting.js';
import type { Word } from '../../model/word.js';
import type { ShellNode, ShellPart, SimpleCommand } from '../../syntax/shell/tree.js';
import { changeDirectory } from './directory.js';
import { expandWord } from './expand.js';
import {
  fork,
  knownValue,
  type Machine,
  type State,
  spanOf,
  unknownValue,
  type Value,
  valueOfSetting,
} from './state.js';

/**
 * The value of `$(...)` where it can be told without running anything: `pwd`, `dirname`, `basename`, `readlink -f`, `realpath`,
 * `echo`, `printf %s`, and `cd X && pwd`.
 */
export function substitute(machine: Machine, state: State, part: Extract<ShellPart, { kind: 'substitution' }>): Value {
  const span = spanOf(state, part);
  const text = state.file.text.slice(part.start, Math.min(part.end, part.start + 200));
  const unknown = unknownValue('it is the output of a command', span, text);
  const commands = flatten(part.body);
  if (!commands || commands.length === 0 || machine.depth > 20) return unknown;
  const inner = fork(state);
  machine.depth++;
  let output: Value | undefined;
  for (const command of commands) {
    machine.steps--;
    const words = command.words.flatMap(word => expandWord(machine, inner, word));
    const name = words[0]?.known ? words[0].text : '';
    if (command.assignments.length > 0 || output !== undefined) output = unknown;
    else if (name === 'cd') changeDirectory(inner, words.slice(1), span);
    else output = outputOf(inner, name, words.slice(1)) ?? unknown;
  }
  machine.depth--;
  if (!output) return unknown;
  const known = output.parts.every(item => item.known);
  return known ? { ...output, span } : { ...unknown, parts: output.parts.length > 1 ? output.parts : unknown.parts };
}

/** Simple commands that run one after the other; undefined where anything else is among them. */
function flatten(nodes: readonly ShellNode[]): readonly SimpleCommand[] | undefined {
  const out: SimpleCommand[] = [];
  for (const node of nodes) {
    if (node.kind === 'simple') out.push(node);
    else if (node.kind === 'and-or' && node.rest.every(item => item.operator === '&&')) {
      for (const each of [node.first, ...node.rest.map(item => item.node)]) {
        if (each.kind !== 'simple') return undefined;
        out.push(each);
      }
    } else return undefined;
  }
  return out;
}

function outputOf(state: State, name: string, words: readonly Word[]): Value | undefined {
  const operands = words.filter(word => !/^-[A-Za-z-]*$/.test(word.text) || word.text === '-');
  const first = operands[0];
  if (name === 'pwd') return valueOfSetting(state.directory);
  if (name === 'echo' || (name === 'printf' && words[0]?.text === '%s')) {
    const texts = name === 'echo' ? operands : words.slice(1);
    const parts = texts.flatMap((word, index) =>
      index === 0 ? word.parts : [{ known: true, text: ' ' } as const, ...word.parts],
    );
    return { parts, via: texts.flatMap(word => word.via ?? []) };
  }
  if (!first?.known) return undefined;
  if (name === 'dirname') return knownValue(directoryName(first.text));
  if (name === 'basename') {
    const suffix = operands[1]?.known ? operands[1].text : '';
    const base = withoutSlashes(first.text).split('/').pop() ?? '';
    return knownValue(suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base);
  }
  if (name === 'readlink' || name === 'realpath') {
    if (first.text.startsWith('/')) return knownValue(joinInside('/', first.text));
    const base = knownOf(state.directory);
    return base === undefined ? undefined : knownValue(joinInside(base, first.text));
  }
  return undefined;
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}

function directoryName(path: string): string {
  const clean = withoutSlashes(path);
  if (!clean.includes('/')) return '.';
  return withoutSlashes(folderOf(clean)) || '/';
}
