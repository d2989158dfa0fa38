import { type GunicornSetting, gunicornSettings } from '../../../facts/gunicorn.js';
import type { PyValue } from '../../../model/entry.js';
import type { Fault } from '../../../model/fault.js';
import { oncePer } from '../../../model/once.js';
import type { SettingValue } from '../../../model/server.js';
import { defaultSetting, type Setting } from '../../../model/setting.js';
import { fault } from '../context.js';
import type { Source } from './command-line.js';
import { type Validated, validated } from './validate.js';

/** Gunicorn's settings after all sources were ranked. */
export interface Ranked {
  readonly settings: ReadonlyMap<string, Setting<SettingValue>>;
  /** Items of list settings that are set, strongest source only. */
  readonly items: ReadonlyMap<string, readonly Setting<string>[]>;
  /** Names that no source sets. */
  readonly unset: ReadonlySet<string>;
  readonly faults: readonly Fault[];
}

/**
 * Ranks sources, strongest first: command line, GUNICORN_CMD_ARGS, configuration file. A stronger list replaces a weaker one.
 * Source: gunicorn/app/base.py (`Application.load_config`) of 20.1.0.
 */
export function rank(
  sources: readonly Source[],
  fallback: (setting: GunicornSetting) => Setting<SettingValue>,
): Ranked {
  const settings = new Map<string, Setting<SettingValue>>();
  const items = new Map<string, readonly Setting<string>[]>();
  const unset = new Set<string>();
  const faults: Fault[] = sources.flatMap(source => source.faults);
  for (const setting of gunicornSettings.values()) {
    const given = givenValues(setting, sources);
    const all = given.values.map(value => validated(setting, value));
    for (const one of all) faults.push(...one.faults);
    const first = all[0];
    if (!first) {
      if (given.open === undefined) unset.add(setting.name);
      settings.set(setting.name, given.open === undefined ? fallback(setting) : openSetting(setting.name, given.open));
      continue;
    }
    const hides = all.slice(1).map(one => one.setting);
    const winner = hides.length > 0 ? { ...first.setting, hides } : first.setting;
    settings.set(
      setting.name,
      given.open === undefined ? winner : openSetting(setting.name, given.open, [winner, ...hides]),
    );
    if (first.items && given.open === undefined)
      items.set(
        setting.name,
        first.items.map(item => withHidden(item, all.slice(1))),
      );
    faults.push(...hiddenFaults(setting.name, all));
  }
  return { settings, items, unset, faults };
}

/** Values of one setting, strongest first; `open`: a source that cannot be told may say something stronger. */
function givenValues(
  setting: GunicornSetting,
  sources: readonly Source[],
): { readonly values: readonly Setting<PyValue>[]; readonly open?: string } {
  const values: Setting<PyValue>[] = [];
  let open: string | undefined;
  for (const source of sources) {
    const own = [...(source.values.get(setting.name) ?? [])].reverse();
    const uncertain = source.open !== undefined && !source.open.sure.has(setting.name);
    if (uncertain && values.length === 0) open ??= source.open?.why;
    values.push(...own);
  }
  return { values, ...(open !== undefined && { open }) };
}

function openSetting(name: string, why: string, hides: readonly Setting<SettingValue>[] = []): Setting<SettingValue> {
  return { name, origin: 'command line', known: false, why, ...(hides.length > 0 && { hides }) };
}

function withHidden(item: Setting<string>, weaker: readonly Validated[]): Setting<string> {
  const hides = weaker.flatMap(one => one.items ?? []);
  return hides.length > 0 ? { ...item, hides } : item;
}

/** A value in the file that something stronger hides, where the two differ. */
function hiddenFaults(name: string, all: readonly Validated[]): readonly Fault[] {
  const winner = all[0]?.setting;
  if (!winner?.known || !winner.span) return [];
  return all.slice(1).flatMap(({ setting: weaker }) => {
    if (weaker.origin !== 'config file' || !weaker.known || !weaker.span || winner.origin === 'config file') return [];
    if (JSON.stringify(weaker.value) === JSON.stringify(winner.value)) return [];
    const strong =
      winner.origin === 'environment' ? `${winner.name} in GUNICORN_CMD_ARGS` : `${winner.name} on the command line`;
    const message = `${name} = ${show(weaker.value)} has no effect: ${strong} says ${show(winner.value)}`;
    const related = winner.span ? [{ span: winner.span, message: `${winner.name} wins here` }] : [];
    return [fault('gunicorn/hidden-setting', weaker.span, message, { related, severity: 'info' })];
  });
}

function show(value: SettingValue): string {
  if (Array.isArray(value)) return value.join(', ');
  return value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : String(value);
}

/** Defaults that no environment variable feeds; the same for every server. */
export const plainDefault = oncePer((setting: GunicornSetting): Setting<SettingValue> => {
  const value = setting.default;
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
    return defaultSetting(setting.name, value as SettingValue);
  }
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return defaultSetting(setting.name, value);
  return { name: setting.name, origin: 'default', known: false, why: 'its default is an object' };
});
