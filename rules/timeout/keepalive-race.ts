import { insertBehind, setDirectiveValue } from '../../src/edits/nginx.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { isTied, isWritten, type TiedHop } from '../../src/model/application.js';
import { originOf, seconds, sourceOf, where } from '../../src/model/describe.js';
import type { UpstreamGroup } from '../../src/model/gateway.js';
import { secondsOf } from '../../src/model/inherit.js';
import { keptGroup } from '../../src/model/keepalive.js';

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
  proof: ['keepalive-race-uvicorn', 'http-router-upstream-keepalive', 'http11-socket-upstream-keepalive'],

  check(deployment, report) {
    for (const { hops } of deployment.stacks) {
      const told = new Set<UpstreamGroup>();
      for (const hop of hops.filter(isTied)) {
        const group = keptGroup(hop);
        if (!group || told.has(group)) continue;
        const found = uwsgi(hop, group) ?? occupied(hop, group) ?? shorter(hop, group);
        if (!found) continue;
        told.add(group);
        // Newer versions keep connections although nobody asked for it.
        report(group.keepalive?.span ? found : { ...found, severity: 'info' });
      }
    }
  },
};

const log = 'upstream prematurely closed connection while reading response header from upstream';

/** uWSGI's http and http-socket close after each answer and do not say so. */
function uwsgi(hop: TiedHop, group: UpstreamGroup): Finding | undefined {
  const { server, listener, route } = hop;
  const name = optionOf(hop);
  if (server.kind !== 'uwsgi' || !group.keepalive || !listener || !/^http(?:-socket)?$/.test(name ?? ''))
    return undefined;
  if (isWritten(server, 'http-keepalive') || isWritten(server, 'add-header')) return undefined;
  return {
    span: group.keepalive.span ?? group.nameSpan,
    message:
      `upstream ${group.name} keeps connections (${originOf(group.keepalive)}), but uWSGI closes each one after its answer without saying so ` +
      `(${name}, ${where(listener.span)}). What nginx sends on such a connection is lost: POSTs through ${route.title} are a 502 now and then.`,
    related: [{ span: listener.span, message: 'uWSGI keeps no connection here' }],
    log,
  };
}

/** The option's own word for a listener of uWSGI: `http-socket`, `http11-socket`. */
function optionOf({ listener }: TiedHop): string | undefined {
  return listener?.address.name.replace(/^--?/, '');
}

/** http11-socket answers on a kept connection, but the worker (or thread) that holds it does nothing else until nginx lets it go. */
function occupied(hop: TiedHop, group: UpstreamGroup): Finding | undefined {
  const { server, listener, route } = hop;
  const { processes, threads } = server.worker;
  if (server.kind !== 'uwsgi' || optionOf(hop) !== 'http11-socket' || !listener || !group.keepalive?.known)
    return undefined;
  if (!processes.known || !threads.known) return undefined;
  const places = processes.value * Math.max(1, threads.value);
  if (group.keepalive.value < places) return undefined;
  return {
    span: group.keepalive.span ?? group.nameSpan,
    symptom: '504',
    message:
      `upstream ${group.name} keeps ${group.keepalive.value} connections for each process of nginx (${originOf(group.keepalive)}), and each one that is kept occupies ` +
      `${places === 1 ? 'the only worker' : `one of the ${places} places`} of uWSGI behind http11-socket (${where(listener.span)}), busy or not. Requests through ${route.title} that come on another connection wait: 504.`,
    related: [{ span: listener.span, message: 'a connection holds its worker here' }],
    log: 'upstream timed out (110: Connection timed out) while reading response header from upstream',
  };
}

function shorter({ server, route, gateway }: TiedHop, group: UpstreamGroup): Finding | undefined {
  const { keepAlive } = server;
  const line = group.scope?.directives.find(({ name }) => name === 'keepalive_timeout');
  const word = line?.args[0];
  const idle = line ? secondsOf(word?.known ? word.text : '') : idleDefault;
  if (idle === undefined || !keepAlive.known || keepAlive.value <= 0 || idle < keepAlive.value || !group.keepalive)
    return undefined;
  // On the loopback the close is on its way for microseconds, and where both times are defaults it is how most run it; who writes one down is told.
  const usual = !word && (server.place.id === gateway.place.id || keepAlive.origin === 'default');
  const source = word ? `keepalive_timeout in ${where(word.span)}` : 'keepalive_timeout, the default';
  return {
    span: word?.span ?? group.keepalive.span ?? group.nameSpan,
    severity: usual ? 'info' : 'warning',
    message:
      `nginx keeps idle connections of upstream ${group.name} for ${seconds(idle)} (${source}), ${server.kind} closes them after ${seconds(keepAlive.value)} ` +
      `(${sourceOf(keepAlive)}). A POST through ${route.title} that is sent while the close is on its way is a 502.`,
    related: [{ span: keepAlive.span ?? server.span, message: `${server.kind} closes first` }],
    fixes: closeFirst(group, keepAlive.value, word?.span),
    log,
  };
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
