import { canonicalOption, uwsgiOptions } from '../../../facts/uwsgi.js';
import type { SettingValue } from '../../../model/server.js';
import { defaultSetting, type Setting } from '../../../model/setting.js';
import { spanText } from '../../../text/source.js';
import type { Entry, Loaded } from './load.js';
import { leadingInteger } from './substitute.js';

/** uWSGI's settings after all options were applied in order. */
export interface Settings {
  /** By canonical name; those with a default that the table knows are always there. */
  readonly values: ReadonlyMap<string, Setting<SettingValue>>;
  /** Options that add up, in order, by canonical name. */
  lists(name: string): readonly Given[];
  text(name: string): Setting<string> | undefined;
  number(name: string): Setting<number>;
  flag(name: string): Setting<boolean>;
}

/** One given option with its value as a setting. */
export interface Given {
  readonly entry: Entry;
  readonly value: Setting<string>;
}

export function settingOf(loaded: Loaded, entry: Entry): Setting<string> {
  const shown = spanText(entry.valueSpan);
  const span = shown === '' ? entry.keySpan : entry.valueSpan;
  const via =
    entry.raw !== undefined && entry.value !== entry.raw ? entry.via : entry.origin === 'config file' ? [] : entry.via;
  const facts = { name: entry.key, origin: entry.origin, span, ...(via.length > 0 && { via }) };
  const value = entry.value ?? '';
  const why = entry.doubt ?? loaded.blanks.reason(value);
  return why === undefined ? { ...facts, known: true, value } : { ...facts, known: false, why };
}

/** The last of several wins; what it hides is kept. `open` options may be set by something that was not read. */
export function settingsOf(loaded: Loaded): Settings {
  const given = new Map<string, Given[]>();
  for (const entry of loaded.entries) {
    if (!uwsgiOptions.has(entry.key)) continue;
    const name = canonicalOption(entry.key);
    const known = given.get(name);
    const one = { entry, value: settingOf(loaded, entry) };
    if (known) known.push(one);
    else given.set(name, [one]);
  }
  const last = (name: string): Setting<string> | undefined => {
    const all = given.get(name) ?? [];
    const winner = all.at(-1)?.value;
    if (loaded.open !== undefined)
      return winner ? { name: winner.name, origin: winner.origin, known: false, why: loaded.open } : undefined;
    if (!winner || all.length < 2) return winner;
    return {
      ...winner,
      hides: all
        .slice(0, -1)
        .reverse()
        .map(one => one.value),
    };
  };
  const unset = <T>(name: string, value: T): Setting<T> =>
    loaded.open === undefined
      ? defaultSetting(name, value)
      : { name, origin: 'default', known: false, why: loaded.open };
  const number = (name: string): Setting<number> => {
    const text = last(name);
    return text ? converted(text, integer) : unset(name, Number(uwsgiOptions.get(name)?.default ?? 0));
  };
  const flag = (name: string): Setting<boolean> => {
    const text = last(name);
    if (text) return converted(text, truth);
    return implied(loaded, name) ?? unset(name, false);
  };
  const values = new Map<string, Setting<SettingValue>>();
  for (const name of given.keys())
    values.set(name, valueOfOption(name, given.get(name) ?? [], { last, number, flag }, loaded));
  for (const option of uwsgiOptions.values()) {
    const name = canonicalOption(option.name);
    if (name !== option.name || values.has(name) || option.default === undefined) continue;
    values.set(name, unset(name, option.default));
  }
  for (const name of ['master', 'enable-threads']) values.set(name, flag(name));
  return { values, lists: name => given.get(canonicalOption(name)) ?? [], text: last, number, flag };
}

function converted<T>(setting: Setting<string>, convert: (text: string) => T): Setting<T> {
  const { hides, ...rest } = setting;
  const weaker = hides?.map(one => converted(one, convert));
  if (!rest.known) return { ...rest, ...(weaker && { hides: weaker }) };
  return { ...rest, value: convert(rest.value), ...(weaker && { hides: weaker }) };
}

/** No value counts as 1: core/uwsgi.c (`uwsgi_opt_set_int`). */
function integer(text: string): number {
  return text === '' ? 0 : leadingInteger(text);
}

/** Anything but these words switches on, also nothing: core/uwsgi.c (`uwsgi_opt_true`). */
export function truth(text: string): boolean {
  return !/^(?:false|off|no)$/i.test(text) && text !== '0';
}

/** Options that switch others on: `cheaper` the master, `threads` the threads of Python. */
function implied(loaded: Loaded, name: string): Setting<boolean> | undefined {
  const wanted = name === 'enable-threads' ? 'threads' : name;
  for (const entry of loaded.entries) {
    const option = uwsgiOptions.get(entry.key);
    if (!option?.implies.includes(wanted) || entry.doubt !== undefined) continue;
    const { origin, via, keySpan: span } = entry;
    return { name: entry.key, origin, span, ...(via.length > 0 && { via }), known: true, value: true };
  }
  return undefined;
}

interface Readers {
  readonly last: (name: string) => Setting<string> | undefined;
  readonly number: (name: string) => Setting<number>;
  readonly flag: (name: string) => Setting<boolean>;
}

function valueOfOption(name: string, all: readonly Given[], read: Readers, loaded: Loaded): Setting<SettingValue> {
  const option = uwsgiOptions.get(name) ?? uwsgiOptions.get(all[0]?.entry.key ?? '');
  const text = read.last(name);
  if (!text || !option) return { name, origin: 'default', known: false, why: 'it is not set' };
  if (option.type === 'int') return read.number(name);
  if (option.type === 'bool') return read.flag(name);
  if (!option.repeats) return text;
  const unknown = all.find(one => !one.value.known)?.value;
  const why = loaded.open ?? (unknown && !unknown.known ? unknown.why : undefined);
  const { origin, span, via } = text;
  const facts = { name: text.name, origin, ...(span && { span }), ...(via && { via }) };
  if (why !== undefined) return { ...facts, known: false, why };
  return { ...facts, known: true, value: all.map(one => (one.value.known ? one.value.value : '')) };
}
