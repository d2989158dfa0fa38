import {
  type DirectiveRow,
  directiveNames,
  directiveRow,
  directiveRows,
  isDirective,
  removedDirective,
  rowTakes,
  thirdPartyRows,
} from '../../../facts/nginx.js';
import type { Repair } from '../../../model/fault.js';
import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import { isAtLeast } from '../../../model/version.js';
import { knownContexts } from '../context.js';
import { nearNames } from '../near.js';
import { parseTime } from '../units.js';
import { judgeLines } from './alike.js';
import { type Evidence, type Report, trustOf } from './evidence.js';
import { writeInstead } from './repair.js';

/** Names nobody knows for which near ones are still searched: the search is the only slow part. */
const mostSearches = 300;

/** Unknown names, places that nginx does not allow, numbers of arguments, and blocks where there should be none. */
export function checkDirectives(evidence: Evidence, report: Report): void {
  const searches = { left: mostSearches };
  const custom = hasOtherModules(evidence);
  judgeLines(evidence.alike, report, ({ scope, directive }, tell) => {
    if (!knownContexts.has(scope.context)) return true;
    if (trustOf(directive, evidence) !== 'structure') return false;
    const row = directiveRow(directive.name, scope.context);
    if (row) checkShape(evidence, scope, directive, tell);
    else if (isDirective(directive.name)) checkPlace(scope, directive, tell);
    else if (removedDirective(directive.name)) checkRemoved(evidence, directive, tell);
    else if (thirdPartyRows(directive.name).length === 0 && !isBroken(directive, evidence))
      checkName(scope, directive, searches, custom, tell);
    return true;
  });
}

/** Its text does not parse: lines of something else have come into the file, and nginx/syntax tells of them. */
function isBroken({ span }: NginxDirective, { loaded }: Evidence): boolean {
  const [first] = loaded.files.get(span.file)?.tree.problems ?? [];
  return first !== undefined && first.span.start >= span.start && first.span.start <= span.end;
}

function checkName(
  scope: NginxScope,
  directive: NginxDirective,
  searches: { left: number },
  custom: boolean,
  report: Report,
): void {
  const { name, nameSpan } = directive;
  const base = { kind: 'nginx/unknown-directive', span: nameSpan, log: `unknown directive "${name}"` };
  const all = searches.left-- > 0 ? nearNames(name, directiveNames()) : [];
  const near = all.filter(candidate => directiveRow(candidate, scope.context));
  const [first] = near;
  if (first === undefined) {
    if (custom) return;
    const seemsText = !/^[a-z][a-z0-9_]*$/.test(name);
    const what = seemsText ? 'is no directive' : 'is a directive of no module that is known here';
    report({
      ...base,
      severity: 'warning',
      message: `"${shorten(name)}" ${what}: nginx without that module does not start`,
    });
    return;
  }
  const repairs: readonly Repair[] = near.map(candidate => ({
    title: `Change "${name}" to "${candidate}"`,
    safety: 'safe',
    edits: [{ span: nameSpan, text: candidate }],
  }));
  report({
    ...base,
    message: `nginx has no directive "${name}"; did you mean ${near.map(one => `"${one}"`).join(' or ')}? It does not start`,
    repairs,
  });
}

/** An nginx that is built with other modules may have any further one. */
function hasOtherModules({ alike }: Evidence): boolean {
  return alike.some(([line]) => {
    if (!line || !knownContexts.has(line.scope.context)) return false;
    const { name } = line.directive;
    return name === 'load_module' || (!isDirective(name) && thirdPartyRows(name).length > 0);
  });
}

function checkRemoved(evidence: Evidence, directive: NginxDirective, report: Report): void {
  const gone = removedDirective(directive.name);
  const { version } = evidence.options;
  if (!gone) return;
  const newer = isAtLeast(version, gone.removed);
  if (newer === false) return;
  const certain = newer === true && version?.known;
  report({
    kind: 'nginx/unknown-directive',
    span: directive.nameSpan,
    severity: certain ? 'error' : 'info',
    message: certain
      ? `"${directive.name}" was removed in nginx ${gone.removed}, and nginx ${version.value} does not start with it`
      : `"${directive.name}" was removed in nginx ${gone.removed}: newer versions do not start with it`,
    log: `unknown directive "${directive.name}"`,
  });
}

function checkPlace(scope: NginxScope, directive: NginxDirective, report: Report): void {
  if (thirdPartyRows(directive.name).some(row => row.contexts.includes(scope.context))) return;
  const contexts = [...new Set(directiveRows(directive.name).flatMap(row => row.contexts))];
  const block = directive.block !== undefined;
  // A name that two modules share (`server` of http and of upstream) is judged by the shape that was written.
  const fitting = [
    ...new Set(
      directiveRows(directive.name)
        .filter(row => (row.block !== undefined) === block)
        .flatMap(row => row.contexts),
    ),
  ];
  const family = /^(?:stream|mail)/.exec(scope.context)?.[0];
  const near = (context: string) => (family ? context.startsWith(family) : !/^(?:stream|mail)/.test(context));
  const allowed = (fitting.length > 0 ? fitting : contexts).filter(near);
  report({
    kind: 'nginx/wrong-context',
    span: directive.nameSpan,
    message: `"${directive.name}" may not stand ${placeOf(scope)}; it belongs in ${listOf(allowed.length > 0 ? allowed : contexts)}. nginx does not start`,
    related: scope.opener
      ? [{ span: scope.opener.nameSpan, message: `it stands in this ${scope.opener.name} block` }]
      : [],
    log: `"${directive.name}" directive is not allowed here`,
  });
}

