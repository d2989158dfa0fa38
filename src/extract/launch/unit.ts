import { baseName, folderOf } from '../../model/place.js';
import type { Setting } from '../../model/setting.js';
import type { Word, WordPart } from '../../model/word.js';
import { parseIni } from '../../syntax/ini/parse.js';
import type { IniEntry } from '../../syntax/ini/tree.js';
import { joinSystemd, type SplitWord, splitPlaced } from '../../syntax/shell/split.js';
import type { SourceFile } from '../../text/source.js';
import type { Reader } from '../reader.js';
import { rewritesOf } from '../rewrite/rewrites.js';
import { type Filling, maskTemplates, partsOf, settingFrom, wordFrom } from './placed.js';

/** A unit with its drop-ins: the settings of each section in the order in which systemd reads them. */
export interface Unit {
  /** `shop.service`, `shop@.service`. */
  readonly name: string;
  readonly file: SourceFile;
  /** Folder of the repository that it lies in. */
  readonly folder: string;
  /** Something fills the file in before systemd reads it. */
  readonly template: boolean;
  readonly filling: Filling;
  readonly entries: readonly { readonly section: string; readonly entry: IniEntry }[];
}

const templateEnding = /(?:\.(?:j2|jinja2?|jnj|tpl|tmpl|template|templ|in|example|sample|dist|txt))+$/i;

/** Sorts unit files into units; `x.service.d/*.conf` goes behind the unit it belongs to, in the order of the names. */
export function readUnits(reader: Reader, files: readonly SourceFile[]): readonly Unit[] {
  const units = new Map<string, SourceFile[]>();
  const dropIns: SourceFile[] = [];
  for (const file of files) {
    if (/\.(?:service|socket)\.d\/[^/]+$/.test(file.path)) dropIns.push(file);
    else units.set(file.path, [file]);
  }
  dropIns.sort((a, b) => (baseName(a.path) < baseName(b.path) ? -1 : 1));
  for (const file of dropIns) {
    const folder = folderOf(file.path);
    const unit = folder.slice(0, -2);
    const main = [...units.keys()].find(path => path === unit || path.replace(templateEnding, '') === unit);
    const list = units.get(main ?? unit);
    if (list) list.push(file);
    else units.set(unit, [file]);
  }
  return [...units].map(([path, parts]) => readUnit(reader, path, parts));
}

function readUnit(reader: Reader, path: string, files: readonly SourceFile[]): Unit {
  const entries = files.flatMap(file => {
    const tree = parseIni(file, 'systemd');
    reader.note(file, 'systemd', tree.problems);
    return tree.sections.flatMap(section => section.entries.map(entry => ({ section: section.name ?? '', entry })));
  });
  const template = files.some(file => /\{%|\{\{|<%/.test(file.text));
  const filling = { values: reader.assumptions.variables, rewrites: rewritesOf(reader) };
  return { name: unitName(path), file: files[0] as SourceFile, folder: folderOf(path), template, filling, entries };
}

function unitName(path: string): string {
  const name = baseName(path).replace(templateEnding, '');
  return /\.(?:service|socket)$/.test(name) ? name : `${name.replace(/[._-](?:service|socket)$/, '')}.service`;
}

/** Entries of one setting since it was last reset by an empty value. */
export function listOf(unit: Unit, section: string, key: string): readonly IniEntry[] {
  let found: IniEntry[] = [];
  for (const item of unit.entries) {
    if (item.section !== section || item.entry.key !== key) continue;
    if (item.entry.value === '') found = [];
    else found.push(item.entry);
  }
  return found;
}

/** The last entry of a setting; undefined where it is not set, or reset. */
export function lastOf(unit: Unit, section: string, key: string): IniEntry | undefined {
  return listOf(unit, section, key).at(-1);
}

/**
 * The specifier at `%`, as systemd.unit(5) lists them; undefined for a `%` that stands for itself. Values that depend on the machine
 * or the instance are unknown.
 */
export function specifier(
  unit: Unit,
  text: string,
  at: number,
): { readonly part: WordPart; readonly length: number } | undefined {
  if (text[at] !== '%') return undefined;
  const letter = text[at + 1] ?? '';
  const known = specifierValue(unit, letter);
  if (known !== undefined) return { part: { known: true, text: known }, length: 2 };
  if (!/[A-Za-z]/.test(letter)) return undefined;
  const why = /[iIjJ]/.test(letter) ? 'it is the name of the instance' : 'systemd fills it in when it starts';
  return { part: { known: false, text: `%${letter}`, why }, length: 2 };
}

function specifierValue(unit: Unit, letter: string): string | undefined {
  const stem = unit.name.replace(/\.(?:service|socket)$/, '');
  const instance = stem.indexOf('@');
  switch (letter) {
    case '%':
      return '%';
    case 'n':
      return instance < 0 ? unit.name : undefined;
    case 'N':
      return instance < 0 ? stem : undefined;
    case 'p':
      return instance < 0 ? stem : stem.slice(0, instance);
    case 't':
      return '/run';
    case 'S':
      return '/var/lib';
    case 'C':
      return '/var/cache';
    case 'L':
      return '/var/log';
    case 'E':
      return '/etc';
    case 'T':
      return '/tmp';
    case 'V':
      return '/var/tmp';
    default:
      return undefined;
  }
}

/** The value of an entry as one text, specifiers filled in. */
export function valueSetting(unit: Unit, entry: IniEntry): Setting<string> {
  const { file, start, end } = entry.valueSpan;
  const masked = maskTemplates(joinSystemd(file, start, end), unit.filling);
  const text = masked.text.text.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  const parts = partsOf(quoted ? (quoted[2] ?? '') : text, masked.raw, (from, at) => specifier(unit, from, at));
  return settingFrom(entry.key, parts, entry.valueSpan);
}

export interface UnitWord {
  readonly split: SplitWord;
  /** Text with specifiers filled in and variables as they are written. */
  readonly word: Word;
}

/** Words of an entry by systemd's own quoting, specifiers filled in. */
export function unitWords(unit: Unit, entry: IniEntry): readonly UnitWord[] {
  const { file, start, end } = entry.valueSpan;
  const masked = maskTemplates(joinSystemd(file, start, end), unit.filling);
  return splitPlaced(masked.text, 'systemd').words.map(split => ({
    split,
    word: wordFrom(
      file,
      split,
      partsOf(split.text, masked.raw, (text, at) => specifier(unit, text, at)),
    ),
  }));
}
