import type { Word } from '../../model/word.js';
import type { ShellNode, ShellWord, SimpleCommand } from '../../syntax/shell/tree.js';
import { builtin, isBuiltin, start } from './builtins.js';
import { decideTest, type Truth } from './condition.js';
import { expandValue, expandWord, patternOf } from './expand.js';
import { globMatches } from './glob.js';
import { mergeBranches } from './merge.js';
import { noteMisspelt } from './misspelt.js';
import {
  findFunction,
  fork,
  knownValue,
  limits,
  lookUp,
  type Machine,
  note,
  type State,
  setVariable,
  spanOf,
  unknownValue,
  type Value,
  valueText,
} from './state.js';
import { noteWrites } from './writes.js';

/** Outcome of a command: `assumed` is a program that is expected to succeed. */
export type Status = Truth | 'assumed';

/** Runs commands in order until the shell is left. Returns the status of the last. */
export function runList(machine: Machine, state: State, nodes: readonly ShellNode[]): Status {
  let status: Status = 'yes';
  if (machine.nesting >= limits.nesting) return 'unknown';
  machine.nesting++;
  for (const node of nodes) {
    if (state.alive === 'no' || state.alive === 'failed') break;
    status = runNode(machine, state, node);
  }
  machine.nesting--;
  return status;
}

function runNode(machine: Machine, state: State, node: ShellNode): Status {
  if (machine.steps-- <= 0) {
    if (machine.steps !== Number.NEGATIVE_INFINITY)
      note(machine, spanOf(state, node), 'the script is too long to be followed');
    machine.steps = Number.NEGATIVE_INFINITY;
    state.alive = 'no';
    return 'unknown';
  }
  switch (node.kind) {
    case 'simple':
      return runSimple(machine, state, node);
    case 'pipeline':
      return runPipeline(machine, state, node);
    case 'and-or':
      return runAndOr(machine, state, node);
    case 'background':
      runNode(machine, fork(state), node.node);
      return 'yes';
    case 'group':
      noteWrites(machine, state, node.redirects, []);
      return runList(machine, state, node.body);
    case 'subshell':
      return runList(machine, fork(state), node.body);
    case 'if':
      return runIf(machine, state, node);
    case 'while':
      return runWhile(machine, state, node);
    case 'for':
      return runFor(machine, state, node);
    case 'case':
      return runCase(machine, state, node);
    case 'function':
      state.functions.set(node.name, { body: node.body, file: state.file });
      return 'yes';
    case 'opaque':
      return runOpaque(state, node.start, node.end);
  }
}

/** `(( x = 1 ))`: what it assigns is not known afterwards. */
function runOpaque(state: State, start: number, end: number): Status {
  const text = state.file.text.slice(start, Math.min(end, start + 1000));
  for (const found of text.matchAll(/([A-Za-z_][A-Za-z0-9_]{0,60})\s?(?:\+\+|--|[-+*/%]?=(?!=))/g))
    setVariable(state, found[1] ?? '', unknownValue('it is computed', spanOf(state, { start, end })));
  return 'unknown';
}

function runPipeline(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'pipeline' }>): Status {
  let status: Status = 'yes';
  if (node.stages.length === 1 && node.stages[0]) status = runNode(machine, state, node.stages[0]);
  else for (const stage of node.stages) status = runNode(machine, fork(state), stage);
  if (node.stages.length > 1 && status === 'yes') status = 'assumed';
  if (!node.negated) return status;
  return status === 'yes' ? 'no' : status === 'no' ? 'yes' : 'unknown';
}

function runAndOr(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'and-or' }>): Status {
  let status = runNode(machine, state, node.first);
  for (const { operator, node: next } of node.rest) {
    if (state.alive === 'no' || state.alive === 'failed') return status;
    const good = status === 'yes' || status === 'assumed';
    if (status === 'unknown') {
      const branch = fork(state, false);
      runNode(machine, branch, next);
      mergeBranches(machine, state, [
        { branch, from: machine.commands.length },
        { branch: fork(state), from: machine.commands.length },
      ]);
    } else if (good === (operator === '&&')) status = runNode(machine, state, next);
    else if (status === 'assumed') {
      // The other way out of a program that is expected to succeed: it may start something, but leads nowhere else.
      runNode(machine, fork(state, false), next);
    }
  }
  return status;
}

