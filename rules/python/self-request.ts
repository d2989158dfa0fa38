import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied } from '../../src/model/application.js';
import type { Hop } from '../../src/model/deployment.js';
import { sourceOf } from '../../src/model/describe.js';
import type { Handler, PyCall } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * A view asks its own site, by the address that the request came to, while the one worker that could answer is busy with that view. It waits for
 * itself until something gives up.
 */
export const rule: Rule = {
  id: 'python/self-request',
  summary: 'A view calls its own site, and the only worker that could answer is busy with the view',
  severity: 'warning',
  symptom: '504',
  fix: 'none',
  proof: ['self-request-single-worker'],

  check(deployment, report) {
    for (const { servers, hops } of deployment.stacks) {
      for (const server of servers) {
        const { processes, threads, concurrency } = server.worker;
        if (server.development || !isOne(processes) || !isOne(threads) || concurrency !== 'sync') continue;
        if (!onlyBehind(hops, server)) continue;
        for (const handler of server.entry?.handlers ?? []) {
          for (const call of handler.calls) {
            if (call.certain && asksItself(call)) report(finding(server, handler, call));
          }
        }
      }
    }
  },
};

function isOne(setting: AppServer['worker']['processes']): boolean {
  return setting.known && setting.value === 1;
}

/** Every request that the stack's gateways pass on goes to this server. */
function onlyBehind(hops: readonly Hop[], server: AppServer): boolean {
  return hops.length > 0 && hops.every(hop => isTied(hop) && hop.server === server);
}

const callers =
  /^(?:requests\.(?:Session\.)?(?:get|post|put|patch|delete|head|request)|urllib\.request\.urlopen|httpx\.(?:get|post|put|patch|delete|request))$/;

/** `request.url_root + "config"`, `request.build_absolute_uri("/x")`: what begins with the site's own address. Files are not the application's. */
function asksItself(call: PyCall): boolean {
  const text = callers.test(call.name) ? (call.texts?.get('0') ?? call.texts?.get('url')) : undefined;
  const [first, second] = text ?? [];
  if (
    first === undefined ||
    typeof first === 'string' ||
    !/request.*\.(?:url_root|host_url|base_url|root_url)$|build_absolute_uri/.test(first.of ?? '')
  )
    return false;
  return typeof second !== 'string' || !/^\/?(?:static|media|assets|uploads)\//.test(second);
}

function finding(server: AppServer, handler: Handler, call: PyCall): Finding {
  return {
    span: call.span,
    message:
      `${handler.name} calls its own site with ${call.name}(), and ${server.kind} has one worker (${sourceOf(server.worker.processes)}), which is busy with this very request. ` +
      'It waits for itself until the gateway gives up: 504.',
    related: [
      { span: handler.span, message: `${handler.name} handles requests` },
      { span: server.worker.processes.span ?? server.span, message: `${server.kind} runs one worker` },
    ],
    log: 'upstream timed out (110: Connection timed out) while reading response header from upstream',
  };
}
