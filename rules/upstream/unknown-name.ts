import { reportFaults } from '../../src/lint/faults.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import type { Hop, Stack } from '../../src/model/deployment.js';
import { where } from '../../src/model/describe.js';
import { groupMeant } from '../../src/model/gateway.js';
import { nearest } from '../../src/text/near.js';
import { spanText } from '../../src/text/source.js';

/**
 * The host of a pass is no upstream group, no name in its place and nothing that could be resolved elsewhere: a typo or a
 * renamed service. nginx does not start, and takes all its other sites with it. Silent on a host, where /etc/hosts may know the name.
 */
export const rule: Rule = {
  id: 'upstream/unknown-name',
  summary: 'The gateway passes to a name that nothing in its stack has',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    const told = new Set<string>();
    for (const stack of deployment.stacks) {
      for (const hop of stack.hops) {
        const { endpoint, gateway, server } = hop;
        if (hop.miss !== 'unknown name' || !endpoint.address.known || endpoint.address.value.kind !== 'tcp') continue;
        const { host } = endpoint.address.value;
        const key = `${endpoint.span.file.path}:${endpoint.span.start}`;
        if (told.has(key)) continue;
        told.add(key);
        const names = namesSeenBy(stack, hop);
        // A name with other marks in it (a quote of a broken file) would not be one where it is written to.
        const near =
          groupMeant(gateway, host)?.name ??
          nearest(
            host,
            names.map(one => one.name).filter(name => /^[\w.-]+$/.test(name)),
          );
        const meant =
          names.find(one => one.name === near) ??
          (server ? names.find(one => one.place === server.place.id) : undefined);
        report({
          span: endpoint.span,
          message:
            `${gateway.kind} passes to "${host}", but no service, alias or upstream of this stack has that name` +
            `${near ? `; did you mean "${near}"?` : '.'} ${consequence(hop)}`,
          related: meant
            ? [{ span: meant.span, message: `the name here is ${meant.name} (${where(meant.span)})` }]
            : [],
          fixes: near ? rename(hop, host, near) : [],
          ...(gateway.kind !== 'ingress' && { log: `[emerg] host not found in upstream "${host}"` }),
        });
      }
    }
  },
};

function consequence({ gateway: { kind } }: Hop): string {
  return kind === 'ingress'
    ? 'The route has no server behind it: every request is answered with 503.'
    : `${kind} looks names up when it starts: it does not start, and none of its sites is served.`;
}

function namesSeenBy(stack: Stack, hop: Hop) {
  const { place } = hop.gateway;
  const services = stack.places
    .filter(other => other.id !== place.id)
    .flatMap(other => other.names.map(one => ({ name: one.name, span: one.span, place: other.id })));
  const groups = hop.gateway.groups.map(group => ({ name: group.name, span: group.nameSpan, place: place.id }));
  return [...groups, ...services];
}

function rename(hop: Hop, host: string, near: string): readonly Fix[] {
  const { span } = hop.endpoint;
  const at = spanText(span).indexOf(host);
  if (at < 0) return [];
  const edit = { span: { ...span, start: span.start + at, end: span.start + at + host.length }, text: near };
  return [{ title: `Change "${host}" to "${near}"`, safety: 'safe', edits: [edit] }];
}
