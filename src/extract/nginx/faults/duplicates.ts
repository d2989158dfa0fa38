import { directiveRow } from '../../../facts/nginx.js';
import { showAddress } from '../../../model/endpoint.js';
import type { Fault, Repair } from '../../../model/fault.js';
import type { ListenSocket, NginxDirective, NginxScope } from '../../../model/gateway.js';
import { directiveLists, directivesAt } from '../../../model/inherit.js';
import { spanText } from '../../../text/source.js';
import { removeStatement } from '../../../text/statement.js';
import { knownContexts } from '../context.js';
import { locationName } from '../routes.js';
import { type Evidence, type Report, rootOf, trustOf } from './evidence.js';

/** What may stand only once: directives, locations, upstream names, sockets of one server, default servers. */
export function checkDuplicates(evidence: Evidence, report: Report): void {
  for (const scope of evidence.scopes) {
    if (!knownContexts.has(scope.context)) continue;
    checkDirectives(scope, evidence, report);
    if (scope.context === 'server' || scope.context === 'location') checkLocations(scope, evidence, report);
  }
  checkUpstreams(evidence, report);
  checkListens(evidence, report);
}

/** Directives that refuse a second line with code of their own. */
const onceByItself = new Set(['auth_basic_user_file']);

function checkDirectives(scope: NginxScope, evidence: Evidence, report: Report): void {
  for (const lines of directiveLists(scope)) {
    const [before] = lines;
    if (!before || lines.length === 1) continue;
    const { name } = before;
    if (directiveRow(name, scope.context)?.repeat !== 'no' && !onceByItself.has(name)) continue;
    for (const directive of lines.slice(1)) {
      if (!comparable(before, directive, evidence)) continue;
      report({
        kind: 'nginx/duplicate-directive',
        span: directive.span,
        message: `${name} stands twice at this level: nginx does not start`,
        related: [{ span: before.span, message: `${name} is set first here` }],
        log: `"${name}" directive is duplicate`,
        repairs: repeated(before, directive),
      });
    }
  }
}

/** Both lines are there in any case: no template decides about one of them, and one nginx reads both. */
function comparable(a: NginxDirective, b: NginxDirective, evidence: Evidence): boolean {
  if (trustOf(b, evidence) !== 'structure') return false;
  if (!a.stock && trustOf(a, evidence) !== 'structure') return false;
  // Of a folder that nothing changes before nginx starts, all files are read.
  return rootOf(a, evidence) === rootOf(b, evidence) || evidence.options.verbatim === true;
}

/** A line that says the same again can go; of two values nobody knows which is meant. */
function repeated(before: NginxDirective, directive: NginxDirective): readonly Repair[] {
  const remove = (title: string, safety: 'safe' | 'unsafe', which: NginxDirective): Repair => ({
    title,
    safety,
    edits: [removeStatement(which.span)],
  });
  if (directive.block || before.block) return [];
  const same =
    before.args.length === directive.args.length &&
    before.args.every((word, i) => word.text === directive.args[i]?.text);
  if (same) return [remove(`Remove the second ${directive.name}`, 'safe', directive)];
  if (before.stock) return [];
  return [remove(`Keep ${textOf(before)}`, 'unsafe', directive), remove(`Keep ${textOf(directive)}`, 'unsafe', before)];
}

