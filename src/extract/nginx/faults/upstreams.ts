import { type ParameterFact, streamServerParameters, upstreamServerParameters } from '../../../facts/nginx.js';
import type { Repair } from '../../../model/fault.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import { isAtLeast } from '../../../model/version.js';
import type { Word } from '../../../model/word.js';
import { nearNames } from '../near.js';
import { parseNumber, parseTime } from '../units.js';
import { type Evidence, type Report, trustOf } from './evidence.js';
import { writeInstead } from './repair.js';

/** Parameters behind the address of a peer, and groups without a peer. */
export function checkUpstreamServers(evidence: Evidence, report: Report): void {
  for (const scope of evidence.scopes) {
    if (scope.context !== 'upstream' && scope.context !== 'stream/upstream') continue;
    let balancer: NginxDirective | undefined;
    for (const directive of scope.directives) {
      if (/^(?:ip_hash|hash|random)$/.test(directive.name)) balancer = directive;
      if (directive.name !== 'server' || directive.block || trustOf(directive, evidence) === 'nothing') continue;
      checkParameters(directive, scope, balancer, evidence, report);
    }
    checkEmpty(scope, evidence, report);
  }
}

function checkParameters(
  directive: NginxDirective,
  scope: NginxScope,
  balancer: NginxDirective | undefined,
  evidence: Evidence,
  report: Report,
): void {
  const words = directive.args.slice(1);
  const [name, sign, value] = words.slice(Math.max(0, words.findIndex(word => word.text === '=') - 1));
  if (name && value && sign?.text === '=') {
    const joined = `${name.text}=${value.text}`;
    report({
      kind: 'nginx/upstream-parameter',
      span: { ...name.span, end: value.span.end },
      message: `"${name.text} = ${value.text}" has spaces around its sign: nginx takes it for three parameters and does not start`,
      log: `invalid parameter "${name.text}"`,
      repairs: [writeInstead({ ...name.span, end: value.span.end }, joined)],
    });
    return;
  }
  for (const word of words) checkParameter(word, scope, balancer, evidence, report);
}

function checkParameter(
  word: Word,
  scope: NginxScope,
  balancer: NginxDirective | undefined,
  evidence: Evidence,
  report: Report,
): void {
  if (!word.known || word.via) return;
  const facts = scope.context === 'upstream' ? upstreamServerParameters() : streamServerParameters();
  const equals = word.text.indexOf('=');
  const name = equals < 0 ? word.text : word.text.slice(0, equals);
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  const base = { kind: 'nginx/upstream-parameter', span: word.span, log: `invalid parameter "${word.text}"` };
  if (fact && balancer && fact.notWith?.includes(balancer.name)) {
    report({
      ...base,
      message: `${balancer.name} does not work with "${name}": nginx does not start`,
      related: [{ span: balancer.span, message: `the group is balanced by ${balancer.name}` }],
      log: `balancing method does not support parameter "${name}"`,
    });
  } else if (fact?.plusOnly) {
    report({
      ...base,
      severity: 'warning',
      message: `"${name}" is known to the commercial nginx only: the free one does not start with it`,
    });
  } else if (!fact || (fact.form === 'value') !== equals >= 0) {
    report({
      ...base,
      message: `A server of an upstream has no parameter "${word.text}": nginx does not start`,
      repairs: betterName(word, name, facts),
    });
  } else if (equals >= 0 && !validValue(word.text.slice(equals + 1), name, fact)) {
    report({
      ...base,
      message: `"${word.text}": ${name} takes ${fact.type === 'time_s' ? 'a time such as 10s' : `a number${name === 'weight' ? ' from 1' : ''}`}. nginx does not start`,
    });
  } else if (tooNew(fact, evidence)) {
    report({
      ...base,
      message: `"${name}" came with nginx ${fact.since ?? ''}, and an older one runs here: it does not start`,
    });
  }
}

function validValue(value: string, name: string, fact: ParameterFact): boolean {
  if (fact.type === 'time_s') return parseTime(value, 'time_s') !== undefined;
  if (fact.type !== 'int') return value !== '';
  const number = parseNumber(value);
  return number !== undefined && (name !== 'weight' || number > 0);
}

function tooNew(fact: ParameterFact, evidence: Evidence): boolean {
  const { version } = evidence.options;
  return fact.since !== undefined && isAtLeast(version, fact.since) === false;
}

function betterName(word: Word, name: string, facts: Readonly<Record<string, ParameterFact>>): readonly Repair[] {
  const near = nearNames(name, Object.keys(facts));
  const [only] = near;
  if (only === undefined || near.length > 1 || only === name) return [];
  const value = word.text.slice(name.length);
  if ((facts[only]?.form === 'value') !== value.startsWith('=')) return [];
  const better = only + value;
  return [writeInstead(word.span, better)];
}

/** A group without a peer, where nothing can add one (a module that brings peers at run time included). */
function checkEmpty(scope: NginxScope, evidence: Evidence, report: Report): void {
  const { opener } = scope;
  if (!opener || scope.open || scope.directives.some(one => one.name !== 'include' && !isPlain(one))) return;
  if (scope.directives.some(one => one.name === 'server')) return;
  const directive = scope.parent?.directives.find(one => one.block === scope);
  if (!directive || trustOf(directive, evidence) !== 'structure') return;
  const name = opener.args[0]?.text ?? '';
  report({
    kind: 'nginx/upstream-parameter',
    span: { ...opener.nameSpan, end: opener.args[0]?.span.end ?? opener.nameSpan.end },
    message: `The upstream "${name}" has no server: nginx does not start`,
    log: `no servers are inside upstream`,
  });
}

/** Directives of nginx itself that bring no peers. */
function isPlain(directive: NginxDirective): boolean {
  return /^(?:server|keepalive|keepalive_\w+|ip_hash|hash|least_conn|random|zone|state|sticky|queue|ntlm|least_time)$/.test(
    directive.name,
  );
}
