import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied } from '../../src/model/application.js';
import { failingCheck } from '../../src/model/check.js';
import type { Hop } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import { listeningIn, portsOf, startsIn } from '../../src/model/listening.js';
import type { Place } from '../../src/model/place.js';

/**
 * A health check or probe that asks a port of its own container at which nobody listens: the container is never healthy. EXPOSE is left out: it
 * binds nothing, and images name ports of other uses. Speaks only where everything that is started in the place is known.
 */
export const rule: Rule = {
  id: 'process/health-port',
  summary: 'A health check asks a port at which nobody listens',
  severity: 'warning',
  symptom: 'downtime',
  fix: 'safe',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { hops } of deployment.stacks) for (const finding of checksIn(hops)) report(finding);
    for (const stack of deployment.stacks) {
      const started = startsIn(stack);
      for (const place of stack.places) {
        const asked = place.claims?.some(({ kind }) => kind !== 'expose') === true;
        const listening = asked ? listeningIn(started, place) : undefined;
        if (!listening) continue;
        const ports = portsOf(listening);
        for (const { kind, port, span } of place.claims ?? []) {
          if (kind === 'expose' || !port.known || ports.has(port.value)) continue;
          const [[only, server] = [], ...more] = ports;
          if (only === undefined || !server) continue;
          const listener = server.listens.find(({ role }) => role === 'app');
          report({
            span,
            message:
              `The ${kind === 'probe' ? port.name : 'health check'} of ${place.title} asks port ${port.value}, but nobody listens there: ${server.kind} listens on port ${only}` +
              `${listener ? ` (${originOf(listener.address)})` : ''}. It fails every time: the container is never healthy, what waits for it never starts, or it is ` +
              'restarted again and again.',
            related: [{ span: listener?.span ?? server.span, message: `${server.kind} listens here` }],
            fixes: more.length === 0 ? askedInstead(span, port.value, only) : [],
          });
        }
      }
    }
  },
};

/** What the gateway asks by itself, and no server answers well: it takes them all for dead. */
function checksIn(hops: readonly Hop[]): readonly Finding[] {
  const found = new Map<object, Finding>();
  for (const hop of hops.filter(isTied)) {
    const { check } = hop.route;
    const why = failingCheck(hop);
    if (!check || why === undefined || found.has(check.span)) continue;
    found.set(check.span, {
      span: check.span,
      message: `${hop.gateway.kind} asks its servers for ${check.method} ${check.path}, ${why}. It takes every server for dead, and all visitors get 503.`,
      related: [{ span: hop.server.span, message: `${hop.server.kind} is started here` }],
    });
  }
  return [...found.values()];
}

function askedInstead(span: Place['span'] & object, from: number, to: number) {
  const text = span.file.text.slice(span.start, span.end);
  const found = [...text.matchAll(/\d+/g)].filter(match => match[0] === String(from));
  const [match] = found;
  if (!match || found.length > 1) return [];
  const start = span.start + match.index;
  const edits = [{ span: { ...span, start, end: start + match[0].length }, text: String(to) }];
  return [{ title: `Ask port ${to}`, safety: 'safe' as const, edits }];
}
