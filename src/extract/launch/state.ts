import type { Fault } from '../../model/fault.js';
import type { Command } from '../../model/launch.js';
import { oncePer } from '../../model/once.js';
import type { Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word, WordPart } from '../../model/word.js';
import type { ShellNode, ShellRange } from '../../syntax/shell/tree.js';
import type { SourceFile, Span, Step } from '../../text/source.js';
import type { Reader } from '../reader.js';
import type { GeneratedFile, ShellStart } from './outcome.js';

/** Steps of execution, commands and characters of one value beyond which a script is not followed further. */
export const limits = { steps: 20_000, commands: 200, depth: 24, nesting: 150, value: 8_000, words: 1_000, notes: 50 };

/** The value of a shell variable; of an array its items. */
export interface Value {
  readonly parts: readonly WordPart[];
  readonly via: readonly Step[];
  /** Where it was set. */
  readonly span?: Span;
  readonly items?: readonly Word[];
}

export interface Variable {
  /** Absent: it was unset. */
  readonly value?: Value;
  readonly exported: boolean;
}

/** Shared by everything that one run starts. */
export interface Machine {
  readonly reader: Reader;
  readonly place: Place;
  readonly defaultsHold: boolean;
  readonly commands: Command[];
  readonly unresolved: Step[];
  readonly generated: GeneratedFile[];
  readonly faults: Fault[];
  readonly scripts: Map<SourceFile, readonly ShellNode[]>;
  steps: number;
  /** How many scripts, functions and nested commands deep. */
  depth: number;
  /** How many lists of commands are being run inside one another. */
  nesting: number;
  /** How often a shell was left (`exec`, `exit`), and a loop (`break`). */
  exits: number;
  breaks: number;
}

/**
 * Whether the next command is reached: `maybe` behind a condition that may have left the script, `failed` where it ends with an
 * error, which is no way in which it is meant to run.
 */
export type Alive = 'yes' | 'maybe' | 'no' | 'failed';

/** One shell while it runs. A child (subshell, branch) sees the variables of its parent and keeps its own changes. */
export interface State {
  readonly parent?: State;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, { readonly body: readonly ShellNode[]; readonly file: SourceFile }>;
  readonly base: ReadonlyMap<string, Setting<string>>;
  /** The file whose text is being run, and its path inside the place. */
  file: SourceFile;
  source: string | undefined;
  /** Places of a text that is not written letter by letter in any file: the word that holds it. */
  readonly place?: Span;
  readonly script: string | undefined;
  open: boolean;
  directory: Setting<string>;
  previous?: Setting<string>;
  parameters: readonly Word[];
  parametersOpen: boolean;
  exportAll: boolean;
  user?: Setting<string>;
  umask?: Setting<number>;
  via: readonly Step[];
  certain: boolean;
  alive: Alive;
  /** In a condition: a variable that no file sets is empty there, as the author expects it may be. */
  emptyUnset: boolean;
}

export function startState(start: ShellStart, file: SourceFile, place?: Span): State {
  return {
    variables: new Map(),
    functions: new Map(),
    base: start.environment,
    file,
    source: start.script,
    ...(place && { place }),
    script: start.script,
    open: start.environmentOpen,
    directory: start.workingDirectory,
    parameters: start.parameters,
    parametersOpen: start.parametersOpen ?? false,
    exportAll: false,
    ...(start.user && { user: start.user }),
    via: start.via,
    certain: start.certain,
    alive: 'yes',
    emptyUnset: false,
  };
}

export function fork(state: State, certain = state.certain): State {
  return { ...state, parent: state, variables: new Map(), functions: new Map(), certain };
}

export function spanOf(state: State, range: ShellRange): Span {
  return state.place ?? { file: state.file, start: range.start, end: range.end };
}

export function variable(state: State, name: string): Variable | undefined {
  for (let at: State | undefined = state; at; at = at.parent) {
    const found = at.variables.get(name);
    if (found) return found;
  }
  return undefined;
}

export function findFunction(state: State, name: string) {
  for (let at: State | undefined = state; at; at = at.parent) {
    const found = at.functions.get(name);
    if (found) return found;
  }
  return undefined;
}

export function setVariable(state: State, name: string, value: Value, exported = false): void {
  const before = variable(state, name);
  state.variables.set(name, {
    value: shorten(value),
    exported: exported || state.exportAll || (before?.exported ?? state.base.has(name)),
  });
}

function shorten(value: Value): Value {
  let length = 0;
  for (const part of value.parts) length += part.text.length + 1;
  const few = (value.items?.length ?? 0) <= limits.words && value.parts.length <= 64;
  return length <= limits.value && few ? value : unknownValue('it grows too long to be followed', value.span);
}

