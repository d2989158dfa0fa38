import type { Fault } from '../../../model/fault.js';
import type { Launch } from '../../../model/launch.js';
import { baseName, folderOf, joinInside } from '../../../model/place.js';
import { literalWord } from '../../../model/word.js';
import type { SourceFile } from '../../../text/source.js';
import { globMatches, globTokens } from '../../launch/glob.js';
import { listInside, locate } from '../../place/files.js';
import { fault, resolveIn, type ServerContext, startFolder } from '../context.js';
import { looksLikeUwsgi } from '../recognise.js';
import type { Loaded } from './load.js';
import type { Given, Settings } from './settings.js';

/** What an Emperor starts. `complete`: everything it starts is known. */
export interface Vassals {
  readonly launches: readonly Launch[];
  readonly faults: readonly Fault[];
  readonly complete: boolean;
}

const none: Vassals = { launches: [], faults: [], complete: true };
const unknown: Vassals = { ...none, complete: false };

/** Endings of vassals, and how each is read: core/emperor.c (`uwsgi_emperor_is_valid`, `emperor_add`) of 2.0.21. Case counts. */
const flags: Readonly<Record<string, string>> = {
  ini: '--ini',
  xml: '--xml',
  yml: '--yaml',
  yaml: '--yaml',
  js: '--json',
  json: '--json',
};

/** Options under which a vassal gets more than its own file, or starts later. */
const shaping = [
  'vassals-include',
  'vassals-include-before',
  'vassals-inherit',
  'vassals-inherit-before',
  'vassal-set',
];
const lateStart = /^emperor-(?:on-demand|magic-exec|wrapper|broodlord|extra-ext)/;

const mostVassals = 100;

/** The vassals in the folders and patterns of `emperor`: a folder is where they are started from too. */
export function vassalsOf(context: ServerContext, settings: Settings, loaded: Loaded): Vassals {
  const given = settings.lists('emperor');
  if (given.length === 0) return none;
  const shaped = shaping.some(name => settings.lists(name).length > 0);
  if (loaded.open !== undefined || shaped || loaded.entries.some(({ key }) => lateStart.test(key))) return unknown;
  const found = given.map(one => ofFolder(context, one));
  return {
    launches: found.flatMap(one => one.launches).slice(0, mostVassals),
    faults: found.flatMap(one => one.faults),
    complete: found.every(one => one.complete),
  };
}

