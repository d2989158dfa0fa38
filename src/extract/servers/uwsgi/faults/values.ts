import { canonicalOption, uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault, Repair } from '../../../../model/fault.js';
import { lineEnd } from '../../../../text/lines.js';
import type { Span } from '../../../../text/source.js';
import { spanText } from '../../../../text/source.js';
import { fault, locateFrom, namedVariable, replacement, type ServerContext, startFolder } from '../../context.js';
import { meantSeconds } from '../../python-numbers.js';
import type { Entry, Loaded } from '../load.js';
import { truth } from '../settings.js';
import { leadingInteger } from '../substitute.js';

/** Values that uWSGI refuses, or reads as something else than they look. */
export function valueFaults(context: ServerContext, loaded: Loaded): readonly Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const entry of loaded.entries) {
    const option = uwsgiOptions.get(entry.key);
    const place = `${entry.valueSpan.file.path}:${entry.valueSpan.start}:${entry.key}`;
    if (!option || entry.derived || entry.value === undefined || seen.has(place)) continue;
    seen.add(place);
    const comment = inlineComment(entry, option.type);
    if (comment) faults.push(comment);
    else {
      faults.push(...placeholderFaults(context, loaded, entry));
      if (loaded.blanks.reason(entry.value) !== undefined) continue;
      if (option.type === 'int') faults.push(...numberFaults(entry, entry.value));
      if (canonicalOption(entry.key) === 'wsgi-file') faults.push(...fileFaults(entry, entry.value));
      if (canonicalOption(entry.key) === 'chmod-socket') faults.push(...modeFaults(entry, entry.value));
    }
  }
  return faults;
}

/** The value as the file shows it, so that edits hold. */
function shownValue(entry: Entry): string | undefined {
  const text = spanText(entry.valueSpan);
  return text === entry.raw ? text : undefined;
}

/** In ini files a comment behind a value is part of it; behind a number it does no harm. */
function inlineComment(entry: Entry, type: string): Fault | undefined {
  const text = entry.format === 'ini' ? shownValue(entry) : undefined;
  if (!text || ['int', 'megabytes', 'route', 'daemon'].includes(type)) return undefined;
  if (/log|route|hook|exec|cron|header|eval|format/.test(entry.key)) return undefined;
  const mark = commentMark(text);
  if (mark === undefined) return undefined;
  const value = text.slice(0, mark).trimEnd();
  if (value === '' || (type === 'bool' && truth(text) === truth(value))) return undefined;
  const tcp = (type === 'socket' || type === 'gateway') && value.includes(':') && !text.slice(mark).includes(':');
  if (tcp) return undefined;
  const { start, end } = entry.valueSpan;
  const message = `uWSGI has no comments behind a value: "${text}" is the whole value of ${entry.key}`;
  return fault('uwsgi/inline-comment', { ...entry.valueSpan, start: start + mark, end }, message, {
    repairs: [replacement('Remove the comment', { ...entry.valueSpan, start: start + value.length, end }, '')],
  });
}

/** Offset of a `#` or `;` that stands behind white space and before a blank, a word or the end. */
export function commentMark(text: string): number | undefined {
  for (let at = 1; at < text.length; at++) {
    const char = text[at];
    if ((char !== '#' && char !== ';') || !/[ \t]/.test(text[at - 1] ?? '')) continue;
    if (/^[ \t\w]?$/.test(text[at + 1] ?? '')) return at;
  }
  return undefined;
}

const times = /timeout|mercy|lifetime|harakiri$|interval|delay|expire/;

