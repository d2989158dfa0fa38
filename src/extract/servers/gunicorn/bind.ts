import { defaultPort } from '../../../facts/gunicorn.js';
import type { Address } from '../../../model/endpoint.js';
import type { Fault, Repair } from '../../../model/fault.js';
import { joinInside } from '../../../model/place.js';
import type { Setting } from '../../../model/setting.js';
import { unknownFrom, withValue } from '../../../model/setting.js';
import { withoutEnd } from '../../../text/ends.js';
import { fault, literalPlace, replacement } from '../context.js';
import { pythonInt } from '../python-numbers.js';

export type Bind =
  | { readonly kind: 'address'; readonly address: Address }
  /** A socket that somebody else opened. */
  | { readonly kind: 'descriptor'; readonly number: number }
  /** Gunicorn cannot bind it. `meant`: what the user most likely wanted, as bind forms. */
  | { readonly kind: 'invalid'; readonly why: string; readonly log: string; readonly meant: readonly string[] };

/**
 * Reads a bind form as Gunicorn does: gunicorn/util.py (`parse_address`), the same in 20.1.0 and 26.1.0. The path of a unix socket
 * stays relative where it is written so.
 */
export function parseBind(text: string): Bind {
  const unix = /^unix:(?:\/\/)?/.exec(text);
  if (unix) {
    // Gunicorn splits at every `unix:`; what stands behind the last one counts.
    const path = text.split(/unix:(?:\/\/)?/).at(-1) ?? '';
    const [own, ...others] = text.split(',').map(part => part.trim());
    if (own && others.length > 0 && others.every(part => /^(?:unix:|tcp:\/\/|fd:\/\/)|^[\w.[\]:-]*:\d+$/.test(part))) {
      const why =
        'holds several addresses in one text, which Gunicorn takes for one path; it wants a list, or one -b for each';
      return invalid(why, '', [own, ...others].every(isBind) ? [own, ...others] : []);
    }
    return { kind: 'address', address: { kind: 'unix', path } };
  }
  if (text.startsWith('fd://')) {
    const number = pythonInt(text.slice(5));
    if (number !== undefined) return { kind: 'descriptor', number };
    return invalid('is no file descriptor', `'${text.slice(5)}' is not a valid file descriptor.`, []);
  }
  const netloc = text.startsWith('tcp://') ? (text.split('tcp://')[1] ?? '') : text;
  const { host, port: written } = hostAndPort(netloc);
  const port = written === undefined ? defaultPort : pythonInt(written);
  const problem = shapeProblem(text, netloc, host, written, port);
  if (problem) return problem;
  return { kind: 'address', address: { kind: 'tcp', host: shownHost(host), port: port ?? defaultPort } };
}

function invalid(why: string, log: string, meant: readonly string[]): Bind {
  return { kind: 'invalid', why, log, meant };
}

function hostAndPort(netloc: string): { readonly host: string; readonly port: string | undefined } {
  if (netloc.includes('[') && netloc.includes(']')) {
    return { host: netloc.split(']', 1)[0]?.slice(1) ?? '', port: netloc.split(']:')[1] };
  }
  if (netloc.includes(':')) {
    const [host, port] = netloc.split(':');
    return { host: host ?? '', port };
  }
  return netloc === '' ? { host: '0.0.0.0', port: undefined } : { host: netloc, port: undefined };
}

function shownHost(host: string): string {
  return host === '' ? '0.0.0.0' : host.toLowerCase();
}

