import { type DirectiveRow, directiveRow, rowTakes } from '../../../facts/nginx.js';
import type { Fault } from '../../../model/fault.js';
import type { NginxDirective } from '../../../model/gateway.js';
import type { Word } from '../../../model/word.js';
import { knownContexts } from '../context.js';
import { nearNames } from '../near.js';
import { parseNumber, parseSize, parseTime } from '../units.js';
import { judgeLines } from './alike.js';
import { checkCustomValue } from './custom.js';
import { type Evidence, type Report, trustOf } from './evidence.js';
import { checkParameters } from './parameters.js';
import { writeInstead } from './repair.js';

/** Values that nginx refuses by the type of the directive: flags, words of a list, sizes, numbers and times. */
export function checkValues(evidence: Evidence, report: Report): void {
  judgeLines(evidence.alike, report, ({ scope, directive }, tell) => {
    if (!knownContexts.has(scope.context)) return true;
    if (trustOf(directive, evidence) === 'nothing') return false;
    const row = directiveRow(directive.name, scope.context);
    if (!row || directive.args.length === 0 || !rowTakes(row, directive.args.length)) return true;
    for (const fault of faultsOf(directive, row)) tell(fault);
    checkCustomValue(directive, scope, tell);
    checkParameters(directive, scope, tell);
    return true;
  });
}

function faultsOf(directive: NginxDirective, row: DirectiveRow): readonly Fault[] {
  const { args, name } = directive;
  const [first, second] = args;
  if (!first) return [];
  switch (row.type) {
    case 'flag':
      return one(flagFault(name, first));
    case 'enum':
    case 'bitmask':
      return args.flatMap(word => one(choiceFault(name, word, row.values ?? [])));
    case 'size':
    case 'offset':
      return one(sizeFault(name, first, row.type));
    case 'complex_size':
      return first.text.includes('$') ? [] : one(sizeFault(name, first, 'size'));
    case 'number':
      return one(numberFault(name, first, row));
    case 'bufs':
      return second ? [...one(countFault(name, first)), ...one(sizeFault(name, second, 'size'))] : [];
    case 'time_ms':
    case 'time_s': {
      const header = name === 'keepalive_timeout' && second ? one(timeFault(name, second, 'time_s')) : [];
      return [...one(timeFault(name, first, row.type)), ...header];
    }
    default:
      return [];
  }
}

function one(fault: Fault | undefined): readonly Fault[] {
  return fault ? [fault] : [];
}

/** Undefined for a word that a template fills in: nothing is said about it. */
function fault(word: Word, message: string, log: string, better?: string): Fault | undefined {
  if (!word.known || word.via !== undefined) return undefined;
  return {
    kind: 'nginx/bad-value',
    span: word.span,
    message: `${message}. nginx does not start`,
    log,
    ...(better !== undefined && {
      repairs: [writeInstead(word.span, better)],
    }),
  };
}

function flagFault(name: string, word: Word): Fault | undefined {
  if (/^(?:on|off)$/i.test(word.text)) return undefined;
  const better = /^(?:true|yes|1|enabled?|onn)$/i.test(word.text)
    ? 'on'
    : /^(?:false|no|0|disabled?|of|offf)$/i.test(word.text)
      ? 'off'
      : undefined;
  const log = `invalid value "${word.text}" in "${name}" directive, it must be "on" or "off"`;
  return fault(word, `${name} takes on or off, not "${word.text}"`, log, better);
}

function choiceFault(name: string, word: Word, values: readonly string[]): Fault | undefined {
  const lower = word.text.toLowerCase();
  if (values.some(value => value.toLowerCase() === lower)) return undefined;
  const near = nearNames(word.text, values);
  const known = values.length > 12 ? '' : `; it knows ${values.join(', ')}`;
  return fault(
    word,
    `${name} does not know "${word.text}"${known}`,
    `invalid value "${word.text}"`,
    near.length === 1 ? near[0] : undefined,
  );
}

function sizeFault(name: string, word: Word, kind: 'size' | 'offset'): Fault | undefined {
  if (parseSize(word.text, kind) !== undefined) return undefined;
  const units = kind === 'offset' ? 'k, m or g' : 'k or m';
  return fault(
    word,
    `${name} takes a whole number with the unit ${units}, not "${word.text}"`,
    `"${name}" directive invalid value`,
    betterSize(word.text, kind),
  );
}