export function knownValue(text: string, span?: Span, via: readonly Step[] = []): Value {
  return { parts: [{ known: true, text }], via, ...(span && { span }) };
}

export function unknownValue(why: string, span?: Span, text = ''): Value {
  return { parts: [{ known: false, text, why }], via: [], ...(span && { span }) };
}

export function valueText(value: Value): string | undefined {
  let text = '';
  for (const part of value.parts) {
    if (!part.known) return undefined;
    text += part.text;
  }
  return text;
}

/** What a name stands for. `outside`: the environment may hold it, where nobody wrote down what. */
export type Lookup =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unset' }
  | { readonly kind: 'outside'; readonly why: string };

/** Variables that the system or the shell sets, to what cannot be told. */
const systemNames = new Set(
  'HOME PATH USER LOGNAME HOSTNAME SHELL TERM LANG LC_ALL UID EUID GID PPID RANDOM SECONDS LINENO IFS OSTYPE SHLVL OLDPWD TMPDIR VIRTUAL_ENV PYTHONPATH'.split(
    ' ',
  ),
);

export function lookUp(state: State, name: string): Lookup {
  if (/^[0-9]+$/.test(name)) return parameter(state, Number(name));
  if (name === '#' && !state.parametersOpen)
    return { kind: 'value', value: knownValue(String(state.parameters.length)) };
  const own = variable(state, name);
  if (own) return own.value ? { kind: 'value', value: own.value } : { kind: 'unset' };
  const given = state.base.get(name);
  if (given) return { kind: 'value', value: valueOfSetting(given) };
  if (name === 'PWD') return { kind: 'value', value: valueOfSetting(state.directory) };
  if (name === 'BASH_SOURCE' && state.source !== undefined) return { kind: 'value', value: knownValue(state.source) };
  if (systemNames.has(name) || !/^[A-Za-z_]/.test(name))
    return { kind: 'outside', why: `$${name} is set by the system that runs it` };
  return state.open ? { kind: 'outside', why: `$${name} comes from the environment` } : { kind: 'unset' };
}

function parameter(state: State, index: number): Lookup {
  if (index === 0) {
    return state.script === undefined
      ? { kind: 'outside', why: '$0 depends on how it is called' }
      : { kind: 'value', value: knownValue(state.script) };
  }
  const word = state.parameters[index - 1];
  if (word) return { kind: 'value', value: { parts: word.parts, via: word.via ?? [] } };
  return state.parametersOpen ? { kind: 'outside', why: `$${index} is given when it is started` } : { kind: 'unset' };
}

export function valueOfSetting(setting: Setting<string>): Value {
  const base = { via: setting.via ?? [], ...(setting.span && { span: setting.span }) };
  if (setting.known) return { ...base, parts: [{ known: true, text: setting.value }] };
  return { ...base, parts: [{ known: false, text: `$${setting.name}`, why: setting.why }] };
}

export function settingOf(name: string, value: Value): Setting<string> {
  const base = {
    name,
    origin: 'environment' as const,
    ...(value.span && { span: value.span }),
    ...(value.via.length > 0 && { via: value.via }),
  };
  const text = valueText(value);
  if (text !== undefined) return { ...base, known: true, value: text };
  const unknown = value.parts.find(part => !part.known);
  return { ...base, known: false, why: unknown && !unknown.known ? unknown.why : 'it cannot be told' };
}

/** The settings that were made of a variable, so that the hundreds that a long script exports are the same for each of its commands. */
const madeOf = oncePer((_: Variable) => new Map<string, Setting<string>>());

function exportedSetting(name: string, from: Variable, value: Value): Setting<string> {
  const made = madeOf(from);
  const before = made.get(name);
  if (before) return before;
  const setting = settingOf(name, value);
  made.set(name, setting);
  return setting;
}

/** Variables that a command started now would see. */
export function exportedEnvironment(state: State): ReadonlyMap<string, Setting<string>> {
  const layers: State[] = [];
  for (let at: State | undefined = state; at; at = at.parent) if (at.variables.size > 0) layers.push(at);
  if (layers.length === 0) return state.base;
  const result = new Map(state.base);
  for (const layer of layers.reverse()) {
    for (const [name, from] of layer.variables) {
      if (!from.exported || !from.value) result.delete(name);
      else result.set(name, exportedSetting(name, from, from.value));
    }
  }
  return result;
}

export function note(machine: Machine, span: Span, message: string): void {
  if (machine.unresolved.length < limits.notes) machine.unresolved.push({ span, message });
}
