import { listenParameters } from '../../../facts/nginx.js';
import type { Fault } from '../../../model/fault.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import type { Word } from '../../../model/word.js';
import { awaitsPart, parseAddress } from '../address.js';
import { nearNames } from '../near.js';
import { parseNumber, parseTime } from '../units.js';
import { splitListen } from '../virtual.js';
import type { Report } from './evidence.js';
import { writeInstead } from './repair.js';

type Check = (directive: NginxDirective, scope: NginxScope) => Fault | undefined;

/** Directives whose arguments nginx reads with code of their own. */
const checks: Readonly<Record<string, Check>> = {
  worker_processes: plainValue(/^(?:auto|[0-9]+)$/, 'auto or a number', 'invalid value'),
  set: directive => variableName(directive.args[0]),
  map: directive => variableName(directive.args[1]),
  geo: directive => variableName(directive.args.at(-1)),
  split_clients: directive => variableName(directive.args[1]),
  return: returnCode,
  rewrite: rewriteFlag,
  location: locationModifier,
  error_log: logLevel,
  error_page: errorCodes,
  if: ifCondition,
  keepalive: keepaliveCount,
  listen: listenFault,
  allow: accessAddress,
  deny: accessAddress,
  worker_connections: plainValue(/^[0-9]+$/, 'a number', 'invalid number'),
  worker_priority: plainValue(/^-?[0-9]+$/, 'a number', '"worker_priority" directive invalid number'),
  expires: expiresTime,
  proxy_redirect: ({ args }) => (args.length === 1 ? offOrDefault(args[0]) : undefined),
  ssl_session_cache: sessionCache,
  proxy_cache_valid: cacheTime,
  uwsgi_cache_valid: cacheTime,
  fastcgi_cache_valid: cacheTime,
  scgi_cache_valid: cacheTime,
};

/** Reports a value that nginx refuses in a directive of no simple type. */
export function checkCustomValue(directive: NginxDirective, scope: NginxScope, report: Report): void {
  const check = Object.hasOwn(checks, directive.name) ? checks[directive.name] : undefined;
  if (!check || directive.args.some(word => !word.known || word.via !== undefined)) return;
  const found = check(directive, scope);
  if (found) report(found);
}

function refused(word: Word, message: string, log: string, better?: string): Fault {
  return {
    kind: 'nginx/bad-value',
    span: word.span,
    message: `${message}. nginx does not start`,
    log,
    ...(better !== undefined && { repairs: [writeInstead(word.span, better)] }),
  };
}

function plainValue(shape: RegExp, wanted: string, log: string): Check {
  return ({ name, args: [word] }) =>
    word && !shape.test(word.text) ? refused(word, `${name} takes ${wanted}, not "${word.text}"`, log) : undefined;
}

function variableName(word: Word | undefined): Fault | undefined {
  if (!word || word.text.startsWith('$')) return undefined;
  const better = /^\w+$/.test(word.text) ? `$${word.text}` : undefined;
  return refused(
    word,
    `A variable begins with a dollar sign; "${word.text}" does not`,
    `invalid variable name "${word.text}"`,
    better,
  );
}

function returnCode({ args }: NginxDirective, scope: NginxScope): Fault | undefined {
  const [code] = args;
  if (!code || scope.context.startsWith('stream')) return undefined;
  const value = parseNumber(code.text);
  if (value !== undefined)
    return value > 999
      ? refused(code, `return takes a status up to 999, not ${code.text}`, `invalid return code "${code.text}"`)
      : undefined;
  if (args.length === 1 && /^(?:https?:\/\/|\$scheme)/i.test(code.text)) return undefined;
  return refused(
    code,
    `return takes a status or an address with http://, not "${code.text}"`,
    `invalid return code "${code.text}"`,
  );
}

const rewriteFlags = ['last', 'break', 'redirect', 'permanent'];

function rewriteFlag({ args: [, , flag] }: NginxDirective): Fault | undefined {
  if (!flag || rewriteFlags.includes(flag.text)) return undefined;
  const near = nearNames(flag.text, rewriteFlags);
  return refused(
    flag,
    `rewrite knows the flags ${rewriteFlags.join(', ')}, not "${flag.text}"`,
    `invalid parameter "${flag.text}"`,
    near.length === 1 ? near[0] : undefined,
  );
}

