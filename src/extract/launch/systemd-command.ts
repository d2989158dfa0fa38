import { joinInside, type Place } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word, WordPart } from '../../model/word.js';
import type { IniEntry } from '../../syntax/ini/tree.js';
import type { Step } from '../../text/source.js';
import { locate } from '../place/files.js';
import type { Reader } from '../reader.js';
import { envFile } from './envfile.js';
import { merged } from './expand.js';
import { listOf, type Unit, unitWords, valueSetting } from './unit.js';

export interface UnitEnvironment {
  readonly variables: ReadonlyMap<string, Setting<string>>;
  /** A file that it reads is not in the repository. */
  readonly open: boolean;
}

/**
 * What the service sees: Environment=, and over it the files of EnvironmentFile=. Nothing else but what systemd sets itself (PATH,
 * HOME, USER, LANG ...), so a variable that is not stated is not there.
 */
export function unitEnvironment(reader: Reader, unit: Unit, place: Place): UnitEnvironment {
  const variables = new Map<string, Setting<string>>(place.environment);
  for (const entry of listOf(unit, 'Service', 'Environment')) {
    for (const { word } of unitWords(unit, entry)) assign(variables, word);
  }
  let open = false;
  for (const entry of listOf(unit, 'Service', 'PassEnvironment')) {
    for (const name of entry.value.split(/\s+/)) {
      if (name !== '' && !variables.has(name))
        variables.set(name, {
          name,
          origin: 'environment',
          span: entry.valueSpan,
          known: false,
          why: `${name} is passed on by the system`,
        });
    }
  }
  for (const entry of listOf(unit, 'Service', 'EnvironmentFile')) {
    const setting = valueSetting(unit, entry);
    const path = setting.known ? setting.value : '';
    const optional = path.startsWith('-');
    const found =
      setting.known && path.includes('/')
        ? locate(reader, place, joinInside('/', optional ? path.slice(1) : path))
        : undefined;
    if (found?.kind === 'file')
      for (const [name, value] of envFile(reader, found.file, 'systemd')) variables.set(name, value);
    else open = true;
  }
  for (const entry of listOf(unit, 'Service', 'UnsetEnvironment')) {
    for (const name of entry.value.split(/\s+/)) variables.delete(name);
  }
  return { variables, open };
}

function assign(variables: Map<string, Setting<string>>, word: Word): void {
  const equals = word.text.indexOf('=');
  const name = word.text.slice(0, equals);
  if (equals <= 0 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  const facts = { name, origin: 'environment' as const, span: word.span };
  const unknown = word.parts.find(part => !part.known);
  variables.set(
    name,
    unknown && !unknown.known
      ? { ...facts, known: false, why: unknown.why }
      : { ...facts, known: true, value: word.text.slice(equals + 1) },
  );
}

export interface CommandLine {
  readonly words: readonly Word[];
  /** The prefix `+` or `!`: it runs with full rights, whatever User= says. */
  readonly root: boolean;
}

/** The command lines of one ExecStart= value: several where a word `;` divides them. */
export function commandLines(unit: Unit, entry: IniEntry, environment: UnitEnvironment): readonly CommandLine[] {
  const lines: CommandLine[] = [];
  let words: Word[] = [];
  let options = { prefix: '', raw: false };
  const flush = (): void => {
    // `@`: the second word is only the name that the process is to see.
    const argv = options.prefix.includes('@') ? [...words.slice(0, 1), ...words.slice(2)] : words;
    if (argv.length > 0) lines.push({ words: argv, root: /[+!]/.test(options.prefix) });
    words = [];
    options = { prefix: '', raw: false };
  };
  for (const { split, word } of unitWords(unit, entry)) {
    if (split.text === ';' && !split.quoted) {
      flush();
      continue;
    }
    if (words.length === 0) {
      const prefix = /^[-@:+!|]*/.exec(word.text)?.[0] ?? '';
      options = { prefix, raw: prefix.includes(':') };
      words.push(prefix === '' ? word : withoutPrefix(word, prefix.length));
    } else if (words.length < mostWords) words.push(...(options.raw ? [word] : expanded(word, environment)));
  }
  flush();
  return lines;
}

function withoutPrefix(word: Word, count: number): Word {
  const [first, ...rest] = word.parts;
  const parts = merged(first ? [{ ...first, text: first.text.slice(count) }, ...rest] : []);
  return { ...word, text: word.text.slice(count), parts, span: { ...word.span, start: word.span.start + count } };
}

/** `$NAME` as a whole word is split at white space; `${NAME}` anywhere is one piece; `$$` is a dollar sign; `$NAME` inside a word stays. */
function expanded(word: Word, environment: UnitEnvironment): readonly Word[] {
  const whole = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(word.text);
  if (whole && word.known) return splitVariable(word, whole[1] ?? '', environment);
  if (!word.text.includes('$')) return [word];
  const via: Step[] = [];
  const parts = merged(word.parts.flatMap(part => (part.known ? fill(part.text, environment, via) : [part])));
  return [
    {
      ...word,
      text: parts.map(part => part.text).join(''),
      known: parts.every(part => part.known),
      parts,
      ...(via.length > 0 && { via }),
    },
  ];
}

function splitVariable(word: Word, name: string, environment: UnitEnvironment): readonly Word[] {
  const setting = environment.variables.get(name);
  if (!setting && !environment.open) return [];
  if (!setting?.known) {
    const why = setting ? setting.why : `${name} comes from a file that is not in the repository`;
    return [{ ...word, known: false, parts: [{ known: false, text: word.text, why }], splits: true }];
  }
  const via = setting.span ? [{ span: setting.span, message: `${name} is set here` }] : [];
  return setting.value
    .split(/\s+/)
    .filter(text => text !== '')
    .map(text => ({ ...word, text, parts: [{ known: true as const, text }], via }));
}

const longestWord = 50_000;
const mostWords = 2_000;

function fill(text: string, environment: UnitEnvironment, via: Step[]): readonly WordPart[] {
  const parts: WordPart[] = [];
  let at = 0;
  let length = 0;
  for (const found of text.matchAll(/\$\$|\$\{([A-Za-z_][A-Za-z0-9_]{0,200})\}/g)) {
    parts.push({ known: true, text: text.slice(at, found.index) });
    at = found.index + found[0].length;
    const name = found[1];
    const setting = name === undefined ? undefined : environment.variables.get(name);
    if (name === undefined) parts.push({ known: true, text: '$' });
    else if (setting?.known) {
      length += setting.value.length;
      if (length > longestWord)
        return [{ known: false, text: text.slice(0, 100), why: 'it is too long to be followed' }];
      parts.push({ known: true, text: setting.value });
      if (setting.span && via.length < 12) via.push({ span: setting.span, message: `${name} is set here` });
    } else {
      const why = setting
        ? setting.why
        : environment.open
          ? `${name} comes from a file that is not in the repository`
          : `${name} is not set in any file`;
      parts.push({ known: false, text: found[0], why });
    }
  }
  parts.push({ known: true, text: text.slice(at) });
  return parts;
}
