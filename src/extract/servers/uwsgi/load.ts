import { once } from '../../../facts/once.js';
import { optionOfLetter, privateVariables, uwsgiOptions } from '../../../facts/uwsgi.js';
import { installerMark, whyMarked } from '../../../model/assumptions.js';
import type { Fault } from '../../../model/fault.js';
import type { Origin } from '../../../model/setting.js';
import { type Word, whyUnknown } from '../../../model/word.js';
import type { SourceFile, Span, Step } from '../../../text/source.js';
import { type OptionSpec, parseArguments } from '../arguments.js';
import { namedVariable, resolveIn, type ServerContext, startFolder } from '../context.js';
import { contentSpan } from '../words.js';
import { type Blanks, createBlanks } from './blanks.js';
import type { RawEntry } from './entries.js';
import { argumentFaults, positionalFault } from './faults/arguments.js';
import { readConfiguration } from './files.js';
import { beginLogic, isLogic, type LogicBlock, logicValues } from './logic.js';
import { applyMagic, applyPass, type MagicTable, magicTable, placeholderValue } from './substitute.js';

/** One option as uWSGI has it in its list, after substitution. */
export interface Entry {
  readonly key: string;
  /** Undefined: given without a value. May hold marks of what is not known. */
  value: string | undefined;
  /** As it stands in the file, where it comes from one. */
  readonly raw: string | undefined;
  readonly origin: Origin;
  readonly keySpan: Span;
  readonly valueSpan: Span;
  readonly span: Span;
  /** The file it stands in; absent for the command line and the environment. */
  readonly file?: SourceFile;
  /** How that file is written. */
  readonly format?: Format;
  readonly via: readonly Step[];
  /** Why it is not certain that uWSGI sees it: a condition that cannot be decided. */
  readonly doubt?: string;
  /** It takes effect when it is read, before substitution. */
  readonly immediate: boolean;
  /** Made by another option (`set-placeholder`), so not the user's own line. */
  readonly derived: boolean;
}

export interface Loaded {
  readonly entries: readonly Entry[];
  readonly blanks: Blanks;
  readonly files: readonly SourceFile[];
  /** Where JSON files are named. */
  readonly jsonFiles: readonly { readonly name: string; readonly span: Span }[];
  readonly faults: readonly Fault[];
  /** Why options may be set that are not in the list. */
  readonly open?: string;
}

/** What the loader changes on its way. */
export interface Loading {
  readonly context: ServerContext;
  readonly blanks: Blanks;
  readonly entries: Entry[];
  /** Index of the first entry of each key. */
  readonly firsts: Map<string, number>;
  readonly files: SourceFile[];
  readonly jsonFiles: { readonly name: string; readonly span: Span }[];
  readonly faults: Fault[];
  open: string | undefined;
  logic: LogicBlock | undefined;
  /** The block whose lines are being added. */
  running: LogicBlock | undefined;
  outer: MagicTable | undefined;
  magic: MagicTable | undefined;
  /** The last ini file, which `ini = :section` means. */
  lastIni: string | undefined;
  /** Sections that are being read, to stop a file that includes itself. */
  readonly active: string[];
  /** Work left, so that no input takes long. */
  budget: number;
}

const maximumEntries = 20_000;

const specs = once((): readonly OptionSpec[] =>
  [...uwsgiOptions.values()].map(option => ({
    name: option.name,
    flags: [
      `--${option.name}`,
      ...(option.short !== undefined && optionOfLetter(option.short) === option.name ? [`-${option.short}`] : []),
    ],
    takes: option.argument === 'no' ? 'nothing' : option.argument === 'required' ? 'value' : 'optional',
  })),
);

/**
 * Puts together all options in the order in which uWSGI meets them: variables, options of the command line with the files they name
 * in place, files that stand alone, then what `inherit` names. Source: core/uwsgi.c (`uwsgi_setup`), core/init.c
 * (`uwsgi_commandline_config`), core/config.c (`add_exported_option`, `uwsgi_configure`) of 2.0.21.
 */
export function loadOptions(context: ServerContext): Loaded {
  const on: Loading = {
    context,
    blanks: createBlanks(),
    entries: [],
    firsts: new Map(),
    files: [],
    jsonFiles: [],
    faults: [],
    open: undefined,
    logic: undefined,
    running: undefined,
    outer: undefined,
    magic: undefined,
    lastIni: undefined,
    active: [],
    budget: 2_000_000,
  };
  readVariables(on);
  readWords(on);
  substitute(on, 0);
  inherited(on);
  const { entries, blanks, files, jsonFiles, faults, open } = on;
  return { entries, blanks, files, jsonFiles, faults, ...(open !== undefined && { open }) };
}

