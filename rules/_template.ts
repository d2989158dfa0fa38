import type { Rule } from '../src/lint/rule.js';
import { originOf, seconds } from '../src/model/describe.js';

/**
 * What the user suffers, in one or two sentences. Then when the rule must stay silent, and why.
 *
 * Copy this file to `rules/<group>/<name>.ts` and follow CONTRIBUTING.md.
 */
export const rule: Rule = {
  id: 'group/name-of-the-bad-thing',
  summary: 'The bad thing in one line, without a full stop',
  severity: 'warning',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const { gateway, route, server, match } of hops) {
        // A server that is only guessed proves nothing.
        if (!server || match !== 'address') continue;
        const wait = route.readTimeout;
        const limit = server.requestLimit;
        // Nothing is said about a value that is not known.
        if (!wait.known || !limit.known || limit.value === 'none' || wait.value > limit.value) continue;
        report({
          span: wait.span ?? route.pass.span,
          message:
            `${gateway.kind} waits ${seconds(wait.value)} (${originOf(wait)}), ${server.kind} works for up to ` +
            `${seconds(limit.value)} (${originOf(limit)}). What the user will see.`,
          related: [{ span: limit.span ?? server.span, message: 'the other end' }],
        });
      }
    }
  },
};
