import type { CommandLineServer } from '../../../facts/app-servers.js';
import { defaultSetting, type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import type { Arguments, GivenOption, OptionSpec } from '../arguments.js';
import { type ServerContext, variableOf } from '../context.js';
import { wordSetting } from '../words.js';

/** Option rows of the tables as the argument reader wants them; the row's name is the canonical one. */
export function specsOf(server: CommandLineServer): readonly OptionSpec[] {
  return Object.entries(server.options).map(([name, row]) => ({
    name,
    flags: row.flags,
    takes: row.type === 'bool' ? 'nothing' : 'value',
    ...(row.off && { off: row.off }),
  }));
}

/** Every value of an option, in order; a variable that feeds the option counts where the command line is silent. */
export function valuesOf(
  context: ServerContext,
  given: Arguments,
  name: string,
  variable?: string,
): readonly Setting<string>[] {
  const found = given.options.filter(option => option.spec.name === name && option.value);
  if (found.length > 0)
    return found.flatMap(option => (option.value ? [wordSetting(option.written, option.value, 'command line')] : []));
  if (variable === undefined) return [];
  const set = variableOf(context, variable);
  // One that may come from outside is taken to be absent: who uses it writes it down.
  return set.state === 'set' ? [{ ...set.setting, origin: 'environment' }] : [];
}

/** The last value of an option, its default where it is not given. */
export function valueOrDefault(
  context: ServerContext,
  given: Arguments,
  name: string,
  fallback: string,
  variable?: string,
): Setting<string> {
  return valuesOf(context, given, name, variable).at(-1) ?? defaultSetting(name, fallback);
}

export function flagOf(given: Arguments, name: string): GivenOption | undefined {
  return given.options.filter(option => option.spec.name === name).at(-1);
}

/** A text as the number it says; unknown with a reason where it says none. */
export function asNumber(setting: Setting<string>): Setting<number> {
  if (!setting.known) return unknownFrom(setting, setting.why);
  const value = Number(setting.value);
  if (setting.value.trim() !== '' && Number.isFinite(value)) return withValue(setting, value);
  return unknownFrom(setting, `${setting.value} is no number`);
}