/** The size in nginx's form, where what is meant is plain: `10MB`, `1.5m`, `2g` where only k and m are known. */
function betterSize(text: string, kind: 'size' | 'offset'): string | undefined {
  const found = /^([0-9]{1,9})(?:\.([0-9]{1,3}))?([kmg]?)i?b?$/i.exec(text);
  if (!found?.[1]) return undefined;
  const unit = (found[3] ?? '').toLowerCase();
  const steps = ['', 'k', 'm', 'g'];
  const level = steps.indexOf(unit);
  if (found[2] !== undefined || (unit === 'g' && kind === 'size')) {
    const value = Number(`${found[1]}.${found[2] ?? '0'}`) * 1024;
    return level > 0 && Number.isInteger(value) ? `${value}${steps[level - 1]}` : undefined;
  }
  return `${found[1]}${unit}`;
}

function countFault(name: string, word: Word): Fault | undefined {
  const value = parseNumber(word.text);
  if (value !== undefined && value > 0) return undefined;
  return fault(
    word,
    `${name} takes a number and then a size, not "${word.text}" as number`,
    `"${name}" directive invalid value`,
  );
}

function numberFault(name: string, word: Word, row: DirectiveRow): Fault | undefined {
  const value = parseNumber(word.text);
  if (value === undefined)
    return fault(word, `${name} takes a number, not "${word.text}"`, `"${name}" directive invalid number`);
  const [low, high] = row.bounds ?? [0, null];
  if (value >= low && (high === null || value <= high)) return undefined;
  const log =
    high === null ? `value must be equal to or greater than ${low}` : `value must be between ${low} and ${high}`;
  return fault(
    word,
    `${name} takes a number ${high === null ? `from ${low}` : `from ${low} to ${high}`}, not ${word.text}`,
    log,
  );
}

function timeFault(name: string, word: Word, kind: 'time_ms' | 'time_s'): Fault | undefined {
  if (parseTime(word.text, kind) !== undefined) return undefined;
  const found = fault(
    word,
    `${name} ${word.text} is no time that nginx reads: ${timeReason(word.text, kind)}`,
    `"${name}" directive invalid value`,
  );
  if (!found) return undefined;
  const better = betterTime(word.text, kind);
  return {
    ...found,
    kind: /timeout$/.test(name) ? 'timeout/bad-number' : found.kind,
    ...(better && { repairs: [writeInstead(word.span, better.text, better.sure ? 'safe' : 'unsafe')] }),
  };
}

function timeReason(text: string, kind: 'time_ms' | 'time_s'): string {
  if (/^-/.test(text)) return 'it may not be negative';
  if (/^[0-9]+[.,][0-9]/.test(text)) return 'it takes whole numbers only';
  if (kind === 'time_ms' && /^[0-9]+[My]$/.test(text))
    return 'M means months and y years, which this directive does not take';
  if (/^[0-9]+[SHDW]/.test(text)) return 'units are written in small letters';
  return `units are ${kind === 'time_ms' ? 'ms, ' : ''}s, m, h, d`;
}

const unitWords: readonly (readonly [RegExp, string])[] = [
  [/^(?:s|secs?|seconds?)$/i, 's'],
  [/^(?:mins?|minutes?)$/i, 'm'],
  [/^(?:h|hrs?|hours?)$/i, 'h'],
  [/^(?:d|days?)$/i, 'd'],
  [/^(?:ms|msecs?|milliseconds?)$/i, 'ms'],
];

/** The time in nginx's form. `M` may mean minutes or months, so it is no sure repair. */
export function betterTime(
  text: string,
  kind: 'time_ms' | 'time_s',
): { readonly text: string; readonly sure: boolean } | undefined {
  const found = /^ ?([0-9]{1,9})(?:\.([0-9]{1,3}))? ?([A-Za-z]{0,12})$/.exec(text);
  if (!found?.[1]) return undefined;
  const word = found[3] ?? '';
  const unit = word === '' ? 's' : /^m$/i.test(word) ? 'm' : unitWords.find(([shape]) => shape.test(word))?.[1];
  if (unit === undefined) return undefined;
  const better = found[2] === undefined ? `${found[1]}${unit}` : whole(Number(`${found[1]}.${found[2]}`), unit);
  return better !== undefined && parseTime(better, kind) !== undefined
    ? { text: better, sure: word !== 'M' }
    : undefined;
}

const smaller: Readonly<Record<string, readonly [string, number]>> = {
  s: ['ms', 1000],
  m: ['s', 60],
  h: ['m', 60],
  d: ['h', 24],
};

function whole(value: number, unit: string): string | undefined {
  const [next, factor] = smaller[unit] ?? ['', 0];
  const scaled = Math.round(value * factor * 1000) / 1000;
  if (factor === 0) return undefined;
  return Number.isInteger(scaled) ? `${scaled}${next}` : undefined;
}
