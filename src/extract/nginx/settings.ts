import { defaultMilliseconds, keepaliveByDefaultSince } from '../../facts/nginx.js';
import type { NginxDirective, NginxScope } from '../../model/gateway.js';
import { directivesAt } from '../../model/inherit.js';
import { defaultSetting, type Known, type Setting } from '../../model/setting.js';
import { isAtLeast } from '../../model/version.js';
import { type Word, whyUnknown } from '../../model/word.js';
import { parseTime } from './units.js';

/** The levels a value may come from. `unread`: those of which a part could not be read. */
export interface Levels {
  readonly unread: ReadonlySet<NginxScope>;
  readonly version: Setting<string> | undefined;
}

/**
 * A time that holds at `scope`, in seconds: of the innermost level that sets it, else nginx's default. Not known where a level in
 * between has an include that could not be read. The defaults of a fragment are those of a main file that sets nothing.
 */
export function effectiveSeconds(scope: NginxScope, name: string, levels: Levels): Setting<number> {
  const found: Setting<number>[] = [];
  let open = false;
  for (let level: NginxScope | undefined = scope; level; level = level.parent) {
    const directive = directivesAt(level, name).at(-1);
    if (directive) found.push(open && found.length === 0 ? hiddenByInclude(directive) : secondsOf(directive));
    else if (found.length === 0 && levels.unread.has(level)) open = true;
  }
  const [strongest, ...hides] = found;
  if (strongest) return hides.length > 0 ? { ...strongest, hides } : strongest;
  if (open)
    return { name, origin: 'default', known: false, why: 'an included file that is not in the repository may set it' };
  return defaultSetting(name, (defaultMilliseconds(name, 'location') ?? 60_000) / 1000);
}

/** The version of HTTP that proxy_pass speaks from `scope`. */
export function effectiveHttpVersion(scope: NginxScope, levels: Levels): Setting<string> {
  const name = 'proxy_http_version';
  for (let level: NginxScope | undefined = scope; level; level = level.parent) {
    const directive = directivesAt(level, name).at(-1);
    const [value] = directive?.args ?? [];
    if (directive && value?.known) return known(directive, value.text);
    if (directive) return unknown(directive, value ? whyUnknown(value) : 'no value is given');
    if (levels.unread.has(level))
      return {
        name,
        origin: 'default',
        known: false,
        why: 'an included file that is not in the repository may set it',
      };
  }
  const newer = isAtLeast(levels.version, keepaliveByDefaultSince);
  if (newer !== undefined) return defaultSetting(name, newer ? '1.1' : '1.0');
  const why = `nginx speaks HTTP/1.0 before ${keepaliveByDefaultSince} and 1.1 from then on, and its version is not known`;
  return { name, origin: 'default', known: false, why };
}

/** What a directive sets by a word of it, by its first one where none is named. */
function known<T>(directive: NginxDirective, value: T, word: Word | undefined = directive.args[0]): Known<T> {
  const { name, via } = directive;
  const span = word?.span ?? directive.span;
  // Thousands of these are made of one file: each is written out once, not put together.
  return via
    ? { name, origin: 'config file', span, via, known: true, value }
    : { name, origin: 'config file', span, known: true, value };
}

function unknown(directive: NginxDirective, why: string, word: Word | undefined = directive.args[0]): Setting<never> {
  const { name, via } = directive;
  const span = word?.span ?? directive.span;
  return via
    ? { name, origin: 'config file', span, via, known: false, why }
    : { name, origin: 'config file', span, known: false, why };
}

function hiddenByInclude(directive: NginxDirective): Setting<number> {
  return unknown(directive, 'an included file that is not in the repository may set it again');
}

function secondsOf(directive: NginxDirective): Setting<number> {
  const [value] = directive.args;
  if (!value?.known) return unknown(directive, value ? whyUnknown(value) : 'no value is given');
  const milliseconds = directive.args.length === 1 ? parseTime(value.text, 'time_ms') : undefined;
  if (milliseconds === undefined) return unknown(directive, `nginx refuses ${value.text}`);
  const found = known(directive, milliseconds / 1000);
  return value.via ? { ...found, via: value.via } : found;
}

export interface Headers {
  readonly headers: ReadonlyMap<string, Setting<string>>;
  readonly complete: boolean;
}

/** Directive that sets a request header, or a parameter that carries one (`HTTP_X_NAME`), by the family of the pass. */
const headerDirectives: Readonly<Record<string, string>> = {
  proxy: 'proxy_set_header',
  grpc: 'grpc_set_header',
  uwsgi: 'uwsgi_param',
  fastcgi: 'fastcgi_param',
  scgi: 'scgi_param',
};

/**
 * Request headers that a pass of this family sends on from `scope`. A level with any such line takes none from above. For uwsgi,
 * FastCGI and SCGI the client's own headers, Host among them, are handed on as they come.
 */
export function effectiveHeaders(scope: NginxScope, family: string, levels: Levels): Headers {
  const headers = new Map<string, Setting<string>>(defaultHeaders(family, levels));
  const name = headerDirectives[family];
  if (name === undefined) return { headers, complete: true };
  for (let level: NginxScope | undefined = scope; level; level = level.parent) {
    const lines = directivesAt(level, name);
    for (const line of lines) setHeader(headers, line, family);
    if (levels.unread.has(level)) return { headers, complete: false };
    if (lines.length > 0) break;
  }
  return { headers, complete: true };
}

function setHeader(headers: Map<string, Setting<string>>, directive: NginxDirective, family: string): void {
  const [key, value] = directive.args;
  if (!key?.known || !value) return;
  const name = family === 'proxy' || family === 'grpc' ? key.text.toLowerCase() : parameterHeader(key.text);
  if (name === undefined) return;
  const before = headers.get(name);
  const found: Setting<string> = value.known
    ? known(directive, value.text, value)
    : unknown(directive, whyUnknown(value), value);
  headers.set(name, before && before.origin !== 'default' ? { ...found, hides: [before] } : found);
}

/** `HTTP_X_FORWARDED_PROTO` is how these protocols carry X-Forwarded-Proto. */
function parameterHeader(name: string): string | undefined {
  return name.startsWith('HTTP_') ? name.slice(5).toLowerCase().replaceAll('_', '-') : undefined;
}

/** Thousands of routes have the same: each is made once. */
const hostOfClient = [['host', defaultSetting('host', '$http_host')]] as const;
const hostOfPass = ['host', defaultSetting('host', '$proxy_host')] as const;
const connectionKept = [hostOfPass, ['connection', defaultSetting('connection', '')]] as const;
const connectionClosed = [hostOfPass, ['connection', defaultSetting('connection', 'close')]] as const;
const why = `nginx sends "close" before ${keepaliveByDefaultSince} and nothing from then on, and its version is not known`;
const connectionUnknown: readonly (readonly [string, Setting<string>])[] = [
  hostOfPass,
  ['connection', { name: 'connection', origin: 'default', known: false, why }],
];

function defaultHeaders(family: string, { version }: Levels): readonly (readonly [string, Setting<string>])[] {
  if (family === 'uwsgi' || family === 'fastcgi' || family === 'scgi') return hostOfClient;
  if (family !== 'proxy') return [];
  const newer = isAtLeast(version, keepaliveByDefaultSince);
  if (newer === undefined) return connectionUnknown;
  return newer ? connectionKept : connectionClosed;
}
