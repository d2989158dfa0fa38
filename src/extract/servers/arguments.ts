import { type Word, wordTail } from '../../model/word.js';
import { mayBeSeveral } from './words.js';

/** An option of a program. `optional`: a value only when it is joined to the flag. */
export interface OptionSpec {
  readonly name: string;
  readonly flags: readonly string[];
  readonly takes: 'value' | 'nothing' | 'optional';
  /** Flags that say no (`--no-access-log`). */
  readonly off?: readonly string[];
}

export interface GivenOption {
  readonly spec: OptionSpec;
  /** The flag as the user wrote it: `-b`, `--bind`, `--work` (a prefix). */
  readonly written: string;
  /** The word that the flag stands in. */
  readonly flag: Word;
  readonly value?: Word;
  readonly off: boolean;
  /** Which word of the command line it is. */
  readonly at: number;
}

export interface ArgumentProblem {
  readonly kind: 'unknown' | 'ambiguous' | 'no value' | 'unwanted value' | 'extra';
  readonly word: Word;
  /** Flags that an ambiguous prefix may mean. */
  readonly candidates?: readonly string[];
  readonly spec?: OptionSpec;
}

export interface Arguments {
  readonly options: readonly GivenOption[];
  readonly positionals: readonly Word[];
  readonly problems: readonly ArgumentProblem[];
  /** A word that may be any options (`$OPTIONS`): which word it is, and why it is not known. */
  readonly open?: { readonly at: number; readonly why: string };
}

/**
 * How a program reads its options. `argparse` (Python): unique prefixes of long options, one run of positionals, two words that
 * begin with a dash are two options; `click`: exact names, positionals anywhere; `getopt` (C's getopt_long, Python's
 * getopt and optparse): unique prefixes, positionals anywhere, the next word is the value whatever it is.
 */
export type ArgumentStyle = 'argparse' | 'click' | 'getopt';

interface Found {
  readonly spec: OptionSpec;
  readonly flag: string;
  readonly off: boolean;
}

/** Sorts the words behind a program into options and positionals, as that program does. */
export function parseArguments(words: readonly Word[], specs: readonly OptionSpec[], style: ArgumentStyle): Arguments {
  const flags = flagTable(specs);
  const options: GivenOption[] = [];
  const positionals: Word[] = [];
  const problems: ArgumentProblem[] = [];
  let open: Arguments['open'];
  let onlyPositionals = false;
  let runEnded = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (!word) break;
    const why = mayBeSeveral(word);
    if (why !== undefined) {
      open = { at, why };
      positionals.push(word);
      continue;
    }
    if (!onlyPositionals && word.known && word.text === '--') {
      onlyPositionals = true;
      continue;
    }
    if (onlyPositionals || !looksLikeOption(word, style)) {
      // argparse gives the one run of positionals to the one place for them; a later word has no place.
      // What is not known may be an option, several of them, or nothing at all.
      if (style !== 'argparse' || !runEnded) positionals.push(word);
      else if (word.known) problems.push({ kind: 'extra', word });
      continue;
    }
    if (positionals.length > 0) runEnded = true;
    at = readOption(words, at, flags, style, options, problems);
  }
  return { options, positionals, problems, ...(open && { open }) };
}

function flagTable(specs: readonly OptionSpec[]): ReadonlyMap<string, Found> {
  const table = new Map<string, Found>();
  for (const spec of specs) {
    for (const flag of spec.flags) table.set(flag, { spec, flag, off: false });
    for (const flag of spec.off ?? []) table.set(flag, { spec, flag, off: true });
  }
  return table;
}

/** `-`, numbers below zero and, for argparse, words with a space are no options. */
function looksLikeOption(word: Word, style: ArgumentStyle): boolean {
  const first = word.parts[0];
  if (!first?.known || !first.text.startsWith('-') || word.text === '-') return false;
  if (style !== 'argparse') return true;
  if (/^-\d+$|^-\d*\.\d+$/.test(word.text)) return false;
  const flag = word.text.split('=', 1)[0] ?? '';
  return !word.text.includes(' ') || (word.text.includes('=') && !flag.includes(' '));
}

