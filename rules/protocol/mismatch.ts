import { insertBehind } from '../../src/edits/nginx.js';
import { reportFaults } from '../../src/lint/faults.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { originOf } from '../../src/model/describe.js';
import { type Listener, type Protocol, spoken } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import { spanText } from '../../src/text/source.js';

/**
 * The gateway speaks another protocol than the server it reaches: the two wait for each other, or the server cuts the
 * connection at the first byte. Speaks only where the address proves the server and its protocol is known.
 */
export const rule: Rule = {
  id: 'protocol/mismatch',
  summary: 'The gateway speaks another protocol than the server it reaches',
  severity: 'error',
  symptom: '502',
  fix: 'alternatives',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { hops } of deployment.stacks) {
      for (const hop of hops) {
        const { route, server, listener, endpoint } = hop;
        if (hop.match !== 'address' || !server || !listener) continue;
        if (listener.protocol === 'unknown' || understands(listener.protocol, endpoint.protocol)) continue;
        const group = route.to.length > 1;
        report({
          span: group ? endpoint.span : route.pass.span,
          message:
            `${route.pass.directive} speaks ${spoken[endpoint.protocol]} to ${server.kind}, but ${server.kind} speaks ${spoken[listener.protocol]} there ` +
            `(${originOf(listener.address)}). ${group ? inGroup : outcome(hop, listener.protocol, server)}`,
          related: [
            { span: listener.span, message: `${server.kind} listens for ${spoken[listener.protocol]} here` },
            ...(group ? [{ span: route.pass.span, message: `${route.title} passes to the group here` }] : []),
          ],
          fixes: otherEnds(hop, listener, group),
          ...logLine(hop, listener.protocol, server),
        });
      }
    }
  },
};

const inGroup = 'What is balanced to it fails there, and is answered with 502 or tried on the next server.';

function understands(server: Protocol, gateway: Protocol): boolean {
  // A raw TCP proxy hands on whatever comes.
  return server === gateway || gateway === 'tcp' || server === 'tcp';
}

function outcome({ endpoint: { protocol: gateway }, ...hop }: Hop, server: Protocol, { kind }: AppServer): string {
  if (hop.gateway.kind === 'apache' && server === 'http')
    return 'Apache waits for an answer until ProxyTimeout is over: every request is answered with 500.';
  if (kind === 'gunicorn' && server === 'http' && gateway !== 'grpc') {
    return 'The worker waits for the end of a request line until its timeout kills it: every request is a 502 after that time.';
  }
  if (server === 'uwsgi' && gateway === 'http')
    return 'uWSGI takes the letters of "GET" for a length and closes: every request is answered with 502.';
  if (kind === 'gunicorn' && server === 'https')
    return 'The worker takes the request for a broken handshake and hangs up: every request is answered with 502.';
  return 'Every request fails with 502 or 504.';
}

function logLine({ endpoint, gateway }: Hop, server: Protocol, { kind }: AppServer): { readonly log?: string } {
  const { protocol } = endpoint;
  if (server === 'uwsgi' && protocol === 'http') return { log: 'invalid request block size: 21573 (max 4096)...skip' };
  // A plain request is no handshake: Gunicorn resets the connection at once.
  if (kind === 'gunicorn' && server === 'https')
    return gateway.kind === 'nginx' ? { log: 'recv() failed (104: Connection reset by peer)' } : {};
  if (kind === 'gunicorn' && protocol !== 'grpc') return { log: '[CRITICAL] WORKER TIMEOUT' };
  return gateway.kind === 'nginx'
    ? { log: 'upstream prematurely closed connection while reading response header from upstream' }
    : {};
}

/** nginx's directive for each protocol; https is a scheme of proxy_pass. */
const passes: Partial<Record<Protocol, string>> = {
  http: 'proxy_pass',
  https: 'proxy_pass',
  uwsgi: 'uwsgi_pass',
  fastcgi: 'fastcgi_pass',
  scgi: 'scgi_pass',
  grpc: 'grpc_pass',
};

function otherEnds(hop: Hop, listener: Listener, group: boolean): readonly Fix[] {
  const { route, endpoint, gateway } = hop;
  if (gateway.kind !== 'nginx' || group || listener.protocol === 'unknown') return [];
  const text = spanText(route.pass.span);
  const wanted = passes[listener.protocol];
  if (!wanted) return [];
  const both = (endpoint.protocol === 'http' || endpoint.protocol === 'https') && wanted === 'proxy_pass';
  if (both) {
    const scheme = new RegExp(`\\b${endpoint.protocol}://`).exec(text);
    if (!scheme) return [];
    const start = route.pass.span.start + scheme.index;
    const edit = {
      span: { ...route.pass.span, start, end: start + scheme[0].length },
      text: `${listener.protocol}://`,
    };
    return [{ title: `Pass to ${listener.protocol}://`, safety: 'unsafe', edits: [edit] }];
  }
  const pass = /^(\w+_pass)(\s+)(["']?)((?:https?|grpcs?|uwsgi|suwsgi|fastcgi|scgi):\/\/)?/.exec(text);
  if (!pass?.[1] || route.pass.uri) return [];
  const scheme = wanted === 'proxy_pass' ? `${listener.protocol}://` : '';
  const edit = {
    span: { ...route.pass.span, end: route.pass.span.start + pass[0].length },
    text: `${wanted}${pass[2] ?? ' '}${pass[3] ?? ''}${scheme}`,
  };
  // Without its parameters the server is told nothing about the request.
  const include =
    wanted === 'proxy_pass' || wanted === 'grpc_pass'
      ? []
      : [insertBehind(route.pass.span, `include ${listener.protocol}_params;`)];
  return [
    { title: `Use ${wanted}, which speaks ${spoken[listener.protocol]}`, safety: 'unsafe', edits: [edit, ...include] },
  ];
}
