import { faultRule } from '../../src/lint/faults.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import type { Gateway } from '../../src/model/gateway.js';

const refused = faultRule({
  id: 'timeout/bad-number',
  summary: 'A time or number that its tool refuses or reads as another value',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
});

/** A time or number that its tool refuses or reads as another value, and a wait of 0 that is meant for none. */
export const rule: Rule = {
  ...refused,

  check(deployment, report, options) {
    refused.check(deployment, report, options);
    for (const found of deployment.stacks.flatMap(({ gateways }) => gateways).flatMap(atOnce)) report(found);
  },
};

/** Gunicorn's 0 is no limit; nginx's own is over before anything can have come. A connection to a unix socket needs no wait. */
function atOnce({ kind, routes }: Gateway): readonly Finding[] {
  if (kind !== 'nginx') return [];
  const found = new Map<string, Finding>();
  for (const { readTimeout, connectTimeout, to, title, pass } of routes) {
    const dials = to.length > 0 && to.every(({ address }) => address.known && address.value.kind === 'tcp');
    for (const wait of dials ? [readTimeout, connectTimeout] : [readTimeout]) {
      const { span } = wait;
      if (!wait.known || wait.value !== 0 || !span || found.has(`${span.file.path}:${span.start}`)) continue;
      found.set(`${span.file.path}:${span.start}`, {
        span,
        symptom: '504',
        message: `${wait.name} 0 does not switch the limit off: nginx waits no time at all, and every request of ${title} is answered with 504.`,
        related: [{ span: pass.span, message: 'the requests are passed on here' }],
        log: `upstream timed out (110: Connection timed out) while ${wait === readTimeout ? 'reading response header from' : 'connecting to'} upstream`,
      });
    }
  }
  return [...found.values()];
}