function textOf(directive: NginxDirective): string {
  const text = spanText(directive.span).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Two exact locations, or two prefix locations, of one path. Regular expressions and named locations may repeat. */
function checkLocations(scope: NginxScope, evidence: Evidence, report: Report): void {
  const first = new Map<string, NginxDirective>();
  for (const directive of scope.directives) {
    if (directive.name !== 'location' || !directive.block || directive.args.some(word => !word.known)) continue;
    const { modifier, path } = locationName(directive.args);
    if (modifier.startsWith('~') || modifier === '@') continue;
    const key = `${modifier === '=' ? '=' : ''}${path}`;
    const before = first.get(key);
    if (!before) first.set(key, directive);
    else if (comparable(before, directive, evidence)) {
      report({
        kind: 'nginx/duplicate-directive',
        span: head(directive),
        message: `location ${path} is defined twice in one block: nginx does not start`,
        related: [{ span: head(before), message: `location ${path} is defined first here` }],
        log: `duplicate location "${path}"`,
      });
    }
  }
}

/** Name and arguments, without the block. */
function head(directive: NginxDirective) {
  const last = directive.args.at(-1);
  return {
    ...directive.nameSpan,
    end: last && last.span.file === directive.nameSpan.file ? last.span.end : directive.nameSpan.end,
  };
}

function checkUpstreams(evidence: Evidence, report: Report): void {
  const first = new Map<string, NginxDirective>();
  for (const scope of evidence.scopes) {
    if (scope.context !== 'http' && scope.context !== 'stream') continue;
    for (const directive of scope.directives) {
      const [name] = directive.args;
      if (directive.name !== 'upstream' || !directive.block || !name?.known) continue;
      const key = `${scope.context} ${name.text.toLowerCase()}`;
      const before = first.get(key);
      if (!before) first.set(key, directive);
      else if (comparable(before, directive, evidence)) {
        report({
          kind: 'nginx/duplicate-upstream',
          span: head(directive),
          message: `The upstream "${name.text}" is defined twice: nginx does not start`,
          related: [{ span: head(before), message: `"${name.text}" is defined first here` }],
          log: `duplicate upstream "${name.text}"`,
        });
      }
    }
  }
}

function checkListens(evidence: Evidence, report: Report): void {
  const defaults = new Map<string, ListenSocket>();
  const owners = new Map<ListenSocket, NginxDirective>();
  for (const [scope, server] of evidence.servers) {
    const listens = new Map(directivesAt(scope, 'listen').map(one => [one.span, one]));
    const own = new Map<string, ListenSocket>();
    for (const socket of server.listens) {
      const directive = listens.get(socket.span);
      const key = keyOf(socket);
      if (!directive || key === undefined || isQuic(directive)) continue;
      owners.set(socket, directive);
      const before = own.get(key);
      const first = before && owners.get(before);
      if (before && first && first !== directive && comparable(first, directive, evidence))
        report(twice(key, before, socket));
      else own.set(key, socket);
      if (socket.defaultServer) checkDefault(key, socket, directive);
    }
  }

  function checkDefault(key: string, socket: ListenSocket, directive: NginxDirective): void {
    const before = defaults.get(key);
    const first = before && owners.get(before);
    if (!before) defaults.set(key, socket);
    else if (
      first &&
      first !== directive &&
      first.nameSpan.start !== directive.nameSpan.start &&
      comparable(first, directive, evidence)
    ) {
      report({
        kind: 'nginx/duplicate-listen',
        span: socket.span,
        message: `Two servers are the default server of ${key}: nginx does not start`,
        related: [{ span: before.span, message: 'the other default server is here' }],
        log: `a duplicate default server for ${key}`,
      });
    }
  }
}

function twice(key: string, before: ListenSocket, socket: ListenSocket): Fault {
  return {
    kind: 'nginx/duplicate-listen',
    span: socket.span,
    message: `This server listens on ${key} twice: nginx does not start`,
    related: [{ span: before.span, message: `it listens on ${key} first here` }],
    log: `a duplicate listen ${key}`,
    repairs: [{ title: 'Remove the second listen', safety: 'unsafe', edits: [removeStatement(socket.span)] }],
  };
}

/** QUIC listens on UDP, so it shares its port with TCP. */
function isQuic(directive: NginxDirective): boolean {
  return directive.args.some(word => word.text === 'quic');
}

function keyOf({ address }: ListenSocket): string | undefined {
  if (!address.known) return undefined;
  return showAddress(address.value).toLowerCase();
}
