import type { NginxDirective, NginxScope } from '../../../model/gateway.js';
import { directivesAt } from '../../../model/inherit.js';
import { oncePer } from '../../../model/once.js';
import { chain, serverOf } from '../levels.js';
import { locationName, locationOf } from '../routes.js';
import { type Evidence, type Report, trustOf } from './evidence.js';

/** Locations in locations, and named locations that try_files asks for and nobody defines. */
export function checkLocations(evidence: Evidence, report: Report): void {
  for (const scope of evidence.scopes) {
    if (scope.context === 'location' && scope.opener) {
      for (const directive of directivesAt(scope, 'location'))
        if (directive.block && trustOf(directive, evidence) === 'structure') checkNested(scope, directive, report);
    }
    for (const directive of directivesAt(scope, 'try_files'))
      if (trustOf(directive, evidence) === 'structure') checkTryFiles(scope, directive, evidence, report);
  }
}

/** ngx_http_core_location in ngx_http_core_module.c. */
function checkNested(scope: NginxScope, directive: NginxDirective, report: Report): void {
  if (!scope.opener || [...scope.opener.args, ...directive.args].some(word => !word.known)) return;
  const outer = locationOf(scope);
  const inner = locationName(directive.args);
  const outerText = `${outer.modifier === '@' ? '@' : ''}${outer.path}`;
  const innerText = `${inner.modifier === '@' ? '@' : ''}${inner.path}`;
  const found = nestingError(outer, inner, outerText, innerText);
  if (!found) return;
  report({
    kind: 'nginx/wrong-context',
    span: { ...directive.nameSpan, end: inner.word?.span.end ?? directive.nameSpan.end },
    message: `${found.message}: nginx does not start`,
    related: [{ span: scope.opener.nameSpan, message: `the location around it, ${outerText}` }],
    log: found.log,
  });
}

type Name = ReturnType<typeof locationName>;

function nestingError(
  outer: Name,
  inner: Name,
  outerText: string,
  innerText: string,
): { readonly message: string; readonly log: string } | undefined {
  if (outer.modifier === '=') {
    return {
      message: `A location in the exact location = ${outerText} is never asked for`,
      log: `location "${innerText}" cannot be inside the exact location "${outerText}"`,
    };
  }
  if (outer.modifier === '@') {
    return {
      message: `A named location (${outerText}) takes no location inside`,
      log: `location "${innerText}" cannot be inside the named location "${outerText}"`,
    };
  }
  if (inner.modifier === '@') {
    return {
      message: `The named location ${innerText} may only stand in the server block`,
      log: `named location "${innerText}" can be on the server level only`,
    };
  }
  if (inner.modifier.startsWith('~') || innerText.startsWith(outerText)) return undefined;
  return {
    message: `location ${innerText} lies outside the location ${outerText} that it stands in, so no request would reach it`,
    log: `location "${innerText}" is outside location "${outerText}"`,
  };
}

/** Named locations of a server; `unknown` where a template writes one of the names. */
const namedLocations = oncePer((server: NginxScope): readonly NginxDirective[] | 'unknown' => {
  const locations = directivesAt(server, 'location');
  if (locations.some(one => one.args.some(word => !word.known))) return 'unknown';
  return locations.filter(one => one.args[0]?.text.startsWith('@'));
});

/** nginx -t says nothing about it; each request that falls through to it ends in 500. */
function checkTryFiles(scope: NginxScope, directive: NginxDirective, evidence: Evidence, report: Report): void {
  const last = directive.args.at(-1);
  const server = serverOf(scope);
  if (
    !last?.known ||
    !last.text.startsWith('@') ||
    last.text.includes('$') ||
    directive.args.length < 2 ||
    !server?.opener
  )
    return;
  if (chain(scope).some(level => evidence.unread.has(level)) || evidence.unread.has(server)) return;
  const named = namedLocations(server);
  if (named === 'unknown' || named.some(one => one.args[0]?.text === last.text)) return;
  report({
    kind: 'routing/try-files',
    span: last.span,
    message: `try_files ends in the location ${last.text}, and this server block has none of that name: a request without a file ends in 500`,
    related: named.map(one => ({ span: one.nameSpan, message: `this one is called ${one.args[0]?.text ?? ''}` })),
    log: `could not find named location "${last.text}"`,
  });
}
