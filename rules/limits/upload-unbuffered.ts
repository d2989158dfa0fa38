import { removeDirective } from '../../src/edits/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, isWritten, type TiedHop } from '../../src/model/application.js';
import { seconds, sourceOf, where } from '../../src/model/describe.js';
import { flagInEffect, type Inherited, inheritance } from '../../src/model/inherit.js';

/** uWSGI's socket-timeout where nobody sets it: seconds that one read of a request body may take. */
const socketTimeout = 4;

/**
 * Without request buffering the upload reaches uWSGI at the visitor's own speed, and in the visitor's own form: http-socket does not decode
 * chunks, and each read of a slow upload has socket-timeout.
 */
export const rule: Rule = {
  id: 'limits/upload-unbuffered',
  summary: 'Uploads reach uWSGI unbuffered: chunked ones arrive empty, slow ones are cut',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['chunked-upload-unbuffered'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const lines = inheritance();
      for (const hop of hops.filter(isTied)) {
        const found = hop.server.kind === 'uwsgi' && hop.gateway.kind === 'nginx' ? judge(hop, lines) : undefined;
        if (found) report(found);
      }
    }
  },
};

function judge(hop: TiedHop, lines: Inherited): Finding | undefined {
  const { route, server, listener } = hop;
  const family = /^(proxy|uwsgi)_pass$/.exec(route.pass.directive)?.[1];
  const held = lines(route.scope, `${family}_request_buffering`);
  const line = held?.at(-1);
  if (!family || !line || flagInEffect(held, true) !== false || !listener) return undefined;
  const chunked = listener.protocol === 'http' && chunks(hop, lines);
  const timeout = server.settings.get('socket-timeout');
  const limit = !timeout ? socketTimeout : timeout.known ? Number(timeout.value) : undefined;
  if (!chunked && (limit === undefined || limit > socketTimeout)) return undefined;
  return {
    span: line.span,
    symptom: chunked ? 'wrong reply' : '502',
    message: chunked
      ? `nginx hands uploads through ${route.title} on as they come (${line.name} off), also in chunks, which uWSGI does not decode on ` +
        `${listener.address.name} (${where(listener.span)}). An upload without a length arrives empty.`
      : `nginx hands uploads through ${route.title} on at the visitor's speed (${line.name} off), and uWSGI waits ${seconds(limit ?? 0)} for each piece ` +
        `(${timeout ? sourceOf(timeout) : 'socket-timeout, the default'}). A slow upload ends in 502.`,
    related: [{ span: listener.span, message: 'uWSGI takes the upload here' }],
    fixes: [{ title: 'Let nginx buffer uploads', safety: 'unsafe', edits: [removeDirective(line.span)] }],
    ...(!chunked && { log: 'OSError: timeout during read' }),
  };
}

/** nginx buffers chunked bodies all the same unless it speaks HTTP/1.1 to the server. */
function chunks({ route, server }: TiedHop, lines: Inherited): boolean {
  const version = lines(route.scope, 'proxy_http_version')?.at(-1)?.args[0]?.text;
  return version === '1.1' && !isWritten(server, 'http-chunked-input');
}