function ofFolder(context: ServerContext, given: Given): Vassals {
  const { value } = given;
  if (!value.known || /^[a-z0-9]+:\/\//.test(value.value)) return unknown;
  const resolved = resolveIn(startFolder(context), value.value);
  if ('why' in resolved) return unknown;
  const pattern = /[*?[]/.test(baseName(resolved.path)) ? baseName(resolved.path) : undefined;
  const inside = pattern === undefined ? resolved.path : folderOf(resolved.path);
  if (/[*?[]/.test(inside) || pattern?.includes('[')) return unknown;
  const { reader, place } = context;
  if (locate(reader, place, inside).kind !== 'directory') return unknown;
  const { names, complete } = listInside(reader, place, inside);
  const tokens = globTokens(pattern ?? '*');
  const launches: Launch[] = [];
  const faults: Fault[] = [];
  for (const name of names) {
    const located = locate(reader, place, joinInside(inside, name));
    if (located.kind !== 'file' || !globMatches(tokens, name)) continue;
    const flag = flagOf(name);
    if (flag !== undefined) launches.push(vassal(context, given, inside, name, flag, pattern === undefined));
    else if (complete && isMeant(context, located.file, name, names))
      faults.push(notLoaded(given, located.file, pattern));
  }
  return { launches, faults, complete };
}

function flagOf(name: string): string | undefined {
  const ending = /\.([a-z]+)$/.exec(name)?.[1] ?? '';
  return Object.hasOwn(flags, ending) ? flags[ending] : undefined;
}

function vassal(
  { command, place }: ServerContext,
  { value }: Given,
  inside: string,
  name: string,
  flag: string,
  isFolder: boolean,
): Launch {
  const span = value.span ?? command.span;
  const path = joinInside(inside, name);
  const unknownUser = { name: 'user', origin: 'default', known: false, why: 'the Emperor decides it' } as const;
  return {
    // The Emperor is its manager, and stops it in its own way.
    kind: 'information',
    name: `vassal ${name}`,
    place,
    span,
    commands: [
      {
        ...command,
        words: ['uwsgi', flag, path].map(text => literalWord(text, span)),
        workingDirectory: isFolder
          ? { name: 'folder of the vassals', origin: 'default', known: true, value: inside }
          : command.workingDirectory,
        via: [...command.via, { span, message: `the Emperor starts ${name}` }],
        user: unknownUser,
      },
    ],
    passedSockets: [],
    unresolved: [],
    user: unknownUser,
  };
}

/** Names that say that a file is put aside, or filled in before it is used. */
const aside =
  /(?:~|\.(?:bak|old|orig|save|sav|swp|rej|disabled?|off|inactive|example|sample|skel|template|tmpl|tpl|dist|in|j2|jinja2?|erb|rpmsave|rpmnew|dpkg-\w+|md|rst|inc|include|touch))$/i;

/**
 * A file that describes an application and that nothing else reads: no other file speaks of it, and none of the same name has an ending that
 * is read.
 */
function isMeant({ reader }: ServerContext, file: SourceFile, name: string, names: readonly string[]): boolean {
  if (aside.test(name) || name.startsWith('.') || !looksLikeUwsgi(file) || /\{\{|\{%|<%/.test(file.text)) return false;
  if (!/^[ \t]*(?:module|wsgi-file|wsgi|mount|http-socket|socket|uwsgi-socket)[ \t]*=/m.test(file.text)) return false;
  const stem = name.replace(/\.[^.]*$/, '');
  if (names.some(other => other !== name && flagOf(other) !== undefined && other.replace(/\.[^.]*$/, '') === stem))
    return false;
  return !isNamed(reader.files(), name, path => (path === file.path ? '' : (reader.file(path)?.text ?? '')));
}

const mostSearched = 3000;
const largestSearched = 300_000;

/** True where another file holds the name, or there are too many to tell. */
function isNamed(paths: readonly string[], name: string, textOf: (path: string) => string): boolean {
  if (paths.length > mostSearched) return true;
  return paths.some(path => {
    if (/\.(?:md|rst|txt|lock|svg|css|js|html?)$/i.test(path)) return false;
    const text = textOf(path);
    return text.length <= largestSearched && text.includes(name);
  });
}

const readEndings = '.ini, .xml, .yml, .yaml, .js or .json';

/** With a pattern, the pattern is what names the files; in a folder, the file's own name. */
function notLoaded({ value }: Given, file: SourceFile, pattern: string | undefined): Fault {
  const header = headerOf(file);
  const at = value.span;
  const message =
    `uWSGI's Emperor takes files whose names end in ${readEndings} for vassals, so it passes over ${file.path}` +
    `${pattern === undefined ? '' : `, whatever the pattern ${pattern} says`}: what it describes is never started, and the gateway answers with 502`;
  if (pattern !== undefined && at)
    return fault('uwsgi/config-not-loaded', at, message, { related: [{ span: header, message: 'this is the file' }] });
  return fault('uwsgi/config-not-loaded', header, message, {
    ...(at && { related: [{ span: at, message: 'the folder of the vassals is named here' }] }),
  });
}

/** The first line that says something. */
function headerOf(file: SourceFile): { readonly file: SourceFile; readonly start: number; readonly end: number } {
  const { text } = file;
  const found = /^[ \t]*\[[^\]\n]*\]|^[ \t]*<uwsgi|^uwsgi[ \t]*:/m.exec(text);
  const start = found ? found.index + (found[0].length - found[0].trimStart().length) : 0;
  const feed = text.indexOf('\n', start);
  return { file, start, end: found ? found.index + found[0].length : feed < 0 ? text.length : feed };
}
