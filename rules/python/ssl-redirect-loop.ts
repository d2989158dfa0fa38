import { addHeaders } from '../../src/edits/headers.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, likelySetting, redirectsToHttps, type TiedHop } from '../../src/model/application.js';
import { originOf, sourceOf } from '../../src/model/describe.js';
import { isLoopback } from '../../src/model/endpoint.js';
import type { EntryPoint } from '../../src/model/entry.js';
import { comesFromElsewhere, schemeHeader } from '../../src/model/forwarded.js';
import { type Inherited, inheritance } from '../../src/model/inherit.js';

/**
 * SECURE_SSL_REDIRECT answers every request by plain HTTP with a redirect to https. Where the application never learns that a request came by
 * TLS, the redirect leads to itself for ever. Two ways are certain: TLS ends in this server block and no header says so, or the header is sent
 * and gunicorn does not believe it, with nothing in Django that reads it.
 */
export const rule: Rule = {
  id: 'python/ssl-redirect-loop',
  summary: 'The application redirects to https and never learns that a request came by https',
  severity: 'error',
  symptom: 'wrong reply',
  fix: 'unsafe',
  proof: ['ssl-redirect-loop-no-proxy-header-setting'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        const { entry } = hop.server;
        if (!entry || hop.gateway.kind !== 'nginx' || hop.route.protocol !== 'http' || !hop.route.headersComplete)
          continue;
        if (!redirectsToHttps(entry)) continue;
        const found = untold(hop, entry, lines) ?? unbelieved(hop, entry);
        if (found) report(found);
      }
    }
  },
};

const believed = ['x-forwarded-proto', 'x-forwarded-protocol', 'x-forwarded-ssl'];

function evidence({ server }: TiedHop, entry: EntryPoint): Pick<Finding, 'related'> {
  const setting = likelySetting(entry, 'SECURE_SSL_REDIRECT');
  return {
    related: [
      ...(setting?.span ? [{ span: setting.span, message: 'Django redirects what did not come by https' }] : []),
      { span: server.span, message: `${server.kind} is started here` },
    ],
  };
}

function untold(hop: TiedHop, entry: EntryPoint, lines: Inherited): Finding | undefined {
  const { route } = hop;
  const header = schemeHeader(entry);
  const held = lines(route.scope, 'proxy_set_header');
  if (!header || !held || !route.scope || !route.server?.listens.some(({ tls }) => tls)) return undefined;
  if (header !== 'none' ? route.headers.has(header) : believed.some(name => route.headers.has(name))) return undefined;
  const name =
    header === 'none' ? 'X-Forwarded-Proto' : header.replace(/(?:^|-)[a-z]/g, letter => letter.toUpperCase());
  return {
    span: route.pass.span,
    message:
      `TLS ends here and ${route.title} sends no ${name}, so Django takes every request for plain HTTP; SECURE_SSL_REDIRECT sends the browser to https, where it is already: ` +
      'the redirect never ends (ERR_TOO_MANY_REDIRECTS).',
    ...evidence(hop, entry),
    // Gunicorn believes it only from where it expects the gateway.
    fixes:
      header === 'none'
        ? []
        : [
            {
              title: `Send ${name}`,
              safety: 'unsafe',
              edits: [addHeaders(route.pass.span, route.scope, held, [`proxy_set_header ${name} $scheme;`])],
            },
          ],
  };
}

function unbelieved(hop: TiedHop, entry: EntryPoint): Finding | undefined {
  const { route, server, gateway, endpoint } = hop;
  const sent = believed.flatMap(name => route.headers.get(name) ?? []);
  const trust = server.settings.get('forwarded_allow_ips');
  if (server.kind !== 'gunicorn' || !server.worker.class.known || /uvicorn/i.test(server.worker.class.value))
    return undefined;
  const [header] = sent;
  if (schemeHeader(entry) !== 'none' || !header?.span || !trust?.known || typeof trust.value !== 'string')
    return undefined;
  if (!endpoint.address.known || endpoint.address.value.kind !== 'tcp') return undefined;
  const trusted = trust.value.split(',').map(one => one.trim());
  const near = gateway.place.id === server.place.id && isLoopback(endpoint.address.value.host);
  if (
    near ? trusted.some(one => one === '*' || one.includes('/') || isLoopback(one)) : !comesFromElsewhere(hop, trusted)
  )
    return undefined;
  return {
    span: trust.span ?? server.span,
    message:
      `${route.title} tells the scheme (${originOf(header)}), but gunicorn believes it only from ${trusted.join(', ')} (${sourceOf(trust)}), and nginx comes from ${near ? '127.0.0.1' : gateway.place.title}. ` +
      'Django takes every request for plain HTTP, and SECURE_SSL_REDIRECT sends the browser to https, where it is already: the redirect never ends (ERR_TOO_MANY_REDIRECTS).',
    ...evidence(hop, entry),
  };
}