function shapeProblem(
  text: string,
  netloc: string,
  host: string,
  written: string | undefined,
  port: number | undefined,
): Bind | undefined {
  const scheme = /^(?:https?|gunicorn|ws):\/\//i.exec(text)?.[0];
  const portLog = `Error: '${written ?? ''}' is not a valid port number.`;
  if (scheme) {
    const rest = withoutEnd(text.slice(scheme.length), '/');
    return invalid(
      `begins with ${scheme}, which is no part of an address to listen on`,
      portLog,
      isBind(rest) ? [rest] : [],
    );
  }
  if (text.includes(',') && port === undefined) {
    const meant = text.split(',').map(part => part.trim());
    return invalid(
      'holds several addresses in one text; Gunicorn wants a list, or one -b for each',
      portLog,
      meant.every(isBind) ? meant : [],
    );
  }
  if (port === undefined) {
    const trimmed = withoutEnd(text, '/');
    return invalid(
      `has no valid port number ("${written}")`,
      portLog,
      trimmed !== text && isBind(trimmed) ? [trimmed] : [],
    );
  }
  if (port < 0 || port > 65535) return invalid(`has a port above 65535 (${port})`, '', []);
  if (host === '*')
    return invalid('names the host "*", which is not resolved', "Can't connect to ('*', PORT)", [`0.0.0.0:${port}`]);
  if (written !== undefined) return undefined;
  if (/^\d+$/.test(netloc) && Number(netloc) <= 65535) {
    const log = `Can't connect to ('${netloc}', ${defaultPort})`;
    return invalid(`is taken for a host name, with port ${defaultPort}`, log, [
      `127.0.0.1:${netloc}`,
      `0.0.0.0:${netloc}`,
    ]);
  }
  if (netloc.startsWith('/') || /\.sock(?:et)?$/.test(netloc)) {
    return invalid(
      `is taken for a host name, with port ${defaultPort}`,
      `Can't connect to ('${netloc}', ${defaultPort})`,
      [`unix:${netloc}`],
    );
  }
  return undefined;
}

function isBind(text: string): boolean {
  return text !== '' && !text.includes(',') && parseBind(text).kind === 'address';
}

export interface Bound {
  readonly address: Setting<Address>;
  readonly descriptor?: number;
  readonly faults: readonly Fault[];
}

/** A bind whose relative socket path is resolved, or the fault that it is. */
export function bindAddress(item: Setting<string>, chdir: Setting<string>): Bound {
  const { address, ...rest } = ownAddress(item, chdir);
  const hides = item.hides?.map(weaker => ownAddress(weaker, chdir).address);
  return { address: hides ? { ...address, hides } : address, ...rest };
}

function ownAddress(item: Setting<string>, chdir: Setting<string>): Bound {
  if (!item.known) return { address: unknownFrom(item, item.why), faults: [] };
  const bind = parseBind(item.value);
  if (bind.kind === 'invalid') {
    return { address: unknownFrom(item, 'Gunicorn cannot bind it'), faults: [invalidBind(item, item.value, bind)] };
  }
  if (bind.kind === 'descriptor') {
    const why = `it is the file descriptor ${bind.number}, which somebody else opens`;
    return { address: unknownFrom(item, why), descriptor: bind.number, faults: [] };
  }
  const { address } = bind;
  if (address.kind === 'tcp') return { address: withValue(item, address), faults: [] };
  const base = address.path.startsWith('/') ? '/' : chdir.known ? chdir.value : undefined;
  if (base === undefined)
    return { address: unknownFrom(item, `it is relative, and ${chdir.known ? '' : chdir.why}`), faults: [] };
  return { address: withValue(item, { kind: 'unix', path: joinInside(base, address.path) }), faults: [] };
}

function invalidBind(item: Setting<string>, text: string, bind: Bind & { readonly kind: 'invalid' }): Fault {
  const span = item.span ?? { file: { path: '', text: '' }, start: 0, end: 0 };
  const place = literalPlace(span, text);
  const repairs: Repair[] = [];
  if (place && text.includes(',') && bind.meant.length > 1) repairs.push(...listRepair(item, span, place, bind.meant));
  else if (place) {
    const safety = bind.meant.length === 1 ? 'safe' : 'unsafe';
    for (const meant of bind.meant) repairs.push(replacement(`Write ${meant}`, place, meant, safety));
  }
  const message = `Gunicorn cannot listen on "${text}": it ${bind.why}`;
  return fault('upstream/invalid-address', span, message, { repairs, ...(bind.log !== '' && { log: bind.log }) });
}

/** In a Python file a list; on a command line one flag for each, where the flag and its value stand apart. */
function listRepair(
  item: Setting<string>,
  span: Fault['span'],
  place: Fault['span'],
  meant: readonly string[],
): readonly Repair[] {
  if (item.origin === 'config file' && place !== span) {
    const quote = span.file.text[span.start] ?? '"';
    const list = `[${meant.map(text => `${quote}${text}${quote}`).join(', ')}]`;
    return [replacement('Write a list', span, list)];
  }
  if (item.origin !== 'command line' || !/^--?\w+$/.test(item.name)) return [];
  const joint = span.file.text[place.start - 1] === '=' ? '=' : ' ';
  const behind = span.file.text[place.start - 1];
  if (behind !== ' ' && behind !== '=') return [];
  return [replacement('Give one option for each address', place, meant.join(` ${item.name}${joint}`))];
}