function runIf(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'if' }>): Status {
  const branches: { readonly branch: State; readonly from: number }[] = [];
  const finish = (body: readonly ShellNode[] | undefined): Status => {
    if (branches.length === 0) return body ? runList(machine, state, body) : 'yes';
    branches.push(runBranch(machine, state, body ?? []));
    mergeBranches(machine, state, branches);
    return 'unknown';
  };
  for (const { condition, body } of node.branches) {
    const status = runList(machine, state, condition);
    if (state.alive === 'no' || state.alive === 'failed') return status;
    if (status === 'yes') return finish(body);
    if (status !== 'no') branches.push(runBranch(machine, state, body));
  }
  return finish(node.otherwise);
}

function runBranch(machine: Machine, state: State, body: readonly ShellNode[]) {
  const branch = fork(state, false);
  const from = machine.commands.length;
  runList(machine, branch, body);
  return { branch, from };
}

function runCase(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'case' }>): Status {
  state.emptyUnset = true;
  const subject = valueText(expandValue(machine, state, node.word));
  state.emptyUnset = false;
  const branches: { readonly branch: State; readonly from: number }[] = [];
  for (const arm of node.arms) {
    const match = armMatches(machine, state, arm.patterns, subject);
    if (match === 'yes') {
      if (branches.length === 0) return runList(machine, state, arm.body);
      branches.push(runBranch(machine, state, arm.body));
      mergeBranches(machine, state, branches);
      return 'unknown';
    }
    if (match === 'unknown') branches.push(runBranch(machine, state, arm.body));
  }
  if (branches.length > 0) {
    branches.push(runBranch(machine, state, []));
    mergeBranches(machine, state, branches);
  }
  return 'unknown';
}

function armMatches(
  machine: Machine,
  state: State,
  patterns: readonly ShellWord[],
  subject: string | undefined,
): Truth {
  let result: Truth = 'no';
  for (const word of patterns) {
    const only = word.parts.length === 1 ? word.parts[0] : undefined;
    if (only?.kind === 'glob' && only.text === '*') return 'yes';
    const pattern = subject === undefined || subject.length > 1000 ? undefined : patternOf(machine, state, word);
    if (pattern && subject !== undefined) {
      if (globMatches(pattern, subject)) return 'yes';
    } else result = 'unknown';
  }
  return result;
}

function runWhile(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'while' }>): Status {
  const { exits, breaks } = machine;
  const alive = state.alive;
  const first = runList(machine, fork(state), node.condition);
  const enters = node.until ? (first === 'no' ? 'yes' : first === 'yes' ? 'no' : 'unknown') : first;
  if (enters === 'no') return 'yes';
  if (enters === 'yes') {
    runList(machine, state, node.body);
    if (machine.exits === exits) state.alive = machine.breaks > breaks ? alive : 'no';
    return 'unknown';
  }
  const { branch, from } = runBranch(machine, state, node.body);
  if (machine.exits === exits) branch.alive = alive;
  mergeBranches(machine, state, [
    { branch, from },
    { branch: fork(state), from: machine.commands.length },
  ]);
  return 'unknown';
}

/** A loop over more words than this is run once, with a variable that is not known. */
const unrolled = 16;

function runFor(machine: Machine, state: State, node: Extract<ShellNode, { kind: 'for' }>): Status {
  const words = node.words ? node.words.flatMap(word => expandWord(machine, state, word)) : state.parameters;
  const exact =
    words.length <= unrolled && words.every(word => word.known) && (node.words !== undefined || !state.parametersOpen);
  const { exits } = machine;
  const alive = state.alive;
  if (!exact) {
    const branch = fork(state, false);
    setVariable(branch, node.name, unknownValue(`$${node.name} takes several values`, spanOf(state, node)));
    const from = machine.commands.length;
    runList(machine, branch, node.body);
    if (machine.exits === exits) branch.alive = alive;
    mergeBranches(machine, state, [
      { branch, from },
      { branch: fork(state), from: machine.commands.length },
    ]);
    return 'unknown';
  }
  for (const word of words) {
    if (machine.steps < 0) break;
    const { breaks } = machine;
    setVariable(state, node.name, knownValue(word.text, word.span, word.via));
    runList(machine, state, node.body);
    const left = state.alive === 'no' || state.alive === 'failed';
    if (left && machine.exits !== exits) return 'unknown';
    if (machine.exits === exits) state.alive = alive;
    if (left && machine.breaks > breaks) break;
  }
  return 'yes';
}

