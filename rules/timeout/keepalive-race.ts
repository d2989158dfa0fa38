import { insertBehind, setDirectiveValue } from '../../src/edits/nginx.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { isTied, isWritten, type TiedHop } from '../../src/model/application.js';
import { originOf, seconds, sourceOf, where } from '../../src/model/describe.js';
import type { UpstreamGroup } from '../../src/model/gateway.js';
import { inheritance, wordInEffect } from '../../src/model/inherit.js';

/** nginx keeps an idle connection to an upstream that long (ngx_http_upstream_keepalive_module). */
const idleDefault = 60;

/**
 * nginx sends a request on a connection that the server is just closing. A GET is repeated on a new one; a POST may have arrived and is not:
 * 502. Only where connections are really kept: HTTP/1.1, no "Connection: close", and a server that keeps them too.
 */
export const rule: Rule = {
  id: 'timeout/keepalive-race',
  summary: 'The gateway keeps idle connections longer than the server does',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['keepalive-race-uvicorn', 'http-router-upstream-keepalive'],

  check(deployment, report) {
    const lines = inheritance();
    for (const { hops } of deployment.stacks) {
      for (const hop of hops.filter(isTied)) {
        const { route, gateway } = hop;
        const { group } = route.pass;
        if (
          gateway.kind !== 'nginx' ||
          !group?.keepalive?.known ||
          group.keepalive.value === 0 ||
          !group.keepalive.span
        )
          continue;
        const version = wordInEffect(lines(route.scope, 'proxy_http_version'));
        const connection = route.headers.get('connection');
        const kept =
          version && version !== 'unset' && version.text === '1.1' && connection?.known && connection.value === '';
        if (!/^https?$/.test(route.protocol) || !route.headersComplete || !kept) continue;
        const found = uwsgi(hop, group) ?? shorter(hop, group);
        if (found) report(found);
      }
    }
  },
};

const log = 'upstream prematurely closed connection while reading response header from upstream';

/** uWSGI's http and http-socket close after each answer and do not say so. */
function uwsgi({ server, listener, route }: TiedHop, group: UpstreamGroup): Finding | undefined {
  const name = listener?.address.name.replace(/^--?/, '');
  if (server.kind !== 'uwsgi' || !group.keepalive?.span || !listener || !/^http(?:-socket)?$/.test(name ?? ''))
    return undefined;
  if (isWritten(server, 'http-keepalive') || isWritten(server, 'add-header')) return undefined;
  return {
    span: group.keepalive.span,
    message:
      `upstream ${group.name} keeps connections (${originOf(group.keepalive)}), but uWSGI closes each one after its answer without saying so ` +
      `(${name}, ${where(listener.span)}). What nginx sends on such a connection is lost: POSTs through ${route.title} are a 502 now and then.`,
    related: [{ span: listener.span, message: 'uWSGI keeps no connection here' }],
    log,
  };
}

function shorter({ server, route, gateway }: TiedHop, group: UpstreamGroup): Finding | undefined {
  const { keepAlive } = server;
  const line = group.scope?.directives.find(({ name }) => name === 'keepalive_timeout');
  const word = line?.args[0];
  const idle = line ? idleSeconds(word?.known ? word.text : '') : idleDefault;
  if (
    idle === undefined ||
    !keepAlive.known ||
    keepAlive.value <= 0 ||
    idle < keepAlive.value ||
    !group.keepalive?.span
  )
    return undefined;
  // On the loopback the close is on its way for microseconds; who writes the time down is told all the same.
  const near = !word && server.place.id === gateway.place.id;
  const source = word ? `keepalive_timeout in ${where(word.span)}` : 'keepalive_timeout, the default';
  return {
    span: word?.span ?? group.keepalive.span,
    severity: near ? 'info' : 'warning',
    message:
      `nginx keeps idle connections of upstream ${group.name} for ${seconds(idle)} (${source}), ${server.kind} closes them after ${seconds(keepAlive.value)} ` +
      `(${sourceOf(keepAlive)}). A POST through ${route.title} that is sent while the close is on its way is a 502.`,
    related: [{ span: keepAlive.span ?? server.span, message: `${server.kind} closes first` }],
    fixes: closeFirst(group, keepAlive.value, word?.span),
    log,
  };
}

/** Seconds of the usual forms; other forms are not judged. */
function idleSeconds(text: string): number | undefined {
  const found = /^([0-9]{1,9})(ms|s|m|h)?$/.exec(text);
  if (!found?.[1]) return undefined;
  return Number(found[1]) * (found[2] === 'ms' ? 0.001 : found[2] === 'm' ? 60 : found[2] === 'h' ? 3600 : 1);
}

function closeFirst(
  { keepalive, scope }: UpstreamGroup,
  limit: number,
  written: Finding['span'] | undefined,
): readonly Fix[] {
  if (limit <= 1) return [];
  const value = `${Math.max(1, Math.ceil(limit) - 1)}s`;
  const line = scope?.directives.find(({ name }) => name === 'keepalive');
  if (!keepalive || !line) return [];
  const edit = written ? setDirectiveValue(written, value) : insertBehind(line.span, `keepalive_timeout ${value};`);
  return [{ title: `Let nginx close first (keepalive_timeout ${value})`, safety: 'unsafe', edits: [edit] }];
}
