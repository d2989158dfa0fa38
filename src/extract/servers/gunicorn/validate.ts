import { type GunicornSetting, shortWorkerName, workerClass, workerNames } from '../../../facts/gunicorn.js';
import type { PyValue } from '../../../model/entry.js';
import type { Fault } from '../../../model/fault.js';
import type { SettingValue } from '../../../model/server.js';
import type { Setting } from '../../../model/setting.js';
import { unknownFrom, withValue } from '../../../model/setting.js';
import { nearest } from '../../../text/near.js';
import { fault, literalPlace, replacement } from '../context.js';
import { meantSeconds, pythonLiteralInt } from '../python-numbers.js';

type Checked =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly why: string }
  | undefined;

/** A setting's value after Gunicorn's own check; a value that it refuses is unknown and gives a fault. */
export interface Validated {
  readonly setting: Setting<SettingValue>;
  /** The items of a list, each with its own place. */
  readonly items?: readonly Setting<string>[];
  readonly faults: readonly Fault[];
}

/** Source: the validators of gunicorn/config.py at 20.1.0; the table names the one of each setting. */
export function validated(known: GunicornSetting, given: Setting<PyValue>): Validated {
  if (!given.known) return { setting: unknownFrom(given, given.why), faults: [] };
  const { value } = given;
  const checked = check(known, value);
  if (checked === undefined) {
    return { setting: unknownFrom(given, 'it is an object that only running the file would make'), faults: [] };
  }
  if (!checked.ok) {
    return {
      setting: unknownFrom(given, 'Gunicorn refuses the value'),
      faults: [refusal(known, given, value, checked.why)],
    };
  }
  const items = known.validator === 'list_string' ? listItems(given, value) : undefined;
  const unknownItem = items?.find(item => !item.known);
  const setting =
    unknownItem && !unknownItem.known
      ? unknownFrom<SettingValue>(given, unknownItem.why)
      : withValue(given, checked.value);
  return { setting, ...(items && { items }), faults: nameFaults(known, given, checked.value) };
}

function check(known: GunicornSetting, value: PyValue): Checked {
  switch (known.validator) {
    case 'pos_int':
    case 'http2_frame_size':
      return wholeNumber(value);
    case 'bool':
      return truth(value);
    case 'list_string':
      return textList(value);
    case 'dict':
      return value.kind === 'dict' || value.kind === 'object' ? undefined : { ok: false, why: 'it must be a dict' };
    case 'string':
    case 'chdir':
    case 'string_to_addr_list':
    case 'string_to_list':
    case 'class':
      return text(value);
    default:
      return value.kind === 'constant' ? { ok: true, value: value.value } : undefined;
  }
}

function wholeNumber(value: PyValue): Checked {
  if (value.kind === 'object') return undefined;
  if (value.kind !== 'constant') return { ok: false, why: 'it must be a whole number' };
  let number: number | undefined;
  if (typeof value.value === 'boolean') number = value.value ? 1 : 0;
  else if (typeof value.value === 'string' && value.type === undefined) number = pythonLiteralInt(value.value);
  else if (typeof value.value === 'number' && value.type === undefined) number = value.value;
  if (number === undefined) return { ok: false, why: 'it must be a whole number' };
  return number < 0 ? { ok: false, why: 'it must not be negative' } : { ok: true, value: number };
}

function truth(value: PyValue): Checked {
  if (value.kind === 'object') return undefined;
  const plain = value.kind === 'constant' ? value.value : 0;
  if (plain === null || typeof plain === 'boolean') return { ok: true, value: plain };
  const word = typeof plain === 'string' ? plain.trim().toLowerCase() : '';
  if (word === 'true' || word === 'false') return { ok: true, value: word === 'true' };
  return { ok: false, why: 'it must be True or False' };
}

function text(value: PyValue): Checked {
  if (value.kind === 'object') return undefined;
  if (value.kind !== 'constant' || value.type !== undefined) return { ok: false, why: 'it must be a text' };
  if (value.value === null) return { ok: true, value: null };
  return typeof value.value === 'string'
    ? { ok: true, value: value.value.trim() }
    : { ok: false, why: 'it must be a text' };
}

function textList(value: PyValue): Checked {
  if (value.kind === 'object') return undefined;
  if (value.kind === 'constant') {
    if (typeof value.value === 'string') return { ok: true, value: value.value === '' ? [] : [value.value.trim()] };
    if (!value.value) return { ok: true, value: [] };
    return { ok: false, why: 'it must be a text or a list of texts' };
  }
  if (value.kind === 'dict') return undefined;
  const texts: string[] = [];
  for (const item of value.items) {
    if (!item.known) continue;
    const plain = text(item.value);
    if (plain === undefined) return undefined;
    if (!plain.ok) return { ok: false, why: 'every item of the list must be a text' };
    texts.push(String(plain.value));
  }
  return { ok: true, value: texts };
}

