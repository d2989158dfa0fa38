import { removeDirective } from '../../src/edits/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, mentions, type TiedHop } from '../../src/model/application.js';
import { originOf, sourceOf } from '../../src/model/describe.js';
import { isLoopback } from '../../src/model/endpoint.js';
import { inheritance } from '../../src/model/inherit.js';
import type { SettingValue } from '../../src/model/server.js';
import { defaultSetting, type Setting } from '../../src/model/setting.js';

/**
 * The gateway tells the scheme in a header that the server does not believe (gunicorn and uvicorn believe 127.0.0.1 only), or in two headers
 * that contradict each other: gunicorn expects "https" in X-Forwarded-Proto, but "ssl" in X-Forwarded-Protocol (gunicorn/http/message.py).
 */
export const rule: Rule = {
  id: 'headers/untrusted',
  summary: 'The server does not believe the forwarded headers, or gets two that contradict each other',
  severity: 'error',
  symptom: '400',
  fix: 'unsafe',
  proof: ['contradictory-scheme-headers'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        if (hop.gateway.kind !== 'nginx' || !/^https?$/.test(hop.route.protocol)) continue;
        const found = contradiction(
          hop,
          name =>
            lines(hop.route.scope, 'proxy_set_header')?.find(({ args }) => args[0]?.text.toLowerCase() === name)?.span,
        );
        const next = found ?? unbelieved(hop);
        if (next) report(next);
      }
    }
  },
};

/** Values that gunicorn takes for "this was TLS", by header (secure_scheme_headers, default). */
const secure = new Map([
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-protocol', 'ssl'],
  ['x-forwarded-ssl', 'on'],
]);

function contradiction(
  { route, server }: TiedHop,
  lineOf: (name: string) => Finding['span'] | undefined,
): Finding | undefined {
  if (server.kind !== 'gunicorn' || server.settings.get('secure_scheme_headers')?.origin !== 'default')
    return undefined;
  const sent = [...secure].flatMap(([name, wanted]) => {
    const setting = route.headers.get(name);
    return setting?.known && setting.value !== '' ? [{ name, wanted, setting, value: setting.value }] : [];
  });
  const proto = sent.find(one => one.name === 'x-forwarded-proto');
  const other = sent.find(one => one.name !== 'x-forwarded-proto' && one.value === proto?.value);
  const tls =
    route.server?.listens.some(listen => listen.tls) || proto?.value.startsWith('$http_') || proto?.value === 'https';
  if (!proto || !other || !tls || !other.setting.span) return undefined;
  const line = lineOf(other.name);
  return {
    span: other.setting.span,
    message:
      `${route.title} sends ${proto.value} both in X-Forwarded-Proto (${originOf(proto.setting)}) and in ${other.name} (${originOf(other.setting)}). ` +
      `gunicorn expects "${other.wanted}" in the latter, takes the two for contradictory and answers every request that came by https with 400, without a line in its log.`,
    related: [{ span: server.span, message: 'gunicorn reads both' }],
    fixes: line ? [{ title: `Send X-Forwarded-Proto only`, safety: 'unsafe', edits: [removeDirective(line)] }] : [],
  };
}

/** Code that makes whole addresses, or looks at the scheme itself: Starlette's `url_for` gives whole ones, Flask's only with `_external`. */
const schemeWords = [
  'HTTPSRedirectMiddleware',
  'request.url_for(',
  'request.url.',
  'base_url',
  '_external=True',
  'is_secure',
  'url_scheme',
];

function unbelieved(hop: TiedHop): Finding | undefined {
  const { route, server, endpoint, gateway } = hop;
  const trust = trusted(server);
  const proto = route.headers.get('x-forwarded-proto');
  const uvicorn = server.kind === 'uvicorn';
  if ((server.kind !== 'gunicorn' && !uvicorn) || !trust?.known || typeof trust.value !== 'string' || !proto?.span)
    return undefined;
  const believed = trust.value.split(',').map(one => one.trim());
  if (believed.includes('*') || !believed.every(isLoopback) || !endpoint.address.known) return undefined;
  const socket = endpoint.address.value.kind === 'unix';
  const local =
    gateway.place.id === server.place.id || gateway.place.networkMode === 'host' || server.place.networkMode === 'host';
  if (socket ? !uvicorn : local) return undefined;
  const { entry } = server;
  const reads =
    entry &&
    ((entry.settings.get('SECURE_PROXY_SSL_HEADER')?.origin ?? 'default') !== 'default' ||
      mentions(entry, ['ProxyFix', 'ProxyHeaders', 'HTTP_X_FORWARDED']));
  const tls = route.server?.listens.some(listen => listen.tls) || (proto.known && proto.value === 'https');
  if (!tls || !entry || reads) return undefined;
  return {
    span: trust.span ?? server.span,
    severity: mentions(entry, schemeWords) ? 'warning' : 'info',
    symptom: 'wrong reply',
    message:
      `nginx ends TLS and tells ${server.kind} so in X-Forwarded-Proto (${originOf(proto)}), but ${server.kind} believes it only from ${believed.join(', ')} ` +
      `(${sourceOf(trust)}) and nginx ${socket ? 'comes through a socket' : `is in ${gateway.place.title}`}. The application takes every request for plain HTTP: links and redirects lead to http://.`,
    related: [{ span: proto.span, message: 'the header that is not believed' }],
  };
}

/** Whom the server believes. Uvicorn's own default is not among its settings. */
function trusted({ kind, settings, command }: TiedHop['server']): Setting<SettingValue> | undefined {
  if (kind !== 'uvicorn') return settings.get('forwarded_allow_ips');
  const given = settings.get('forwarded-allow-ips') ?? command.environment.get('FORWARDED_ALLOW_IPS');
  return given ?? (command.environmentOpen ? undefined : defaultSetting('--forwarded-allow-ips', '127.0.0.1'));
}