function readVariables(on: Loading): void {
  for (const [name, setting] of on.context.command.environment) {
    if (!name.startsWith('UWSGI_') || privateVariables().has(name)) continue;
    const span = setting.span ?? on.context.program.word.span;
    const value = setting.known ? setting.value : on.blanks.mark(setting.why);
    const key = name.slice('UWSGI_'.length).toLowerCase().replaceAll('_', '-');
    addOption(on, {
      key,
      value,
      raw: undefined,
      origin: 'environment',
      keySpan: span,
      valueSpan: span,
      span,
      via: setting.via ?? [],
    });
  }
}

function readWords(on: Loading): void {
  const { program } = on.context;
  const parsed = parseArguments(program.arguments, specs(), 'getopt');
  const refused = argumentFaults(parsed.problems);
  on.faults.push(...refused);
  if (parsed.open) on.open ??= parsed.open.why;
  for (const { spec, flag, value } of parsed.options) {
    const keySpan = contentSpan(flag);
    const valueSpan = contentSpan(value ?? flag);
    const near = value && value.span.file.path === flag.span.file.path && value.span.end >= flag.span.start;
    addOption(on, {
      key: spec.name,
      value: value ? textOfWord(on, value) : undefined,
      raw: undefined,
      origin: 'command line',
      keySpan,
      valueSpan,
      span: near ? { ...flag.span, end: value.span.end } : keySpan,
      via: flag.via ?? [],
    });
  }
  if (refused.length > 0) on.open ??= 'uWSGI refuses its command line';
  else for (const word of parsed.positionals) readPositional(on, word);
}

function textOfWord(on: Loading, word: Word): string {
  return word.parts.map(part => (part.known ? part.text : on.blanks.mark(part.why))).join('');
}

/** A word that stands alone is loaded by its ending. */
function readPositional(on: Loading, word: Word): void {
  if (!word.known) {
    on.open ??= `a configuration file may be named by a word that is not known: ${whyUnknown(word)}`;
    return;
  }
  if (word.text.startsWith('[')) return;
  const format = formatOf(word.text);
  if (format)
    readConfiguration(on, { format, name: word.text, span: contentSpan(word), via: word.via ?? [], byOption: false });
  else {
    on.faults.push(positionalFault(on.context, word));
    on.open ??= 'uWSGI cannot load what its command line names';
  }
}

export type Format = 'ini' | 'yaml' | 'json' | 'xml';

export function formatOf(name: string): Format | undefined {
  const ending = /\.(ini|xml|yaml|yml|json|js)$/.exec(name)?.[1];
  if (ending === 'yml') return 'yaml';
  return ending === 'js' ? 'json' : (ending as Format | undefined);
}

export type NewEntry = Omit<Entry, 'immediate' | 'derived' | 'doubt'>;

/** Adds an option as `add_exported_option` does, and does at once what an immediate option asks for. */
export function addOption(on: Loading, entry: NewEntry, derived = false, doubt?: string): void {
  const { key } = entry;
  // Lines that an option inside a block brings in are taken as they are.
  if (on.running) {
    push(on, entry, on.running.doubt, derived);
    return;
  }
  if (['end', 'endfor', 'endif', 'end-if', 'end-for'].includes(key)) on.logic = undefined;
  const block = on.logic;
  if (!block) {
    push(on, entry, doubt, derived);
    return;
  }
  on.running = block;
  for (const value of logicValues(on, block, entry.value)) push(on, { ...entry, value }, block.doubt, derived);
  on.running = undefined;
}

function push(on: Loading, entry: NewEntry, doubt: string | undefined, derived: boolean): void {
  if (on.entries.length >= maximumEntries) {
    on.open ??= 'there are too many options';
    return;
  }
  const option = uwsgiOptions.get(entry.key);
  const immediate = option?.implies.includes('immediate') ?? false;
  if (!on.firsts.has(entry.key)) on.firsts.set(entry.key, on.entries.length);
  on.entries.push({ ...entry, ...(doubt !== undefined && { doubt }), immediate, derived });
  if (immediate) actAtOnce(on, entry, doubt);
}

const formats: Readonly<Record<string, Format>> = {
  ini: 'ini',
  xml: 'xml',
  xmlconfig: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  js: 'json',
};