function listItems(given: Setting<PyValue>, value: PyValue): readonly Setting<string>[] {
  if (value.kind === 'constant') {
    return typeof value.value === 'string' && value.value !== '' ? [withValue(given, value.value.trim())] : [];
  }
  if (value.kind !== 'list') return [];
  return value.items.map(item => {
    // An item of a list in a file has a number for its name; the list's own name is what the user knows.
    const named = { ...item, name: given.name, ...(!item.span && given.span && { span: given.span }) };
    const plain = item.known && item.value.kind === 'constant' ? item.value.value : undefined;
    if (!item.known) return unknownFrom<string>(named, item.why);
    return typeof plain === 'string' ? withValue(named, plain.trim()) : unknownFrom<string>(named, 'it is no text');
  });
}

function refusal(known: GunicornSetting, given: Setting<PyValue>, value: PyValue, why: string): Fault {
  const number = known.validator === 'pos_int';
  const shown = showValue(value);
  const message = `Gunicorn refuses ${given.name} = ${shown} and does not start: ${why}`;
  const span = given.span;
  if (!span) return fault('gunicorn/bad-value', emptySpan(given), message);
  const repair = repairOf(known, value);
  const place = repair !== undefined && literalWhole(span, value) ? span : undefined;
  const repairs = place && repair !== undefined ? [replacement(`Write ${repair}`, place, repair)] : [];
  return fault(number ? 'timeout/bad-number' : 'gunicorn/bad-value', span, message, { repairs });
}

function emptySpan(given: Setting<unknown>): Fault['span'] {
  return given.span ?? { file: { path: '', text: '' }, start: 0, end: 0 };
}

function showValue(value: PyValue): string {
  if (value.kind === 'list') return 'a list';
  if (value.kind === 'dict') return 'a dict';
  if (value.kind === 'object') return value.of;
  if (typeof value.value === 'string') return `"${value.value}"`;
  if (value.value === null) return 'None';
  if (typeof value.value === 'boolean') return value.value ? 'True' : 'False';
  return value.type === 'float' && Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
}

function repairOf(known: GunicornSetting, value: PyValue): string | undefined {
  if (value.kind !== 'constant') return undefined;
  if (known.validator === 'bool') return value.value === 1 ? 'True' : value.value === 0 ? 'False' : undefined;
  if (known.validator !== 'pos_int') return undefined;
  if (typeof value.value === 'string' && /timeout|keepalive/.test(known.name)) {
    const seconds = meantSeconds(value.value);
    return seconds === undefined ? undefined : String(seconds);
  }
  const whole =
    value.type === 'float' && typeof value.value === 'number' && Number.isInteger(value.value) && value.value >= 0;
  return whole ? String(value.value) : undefined;
}

/** The whole span is this constant as it is written, so that replacing it changes nothing else. */
function literalWhole(span: Fault['span'], value: PyValue): boolean {
  if (value.kind !== 'constant') return false;
  if (typeof value.value === 'string') return literalPlace(span, value.value) !== undefined;
  return /^-?[\d.]+$/.test(span.file.text.slice(span.start, span.end));
}

const uvicornClasses = ['uvicorn.workers.UvicornWorker', 'uvicorn.workers.UvicornH11Worker'];

/** Values that pass Gunicorn's check and fail later. */
function nameFaults(known: GunicornSetting, given: Setting<PyValue>, value: SettingValue): readonly Fault[] {
  if (known.name !== 'worker_class' || typeof value !== 'string' || !given.span) return [];
  const short = shortWorkerName(value);
  // All classes of the package are known.
  const slip =
    short.startsWith('uvicorn.') && !uvicornClasses.includes(short) ? nearest(short, uvicornClasses) : undefined;
  if (
    short === '' ||
    (short.includes('.') && slip === undefined) ||
    short.includes(':') ||
    short.startsWith('#') ||
    workerClass(short)
  )
    return [];
  // `async` is no slip for `sync`.
  const near = slip ?? (short.startsWith('async') ? undefined : nearest(short, workerNames()));
  const place = literalPlace(given.span, value);
  const repairs = near !== undefined && place ? [replacement(`Write ${near}`, place, near)] : [];
  const hint = near !== undefined ? `; did you mean ${near}?` : '';
  return [
    fault('gunicorn/bad-value', given.span, `Gunicorn has no worker class "${value}" and does not start${hint}`, {
      repairs,
      log: `Error: class uri '${value}' invalid or not found`,
    }),
  ];
}
