import type { Finding, Rule } from '../../src/lint/rule.js';
import { withSteps } from '../../src/lint/together.js';
import { isTied, type TiedHop } from '../../src/model/application.js';
import { dialledByPort } from '../../src/model/by-port.js';
import type { Deployment } from '../../src/model/deployment.js';
import { sourceOf } from '../../src/model/describe.js';
import { type HeadGate, headGate, headLine, type Inherited, inheritance, showBytes } from '../../src/model/inherit.js';
import { madeRoom } from '../../src/model/made-room.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * The gateway lets through what the server then refuses: a long address, many cookies. uWSGI reads the whole head into buffer-size (4096 by
 * default), gunicorn has limits for the request line and for each header. With the defaults on both sides it is advice.
 */
export const rule: Rule = {
  id: 'limits/request-header',
  summary: 'The gateway takes longer request heads than the server behind it',
  severity: 'warning',
  symptom: '502',
  fix: 'none',
  proof: ['big-cookie-buffer-size', 'big-cookie-http-socket'],

  check(deployment, report) {
    for (const { hops, servers } of deployment.stacks) {
      const lines = inheritance();
      const reached = new Set(hops.map(({ server }) => server));
      for (const server of servers) {
        const found = reached.has(server) ? undefined : (byPort(deployment, server, lines) ?? alone(server));
        if (found) report(found);
      }
      const told = new Map<string, Finding>();
      for (const hop of hops.filter(isTied)) {
        const gate = headGate(hop, lines);
        const found = gate && (uwsgi(hop, gate) ?? gunicorn(hop, gate));
        if (!found) continue;
        // Several routes to one server are one cause: the line that both ends share.
        const key = `${found.span.file.path}:${found.span.start}:${hop.server.span.file.path}:${hop.server.span.start}`;
        const before = told.get(key);
        told.set(key, before ? withSteps(before, found.related ?? []) : found);
      }
      for (const found of told.values()) report(found);
    }
  },
};

const refused = { log: 'invalid request block size: 5220 (max 4096)...skip' };

function uwsgi({ server, route, listener }: TiedHop, gate: HeadGate): Finding | undefined {
  const size = server.settings.get('buffer-size');
  const limit = !size ? 4096 : size.known ? Number(size.value) : Number.NaN;
  if (server.kind !== 'uwsgi' || !Number.isFinite(limit) || limit >= gate.bytes) return undefined;
  const place = size?.span ?? listener?.span ?? server.span;
  const [at, message] = gate.span
    ? [place, 'uWSGI reads the head here']
    : [route.pass.span, 'nginx passes the requests on here'];
  return {
    span: gate.span ?? place,
    severity: gate.span ? 'warning' : 'info',
    message:
      `nginx takes request lines and headers of ${showBytes(gate.bytes)} (${gate.said}) for ${route.title}, and uWSGI has ${showBytes(limit)} for the whole head ` +
      `(${size ? sourceOf(size) : 'buffer-size, the default'}). Users with long addresses or many cookies get 502.`,
    related: [{ span: at, message }],
    ...refused,
  };
}

/** A gateway that was given room for longer heads, and that very likely dials this server. */
function byPort(deployment: Deployment, server: AppServer, lines: Inherited): Finding | undefined {
  for (const hop of dialledByPort(deployment, server)) {
    const gate = headGate(hop, lines);
    const found = gate?.span && uwsgi(hop, gate);
    if (found) return { ...found, confidence: 'likely' };
  }
  return undefined;
}

/** No gateway is seen in front of it; whichever it is takes longer heads by default. */
function alone(server: AppServer): Finding | undefined {
  const [listener] = server.listens.filter(({ role, protocol }) => role === 'app' && protocol === 'http');
  const size = server.settings.get('buffer-size');
  if (server.kind !== 'uwsgi' || !listener || (size && (!size.known || Number(size.value) !== 4096))) return undefined;
  return {
    span: size?.span ?? listener.span,
    severity: 'info',
    message:
      `uWSGI has 4 KB for the head of a request here (${size ? sourceOf(size) : 'buffer-size, the default'}), and gateways take more (nginx 8 KB for each line). ` +
      'Users with long addresses or many cookies get 502.',
    ...refused,
  };
}

function gunicorn({ server, route }: TiedHop, gate: HeadGate): Finding | undefined {
  if (
    server.kind !== 'gunicorn' ||
    /^(?:uvicorn|tornado|aiohttp)/.test(server.worker.class.known ? server.worker.class.value : 'uvicorn')
  )
    return undefined;
  for (const [name, what, most, other] of [
    ['limit_request_field_size', 'one header', Number.POSITIVE_INFINITY, 'limit_request_line'],
    ['limit_request_line', 'the request line', 8190, 'limit_request_field_size'],
  ] as const) {
    const setting = server.settings.get(name);
    if (!setting?.known || typeof setting.value !== 'number' || setting.value <= 0) continue;
    const limit = Math.min(setting.value, most);
    // 8190 against 8192, and the short default for the request line, are how everybody runs it.
    const raised = gate.span !== undefined && gate.bytes > headLine;
    const lowered = setting.origin !== 'default' && limit < 4094;
    if (limit >= gate.bytes || (!raised && !lowered)) continue;
    return {
      span: raised && gate.span ? gate.span : (setting.span ?? server.span),
      symptom: '400',
      severity: raised && !madeRoom(server, other, gate) ? 'warning' : 'info',
      message:
        `nginx takes ${what} of ${showBytes(gate.bytes)} (${gate.said}) for ${route.title}, gunicorn ${showBytes(limit)} (${sourceOf(setting)}` +
        `${limit < setting.value ? `, cut to ${limit}` : ''}). Longer ones are answered with 400, without a line in gunicorn's log.`,
      related: [{ span: setting.span ?? server.span, message: `gunicorn's limit is ${limit} bytes` }],
    };
  }
  return undefined;
}