function locationModifier({ args: [modifier, path] }: NginxDirective): Fault | undefined {
  if (!modifier || !path || /^(?:=|\^~|~\*?)$/.test(modifier.text)) return undefined;
  const glued = `${modifier.text} ${path.text}`;
  return refused(
    modifier,
    `location knows the modifiers =, ^~, ~ and ~*, not "${modifier.text}" (${glued})`,
    `invalid location modifier "${modifier.text}"`,
  );
}

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

function logLevel({ args: [, ...words] }: NginxDirective): Fault | undefined {
  const word = words.find(
    one =>
      !levels.includes(one.text) &&
      !/^debug_(?:core|alloc|mutex|event|http|mail|stream|all|connection)$/.test(one.text),
  );
  if (!word) return undefined;
  const near = nearNames(word.text, levels);
  return refused(
    word,
    `error_log knows the levels ${levels.join(', ')}, not "${word.text}"`,
    `invalid log level "${word.text}"`,
    near.length === 1 ? near[0] : undefined,
  );
}

/** Statuses that error_page takes (ngx_http_core_module.c). */
function errorCodes({ args }: NginxDirective): Fault | undefined {
  const codes = args.slice(0, args.at(-2)?.text.startsWith('=') ? -2 : -1);
  for (const word of codes) {
    const value = parseNumber(word.text);
    if (value === undefined)
      return refused(
        word,
        `error_page takes statuses and then a page; "${word.text}" is no status`,
        `invalid value "${word.text}"`,
      );
    if (value === 499) return refused(word, 'error_page cannot answer 499', 'invalid value "499"');
    if (value < 300 || value > 599)
      return refused(
        word,
        `error_page takes statuses from 300 to 599, not ${word.text}`,
        `value "${word.text}" must be between 300 and 599`,
      );
  }
  return undefined;
}

/** The condition of `if`: a variable, a comparison, a match or a file test, in parentheses (ngx_http_rewrite_module.c). */
function ifCondition({ args }: NginxDirective): Fault | undefined {
  const [first] = args;
  const last = args.at(-1);
  if (!first || !last) return undefined;
  const span = { ...first.span, end: Math.max(last.span.end, first.span.end) };
  const text = args.map(word => word.text).join(' ');
  const bad = (message: string): Fault => ({
    kind: 'nginx/bad-value',
    span,
    message: `${message}. nginx does not start`,
    log: `invalid condition "${first.text}"`,
  });
  if (!first.text.startsWith('(') || !last.text.endsWith(')'))
    return bad(`The condition of if stands in parentheses: if (...); here it is "${text}"`);
  const words = args.map(word => word.text);
  words[0] = (words[0] ?? '').slice(1);
  if (words[0] === '') words.shift();
  const end = words.length - 1;
  words[end] = (words[end] ?? '').slice(0, -1);
  if (words[end] === '') words.pop();
  const [subject, operator] = words;
  if (subject === undefined) return bad('The condition of if is empty');
  if (/^!?-[dfex]$/.test(subject))
    return words.length === 2 ? undefined : bad(`${subject} takes one path in "${text}"`);
  if (subject.length > 1 && subject.startsWith('$')) {
    if (!/^\$\w+$/.test(subject))
      return {
        ...bad(`A comparison takes spaces around its sign, and only a variable alone stands on its left: "${text}"`),
        log: `unknown "${subject.slice(1)}" variable`,
      };
    if (words.length === 1) return undefined;
    if (words.length !== 3) return bad(`A comparison takes three words, each set apart by a space, in "${text}"`);
    if (/^(?:!?=|!?~\*?)$/.test(operator ?? '')) return undefined;
    return {
      ...bad(`if compares with =, !=, ~, ~*, !~ or !~*, not "${operator}"`),
      log: `unexpected "${operator}" in condition`,
    };
  }
  return bad(`if takes a variable or a file test first, not "${subject}"`);
}

function keepaliveCount({ args: [word] }: NginxDirective, scope: NginxScope): Fault | undefined {
  if (scope.context !== 'upstream' || !word || parseNumber(word.text) !== undefined) return undefined;
  return refused(
    word,
    `keepalive takes a number of connections, not "${word.text}"`,
    `invalid value "${word.text}" in "keepalive" directive`,
  );
}