function runSimple(machine: Machine, state: State, node: SimpleCommand): Status {
  machine.steps -= node.words.length >> 3;
  const test = testOf(node);
  if (test) return decideTest(machine, state, test.words, test.double);
  const words = commandWords(machine, state, node);
  machine.steps -= words.length >> 3;
  const prefix = words.length > 0 ? fork(state) : state;
  for (const assignment of node.assignments) {
    const value = assignedValue(machine, state, assignment);
    if (value) setVariable(prefix, assignment.name, value, words.length > 0);
  }
  noteWrites(machine, state, node.redirects, words);
  const first = words[0];
  if (!first) return 'yes';
  const own = first.known ? findFunction(state, first.text) : undefined;
  if (own) return callFunction(machine, state, own, words.slice(1));
  if (first.known && isBuiltin(first.text)) return builtin(machine, state, prefix, node, words);
  noteMisspelt(machine, first);
  return start(machine, state, prefix, node, words);
}

function commandWords(machine: Machine, state: State, node: SimpleCommand): readonly Word[] {
  const words: Word[] = [];
  for (const word of node.words.slice(0, limits.words)) {
    const found = expandWord(machine, state, word);
    const before = words.at(-1)?.text ?? '';
    if (found.length === 0 && before.startsWith('-') && !before.includes('=')) words.push(...optionValue(state, word));
    else words.push(...found);
  }
  return words;
}

/** Behind an option, a variable that no file sets is a value set elsewhere rather than no word at all. */
function optionValue(state: State, word: ShellWord): readonly Word[] {
  const [only, more] = word.parts;
  if (only?.kind !== 'parameter' || more || only.operator !== '' || lookUp(state, only.name).kind !== 'unset')
    return [];
  const text = state.file.text.slice(word.start, Math.min(word.end, word.start + 200));
  const part = { known: false, text, why: `$${only.name} is not set in any file` } as const;
  return [{ text, known: false, parts: [part], span: spanOf(state, word), splits: true }];
}

function testOf(node: SimpleCommand): { readonly words: readonly ShellWord[]; readonly double: boolean } | undefined {
  const first = node.words[0]?.parts;
  const only = first?.length === 1 ? first[0] : undefined;
  if (only?.kind !== 'text' || only.quoted) return undefined;
  if (only.text === 'test') return { words: node.words.slice(1), double: false };
  if (only.text === '[' || only.text === '[[') return { words: node.words.slice(1, -1), double: only.text === '[[' };
  return undefined;
}

function assignedValue(
  machine: Machine,
  state: State,
  assignment: SimpleCommand['assignments'][number],
): Value | undefined {
  const span = spanOf(state, assignment.value);
  if (assignment.element) return unknownValue('it is part of an array', span);
  if (assignment.items) {
    const items = assignment.items.flatMap(word => expandWord(machine, state, word));
    const before = assignment.append ? arrayOf(machine, state, assignment.name) : [];
    if (!before) return unknownValue('it is an array', span);
    return { ...unknownValue('it is an array', span), items: [...before, ...items] };
  }
  const value = expandValue(machine, state, assignment.value);
  if (!assignment.append) return value;
  const old = expandValue(machine, state, reference(assignment.name, assignment.start));
  return { ...value, parts: [...old.parts, ...value.parts], via: [...old.via, ...value.via].slice(0, 12) };
}

function arrayOf(machine: Machine, state: State, name: string) {
  const words = expandWord(machine, state, reference(name, 0, '@'));
  return words.every(word => !word.splits) ? words : undefined;
}

function reference(name: string, at: number, subscript?: string): ShellWord {
  const base = { kind: 'parameter', name, operator: '', quoted: true, start: at, end: at } as const;
  return { parts: [subscript === undefined ? base : { ...base, subscript }], start: at, end: at };
}

function callFunction(
  machine: Machine,
  state: State,
  own: NonNullable<ReturnType<typeof findFunction>>,
  parameters: State['parameters'],
): Status {
  if (machine.depth >= limits.depth) return 'unknown';
  const before = { parameters: state.parameters, open: state.parametersOpen, file: state.file, alive: state.alive };
  const { exits } = machine;
  machine.depth++;
  state.parameters = parameters;
  state.parametersOpen = false;
  state.file = own.file;
  const status = runList(machine, state, own.body);
  machine.depth--;
  state.parameters = before.parameters;
  state.parametersOpen = before.open;
  state.file = before.file;
  if (machine.exits === exits) state.alive = before.alive;
  return status === 'assumed' ? 'assumed' : status;
}
