import type { Fault } from '../../../model/fault.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import type { Word } from '../../../model/word.js';
import { nearNames } from '../near.js';
import { parseNumber, parseSize, parseTime } from '../units.js';
import type { Report } from './evidence.js';
import { writeInstead } from './repair.js';

/** The parameters that a directive takes behind its fixed arguments: `form` with its check of the value, `word` alone. */
interface ParameterList {
  /** Index of the first parameter. */
  readonly from: number;
  /** `NAME`: stands alone. `NAME=`: takes a value that `good` accepts. */
  readonly names: Readonly<Record<string, 'alone' | ((value: string) => boolean)>>;
  /** What nginx says, with the word in place of `%`. */
  readonly log: string;
  readonly contexts?: RegExp;
}

const positive = (value: string): boolean => (parseNumber(value) ?? 0) > 0;
const anything = (value: string): boolean => value !== '';
const seconds = (value: string): boolean => parseTime(value, 'time_s') !== undefined;
const zone = (value: string): boolean =>
  /^[^:]+:[0-9]+[kKmM]?$/.test(value) && (parseSize(value.split(':')[1] ?? '', 'size') ?? 0) > 0;
const rate = (value: string): boolean => /^[0-9]+(?:r\/[sm])?$/.test(value) && !/^0+(?:r|$)/.test(value);

/** As ngx_http_limit_req_module.c, ngx_http_limit_conn_module.c, ngx_http_core_module.c, ngx_http_log_module.c and others read them. */
const lists: Readonly<Record<string, ParameterList>> = {
  limit_req: {
    from: 0,
    names: { 'zone=': anything, 'burst=': positive, 'delay=': positive, nodelay: 'alone' },
    log: 'invalid parameter "%"',
  },
  limit_req_zone: { from: 1, names: { 'zone=': zone, 'rate=': rate, sync: 'alone' }, log: 'invalid rate "%"' },
  limit_conn_zone: { from: 1, names: { 'zone=': zone }, log: 'invalid', contexts: /^http$/ },
  add_header: { from: 2, names: { always: 'alone' }, log: 'invalid parameter "%"' },
  add_trailer: { from: 2, names: { always: 'alone' }, log: 'invalid parameter "%"' },
  ...Object.fromEntries(
    ['uwsgi_param', 'fastcgi_param', 'scgi_param'].map(name => [
      name,
      { from: 2, names: { if_not_empty: 'alone' as const }, log: 'invalid parameter "%"' },
    ]),
  ),
  hash: { from: 1, names: { consistent: 'alone' }, log: 'invalid parameter "%"' },
  open_file_cache: {
    from: 0,
    names: { off: 'alone', 'max=': positive, 'inactive=': seconds },
    log: 'invalid "open_file_cache" parameter "%"',
  },
  open_log_file_cache: {
    from: 0,
    names: { off: 'alone', 'max=': positive, 'inactive=': seconds, 'valid=': seconds, 'min_uses=': positive },
    log: 'invalid "open_log_file_cache" parameter "%"',
  },
};

const methods = 'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' ');

type Check = (directive: NginxDirective, scope: NginxScope) => Fault | undefined;