function placeOf(scope: NginxScope): string {
  if (scope.context === 'main') return 'at the top level';
  const inside: Readonly<Record<string, string>> = {
    'if in server': 'in an if of a server',
    'if in location': 'in an if of a location',
  };
  return inside[scope.context] ?? `in ${scope.context}`;
}

function listOf(contexts: readonly string[]): string {
  const names = contexts.map(context => (context === 'main' ? 'the top level' : context));
  return names.length < 2 ? (names[0] ?? 'another place') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function checkShape(evidence: Evidence, scope: NginxScope, directive: NginxDirective, report: Report): void {
  const row = directiveRow(directive.name, scope.context);
  if (!row || !checkVersion(evidence, row.since, directive, report)) return;
  const { name, args, nameSpan, block } = directive;
  if (evidence.unended.has(directive)) return;
  if (row.block !== undefined && !block) {
    const message = `"${name}" needs a block in braces, but ends with a semicolon. nginx does not start`;
    report({ kind: 'nginx/syntax', span: nameSpan, message, log: `directive "${name}" has no opening "{"` });
  } else if (row.block === undefined && block) {
    const message = `"${name}" takes no block: a semicolon is missing behind it, or the brace is too much. nginx does not start`;
    report({ kind: 'nginx/syntax', span: nameSpan, message, log: `directive "${name}" is not terminated by ";"` });
  } else if (args.every(word => word.known) && !rowTakes(row, args.length) && !isToFillIn(args)) {
    if (row.type.startsWith('time_') && checkSpacedTime(directive, row.type as 'time_ms' | 'time_s', report)) return;
    report({
      kind: 'nginx/bad-arguments',
      span: directive.span,
      message: `"${name}" takes ${wanted(row)}, not ${args.length === 0 ? 'none' : args.length}. nginx does not start`,
      log: `invalid number of arguments in "${name}" directive`,
    });
  }
}

/** `<http or https>`: words that tell a reader what to write there. */
function isToFillIn(args: NginxDirective['args']): boolean {
  return /<[A-Za-z][^<> ]* [^<>]*>/.test(args.map(({ text }) => text).join(' '));
}

function wanted({ args, flag }: DirectiveRow): string {
  if (flag) return 'one argument, on or off';
  if (args.max === null) return `at least ${args.min === 1 ? 'one argument' : `${args.min} arguments`}`;
  if (args.max === 0) return 'no argument';
  if (args.min === args.max) return args.min === 1 ? 'one argument' : `${args.min} arguments`;
  return `${args.min} to ${args.max} arguments`;
}

/** `60 s` is two arguments for nginx. */
function checkSpacedTime(directive: NginxDirective, type: 'time_ms' | 'time_s', report: Report): boolean {
  const texts = directive.args.map(word => word.text);
  const joined = texts.join('');
  if (texts.length !== 2 || parseTime(joined, type) === undefined) return false;
  const span = {
    ...(directive.args[0]?.span ?? directive.span),
    end: directive.args[1]?.span.end ?? directive.span.end,
  };
  report({
    kind: /timeout$/.test(directive.name) ? 'timeout/bad-number' : 'nginx/bad-value',
    span,
    message: `${directive.name} ${texts.join(' ')}: nginx takes no space between number and unit and does not start`,
    log: `invalid number of arguments in "${directive.name}" directive`,
    repairs: [writeInstead(span, joined)],
  });
  return true;
}

/** Directives that distributions took into older versions, for safety. */
const backported = new Set(['max_headers']);

/** False where the directive is newer than the nginx that runs. */
function checkVersion(
  evidence: Evidence,
  since: string | undefined,
  directive: NginxDirective,
  report: Report,
): boolean {
  const { version } = evidence.options;
  if (since === undefined || !version?.known || !/^\d/.test(since)) return true;
  const row = directiveRows(directive.name);
  if (isAtLeast(version, since) !== false || backported.has(directive.name) || row.some(one => one.backported))
    return true;
  if (row.some(one => one.since === undefined || isAtLeast(version, one.since) === true)) {
    report({
      kind: 'nginx/wrong-context',
      span: directive.nameSpan,
      message: `"${directive.name}" may stand here from nginx ${since} on, and nginx ${version.value} does not start with it`,
      log: `"${directive.name}" directive is not allowed here`,
    });
    return false;
  }
  report({
    kind: 'nginx/unknown-directive',
    span: directive.nameSpan,
    message: `"${directive.name}" came with nginx ${since}, and nginx ${version.value} does not start with it`,
    log: `unknown directive "${directive.name}"`,
  });
  return false;
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 57)}...` : name;
}