/** Reads the option at `words[at]` and gives the place of the last word that belongs to it. */
function readOption(
  words: readonly Word[],
  at: number,
  flags: ReadonlyMap<string, Found>,
  style: ArgumentStyle,
  options: GivenOption[],
  problems: ArgumentProblem[],
): number {
  const word = words[at];
  if (!word) return at;
  const equals = word.text.indexOf('=');
  const written = equals < 0 ? word.text : word.text.slice(0, equals);
  const exact = flags.get(word.text) ?? flags.get(written);
  const found = exact ? [exact] : longPrefix(written, flags, style);
  const single = found[0];
  if (single && found.length === 1) {
    const joined = equals >= 0 ? wordTail(word, equals + 1) : undefined;
    return giveOption(
      { words, at, style, options, problems },
      single,
      word.text.startsWith('--') ? written : single.flag,
      joined,
    );
  }
  if (found.length > 1) {
    problems.push({ kind: 'ambiguous', word, candidates: found.map(item => item.flag) });
    return at;
  }
  if (!word.text.startsWith('--')) return readShort({ words, at, style, options, problems }, word, flags);
  problems.push({ kind: 'unknown', word });
  return at;
}

interface Reading {
  readonly words: readonly Word[];
  readonly at: number;
  readonly style: ArgumentStyle;
  readonly options: GivenOption[];
  readonly problems: ArgumentProblem[];
}

function longPrefix(written: string, flags: ReadonlyMap<string, Found>, style: ArgumentStyle): readonly Found[] {
  if (style === 'click' || !written.startsWith('--') || written.length < 3) return [];
  const found = [...flags.values()].filter(item => item.flag.startsWith(written));
  const same = new Set(found.map(item => item.spec));
  // getopt_long does not mind an ambiguity between names of one option; argparse does.
  return style === 'getopt' && same.size === 1 ? found.slice(0, 1) : found;
}

function giveOption(on: Reading, found: Found, written: string, joined: Word | undefined): number {
  const { words, at, options, problems, style } = on;
  const flag = words[at];
  if (!flag) return at;
  const given = { spec: found.spec, written, flag, off: found.off, at };
  if (found.spec.takes === 'nothing' || found.off) {
    if (joined) problems.push({ kind: 'unwanted value', word: flag, spec: found.spec });
    else options.push(given);
    return at;
  }
  if (joined) {
    options.push({ ...given, value: joined });
    return at;
  }
  const next = words[at + 1];
  if (found.spec.takes === 'optional') {
    options.push(given);
    return at;
  }
  if (!next || (style === 'argparse' && (next.text === '--' || looksLikeOption(next, style)))) {
    problems.push({ kind: 'no value', word: flag, spec: found.spec });
    return at;
  }
  options.push({ ...given, value: next });
  return at + 1;
}

/** `-w4`, `-b=x`, `-Rw4`: single letters, the last of which may have its value joined. */
function readShort(on: Reading, word: Word, flags: ReadonlyMap<string, Found>): number {
  let offset = 1;
  while (offset < word.text.length) {
    const found = flags.get(`-${word.text[offset]}`);
    if (!found) {
      on.problems.push({ kind: 'unknown', word });
      return on.at;
    }
    const behind = offset + 1;
    if (found.spec.takes === 'nothing') {
      on.options.push({ spec: found.spec, written: found.flag, flag: word, off: found.off, at: on.at });
      offset = behind;
      continue;
    }
    if (behind >= word.text.length) return giveOption(on, found, found.flag, undefined);
    const skip = on.style === 'argparse' && word.text[behind] === '=' ? behind + 1 : behind;
    return giveOption(on, found, found.flag, wordTail(word, skip));
  }
  return on.at;
}
