import { insertBefore } from '../../src/edits/nginx.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { where } from '../../src/model/describe.js';
import type { NginxDirective, Route } from '../../src/model/gateway.js';
import { inheritance, linesAbove } from '../../src/model/inherit.js';
import { spanText } from '../../src/text/source.js';

/** Headers that an application is lost without; others may have been left out on purpose. */
const needed = new Set([
  'host',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-ssl',
  'x-real-ip',
  'forwarded',
]);

/**
 * One proxy_set_header at a level drops all that the levels above set. Only where the route leads to a server of this stack: a location
 * that passes to somebody else's service is right to send it other headers.
 */
export const rule: Rule = {
  id: 'headers/inheritance-lost',
  summary: 'One proxy_set_header of an inner level drops all headers that the levels above set',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const { route, gateway } of hops.filter(own)) {
        const { scope } = route;
        const held = lines(scope, 'proxy_set_header');
        const first = held?.find(line => !line.stock);
        if (!scope || !held || !first || !/^https?$/.test(route.protocol) || !route.headersComplete) continue;
        const outer = linesAbove(scope, 'proxy_set_header', lines);
        const lost = outer?.filter(line => isLost(line, held)) ?? [];
        const [one] = lost;
        if (!one || !outer) continue;
        const names = [...new Set(lost.map(line => line.args[0]?.text ?? ''))];
        report({
          span: first.span,
          message:
            `${place(route)} sets ${first.args[0]?.text} and thereby drops every proxy_set_header of the levels above (${where(one.span)}): ` +
            `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} not sent here. ` +
            (names.some(name => name.toLowerCase() === 'host')
              ? 'The application sees the name of the upstream as its host.'
              : `The application sees ${gateway.kind} as the client, or plain HTTP.`),
          related: [{ span: one.span, message: 'this line, and those beside it, do not hold there' }],
          fixes: again(first, lost),
        });
      }
    }
  },
};

function own(hop: Hop): boolean {
  return hop.gateway.kind === 'nginx' && hop.match === 'address';
}

function place({ title }: Route): string {
  return title === '' ? 'This level' : title;
}

function isLost(line: NginxDirective, held: readonly NginxDirective[]): boolean {
  const [name, value] = line.args;
  if (!name?.known || !value || value.text === '' || !needed.has(name.text.toLowerCase())) return false;
  return held.every(
    ({ args: [other] }) => other?.known === true && other.text.toLowerCase() !== name.text.toLowerCase(),
  );
}

function again(first: NginxDirective, lost: readonly NginxDirective[]): readonly Fix[] {
  const text = (line: NginxDirective): string =>
    spanText((line.stock ? line.via?.at(-1)?.span : undefined) ?? line.span);
  if (lost.some(line => line.stock)) return [];
  const [edit, ...more] = lost.map(line => insertBefore(first.span, text(line)));
  if (!edit) return [];
  const edits = [{ ...edit, text: [edit, ...more].map(one => one.text).join('') }];
  return [{ title: 'Repeat the lost headers here', safety: 'unsafe', edits }];
}