const checks: Readonly<Record<string, Check>> = {
  limit_except: ({ args }) => {
    const word = args.find(one => !methods.includes(one.text.toUpperCase()));
    return (
      word && refused(word, `limit_except knows no method "${word.text}"`, `invalid method "${word.text}"`, methods)
    );
  },
  limit_conn: ({ args: [, count] }, { context }) =>
    count && !positive(count.text) && !context.startsWith('stream')
      ? refused(
          count,
          `limit_conn takes a zone and a number of connections, not "${count.text}"`,
          `invalid number of connections "${count.text}"`,
        )
      : undefined,
  keepalive: ({ args: [count] }, { context }) =>
    context === 'upstream' && count && /^0+$/.test(count.text)
      ? refused(
          count,
          'keepalive takes a number from 1; to keep no connection, the line is left out',
          'invalid value "0" in "keepalive" directive',
        )
      : undefined,
  rewrite: ({ args: [, replacement] }) =>
    replacement?.text === ''
      ? refused(replacement, 'rewrite takes a new address, and this one is empty', 'empty replacement')
      : undefined,
  auth_request_set: ({ args: [name] }) => variable(name),
  random: ({ args: [two, method] }, { context }) => {
    if (context !== 'upstream') return undefined;
    if (two && two.text !== 'two')
      return refused(two, `random takes the word two, not "${two.text}"`, `invalid parameter "${two.text}"`);
    return method && !/^least_(?:conn|time(?:=.*)?)$/.test(method.text)
      ? refused(
          method,
          `random two knows the method least_conn, not "${method.text}"`,
          `invalid parameter "${method.text}"`,
        )
      : undefined;
  },
  ...Object.fromEntries(
    ['proxy', 'fastcgi', 'uwsgi', 'scgi'].flatMap(family => [
      [`${family}_cache_valid`, validStatus],
      [`${family}_store_access`, access],
    ]),
  ),
  dav_access: access,
};

/** Reports parameters that nginx refuses in directives that read them with code of their own. */
export function checkParameters(directive: NginxDirective, scope: NginxScope, report: Report): void {
  const { name, args } = directive;
  if (args.some(word => !word.known || word.via !== undefined)) return;
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
  const list = Object.hasOwn(lists, name) ? lists[name] : undefined;
  const found = check?.(directive, scope) ?? (list && wrongParameter(directive, scope, list));
  if (found) report(found);
}

function wrongParameter(
  { name, args }: NginxDirective,
  { context }: NginxScope,
  list: ParameterList,
): Fault | undefined {
  if (context.startsWith('stream') || (list.contexts && !list.contexts.test(context))) return undefined;
  const word = args.slice(list.from).find(one => !isGood(one.text, list));
  if (!word) return undefined;
  const known = Object.keys(list.names);
  return refused(
    word,
    `${name} takes ${known.join(', ')}, not "${word.text}"`,
    list.log.replace('%', word.text),
    known,
  );
}

function isGood(text: string, { names }: ParameterList): boolean {
  const equals = text.indexOf('=');
  const key = equals < 0 ? text : text.slice(0, equals + 1);
  const form = Object.hasOwn(names, key) ? names[key] : undefined;
  return form === 'alone' ? equals < 0 : form?.(text.slice(equals + 1)) === true;
}

function variable(word: Word | undefined): Fault | undefined {
  return word && !word.text.startsWith('$')
    ? refused(
        word,
        `A variable begins with a dollar sign; "${word.text}" does not`,
        `invalid variable name "${word.text}"`,
      )
    : undefined;
}

/** Statuses in front of the time: `any`, or a number from 100 to 599. */
function validStatus({ name, args }: NginxDirective): Fault | undefined {
  const word = args.slice(0, -1).find(({ text }) => {
    const status = parseNumber(text);
    return text !== 'any' && (status === undefined || status < 100 || status > 599);
  });
  return (
    word &&
    refused(
      word,
      `${name} takes statuses and then a time; "${word.text}" is no status`,
      `invalid status "${word.text}"`,
    )
  );
}

/** Rights as `user:rw group:r` (ngx_conf_set_access_slot). */
function access({ name, args }: NginxDirective): Fault | undefined {
  const word = args.find(({ text }) => !/^(?:user|group|all):(?:rw?|w)$/.test(text));
  return (
    word && refused(word, `${name} takes rights such as user:rw, not "${word.text}"`, `invalid value "${word.text}"`)
  );
}

function refused(word: Word, message: string, log: string, known: readonly string[] = []): Fault {
  const near = nearNames(
    word.text,
    known.filter(one => !one.endsWith('=')),
  );
  const [better] = near;
  return {
    kind: 'nginx/bad-value',
    span: word.span,
    message: `${message}. nginx does not start`,
    log,
    ...(near.length === 1 && better !== undefined && { repairs: [writeInstead(word.span, better)] }),
  };
}
