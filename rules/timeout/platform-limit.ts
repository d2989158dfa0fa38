import type { Rule } from '../../src/lint/rule.js';
import { seconds, sourceOf } from '../../src/model/describe.js';

/**
 * The router of the platform gives up on a request before the server does, and its time cannot be changed from here: what is written in the start
 * command promises patience that nobody gets, and a worker goes on with a reply that nobody reads.
 */
export const rule: Rule = {
  id: 'timeout/platform-limit',
  summary: 'The hosting platform gives up on a request before the application server does',
  severity: 'warning',
  symptom: '504',
  fix: 'none',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const { kind, launch, requestLimit: limit, span, entry } of servers) {
        const { platform } = launch;
        if (!platform || !limit.known || limit.value === 'none' || !limit.span || limit.value <= platform.limit)
          continue;
        // What is sent piece by piece only has to begin in time.
        if (entry && (entry.features.has('streaming') || entry.features.has('sse'))) continue;
        report({
          span: limit.span,
          message:
            `${kind} lets a request run for ${seconds(limit.value)} (${sourceOf(limit)}), but the router of ${platform.name} waits ${seconds(platform.limit)} for the answer to begin. ` +
            `A slower request is a ${platform.seen} for the user, while the worker goes on with a reply that nobody reads.`,
          related: [
            { span: platform.span, message: `this file is for ${platform.name}` },
            { span, message: `${kind} is started here` },
          ],
        });
      }
    }
  },
};
