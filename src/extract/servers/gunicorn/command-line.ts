import { type GunicornSetting, gunicornSettings, removedGunicornSettings } from '../../../facts/gunicorn.js';
import { once } from '../../../facts/once.js';
import type { PyValue } from '../../../model/entry.js';
import type { Fault } from '../../../model/fault.js';
import { type Origin, type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { isAtLeast } from '../../../model/version.js';
import type { Word } from '../../../model/word.js';
import { nearest } from '../../../text/near.js';
import { type ArgumentProblem, type GivenOption, type OptionSpec, parseArguments } from '../arguments.js';
import { fault, replacement } from '../context.js';
import { autoInt, meantSeconds, pythonInt } from '../python-numbers.js';
import { contentSpan, isVerbatim, wordSetting } from '../words.js';
import { commonRelease } from './release.js';

/** Settings from one of Gunicorn's sources. The last of several for one name is what the source says. */
export interface Source {
  readonly values: ReadonlyMap<string, readonly Setting<PyValue>[]>;
  /** Names that a later word, which cannot be told, may set anew; the reason. `all`: whatever is not given behind it. */
  readonly open?: { readonly why: string; readonly sure: ReadonlySet<string> };
  readonly faults: readonly Fault[];
}

export interface CommandLine extends Source {
  readonly positionals: readonly Word[];
}

const specs = once((): readonly OptionSpec[] => [
  ...[...gunicornSettings.values()]
    .filter(setting => setting.flags.length > 0)
    .map(setting => ({ name: setting.name, flags: setting.flags, takes: takes(setting) })),
  { name: 'help', flags: ['-h', '--help'], takes: 'nothing' as const },
  { name: 'version', flags: ['-v', '--version'], takes: 'nothing' as const },
]);

function takes(setting: GunicornSetting): OptionSpec['takes'] {
  if (setting.action === 'store_true' || setting.action === 'store_const') return 'nothing';
  return setting.optionalValue ? 'optional' : 'value';
}

/** Reads a command line as Gunicorn's argparse does: gunicorn/config.py (`Config.parser`, `Setting.add_option`) of 20.1.0. */
export function readCommandLine(words: readonly Word[], origin: Origin, version?: Setting<string>): CommandLine {
  const parsed = parseArguments(words, specs(), 'argparse');
  // argparse names all words that have no place in one message.
  const extra = parsed.problems.find(({ kind }) => kind === 'extra');
  const faults = parsed.problems
    .filter(problem => problem.kind !== 'extra' || problem === extra)
    .flatMap(problem => problemFault(problem, words, version));
  const given = new Map<string, Setting<PyValue>[]>();
  for (const option of parsed.options) {
    const setting = gunicornSettings.get(option.spec.name);
    if (!setting) continue;
    const value = optionValue(setting, option, origin, faults);
    const before = given.get(setting.name);
    if (setting.action === 'append') given.set(setting.name, [appended(before?.[0], value)]);
    else given.set(setting.name, [...(before ?? []), value]);
  }
  const { open } = parsed;
  const behind = parsed.options.filter(option => open !== undefined && option.at > open.at);
  const sure = new Set(
    behind
      .filter(option => gunicornSettings.get(option.spec.name)?.action !== 'append')
      .map(option => option.spec.name),
  );
  return { values: given, positionals: parsed.positionals, faults, ...(open && { open: { why: open.why, sure } }) };
}

function optionValue(setting: GunicornSetting, option: GivenOption, origin: Origin, faults: Fault[]): Setting<PyValue> {
  const facts = { name: option.written, origin, ...(option.flag.via && { via: option.flag.via }) };
  if (!option.value) {
    const value = setting.action === 'store_true' ? true : setting.action === 'store_const' ? false : 'auto';
    return { ...facts, span: contentSpan(option.flag), known: true, value: { kind: 'constant', value } };
  }
  const text = wordSetting(option.written, option.value, origin);
  if (!text.known) return unknownFrom(text, text.why);
  if (setting.type !== 'int') return withValue(text, { kind: 'constant', value: text.value });
  const number = setting.name === 'umask' ? autoInt(text.value) : pythonInt(text.value);
  if (number !== undefined) return withValue(text, { kind: 'constant', value: number });
  faults.push(badNumber(setting, option, option.value));
  return unknownFrom(text, `Gunicorn refuses ${option.written} ${text.value}`);
}

function badNumber(setting: GunicornSetting, option: GivenOption, value: Word): Fault {
  const span = contentSpan(value);
  const seconds = meantSeconds(value.text);
  const repairs =
    seconds !== undefined && isVerbatim(value) && /timeout|keepalive/.test(setting.name)
      ? [replacement(`Write ${seconds}`, span, String(seconds))]
      : [];
  const message = `${option.written} takes a whole number; Gunicorn refuses "${value.text}" and does not start`;
  const log = `gunicorn: error: argument ${setting.flags.join('/')}: invalid ${setting.name === 'umask' ? 'auto_int' : 'int'} value: '${value.text}'`;
  return fault('timeout/bad-number', span, message, { repairs, log });
}

/** Repeated list options add up: one list with the items of all of them. */
function appended(before: Setting<PyValue> | undefined, value: Setting<PyValue>): Setting<PyValue> {
  const items = before?.known && before.value.kind === 'list' ? [...before.value.items, value] : [value];
  const { name, origin, span, via } = before ?? value;
  const end = value.span;
  const whole =
    span && end && span.file.path === end.file.path && end.end >= span.start
      ? { ...span, end: end.end }
      : (span ?? end);
  return {
    name,
    origin,
    ...(whole && { span: whole }),
    ...(via && { via }),
    known: true,
    value: { kind: 'list', items },
  };
}

function problemFault(
  problem: ArgumentProblem,
  words: readonly Word[],
  version: Setting<string> | undefined,
): readonly Fault[] {
  const { word } = problem;
  const span = contentSpan(word);
  const flag = word.text.split('=', 1)[0] ?? word.text;
  switch (problem.kind) {
    case 'unknown':
      return [unknownOption(word, flag, version)];
    case 'ambiguous':
      return ambiguousOption(word, flag, problem.candidates ?? []);
    case 'no value': {
      const message = `${flag} needs a value; Gunicorn refuses the command line and does not start`;
      const names = problem.spec?.flags.join('/') ?? flag;
      return [
        fault('gunicorn/unknown-option', span, message, {
          log: `gunicorn: error: argument ${names}: expected one argument`,
        }),
      ];
    }
    case 'unwanted value': {
      const message = `${flag} takes no value; Gunicorn refuses the command line and does not start`;
      return [fault('gunicorn/unknown-option', span, message)];
    }
    case 'extra':
      return [extraWord(word, words)];
  }
}

function unknownOption(word: Word, flag: string, version: Setting<string> | undefined): Fault {
  const span = contentSpan(word);
  const removed = [...removedGunicornSettings()].find(([, row]) => row.flags.includes(flag));
  const log = `gunicorn: error: unrecognized arguments: ${word.text}`;
  if (removed) {
    const message = `Gunicorn knew ${flag} only before ${removed[1].removed}; later releases refuse it and do not start`;
    if (isAtLeast(version ?? commonRelease, removed[1].removed))
      return fault('gunicorn/unknown-option', span, message, { log });
    return fault('gunicorn/deprecated-setting', span, message, { severity: 'info', log });
  }
  const flags = specs()
    .flatMap(spec => spec.flags)
    .filter(known => known.startsWith('--'));
  const asSetting = gunicornSettings
    .get(flag.replace(/^-+/, '').replaceAll('-', '_'))
    ?.flags.find(known => known.startsWith('--'));
  const near = flag.startsWith('--') ? (asSetting ?? nearest(flag, flags)) : undefined;
  const place = isVerbatim(word) ? { ...span, end: span.start + flag.length } : undefined;
  const repairs = near !== undefined && place ? [replacement(`Write ${near}`, place, near)] : [];
  const hint = near !== undefined ? `; did you mean ${near}?` : '';
  return fault('gunicorn/unknown-option', span, `Gunicorn has no option ${flag} and does not start${hint}`, {
    repairs,
    log,
  });
}

/** Releases only add flags, so a prefix that is ambiguous in an old one is so in all later ones. */
function ambiguousOption(word: Word, flag: string, candidates: readonly string[]): readonly Fault[] {
  const old = candidates.filter(candidate =>
    [...gunicornSettings.values()].some(setting => setting.old && setting.flags.includes(candidate)),
  );
  if (old.length < 2) return [];
  const message = `${flag} may stand for ${old.join(', ')}; Gunicorn refuses the command line and does not start`;
  const log = `gunicorn: error: ambiguous option: ${flag} could match ${old.join(', ')}`;
  return [fault('gunicorn/unknown-option', contentSpan(word), message, { log })];
}

function extraWord(word: Word, words: readonly Word[]): Fault {
  const before = words[words.indexOf(word) - 1];
  const message =
    `Gunicorn refuses the command line: "${word.text}" is neither an option nor the value of one` +
    (before?.known ? ` (it stands behind ${before.text})` : '');
  return fault('process/cannot-start', contentSpan(word), message, {
    log: `gunicorn: error: unrecognized arguments: ${word.text}`,
  });
}
