import type { Rule } from '../../src/lint/rule.js';

/**
 * With a variable in proxy_pass nginx replaces nothing: it sends the URI that is written there, whatever was asked for. Locations for one
 * path, and URIs that carry a variable themselves, are right.
 */
export const rule: Rule = {
  id: 'routing/variable-drops-uri',
  summary: 'proxy_pass with a variable sends every request to one and the same path',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      for (const route of gateways.flatMap(gateway => gateway.routes)) {
        const { directive, target } = route.pass;
        const written = /^(https?:\/\/[^/?]*)(\/[^$?]*)$/.exec(target.text);
        if (
          directive !== 'proxy_pass' ||
          !target.known ||
          !written?.[1]?.includes('$') ||
          oneUri(route.modifier) ||
          !manyPaths(route.path)
        )
          continue;
        if (route.scope?.directives.some(({ name }) => /^(?:internal|rewrite)$/.test(name))) continue;
        const [, address = '', uri = ''] = written;
        const end =
          target.span.start + target.span.file.text.slice(target.span.start, target.span.end).lastIndexOf(uri);
        report({
          span: target.span,
          message:
            `proxy_pass has a variable in its address and the URI ${uri} behind it: nginx then sends every request of ${route.title} to ${uri}, ` +
            'whatever path and arguments were asked for. Every page shows the same one.',
          fixes:
            end >= target.span.start
              ? [
                  {
                    title: `Pass the request's own URI on (proxy_pass ${address};)`,
                    safety: 'unsafe',
                    edits: [{ span: { ...target.span, start: end, end: end + uri.length }, text: '' }],
                  },
                ]
              : [],
        });
      }
    }
  },
};

function oneUri(modifier: string): boolean {
  return modifier === '=' || modifier === '@';
}

/** A location that is written for one file or one address is meant to be answered by one page. */
function manyPaths(path: string): boolean {
  return path === '' || path.endsWith('/') || !/\.\w{2,5}\$?$/.test(path);
}
