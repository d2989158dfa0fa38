import { removeDirective } from '../../src/edits/nginx.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { withSteps } from '../../src/lint/together.js';
import { isDjango } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import type { NginxDirective } from '../../src/model/gateway.js';
import { inheritance } from '../../src/model/inherit.js';

/** Headers of which an application takes exactly one. A list such as X-Forwarded-For bears being sent twice. */
const single = /^(?:host|x-forwarded-proto|x-forwarded-protocol|x-forwarded-host|x-forwarded-ssl)$/i;

/**
 * nginx does not replace a header that is set twice at one level: it sends both, and the server joins them with a comma. Typical: `include
 * proxy_params`, which has Host, beside a line of one's own.
 */
export const rule: Rule = {
  id: 'headers/duplicate',
  summary: 'A header that may occur only once is sent twice',
  severity: 'error',
  symptom: '400',
  fix: 'alternatives',
  proof: ['duplicate-host-header'],

  check(deployment, report) {
    for (const { gateways, hops } of deployment.stacks) {
      const lines = inheritance();
      const told = new Map<string, Finding>();
      for (const route of gateways.flatMap(gateway => gateway.routes)) {
        if (route.pass.directive !== 'proxy_pass' || !route.headersComplete) continue;
        for (const [first, second] of repeated(lines(route.scope, 'proxy_set_header') ?? [])) {
          const name = second.args[0]?.text ?? '';
          const hop = hops.find(one => one.route === route && one.match === 'address');
          const refused = /^host$/i.test(name) && isDjango(hop?.server?.entry);
          const span = second.stock ? first.span : second.span;
          // Locations that inherit the two lines are places of one cause.
          const key = [first, second].map(one => `${one.span.file.path}:${one.span.start}`).join(' ');
          const same = told.get(key);
          if (same && (same.severity === 'error' || !refused)) {
            told.set(key, withSteps(same, [{ span: route.pass.span, message: `${route.title} sends both too` }]));
            continue;
          }
          told.set(key, {
            span,
            severity: refused ? 'error' : 'warning',
            symptom: refused ? '400' : 'wrong reply',
            message:
              `${route.title} sends ${name} twice, "${value(first)}" (${place(first)}) and "${value(second)}" (${place(second)}): nginx does not replace the first, ` +
              `it sends both. ${refused ? 'Django gets them joined by a comma and answers every request with 400.' : outcome(name)}`,
            related: [{ span: second.stock ? second.span : first.span, message: `${name} is set here as well` }],
            fixes: removals(first, second, refused),
            ...(refused && { log: 'Invalid HTTP_HOST header' }),
          });
        }
      }
      for (const finding of told.values()) report(finding);
    }
  },
};

/** Pairs of lines with the same name; a line with an empty value sends nothing. */
function repeated(lines: readonly NginxDirective[]): readonly (readonly [NginxDirective, NginxDirective])[] {
  const seen = new Map<string, NginxDirective>();
  const found: (readonly [NginxDirective, NginxDirective])[] = [];
  for (const line of lines) {
    const [name, content] = line.args;
    if (!name?.known || !content?.known || content.text === '' || !single.test(name.text)) continue;
    const key = name.text.toLowerCase();
    const first = seen.get(key);
    if (first) found.push([first, line]);
    else seen.set(key, line);
  }
  return found;
}

function outcome(name: string): string {
  return /^host$/i.test(name)
    ? 'The application gets both joined by a comma, or the server refuses the request.'
    : 'The application gets both joined by a comma and understands neither: it takes the request for plain HTTP.';
}

function value(line: NginxDirective): string {
  return line.args[1]?.text ?? '';
}

function place(line: NginxDirective): string {
  const include = line.via?.at(-1);
  return line.stock && include ? `from the include in ${where(include.span)}` : where(line.span);
}

/** The line of one's own goes where the other comes with an include; otherwise either may be the one that is meant. */
function removals(first: NginxDirective, second: NginxDirective, refused: boolean): readonly Fix[] {
  const included = (line: NginxDirective): boolean => line.via !== undefined && line.via.length > 0;
  const own = [first, second].filter(line => !line.stock);
  const here = own.filter(line => !included(line));
  return (here.length > 0 ? here : own).map(line => ({
    title: `Remove ${line.args[0]?.text} "${value(line)}" (${where(line.span)})`,
    safety: refused && here.length === 1 ? 'safe' : 'unsafe',
    edits: [removeDirective(line.span)],
  }));
}
