import { builtInVariables, directiveRow, isBuiltInVariable, isDirective } from '../../../facts/nginx.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import type { Word } from '../../../model/word.js';
import type { Span } from '../../../text/source.js';
import { isFreeContext, knownContexts } from '../context.js';
import { nearNames } from '../near.js';
import { splitVariables } from '../variables.js';
import { judgeLines } from './alike.js';
import { allRead, type Evidence, type Report, trustOf } from './evidence.js';
import { writeInstead } from './repair.js';

/** Variables and template values that are named and are not there. */
export function checkReferences(evidence: Evidence, report: Report): void {
  if (evidence.options.verbatim || evidence.options.unfilled) checkPlaceholders(evidence, report);
  if (allRead(evidence) && onlyKnownModules(evidence)) checkVariables(evidence, report);
}

/**
 * Where it is proved that nginx reads the file as it stands, each placeholder is a mistake. Elsewhere only `${NAME}` is, where nothing in the
 * repository would fill it in.
 */
function checkPlaceholders(evidence: Evidence, report: Report): void {
  const { verbatim, unfilled } = evidence.options;
  const first = new Map<string, { span: Span; more: Span[] }>();
  const names: Word[] = [];
  for (const scope of evidence.scopes) {
    for (const directive of scope.directives) {
      if (directive.stock || directive.args.every(word => word.known)) continue;
      if (evidence.loaded.files.get(directive.nameSpan.file)?.rendered) continue;
      if (!verbatim && trustOf(directive, evidence) !== 'structure') continue;
      // A name of a server is only a text, with which nginx starts: without another server it answers to any name.
      if (directive.name === 'server_name') names.push(...directive.args);
      else for (const word of directive.args) notePlaceholders(word, first);
    }
  }
  for (const word of names) for (const part of word.parts) if (!part.known) first.get(part.text)?.more.push(word.span);
  if (verbatim) {
    for (const [text, { span, more }] of first) {
      report({
        kind: 'nginx/template-placeholder',
        span,
        message: `Nothing fills in ${text} here: nginx gets the file as it is, and takes ${text} for a text or a variable of its own`,
        related: more.slice(0, 10).map(other => ({ span: other, message: `${text} stands here too` })),
      });
    }
  } else reportUnfilled([...first], unfilled ?? (() => false), report);
}

/** One finding for all of them: what would fill in one fills in the others. */
function reportUnfilled(
  found: readonly (readonly [string, { readonly span: Span }])[],
  unfilled: (name: string) => boolean,
  report: Report,
): void {
  const named = found.flatMap(([text, { span }]) => {
    const name = /^\$\{([A-Z][A-Z0-9_]*)\}$/.exec(text)?.[1];
    return name === undefined ? [] : [{ text, name, span }];
  });
  const [first, ...others] = named.slice(0, 20).filter(({ name }) => unfilled(name));
  if (!first) return;
  report({
    kind: 'nginx/template-placeholder',
    span: first.span,
    severity: 'warning',
    message: `Nothing in the repository fills in ${first.text}. As the file stands, nginx takes it for a variable of its own, which nobody sets, and does not start`,
    related: others.map(({ text, span }) => ({ span, message: `nor ${text}` })),
    log: `unknown "${first.name.toLowerCase()}" variable`,
  });
}

function notePlaceholders(word: Word, first: Map<string, { span: Span; more: Span[] }>): void {
  for (const part of word.parts) {
    if (part.known) continue;
    const before = first.get(part.text);
    if (before) before.more.push(word.span);
    else first.set(part.text, { span: word.span, more: [] });
  }
}

/** A module that is no part of nginx may bring variables of its own. */
function onlyKnownModules(evidence: Evidence): boolean {
  return evidence.alike.every(([line]) => {
    if (!line || isFreeContext(line.scope.context)) return true;
    const { name } = line.directive;
    return knownContexts.has(line.scope.context) && isDirective(name) && name !== 'load_module';
  });
}

/** Directives whose arguments nginx searches for variables, and from which argument on. Others by their type. */
const evaluated: Readonly<Record<string, number>> = {
  set: 1,
  return: 0,
  rewrite: 1,
  if: 0,
  proxy_pass: 0,
  uwsgi_pass: 0,
  fastcgi_pass: 0,
  scgi_pass: 0,
  grpc_pass: 0,
  proxy_set_header: 1,
  grpc_set_header: 1,
  uwsgi_param: 1,
  fastcgi_param: 1,
  scgi_param: 1,
  add_header: 1,
  add_trailer: 1,
  root: 0,
  alias: 0,
  index: 0,
  expires: 0,
  proxy_redirect: 0,
  try_files: 0,
  access_log: 0,
  map: 0,
  proxy_cache_key: 0,
  uwsgi_cache_key: 0,
  fastcgi_cache_key: 0,
  limit_req_zone: 0,
  limit_conn_zone: 0,
  auth_basic: 0,
  sub_filter: 0,
};

function checkVariables(evidence: Evidence, report: Report): void {
  const told = new Set<string>();
  judgeLines(evidence.alike, report, ({ scope, directive }, tell) => {
    if (!knownContexts.has(scope.context) || /^(?:stream|mail)/.test(scope.context)) return true;
    if (directive.stock) return true;
    for (const word of evaluatedWords(directive, scope)) checkWord(word, evidence, told, tell);
    return true;
  });
}

function evaluatedWords(directive: NginxDirective, scope: NginxScope): readonly Word[] {
  const { name, args } = directive;
  if (name === 'map') return args.slice(0, 1);
  if (name === 'if') return ifWords(args);
  if (name === 'rewrite') return args.slice(1, 2);
  if (name === 'return') return args.slice(-1);
  if (name === 'access_log') return args.slice(0, 1);
  if (name === 'log_format') return args.slice(args[1]?.text.startsWith('escape=') ? 2 : 1);
  const from = Object.hasOwn(evaluated, name) ? evaluated[name] : undefined;
  if (from !== undefined) return args.slice(from);
  const type = directiveRow(name, scope.context)?.type;
  if (type === 'predicate_list') return args;
  return type === 'complex' || type === 'complex_size' ? args.slice(0, 1) : [];
}

/** The pattern of a match is no place for variables; what stands on its left and file names are. */
function ifWords(args: readonly Word[]): readonly Word[] {
  const operator = args.findIndex(word => /^!?~\*?$/.test(word.text));
  return operator < 0 ? args : args.slice(0, operator);
}

function checkWord(word: Word, evidence: Evidence, told: Set<string>, report: Report): void {
  for (const piece of splitVariables(word)) {
    const name = piece.variable;
    if (name === undefined || told.has(name) || isBuiltInVariable(name) || evidence.loaded.defined.has(name)) continue;
    told.add(name);
    const near = nearNames(name, [...builtInVariables(), ...evidence.loaded.defined]);
    const [only] = near;
    const hint = near.length > 0 ? `; did you mean ${near.map(one => `$${one}`).join(' or ')}?` : '.';
    const better =
      near.length === 1 && only !== undefined && piece.exact ? piece.text.replace(/\w+/, () => only) : undefined;
    report({
      kind: 'nginx/unknown-variable',
      span: piece.span,
      message: `Nothing defines the variable $${name}${hint} nginx does not start, and its message names no file`,
      log: `unknown "${name}" variable`,
      ...(better !== undefined && {
        repairs: [writeInstead(piece.span, better)],
      }),
    });
  }
}
