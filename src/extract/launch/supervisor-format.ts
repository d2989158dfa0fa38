import type { Setting } from '../../model/setting.js';
import type { WordPart } from '../../model/word.js';
import type { IniEntry } from '../../syntax/ini/tree.js';
import { joinSupervisor } from '../../syntax/shell/split.js';
import { type Filling, maskTemplates, partsOf, settingFrom } from './placed.js';

export interface Expansions {
  /** What `%(name)s` stands for: a value, or why it is not known. */
  readonly of: (name: string) => string | { readonly why: string };
  readonly filling: Filling;
}

/**
 * Python's `%` formatting as supervisor uses it: `%(name)s`, `%(name)02d`, `%%`. Source: supervisor 4.2.5 `options.py` (`expand`).
 */
export function formatPiece(
  text: string,
  at: number,
  expansions: Expansions,
): { readonly part: WordPart; readonly length: number } | undefined {
  if (text[at] !== '%') return undefined;
  if (text[at + 1] === '%') return { part: { known: true, text: '%' }, length: 2 };
  const found = /^%\(([A-Za-z_][A-Za-z0-9_]{0,200})\)(0?)([0-9]{0,2})([sd])/.exec(text.slice(at, at + 220));
  if (!found) return undefined;
  const value = expansions.of(found[1] ?? '');
  if (typeof value !== 'string')
    return { part: { known: false, text: found[0], why: value.why }, length: found[0].length };
  const width = Number(found[3] ?? 0);
  const padded = found[4] === 'd' ? value.padStart(width, found[2] === '0' ? '0' : ' ') : value;
  return { part: { known: true, text: padded }, length: found[0].length };
}

export function entrySetting(entry: IniEntry, expansions: Expansions): Setting<string> {
  const { file, start, end } = entry.valueSpan;
  const masked = maskTemplates(joinSupervisor(file, start, end), expansions.filling);
  const parts = partsOf(masked.text.text.trim(), masked.raw, (text, at) => formatPiece(text, at, expansions));
  return settingFrom(entry.key, parts, entry.valueSpan);
}

/** `KEY="a,b",OTHER=c`: quotes keep commas; values outside quotes end at a comma or line end (`dict_of_key_value_pairs`). */
export function environmentEntries(entry: IniEntry, expansions: Expansions): ReadonlyMap<string, Setting<string>> {
  const { file, start, end } = entry.valueSpan;
  const masked = maskTemplates(joinSupervisor(file, start, end), expansions.filling);
  const found = new Map<string, Setting<string>>();
  const { text } = masked.text;
  const pattern = /[\s,]{0,400}([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^,\r\n]*))/y;
  for (;;) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match || match[0] === '') {
      pattern.lastIndex = at;
      return found;
    }
    const name = match[1] ?? '';
    const value = (match[2] ?? match[3] ?? match[4] ?? '').trim();
    const valueEnd = at + match[0].trimEnd().length;
    const valueStart = Math.max(at, valueEnd - (match[4] === undefined ? value.length + 2 : value.length));
    const span = {
      file,
      start: masked.text.offset(valueStart),
      end: masked.text.offset(Math.max(valueStart, valueEnd - 1)) + 1,
    };
    const parts = partsOf(value, masked.raw, (from, index) => formatPiece(from, index, expansions));
    found.set(name, { ...settingFrom(name, parts, span), origin: 'environment' });
  }
}
