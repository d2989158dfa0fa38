import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, mentions, type TiedHop } from '../../src/model/application.js';
import type { Hop } from '../../src/model/deployment.js';
import { where } from '../../src/model/describe.js';
import type { NginxScope } from '../../src/model/gateway.js';
import type { AppServer } from '../../src/model/server.js';
import { nameConflicts } from '../../src/model/server-names.js';
import { unhandledLocations } from '../../src/model/unhandled.js';
import { spanText } from '../../src/text/source.js';

/**
 * Requests that never reach the application: a second server block with the same name and port, which nginx leaves out with a warning, a nested
 * location that passes nothing on, a location for `/` alone where the application has more pages, a method that `limit_except` refuses.
 */
export const rule: Rule = {
  id: 'routing/unreachable',
  summary: 'A server block, a page or a method that no request can reach',
  severity: 'warning',
  symptom: '404',
  fix: 'none',
  proof: ['limit-except-blocks-post', 'location-exact-only'],

  check(deployment, report) {
    for (const { gateways, hops } of deployment.stacks) {
      for (const gateway of gateways) {
        for (const { first, second, name, socket } of nameConflicts(gateway)) {
          report({
            span: second.span,
            message:
              `${name.text || 'the empty name'} on ${socket} belongs to the server block at ${where(first.span)} already: nginx warns and ` +
              'gives no request for it to this one.',
            related: [{ span: first.span, message: 'requests with this name go here' }],
            log: `conflicting server name "${name.text}" on ${socket}, ignored`,
          });
        }
      }
      for (const { opener, pass } of gateways.filter(({ kind }) => kind === 'nginx').flatMap(unhandledLocations)) {
        report({
          span: opener.nameSpan,
          message: `location ${opener.args.map(({ text }) => text).join(' ')} does not hand its requests on: ${pass.name} of the location around it is not inherited, so nginx looks for files and answers 404.`,
          related: [{ span: pass.span, message: 'this counts for the outer location alone' }],
          log: 'open() "..." failed (2: No such file or directory)',
        });
      }
      const tied = hops.filter(isTied);
      for (const hop of tied) {
        const found = startPageOnly(hop);
        if (found) report(found);
      }
      for (const server of new Set(tied.map(one => one.server))) {
        const found = refusedMethod(
          hops.filter(hop => hop.server === server || hop.match !== 'address'),
          server,
        );
        if (found) report(found);
      }
    }
  },
};

/** `location = /` alone, in front of an application with more pages. */
function startPageOnly({ route, server, gateway }: TiedHop): Finding | undefined {
  const { entry } = server;
  const scope = route.server?.scope;
  if (route.modifier !== '=' || route.path !== '/' || !scope || scope.open || !entry) return undefined;
  const inside = scope.directives.filter(({ name }) => name === 'location' || name === 'if');
  const elsewhere = scope.directives.some(({ name }) =>
    /^(?:root|rewrite|return|try_files|error_page|alias)$/.test(name),
  );
  if (inside.length !== 1 || elsewhere) return undefined;
  const others = entry.handlers.flatMap(({ path }) => (path?.startsWith('/') && path !== '/' ? [path] : []));
  if (others.length === 0 || mentions(entry, ['url_prefix'])) return undefined;
  return {
    span: scope.directives.find(one => one.block === route.scope)?.nameSpan ?? route.pass.span,
    message:
      `location = / is the only one here and matches / alone. The application has more pages (${others.slice(0, 3).join(', ')}): ` +
      `${gateway.kind} looks for them in its own html folder and answers 404.`,
    related: [{ span: server.span, message: 'this application has the other pages' }],
  };
}

/** A method of HTTP that the application takes and that `limit_except` refuses on every way to it. */
function refusedMethod(ways: readonly Hop[], { entry }: AppServer): Finding | undefined {
  const limits = ways.map(({ route }) => refusal(route.scope));
  const [limit] = limits;
  if (!entry || !limit || limits.some(one => !one)) return undefined;
  const refused = (method: string) => limits.every(one => one && !one.allowed.has(method));
  const handler = entry.handlers.find(({ methods }) =>
    methods?.some(method => method !== 'OPTIONS' && refused(method)),
  );
  const method = handler?.methods?.find(one => one !== 'OPTIONS' && refused(one));
  if (!handler || !method) return undefined;
  const { nameSpan, args } = limit.line;
  const span = { ...nameSpan, end: args.at(-1)?.span.end ?? nameSpan.end };
  return {
    span,
    symptom: '403',
    message:
      `${spanText(span)} { deny all; } refuses every other method, and ` +
      `${handler.name}${handler.path === undefined ? '' : ` (${handler.path})`} of the application takes ${method}: each such request is answered with 403 and never reaches it.`,
    related: [{ span: handler.span, message: `this takes ${method}` }],
    log: 'access forbidden by rule',
  };
}

/** The `limit_except` of a location that refuses everybody. */
function refusal(scope: NginxScope | undefined) {
  const line = scope?.directives.find(({ name }) => name === 'limit_except');
  const inside = line?.block;
  if (!line || !inside || inside.open || scope?.directives.some(({ name }) => name === 'satisfy')) return undefined;
  const [only, ...more] = inside.directives;
  if (only?.name !== 'deny' || only.args[0]?.text !== 'all' || more.length > 0 || line.args.some(word => !word.known))
    return undefined;
  const allowed = new Set(line.args.map(word => word.text.toUpperCase()));
  if (allowed.has('GET')) allowed.add('HEAD');
  return { line, allowed };
}