/** An address or network in numbers; nginx looks no name up here. */
function accessAddress({ name, args: [word] }: NginxDirective): Fault | undefined {
  if (!word || /^(?:all|unix:)$/.test(word.text)) return undefined;
  const [address = '', bits] = word.text.split('/', 2);
  const v4 = /^(?:\d{1,3}\.){3}\d{1,3}$/.test(address) && address.split('.').every(part => Number(part) < 256);
  const v6 = address.includes(':') && parseAddress(`[${address}]`, false).kind === 'tcp';
  const mask =
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) ? Number(bits) <= (v6 ? 128 : 32) : /^(?:\d{1,3}\.){3}\d{1,3}$/.test(bits));
  if ((v4 || v6) && mask && word.text.split('/').length < 3) return undefined;
  return refused(
    word,
    `${name} takes an address, a network or all, not "${word.text}"`,
    `invalid parameter "${word.text}"`,
  );
}

function expiresTime({ args }: NginxDirective): Fault | undefined {
  const [first, second] = args;
  const plain = args.length === 1;
  const word = plain || first?.text !== 'modified' ? first : second;
  if (
    !word ||
    (word.text.includes('$') && (plain || word === second)) ||
    (plain && /^(?:epoch|max|off)$/.test(word.text))
  )
    return undefined;
  const isTime = parseTime(word.text.replace(/^[-+@]/, ''), 'time_s') !== undefined;
  if (isTime && (plain || word === second)) return undefined;
  return refused(
    word,
    `expires takes a time such as 30d, epoch, max or off, or modified and a time, not "${word.text}"`,
    '"expires" directive invalid value',
  );
}

function offOrDefault(word: Word | undefined): Fault | undefined {
  if (!word || /^(?:off|default)$/.test(word.text)) return undefined;
  return refused(
    word,
    `proxy_redirect with one argument takes off or default, not "${word.text}"`,
    `invalid parameter "${word.text}"`,
  );
}

function sessionCache({ args }: NginxDirective): Fault | undefined {
  const word = args.find(one => !/^(?:off|none|builtin(?::[0-9]+)?|shared:[^:]+:[0-9]+[kKmM]?)$/.test(one.text));
  return (
    word &&
    refused(
      word,
      `ssl_session_cache takes off, none, builtin or shared:name:size, not "${word.text}"`,
      `invalid session cache "${word.text}"`,
    )
  );
}

function cacheTime({ name, args }: NginxDirective): Fault | undefined {
  const last = args.at(-1);
  if (!last || parseTime(last.text, 'time_s') !== undefined) return undefined;
  return refused(
    last,
    `${name} takes a time as its last argument, and "${last.text}" is none`,
    `invalid time value "${last.text}"`,
  );
}

function listenFault(directive: NginxDirective, scope: NginxScope): Fault | undefined {
  const [target, ...rest] = directive.args;
  if (scope.context !== 'server' || !target) return undefined;
  if (!splitListen(target.text)) return listenAddressFault(target);
  const unknown = rest.find(word => !knownListenWord(word.text));
  if (!unknown) return undefined;
  const near = nearNames(unknown.text, Object.keys(listenParameters()));
  const hint = /^(?:https?|tls|SSL)$/.test(unknown.text) ? 'ssl' : near.length === 1 ? near[0] : undefined;
  return refused(unknown, `listen does not know "${unknown.text}"`, `invalid parameter "${unknown.text}"`, hint);
}

function knownListenWord(text: string): boolean {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const fact = Object.hasOwn(listenParameters(), name) ? listenParameters()[name] : undefined;
  return fact !== undefined && (fact.form === 'value') === equals >= 0;
}

function listenAddressFault(target: Word): Fault | undefined {
  const parsed = parseAddress(target.text, false);
  if (awaitsPart(target.text, parsed)) return undefined;
  const error = parsed.kind === 'invalid' ? parsed.error : 'invalid port';
  const better =
    /^https?:\/\//.test(target.text) && splitListen(target.text.replace(/^https?:\/\//, ''))
      ? target.text.replace(/^https?:\/\//, '')
      : undefined;
  return refused(
    target,
    `listen takes a port, an address or a socket, and "${target.text}" is none: ${error}`,
    `${error} in "${target.text}" of the "listen" directive`,
    better,
  );
}