function numberFaults(entry: Entry, value: string): readonly Fault[] {
  const text = value.trim();
  if (text === '' || /^\d+(?:\s|$)/.test(text)) return [];
  const span = spanText(entry.valueSpan) === '' ? entry.keySpan : entry.valueSpan;
  const literal = shownValue(entry) === value || spanText(entry.valueSpan) === value;
  const number = leadingInteger(text);
  if (number < 0) {
    const message = `${entry.key} must not be negative: uWSGI does not start with ${text}`;
    return [
      fault('timeout/bad-number', span, message, { log: `invalid value for option "${entry.key}": must be > 0` }),
    ];
  }
  const meant = meantNumber(entry.key, text);
  if (meant === number) return [];
  const repairs: Repair[] = meant !== undefined && literal ? [replacement(`Write ${meant}`, span, String(meant))] : [];
  const early = entry.immediate && /[$@%]\(/.test(text);
  const message = early
    ? `uWSGI sets ${entry.key} as soon as it reads the line, before anything is filled in: ${text} counts as ${number}`
    : `uWSGI reads only the digits at the start of a number: ${entry.key} = ${text} is ${number}`;
  // A word of truth leaves the option at its default; a time or size becomes another one.
  const severity = meant === 1 && !/^\d/.test(text) ? 'info' : meant === undefined ? 'warning' : undefined;
  // uWSGI does start: a size or time that is cut short ends requests, another number is not the one that was meant.
  const symptom =
    severity === undefined && (times.test(entry.key) || /size|buffer/.test(entry.key)) ? '502' : 'wrong reply';
  return [fault('timeout/bad-number', span, message, { repairs, symptom, ...(severity && { severity }) })];
}

/** Seconds for times, bytes for sizes, 1 and 0 for words of truth. */
function meantNumber(key: string, text: string): number | undefined {
  if (times.test(key)) return meantSeconds(text);
  const size = /^(\d{1,9}) ?([kKmM])i?[bB]?$/.exec(text);
  if (size && /size|buffer/.test(key)) return Number(size[1]) * (size[2]?.toLowerCase() === 'k' ? 1024 : 1024 * 1024);
  if (/^(?:true|yes|on)$/i.test(text)) return 1;
  return /^(?:false|no|off|none|null)$/i.test(text) ? 0 : undefined;
}

/** `wsgi-file` takes no callable behind a colon: the whole value is the path (plugins/python/pyloader.c of 2.0.21). */
function fileFaults(entry: Entry, value: string): readonly Fault[] {
  const [, path, callable] = /^(\S+\.(?:py|wsgi)):([A-Za-z_]\w*)$/.exec(value) ?? [];
  if (path === undefined || callable === undefined) return [];
  const literal = shownValue(entry) === value && entry.format === 'ini' && entry.file;
  const indent = entry.span.file.text.slice(
    entry.span.file.text.lastIndexOf('\n', entry.keySpan.start) + 1,
    entry.keySpan.start,
  );
  const text = `${path}${lineEnd(entry.span.file.text)}${indent}callable = ${callable}`;
  const repairs = literal ? [replacement(`Name the callable in an option of its own`, entry.valueSpan, text)] : [];
  const message = `${entry.key} takes a path and nothing else: uWSGI looks for a file called ${value}, finds none and loads no application. Every request is answered with 500`;
  return [fault('python/missing-module', entry.valueSpan, message, { repairs, log: 'failed to open python file' })];
}

/** Exactly three octal digits, or 1: core/uwsgi.c (`uwsgi_opt_chmod_socket`). */
function modeFaults(entry: Entry, value: string): readonly Fault[] {
  if (value === '1' || /^[0-7]{3}$/.test(value)) return [];
  const log = `invalid chmod value: ${value}`;
  if (value === '') {
    const insert = { ...entry.span, start: entry.keySpan.end };
    const repairs = entry.file ? [replacement('Write 666', insert, ' = 666')] : [];
    const message = `${entry.key} without a value stops uWSGI in a file: it wants three octal digits`;
    return [fault('upstream/socket-permission', entry.keySpan, message, { repairs, log })];
  }
  const meant = /^0[oO]?([0-7]{3})$/.exec(value)?.[1];
  const repairs =
    meant !== undefined && shownValue(entry) === value ? [replacement(`Write ${meant}`, entry.valueSpan, meant)] : [];
  const message = `${entry.key} wants exactly three octal digits: with "${value}" uWSGI does not start`;
  return [fault('upstream/socket-permission', entry.valueSpan, message, { repairs, log })];
}

/** Options whose value is used as it is, so that a placeholder that stays in it is a mistake for certain. */
const plainValues = new Set(
  'socket uwsgi-socket http http-socket http11-socket https https-socket fastcgi-socket scgi-socket stats module wsgi-file callable chdir chdir2 pythonpath virtualenv uid gid processes threads harakiri logto daemonize pidfile safe-pidfile touch-reload chmod-socket chown-socket plugins mount static-map ini include'.split(
    ' ',
  ),
);

function placeholderFaults(context: ServerContext, loaded: Loaded, entry: Entry): readonly Fault[] {
  const value = entry.value ?? '';
  if (canonicalOption(entry.key) === 'env' && entry.file) return missingContent(context, entry);
  if (!plainValues.has(canonicalOption(entry.key)) || !/[$%@]/.test(entry.raw ?? '') || !entry.file) return [];
  const shell = /\$\{(\w+)\}/.exec(value);
  if (shell) return [shellPlaceholder(entry, shell[0], shell[1] ?? '')];
  const variable = /\$\(([^()]+)\)/.exec(value);
  if (variable && !entry.immediate) return unsetVariable(context, entry, variable[0], variable[1] ?? '');
  const option = /%\(([^()]+)\)/.exec(value);
  if (option && !entry.immediate && loaded.open === undefined && !isPart(context, loaded)) {
    const message = `No option or placeholder ${option[1]} is set, so ${option[0]} stays in the value of ${entry.key} as it stands`;
    return [fault('uwsgi/placeholder', within(entry.valueSpan, option[0]), message)];
  }
  return missingContent(context, entry);
}

const loadsApplication = new Set(['module', 'wsgi-file', 'mount', 'file', 'paste', 'pyramid', 'pecan', 'emperor']);

/** A file that nothing starts and that loads nothing: others take it in, and set what it needs. */
function isPart({ launch }: ServerContext, { entries }: Loaded): boolean {
  return launch.kind === 'information' && !entries.some(({ key }) => loadsApplication.has(canonicalOption(key)));
}

function shellPlaceholder(entry: Entry, text: string, name: string): Fault {
  const at = within(entry.valueSpan, text);
  const repairs = spanText(at) === text ? [replacement(`Write $(${name})`, at, `$(${name})`)] : [];
  const message = `uWSGI does not fill in ${text}: variables of the environment are written $(${name})`;
  return fault('uwsgi/placeholder', at, message, { repairs });
}

function unsetVariable(context: ServerContext, entry: Entry, text: string, name: string): readonly Fault[] {
  if (namedVariable(context, name).state !== 'absent') return [];
  const message = `${name} is not set where uWSGI is started, so ${text} stays in the value of ${entry.key} as it stands`;
  return [fault('uwsgi/placeholder', within(entry.valueSpan, text), message)];
}

function missingContent(context: ServerContext, entry: Entry): readonly Fault[] {
  const read = /@\(([^()$%]+)\)/.exec(entry.raw ?? '');
  if (!read || entry.immediate) return [];
  // What is secret is not kept in a repository.
  if (/secret|passw|token|key|credential/i.test(entry.raw ?? '')) return [];
  if (locateFrom(context, startFolder(context), read[1] ?? '').kind !== 'missing') return [];
  const message = `uWSGI is told to read ${read[1]} for ${entry.key}, which is not there: it does not start`;
  return [fault('uwsgi/placeholder', within(entry.valueSpan, read[0]), message)];
}

function within(span: Span, text: string): Span {
  const at = spanText(span).indexOf(text);
  return at < 0 ? span : { ...span, start: span.start + at, end: span.start + at + text.length };
}
