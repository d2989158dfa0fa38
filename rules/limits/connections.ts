import { setDirectiveValue } from '../../src/edits/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { sourceOf } from '../../src/model/describe.js';
import type { NginxScope } from '../../src/model/gateway.js';

/** How many visitors come at once is known to nobody but the user; what holds without that is too few for any site. */
const options = {
  /** Servers come with 100 (uWSGI) and 2048 (gunicorn, uvicorn). */
  backlog: {
    default: 16,
    minimum: 1,
    maximum: 65_535,
    help: 'Connections that must be able to wait for a worker; fewer are reported.',
  },
  /** With fewer one worker cannot even serve one browser with its parallel requests and their upstreams. */
  'worker-connections': {
    default: 32,
    minimum: 1,
    maximum: 1_000_000,
    help: 'Connections that a worker of nginx must have; fewer are reported.',
  },
} as const satisfies Rule['options'];

type Wanted = Readonly<Record<keyof typeof options, number>>;

const standard: Wanted = {
  backlog: options.backlog.default,
  'worker-connections': options['worker-connections'].default,
};

/**
 * A queue so short that a handful of simultaneous visitors overflows it. On a unix socket the next one is refused at once (11: Resource
 * temporarily unavailable), on TCP it waits for a second and tries again.
 */
export const rule: Rule = {
  id: 'limits/connections',
  summary: 'A queue for connections that a few visitors overflow',
  severity: 'warning',
  symptom: '502',
  fix: 'unsafe',
  proof: ['listen-queue-full-unix', 'socket-backlog-full'],

  options,

  check(deployment, report, given) {
    const wanted: Wanted = { ...standard, ...given };
    for (const { hops, gateways } of deployment.stacks) {
      for (const hop of hops.filter(isTied)) {
        const found = backlog(hop, wanted.backlog);
        if (found) report(found);
      }
      for (const { root } of gateways) {
        const found = root && workerConnections(root, wanted['worker-connections']);
        if (found) report(found);
      }
    }
  },
};

function backlog({ server, route, gateway, listener }: TiedHop, fewest: number): Finding | undefined {
  const name = server.kind === 'uwsgi' ? 'listen' : 'backlog';
  const setting = server.settings.get(name);
  const value = setting?.known ? Number(setting.value) : Number.NaN;
  if (!setting?.span || setting.origin === 'default' || !(value > 0 && value < fewest)) return undefined;
  const socket = listener?.address.known && listener.address.value.kind === 'unix';
  return {
    span: setting.span,
    severity: socket ? 'warning' : 'info',
    symptom: socket ? '502' : '504',
    message:
      `${server.kind} lets ${value} connection${value === 1 ? '' : 's'} wait (${sourceOf(setting)}) while its workers are busy. ` +
      (socket
        ? `On a unix socket the next one is refused at once: users of ${route.title} get 502 under a little load.`
        : `The next ones wait a second and longer for ${gateway.kind} to try again.`),
    related: [{ span: route.pass.span, message: `${gateway.kind} connects here` }],
    fixes: replaceNumber(setting.span, value, Math.max(128, fewest)),
    ...(socket && {
      log: 'connect() to unix:... failed (11: Resource temporarily unavailable) while connecting to upstream',
    }),
  };
}

function replaceNumber(span: Finding['span'], value: number, better: number): Finding['fixes'] & object {
  if (span.file.text.slice(span.start, span.end) !== String(value)) return [];
  return [{ title: `Let ${better} wait`, safety: 'unsafe', edits: [{ span, text: String(better) }] }];
}

function workerConnections(root: NginxScope, fewest: number): Finding | undefined {
  const events = root.directives.find(({ name, block }) => name === 'events' && block);
  const word = events?.block?.directives.find(({ name }) => name === 'worker_connections')?.args[0];
  if (!word?.known || !/^\d{1,9}$/.test(word.text) || Number(word.text) >= fewest) return undefined;
  const better = String(Math.max(512, fewest));
  return {
    span: word.span,
    symptom: '500',
    message:
      `Each worker of nginx has ${word.text} connections (worker_connections), of which every proxied request takes two and every listener one. ` +
      'A few visitors use them up; the next ones get 500 or are cut off.',
    fixes: [
      {
        title: `Set worker_connections to ${better}${better === '512' ? ', the default' : ''}`,
        safety: 'unsafe',
        edits: [setDirectiveValue(word.span, better)],
      },
    ],
    log: `${word.text} worker_connections are not enough`,
  };
}
