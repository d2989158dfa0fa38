import { addHeaders } from '../../src/edits/headers.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import {
  constantOf,
  isDjango,
  isTied,
  mentions,
  redirectsToHttps,
  servesFiles,
  type TiedHop,
  takesOnlyWebsockets,
} from '../../src/model/application.js';
import { type Inherited, inheritance } from '../../src/model/inherit.js';

const scheme = [
  'x-forwarded-proto',
  'x-forwarded-protocol',
  'x-forwarded-ssl',
  'x-forwarded-scheme',
  'x-scheme',
  'x-url-scheme',
  'forwarded',
  'front-end-https',
];
const client = ['x-forwarded-for', 'x-real-ip', 'forwarded'];

/**
 * The application sees only nginx: its address, and plain HTTP. Where TLS ends in this very server block, nobody else can tell it the scheme.
 * Behind another proxy nginx hands on the headers of that one untouched, so there a missing line is at most advice.
 */
export const rule: Rule = {
  id: 'headers/missing-forwarded',
  summary: 'The application is not told by which scheme, or from where, a request came',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      const tied = hops.filter(isTied);
      for (const hop of tied) {
        if (servesFiles(hop)) continue;
        const { route, gateway } = hop;
        if (gateway.kind !== 'nginx' || !/^https?$/.test(route.protocol) || !route.headersComplete || !hop.server.entry)
          continue;
        const found = lacking(hop, tied, lines);
        if (found) report(found);
      }
    }
  },
};

function lacking(hop: TiedHop, tied: readonly TiedHop[], lines: Inherited): Finding | undefined {
  const { route, server } = hop;
  const sends = (names: readonly string[]): boolean => names.some(name => route.headers.has(name));
  const tls = route.server?.listens.some(listen => listen.tls) === true;
  const related = [{ span: server.span, message: 'the requests arrive here' }];
  // python/ssl-redirect-loop says what comes of it.
  if (tls && !sends(scheme) && server.entry && redirectsToHttps(server.entry)) return undefined;
  if (tls && !sends(scheme) && !takesOnlyWebsockets(hop, tied)) {
    const trusted = server.entry?.settings.get('CSRF_TRUSTED_ORIGINS');
    const django = isDjango(server.entry) && (!trusted || trusted.origin === 'default');
    return {
      span: route.pass.span,
      severity: django ? 'warning' : 'info',
      message:
        `TLS ends in this server block, and ${route.title} does not tell ${server.kind} so: no X-Forwarded-Proto is sent, the application takes every request for plain HTTP. ` +
        (django
          ? 'Since Django 4.0 every form is refused with 403 (Origin checking failed), redirects lead to http://.'
          : 'Redirects and links that it makes lead to http://.'),
      related: [
        ...related,
        ...(route.server
          ? [{ span: route.server.listens.find(one => one.tls)?.span ?? route.server.span, message: 'TLS ends here' }]
          : []),
      ],
      fixes: fix(hop, lines, 'X-Forwarded-Proto', '$scheme'),
      ...(django && { symptom: '400' as const, log: 'Forbidden (Origin checking failed' }),
    };
  }
  const asked = expected(hop);
  if (asked && !sends(scheme)) {
    return {
      span: route.pass.span,
      severity: 'info',
      message: `${asked}, and ${route.title} does not set X-Forwarded-Proto: what a client sends under this name is handed on and believed.`,
      related,
      symptom: 'security',
      fixes: [],
    };
  }
  if (sends(client) || sends(scheme)) return undefined;
  return {
    span: route.pass.span,
    severity: 'info',
    symptom: 'logs',
    message: `${route.title} does not tell ${server.kind} where a request came from (X-Forwarded-For): for the application and its log every client is ${hop.gateway.kind}.`,
    related,
    fixes: fix(hop, lines, 'X-Forwarded-For', '$proxy_add_x_forwarded_for'),
  };
}

/** What shows that the application reads the scheme from a header. */
function expected({ server: { entry } }: TiedHop): string | undefined {
  if (!entry) return undefined;
  const header = entry.settings.get('SECURE_PROXY_SSL_HEADER');
  if (header?.known && constantOf(header) !== null) return 'SECURE_PROXY_SSL_HEADER makes Django believe a header';
  return mentions(entry, ['ProxyFix(', 'ProxyHeadersMiddleware'])
    ? 'The application believes the headers of a proxy (ProxyFix)'
    : undefined;
}

function fix({ route }: TiedHop, lines: Inherited, name: string, value: string): Finding['fixes'] & object {
  const held = lines(route.scope, 'proxy_set_header');
  if (!held || !route.scope) return [];
  const edit = addHeaders(route.pass.span, route.scope, held, [`proxy_set_header ${name} ${value};`]);
  return [{ title: `Send ${name}`, safety: 'unsafe', edits: [edit] }];
}
