import type { Finding, Rule } from '../../src/lint/rule.js';
import { constantOf } from '../../src/model/application.js';
import type { Hop } from '../../src/model/deployment.js';
import { seconds, sourceOf } from '../../src/model/describe.js';
import type { Gateway, Route, UpstreamGroup } from '../../src/model/gateway.js';
import { routesByGroup } from '../../src/model/inherit.js';

/** Seconds of waiting below which a request that takes too long is nothing unusual. */
const short = 5;

/**
 * A group that has no server to send a request to: all are marked down, or nothing but backups are listed. Or one in which every server is taken
 * out after a single time-out, with a short time-out: one slow page then makes all pages 502 for ten seconds.
 */
export const rule: Rule = {
  id: 'upstream/no-live-servers',
  summary: 'A group without a server that may be used, or that one slow request switches off',
  severity: 'error',
  symptom: '502',
  fix: 'none',
  proof: ['no-live-upstreams', 'single-failure-no-live-upstreams'],

  check(deployment, report) {
    for (const { gateways, hops } of deployment.stacks) {
      for (const gateway of gateways) {
        const routes = routesByGroup(gateway);
        for (const group of gateway.groups) {
          const used = routes.get(group) ?? [];
          const found = unusable(used, group) ?? fragile(gateway, used, group, hops);
          if (found) report(found);
        }
      }
    }
  },
};

function unusable(used: readonly Route[], { servers, name, nameSpan, scope }: UpstreamGroup): Finding | undefined {
  if (servers.length === 0 || scope?.open || scope?.directives.some(({ name: word }) => word === 'include'))
    return undefined;
  const related = servers.map(({ span }) => ({ span, message: 'one of the servers of the group' }));
  if (servers.every(({ backup }) => backup))
    return {
      span: nameSpan,
      symptom: 'start',
      message: `Every server of upstream ${name} is a backup: nginx finds no server in it and does not start.`,
      related,
      log: `[emerg] no servers in upstream "${name}"`,
    };
  if (!servers.every(({ down }) => down) || used.length === 0) return undefined;
  return {
    span: nameSpan,
    message: `Every server of upstream ${name} is marked down: every request is answered with 502.`,
    related,
    log: 'no live upstreams while connecting to upstream',
  };
}

/** Every live server is taken out after one failure, and a failure is near. */
function fragile(
  gateway: Gateway,
  used: readonly Route[],
  group: UpstreamGroup,
  hops: readonly Hop[],
): Finding | undefined {
  const live = group.servers.filter(({ down }) => !down);
  const [first] = live;
  if (live.length < 2 || !first || live.some(({ parameters }) => parameters.has('max_fails'))) return undefined;
  const route = used.find(({ readTimeout }) => readTimeout.known && readTimeout.span && readTimeout.value < short);
  if (!route?.readTimeout.known || route.scope?.directives.some(({ name }) => /_next_upstream/.test(name)))
    return undefined;
  const slow = slowerThan(route, hops);
  return {
    span: first.span,
    severity: slow ? 'warning' : 'info',
    message:
      `Each server of upstream ${group.name} is taken out for 10 s after one failure (max_fails, the default), and ${gateway.kind} calls it a failure when an answer takes longer than ` +
      `${seconds(route.readTimeout.value)} (${sourceOf(route.readTimeout)}). One slow GET is tried on all of them and takes all of them out: ` +
      'every page is then a 502.',
    related: [
      { span: route.readTimeout.span ?? route.pass.span, message: 'the wait that is called a failure' },
      ...(slow ? [{ span: slow, message: 'this takes longer' }] : []),
    ],
    log: 'no live upstreams while connecting to upstream',
  };
}

/** A pause in a view of the application that is longer than the gateway waits. */
function slowerThan({ pass, readTimeout }: Route, hops: readonly Hop[]): Finding['span'] | undefined {
  const servers = hops
    .filter(({ route, match }) => route.pass === pass && match === 'address')
    .flatMap(({ server }) => server ?? []);
  for (const call of servers.flatMap(({ entry }) => entry?.handlers.flatMap(({ calls }) => calls) ?? [])) {
    const pause = call.name === 'time.sleep' ? constantOf(call.positional[0]) : undefined;
    if (typeof pause === 'number' && readTimeout.known && pause > readTimeout.value && call.certain) return call.span;
  }
  return undefined;
}
