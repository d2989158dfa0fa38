import type { Rule } from '../../src/lint/rule.js';
import { constantOf, isTied } from '../../src/model/application.js';
import type { EntryPoint, PyCall } from '../../src/model/entry.js';
import { flagInEffect, inheritance } from '../../src/model/inherit.js';
import { oncePer } from '../../src/model/once.js';

/**
 * nginx leaves out headers of the visitor that have an underscore in their name. WSGI cannot tell `_` from `-`, so there the visitor may write it the
 * other way; FastAPI can, and asks for an underscore where `convert_underscores=False` or an alias says so.
 */
export const rule: Rule = {
  id: 'headers/underscore',
  summary: 'The application reads a header with an underscore, which nginx leaves out',
  severity: 'info',
  symptom: 'wrong reply',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const tied = hops.filter(isTied).filter(({ gateway }) => gateway.kind === 'nginx');
      for (const server of new Set(tied.map(hop => hop.server))) {
        const asked = server.entry ? underscoredHeaders(server.entry) : [];
        if (asked.length === 0) continue;
        const routes = tied.filter(hop => hop.server === server).map(({ route }) => route);
        const drops = routes.find(
          ({ server: block }) => flagInEffect(lines(block?.scope, 'underscores_in_headers'), false) === false,
        );
        for (const { call, name } of asked) {
          if (!drops || routes.some(({ headers }) => headers.has(name.toLowerCase()))) continue;
          report({
            span: call.span,
            message:
              `The application asks for a header ${name === '' ? 'whose name keeps its underscores (convert_underscores=False)' : name} here, and nginx leaves out headers with an underscore ` +
              `(underscores_in_headers is off) in ${drops.title}. It never arrives.`,
            related: [{ span: drops.pass.span, message: 'the requests come through here' }],
            log: 'client sent invalid header line',
          });
        }
      }
    }
  },
};

const underscoredHeaders = oncePer(({ importCalls }: EntryPoint) =>
  importCalls.flatMap(call => {
    const name = underscored(call);
    return name === undefined ? [] : [{ call, name }];
  }),
);

/** Name of the header that is asked for, empty where it is the parameter's; undefined where it has no underscore. */
function underscored({ name, keywords, open }: PyCall): string | undefined {
  if (!/^fastapi\.(?:param_functions\.|params\.)?Header$/.test(name) || open) return undefined;
  const alias = constantOf(keywords.get('alias'));
  if (typeof alias === 'string') return alias.includes('_') ? alias : undefined;
  return constantOf(keywords.get('convert_underscores')) === false ? '' : undefined;
}
