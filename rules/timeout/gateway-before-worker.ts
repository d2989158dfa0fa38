import { insertBehind, setDirectiveValue } from '../../src/edits/nginx.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { Hop } from '../../src/model/deployment.js';
import { history, seconds, sourceOf } from '../../src/model/describe.js';
import { refusalOf } from '../../src/model/refusal.js';
import type { AppServer } from '../../src/model/server.js';
import type { Step } from '../../src/text/source.js';

/**
 * The gateway stops waiting while the server still works: the user gets a 504, the worker finishes a reply that nobody reads.
 *
 * `requestLimit` is known only where the limit really ends a request (Gunicorn's `timeout` with sync workers, uWSGI's `harakiri`); with
 * threads or async workers Gunicorn's timeout is a heartbeat and says nothing. Equal values are a common deliberate choice: advice.
 */
export const rule: Rule = {
  id: 'timeout/gateway-before-worker',
  summary: 'The gateway gives up on a request before the application server does',
  severity: 'warning',
  symptom: '504',
  fix: 'unsafe',

  check(deployment, report) {
    const told = new Map<string, Hop[]>();
    for (const { hops } of deployment.stacks) {
      for (const hop of hops) {
        if (hop.match !== 'address' || !givesUpFirst(hop)) continue;
        const at = hop.route.readTimeout.span ?? hop.route.pass.span;
        const key = `${at.file.path}:${at.start}`;
        const group = told.get(key);
        if (group) group.push(hop);
        else told.set(key, [hop]);
      }
    }
    for (const server of deployment.stacks.flatMap(stack => stack.servers)) {
      const found = routerGivesUp(server);
      if (found) report(found);
    }
    for (const group of told.values()) {
      const [hop, ...others] = strictestFirst(group);
      if (hop) tell(hop, others);
    }

    function tell(hop: Hop, others: readonly Hop[]): void {
      const { server } = hop;
      const { readTimeout: wait, pass, title } = hop.route;
      const limit = server?.requestLimit;
      if (!server || !wait.known || !limit?.known || limit.value === 'none') return;
      const { late, lateLog } = refusalOf(hop.gateway);
      const equal = wait.value === limit.value;
      // Nobody asked for the time that the server has by default, so the shorter one may be what is wanted.
      const asked = limit.origin !== 'default' || wait.origin === 'default';
      const routes = new Set([title, ...others.map(other => other.route.title)]);
      report({
        span: wait.span ?? pass.span,
        severity: equal || !asked ? 'info' : 'warning',
        message:
          `${hop.gateway.kind} waits ${seconds(wait.value)} for ${server.kind} to answer ${title} (${sourceOf(wait)}), and ${server.kind} ` +
          `lets a request run for ${seconds(limit.value)} (${sourceOf(limit)}). ` +
          (equal
            ? `Whichever clock fires first decides between 502 and ${late}.`
            : `A slower request ends in ${late} while the worker goes on with a reply that nobody reads.`),
        related: [
          ...(limit.span
            ? [{ span: limit.span, message: `${limit.name} is ${seconds(limit.value)}` }]
            : [{ span: server.span, message: `${server.kind} is started here` }]),
          ...history(wait),
          ...sameCause(others, routes.size),
        ],
        fixes: equal ? [] : longerWait(hop, limit.value),
        ...lateLog,
      });
    }
  },
};

function givesUpFirst({ route, server }: Hop): boolean {
  const limit = server?.requestLimit;
  if (!route.readTimeout.known || !limit?.known || limit.value === 'none') return false;
  return route.readTimeout.value > 0 && route.readTimeout.value <= limit.value;
}

function strictestFirst(hops: readonly Hop[]): readonly Hop[] {
  const limit = ({ server }: Hop): number =>
    server?.requestLimit.known && server.requestLimit.value !== 'none' ? server.requestLimit.value : 0;
  return [...hops].sort((a, b) => limit(b) - limit(a));
}

function sameCause(others: readonly Hop[], titles: number): readonly Step[] {
  return titles < 2
    ? []
    : others.map(other => ({ span: other.route.pass.span, message: `${other.route.title} waits as long` }));
}

function longerWait(hop: Hop, limit: number): readonly Fix[] {
  if (hop.gateway.kind !== 'nginx') return [];
  const { readTimeout: wait, pass } = hop.route;
  const value = `${Math.ceil(limit) + 5}s`;
  const edit = wait.span ? setDirectiveValue(wait.span, value) : insertBehind(pass.span, `${wait.name} ${value};`);
  return [{ title: `Set ${wait.name} to ${value}`, safety: 'unsafe', edits: [edit] }];
}

/** uWSGI's own router (`http`) is a gateway too: it drops the connection after http-timeout, whatever harakiri allows. */
function routerGivesUp(server: AppServer): Finding | undefined {
  const listener = server.listens.find(one => one.address.name === 'http');
  const wait = server.settings.get('http-timeout');
  const limit = server.settings.get('harakiri');
  if (server.kind !== 'uwsgi' || !listener || !wait?.span || !wait.known || !limit?.known) return undefined;
  const [time, longest] = [Number(wait.value), Number(limit.value)];
  if (!(time < longest)) return undefined;
  const value = String(longest + 5);
  return {
    span: wait.span,
    symptom: '502',
    message:
      `uWSGI's router waits ${seconds(time)} for a worker (${sourceOf(wait)}), and harakiri lets a request run for ${seconds(longest)} ` +
      `(${sourceOf(limit)}). The router drops a slower request, and the gateway answers with 502.`,
    related: [{ span: listener.span, message: 'the router listens here' }],
    fixes: [{ title: `Set http-timeout to ${value}`, safety: 'unsafe', edits: [{ span: wait.span, text: value }] }],
  };
}
