import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { originOf } from '../../src/model/describe.js';
import { strippedBefore } from '../../src/model/prefix.js';

/** SCRIPT_NAME makes Gunicorn take the prefix off the path; where nginx has done so before, Gunicorn itself fails on every request. */
export const rule: Rule = {
  id: 'routing/prefix-taken-twice',
  summary: 'nginx strips the prefix that Gunicorn takes off the path itself',
  severity: 'error',
  symptom: '500',
  fix: 'none',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      for (const hop of hops.filter(isTied)) {
        const found = hop.gateway.kind === 'nginx' && takenTwice(hop);
        if (found) report(found);
      }
    }
  },
};

function takenTwice(hop: TiedHop): Finding | undefined {
  const script = strippedBefore(hop);
  if (!script) return undefined;
  const { route, server } = hop;
  const { pass, path } = route;
  const prefix = script.value;
  return {
    span: pass.span,
    message:
      `gunicorn is told that the application lies below ${prefix} (${originOf(script)}) and takes that off each path, but ${pass.directive} puts ${pass.uri} in place of ` +
      `${path} before: gunicorn finds no ${prefix} to take off, and every request of ${route.title} is answered with 500.`,
    related: [{ span: script.span ?? server.span, message: 'the prefix is told here' }],
    log: 'IndexError: list index out of range',
  };
}
