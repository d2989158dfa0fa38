import { insertBefore, removeDirective } from '../../src/edits/nginx.js';
import { keepaliveByDefaultSince } from '../../src/facts/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { originOf, where } from '../../src/model/describe.js';
import type { Gateway, Route, UpstreamGroup } from '../../src/model/gateway.js';
import { closingMaps, type Inherited, inheritance, routesByGroup, wordInEffect } from '../../src/model/inherit.js';
import { isAtLeast } from '../../src/model/version.js';
import { spanText } from '../../src/text/source.js';

/**
 * `keepalive` in an upstream block is a wish: nginx keeps a connection only when it speaks HTTP/1.1 and sends no "Connection: close", which are
 * its defaults from 1.29.7 on. A balancing method behind `keepalive` takes its place (ngx_http_upstream_keepalive_module.c).
 */
export const rule: Rule = {
  id: 'protocol/keepalive-ineffective',
  summary: 'keepalive in an upstream block has no effect',
  severity: 'warning',
  symptom: 'logs',
  fix: 'unsafe',
  proof: ['upstream-keepalive-order'],

  check(deployment, report) {
    const lines = inheritance();
    for (const { gateways, hops } of deployment.stacks) {
      const closing = new Set(
        hops.filter(({ server }) => server?.keepAlive.known && server.keepAlive.value === 0).map(({ route }) => route),
      );
      for (const gateway of gateways) {
        const maps = closingMaps(gateway);
        for (const [group, all] of routesByGroup(gateway)) {
          if (!group.keepalive?.known || group.keepalive.value === 0 || !group.keepalive.span) continue;
          const method = methodBehind(group);
          const routes = all.filter(({ protocol }) => /^https?$/.test(protocol));
          const pointless = routes.some(route => closing.has(route));
          if (method) report(method);
          else if (!pointless) tell(gateway, group, routes, maps);
        }
      }
    }

    function tell(gateway: Gateway, group: UpstreamGroup, routes: readonly Route[], maps: ClosingMaps): void {
      const found = routes.flatMap(route => closes(gateway, route, lines, maps) ?? []);
      const [first, ...others] = found;
      if (!first || !group.keepalive?.span) return;
      report({
        span: first.span,
        severity: found.length < routes.length ? 'info' : first.severity,
        message:
          `upstream ${group.name} keeps idle connections (${originOf(group.keepalive)}), but ${first.why}. ` +
          'Each request there opens a connection of its own; under load the ports run out.',
        related: [
          { span: group.keepalive.span, message: 'the keepalive that has no effect' },
          ...others.map(({ span }) => ({ span, message: 'nor does it have one here' })),
        ],
      });
    }
  },
};

const methods = /^(?:least_conn|ip_hash|hash|random|least_time)$/;

function methodBehind({ scope, keepalive, name }: UpstreamGroup): Finding | undefined {
  const lines = scope?.directives ?? [];
  const at = lines.findIndex(line => line.name === 'keepalive');
  const line = lines[at];
  const method = lines.slice(at + 1).find(one => methods.test(one.name));
  if (at < 0 || !line || !method || !keepalive?.span || method.via || line.via) return undefined;
  return {
    span: method.span,
    message:
      `${method.name} stands behind keepalive (${where(line.span)}) in upstream ${name} and takes its place: nginx warns "load balancing method redefined" ` +
      'and keeps no connection. Each request opens a connection of its own.',
    related: [{ span: line.span, message: 'keepalive has to stand behind the balancing method' }],
    fixes: [
      {
        title: `Move ${method.name} in front of keepalive`,
        safety: 'unsafe',
        edits: [removeDirective(method.span), insertBefore(line.span, spanText(method.span))],
      },
    ],
    log: 'load balancing method redefined',
  };
}

type ClosingMaps = ReturnType<typeof closingMaps>;
type Reason = Pick<Finding, 'span'> & { readonly why: string; readonly severity: 'warning' | 'info' };

function closes(gateway: Gateway, route: Route, lines: Inherited, maps: ClosingMaps): Reason | undefined {
  const { pass, scope } = route;
  const version = wordInEffect(lines(scope, 'proxy_http_version'));
  const connection = route.headers.get('connection');
  if (version === undefined || !route.headersComplete) return undefined;
  const written = connection?.origin !== 'default' ? connection : undefined;
  if (written?.known && /^close$/i.test(written.value))
    return { span: written.span ?? pass.span, why: `${route.title} sends Connection: close`, severity: 'warning' };
  const map = written?.known ? maps.get(written.value) : undefined;
  if (map && written)
    return {
      span: map.span,
      why: `${route.title} sends Connection "${written.known ? written.value : ''}", which this map makes "close" for ordinary requests`,
      severity: 'warning',
    };
  const wanting = [
    ...(version === 'unset' ? ['proxy_http_version 1.1'] : []),
    ...(written ? [] : ['proxy_set_header Connection ""']),
  ];
  if (version !== 'unset' && version.text === '1.0')
    return { span: version.span, why: `${route.title} speaks HTTP/1.0 to it`, severity: 'warning' };
  const newer = wanting.length === 0 || isAtLeast(gateway.version, keepaliveByDefaultSince);
  if (newer) return undefined;
  const why = `nginx before ${keepaliveByDefaultSince} needs ${wanting.join(' and ')} for that in ${route.title}`;
  return { span: pass.span, why, severity: newer === undefined ? 'info' : 'warning' };
}
