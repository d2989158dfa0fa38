import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, isWritten, type TiedHop } from '../../src/model/application.js';
import type { Hop } from '../../src/model/deployment.js';
import { type Inherited, inheritance } from '../../src/model/inherit.js';
import { deadModifier, doublesSlash, keptPrefix, strippedPrefix, unknownPrefix } from '../../src/model/prefix.js';

/**
 * The path that the application gets is not one that it knows: nginx strips a prefix too much or too little, doubles a slash, or names the
 * prefix in SCRIPT_NAME without taking it from PATH_INFO. Speaks only where the application's own routes, or uWSGI's options, show it.
 */
export const rule: Rule = {
  id: 'routing/prefix-rewrite',
  summary: 'The path that arrives is not the one that the application knows',
  severity: 'warning',
  symptom: '404',
  fix: 'unsafe',
  proof: [
    'script-name-param-alone',
    'modifier1-30-python3',
    'subpath-without-mount',
    'rewrite-drops-prefix-with-break',
  ],

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        const { gateway, route } = hop;
        if (gateway.kind !== 'nginx' || !/^(?:\^~)?$/.test(route.modifier) || !route.path.startsWith('/')) continue;
        const found =
          modifier(hop, lines) ?? scriptName(hop, lines) ?? doubleSlash(hop, hops) ?? stripped(hop) ?? kept(hop, lines);
        if (found) report(found);
      }
    }
  },
};

/** `mount` alone only names an application: uWSGI takes the prefix off the path with manage-script-name (core/protocol.c of 2.0.21). */
function splits({ server }: TiedHop): boolean {
  return ['manage-script-name', 'fixpathinfo'].some(name => isWritten(server, name));
}

function modifier(hop: TiedHop, lines: Inherited): Finding | undefined {
  const line = deadModifier(hop, lines);
  if (!line) return undefined;
  const { route, server } = hop;
  return {
    span: line.span,
    message:
      `uwsgi_modifier1 30 asks uWSGI to take SCRIPT_NAME from the path, which does nothing on Python 3: the application still gets the path with its prefix ` +
      `${route.path}. Every page below it is a 404. uWSGI's own way is mount = ${route.path}=module:callable with manage-script-name.`,
    related: [{ span: server.span, message: 'this uWSGI gets the request' }],
  };
}

function scriptName(hop: TiedHop, lines: Inherited): Finding | undefined {
  const { route, server } = hop;
  const found = splits(hop) || isWritten(server, 'mount') ? undefined : keptPrefix(hop, lines);
  if (!found) return undefined;
  const { script, prefix, path } = found;
  return {
    span: script.span,
    message:
      `SCRIPT_NAME is ${prefix.text}, and PATH_INFO (${path.text}) still begins with it, so the application sees the prefix twice: ` +
      `it looks for ${prefix.text}/... below ${prefix.text}. Every page of ${route.title} is a 404.`,
    related: [{ span: server.span, message: 'uWSGI would split the path itself with mount and manage-script-name' }],
  };
}

function doubleSlash(hop: TiedHop, hops: readonly Hop[]): Finding | undefined {
  const { pass, path, title, scope } = hop.route;
  const onlyWay = hops.every(({ route, server }) => server !== hop.server || route === hop.route);
  if (!doublesSlash(hop, onlyWay)) return undefined;
  const word = scope?.opener?.args.at(-1);
  const edit = word?.text === path && { span: { ...word.span, start: word.span.end }, text: '/' };
  return {
    span: pass.span,
    message:
      `${title} has no slash at its end and ${pass.directive} has one (${pass.uri}): ${path}/users is passed on as ${pass.uri}/users. ` +
      'The application knows no path with two slashes in a row: 404.',
    related: [{ span: hop.server.span, message: 'the requests arrive here' }],
    fixes: edit ? [{ title: `Write the location as ${path}/`, safety: 'unsafe', edits: [edit] }] : [],
  };
}

/** A rewrite takes off a prefix that the application's own routes begin with. */
function stripped(hop: TiedHop): Finding | undefined {
  const found = strippedPrefix(hop);
  if (!found) return undefined;
  return {
    span: found.line.span,
    message:
      `this rewrite takes ${found.prefix} off the path, but the routes of the application begin with it (${found.route}): ` +
      'it looks for the rest and answers 404.',
    related: [{ span: hop.server.span, message: 'the requests arrive here' }],
  };
}

/** The prefix arrives, and no route of the application begins with it. */
function kept(hop: TiedHop, lines: Inherited): Finding | undefined {
  const found = splits(hop) ? undefined : unknownPrefix(hop, lines);
  if (!found) return undefined;
  const mount = hop.server.settings.get('mount')?.span;
  return {
    span: mount ?? hop.route.scope?.opener?.nameSpan ?? hop.route.pass.span,
    message:
      `${hop.route.title} passes the path on as it is, with ${found.prefix} in front, and no route of the application begins with it ` +
      `(${found.routes.slice(0, 3).join(', ')}): every page of it is a 404.${mount ? ' mount alone does not take it off, manage-script-name does.' : ''}`,
    related: [{ span: hop.server.span, message: 'the requests arrive here' }],
  };
}
