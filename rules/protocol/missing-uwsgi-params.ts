import { insertBefore } from '../../src/edits/nginx.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { NginxDirective, NginxScope, Route } from '../../src/model/gateway.js';
import { type Inherited, inheritance, linesAbove } from '../../src/model/inherit.js';
import { spanText } from '../../src/text/source.js';

/**
 * uwsgi, FastCGI and SCGI carry the request as parameters, and nginx sends only those that it is told to send. A level with a parameter
 * of its own takes none from the levels above.
 */
export const rule: Rule = {
  id: 'protocol/missing-uwsgi-params',
  summary: 'A uwsgi_pass without the parameters that make up the request',
  severity: 'error',
  symptom: '502',
  fix: 'safe',
  proof: ['uwsgi-param-drops-inherited'],

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      const lines = inheritance();
      for (const route of gateways.flatMap(({ routes }) => routes)) {
        const family = /^(uwsgi|fastcgi|scgi)_pass$/.exec(route.pass.directive)?.[1];
        const { scope } = route;
        if (!family || !scope || !route.headersComplete || otherLanguage(lines, scope)) continue;
        const held = lines(scope, `${family}_param`);
        if (!held || !lacksRequest(held)) continue;
        const own = held.find(directive => !directive.stock);
        const lost = own && linesAbove(scope, `${family}_param`, lines)?.find(bringsRequest);
        const at = own ?? undefined;
        report({
          span: at?.span ?? route.pass.span,
          message: at
            ? `${title(route)} gets only the ${family}_param lines of its own level: one such line (${at.args[0]?.text}) drops all inherited ones` +
              `${lost ? ` (${where(lost.span)})` : ''}, so the application is called without REQUEST_METHOD and PATH_INFO. Every request that gets here is a 502.`
            : `${title(route)} passes requests by ${route.pass.directive} and sets no ${family}_param: the application is called without REQUEST_METHOD ` +
              'and PATH_INFO. Every request that gets here is a 502.',
          related: [
            ...(lost ? [{ span: lost.span, message: `these ${family}_param lines do not hold here` }] : []),
            ...(at ? [{ span: route.pass.span, message: 'the request is passed on here' }] : []),
          ],
          fixes: includeAgain(family, at ?? { span: route.pass.span }, lost),
          log: "KeyError: 'REQUEST_METHOD'",
        });
      }
    }
  },
};

function title({ title: name }: Route): string {
  return name === '' ? 'this location' : name;
}

function lacksRequest(held: readonly NginxDirective[]): boolean {
  return held.every(line => line.args[0]?.known === true && !bringsRequest(line));
}

function bringsRequest({ args: [name] }: NginxDirective): boolean {
  return name?.text.toUpperCase() === 'REQUEST_METHOD';
}

/** Modifiers other than 0 and 30 address plugins that may need no request. */
function otherLanguage(lines: Inherited, scope: NginxScope): boolean {
  const modifiers = lines(scope, 'uwsgi_modifier1');
  return !modifiers || modifiers.some(({ args: [word] }) => !word?.known || !/^(?:0|30)$/.test(word.text));
}

function includeAgain(
  family: string,
  before: Pick<NginxDirective, 'span' | 'stock'>,
  lost: NginxDirective | undefined,
): readonly Fix[] {
  const used = lost?.via?.at(-1);
  const text = used && spanText(used.span);
  const line = text?.startsWith('include') ? text : `include ${family}_params;`;
  return [{ title: `Write ${line} here too`, safety: 'safe', edits: [insertBefore(before.span, line)] }];
}
