import type { Fault } from '../../../../model/fault.js';
import { baseName } from '../../../../model/place.js';
import { withoutEnd } from '../../../../text/ends.js';
import { type Span, span } from '../../../../text/source.js';
import { fault, literalPlace, replacement, type ServerContext } from '../../context.js';
import type { Settings } from '../settings.js';

const largestFile = 200_000;
const mayMake = /(?:^|\/)(?:makefile|[^/]*dockerfile[^/]*|justfile|[^/]+\.(?:sh|bash|mk))$/i;
/** What people follow by hand: proves no mistake, but that another environment may be made. */
const mayTell = /\.(?:md|rst|txt|ya?ml)$/i;

/**
 * A virtual environment of another name than the one that the repository itself makes. Environments are hardly ever kept in a
 * repository, so that one is not there proves nothing.
 */
export function virtualenvFaults(context: ServerContext, settings: Settings): readonly Fault[] {
  const setting = settings.text('virtualenv');
  if (!setting?.known || !setting.span || /[$%@{(]/.test(setting.value)) return [];
  if (!inRepository(context, setting.value)) return [];
  const wanted = baseName(withoutEnd(setting.value, '/'));
  const made = context.reader.files().flatMap(path => (mayMake.test(path) ? madeIn(context, path) : []));
  if (made.length === 0 || wanted === '' || made.some(one => one.name === wanted || /[$%{*]/.test(one.name))) return [];
  const names = new Set(made.map(one => one.name));
  const only = names.size === 1 ? made[0] : undefined;
  if (!only || isTold(context, wanted)) return [];
  const place = literalPlace(setting.span, setting.value);
  const meant = `${withoutEnd(setting.value, '/').slice(0, -wanted.length)}${only.name}`;
  const repairs = place ? [replacement(`Write ${meant}`, place, meant, 'unsafe')] : [];
  const message = `${setting.name} = ${setting.value}, but the virtual environment that the repository makes is called ${only.name}`;
  const related = [{ span: only.span, message: 'it is made here' }];
  const log = '!!! Python Home is not a directory';
  return [fault('uwsgi/virtualenv', setting.span, message, { repairs, related, severity: 'warning', log })];
}

/** The path lies in a folder of the repository, so that the one that is made there is meant. */
function inRepository(context: ServerContext, path: string): boolean {
  return context.place.mounts.some(
    ({ inside, repo }) => repo !== undefined && path.startsWith(inside === '/' ? '/' : `${inside}/`),
  );
}

function isTold(context: ServerContext, wanted: string): boolean {
  return context.reader
    .files()
    .some(path => mayTell.test(path) && madeIn(context, path).some(({ name }) => name === wanted));
}

/** `python -m venv NAME`, `virtualenv NAME`. */
function madeIn(context: ServerContext, path: string): readonly { readonly name: string; readonly span: Span }[] {
  const file = context.reader.file(path);
  if (!file || file.text.length > largestFile || !/venv|virtualenv/.test(file.text)) return [];
  const found: { name: string; span: Span }[] = [];
  for (const match of file.text.matchAll(/(?:-m venv|\bvirtualenv)((?: +-[\w=-]+){0,8}) +([\w./~$%{}-]+)/g)) {
    const name = baseName(withoutEnd(match[2] ?? '', '/'));
    if (name === '' || name.startsWith('-') || name === 'install') continue;
    const end = match.index + match[0].length;
    found.push({ name, span: span(file, end - (match[2] ?? '').length, end) });
  }
  return found;
}

/** `env = /srv/venv`: a variable without a value, which putenv takes away. A path there is meant for `virtualenv`. */
export function pathAsVariable(settings: Settings): readonly Fault[] {
  return settings.lists('env').flatMap(({ entry, value }) => {
    if (!value.known || !value.span || !entry.file || !value.value.includes('/') || value.value.includes('='))
      return [];
    const message = `env sets a variable and wants NAME=VALUE, so "${value.value}" sets none; for the folder of a virtual environment the option is virtualenv`;
    const repairs = [replacement('Call it virtualenv', entry.keySpan, 'virtualenv', 'unsafe')];
    const consequence = 'uWSGI runs without it, and answers every request with 500 where a package is missing.';
    return [
      {
        ...fault('uwsgi/virtualenv', value.span, message, { repairs, severity: 'warning' }),
        symptom: '500',
        consequence,
      },
    ];
  });
}