function actAtOnce(on: Loading, entry: NewEntry, doubt: string | undefined): void {
  const { key, value = '', valueSpan, via } = entry;
  if (isLogic(key)) {
    // uWSGI ends with "recursive logic in options is not supported" inside another block.
    if (on.running) on.open ??= 'conditions stand inside each other';
    else on.logic = beginLogic(on, key, value);
    return;
  }
  if (key === 'set' || key === 'set-ph' || key === 'set-placeholder') {
    const equals = value.indexOf('=');
    if (equals > 0) addOption(on, { ...entry, key: value.slice(0, equals), value: value.slice(equals + 1) }, true);
    return;
  }
  const format = Object.hasOwn(formats, key)
    ? formats[key]
    : key === 'include' || key === 'config'
      ? formatOf(value)
      : undefined;
  const byOption = Object.hasOwn(formats, key);
  if (format)
    readConfiguration(on, {
      format,
      name: value,
      span: valueSpan,
      via,
      byOption,
      ...(doubt !== undefined && { doubt }),
    });
  else if (['include', 'config', 'config-py', 'ini-paste', 'ini-paste-logged', 'connect-and-read'].includes(key)) {
    on.open ??= `${key} may set more options`;
  }
}

/** Adds the lines of a file, each after its magic variables are filled. */
export function addEntries(
  on: Loading,
  raw: readonly RawEntry[],
  file: SourceFile,
  format: Format,
  via: readonly Step[],
): void {
  for (const { key, value, keySpan, valueSpan, span, bare, doubt } of raw) {
    const table = on.magic ?? new Map<string, string>();
    on.budget -= value.length + 10;
    if (on.budget < 0) {
      on.open ??= 'there is too much to substitute';
      return;
    }
    const entry: NewEntry = {
      key: applyMagic(key, table),
      // The variables are filled before lines are split, so the blanks that a vanished one leaves at an end go too.
      value: withoutMarks(on, format === 'ini' ? withoutBlanks(applyMagic(value, table)) : applyMagic(value, table)),
      raw: bare ? '' : value,
      origin: 'config file',
      keySpan,
      valueSpan,
      span,
      file,
      format,
      via,
    };
    addOption(on, entry, false, doubt);
  }
}

const marks = new RegExp(installerMark, 'g');

function withoutMarks(on: Loading, value: string): string {
  return value.replace(marks, () => on.blanks.mark(whyMarked));
}

function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\r'.includes(text[start] ?? '')) start++;
  while (end > start && ' \t\r'.includes(text[end - 1] ?? '')) end--;
  return text.slice(start, end);
}

/** The variables `%x` for a file that is about to be read. */
export function enterFile(on: Loading, name: string, section: string, byOption: boolean): void {
  const start = startFolder(on.context);
  const resolved = resolveIn(start, name);
  const path = 'path' in resolved ? resolved.path : undefined;
  const table = magicTable(
    on.blanks,
    { written: name, path, section },
    start.known ? start.value : undefined,
    on.outer ?? (byOption ? 'own' : undefined),
  );
  on.magic = table;
  if (byOption) on.outer ??= table;
}

/** The passes `$(NAME)`, `@(file)` and `%(option)` over all that has not taken effect yet. */
function substitute(on: Loading, from: number): void {
  const passes = [
    ['$', (key: string) => variableText(on, key)],
    ['@', (key: string) => fileText(on, key)],
    ['%', (key: string) => placeholderValue(key, on.blanks, name => currentValue(on, name))],
  ] as const;
  for (const [symbol, lookup] of passes) {
    for (const entry of on.entries.slice(from)) {
      if (entry.immediate || entry.value === undefined || !entry.value.includes(`${symbol}(`)) continue;
      entry.value = applyPass(entry.value, symbol, key => {
        const value = lookup(key);
        on.budget -= (value?.length ?? 0) + 20;
        return on.budget < 0 ? undefined : value;
      });
    }
  }
  if (on.budget < 0) on.open ??= 'there is too much to substitute';
}

/** An undefined variable stays as text. */
function variableText(on: Loading, name: string): string | undefined {
  const variable = namedVariable(on.context, name);
  if (variable.state === 'absent') return undefined;
  if (variable.state === 'unknown') return on.blanks.mark(variable.why);
  return variable.setting.known ? variable.setting.value : on.blanks.mark(variable.setting.why);
}

function fileText(on: Loading, path: string): string | undefined {
  const why = on.blanks.reason(path);
  return on.blanks.mark(why ?? `it is the content of ${path}`);
}

function currentValue(on: Loading, name: string): string | undefined {
  const index = on.firsts.get(name);
  return index === undefined ? undefined : on.entries[index]?.value;
}

/** `inherit` is worked off with the other options, and what it brings goes to the end of the list, without any pass. */
function inherited(on: Loading): void {
  for (let index = 0; index < on.entries.length; index++) {
    const entry = on.entries[index];
    if (entry?.key !== 'inherit' || entry.value === undefined) continue;
    const format = formatOf(entry.value);
    const { valueSpan: span, via, value: name, doubt } = entry;
    if (format)
      readConfiguration(on, { format, name, span, via, byOption: false, ...(doubt !== undefined && { doubt }) });
    else on.open ??= 'inherit may set more options';
  }
}
