import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Status, Step } from './scenario.js';

/** What one step showed. For a step of several requests: the last answer, the statuses joined, the longest time. */
export interface Result {
  readonly status: Status;
  /** Seconds, of the whole exchange. */
  readonly elapsed: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As sent: chunked bodies keep their frame. */
  readonly body: string;
  readonly truncated?: boolean;
  /** Statuses of the redirects that were followed. */
  readonly chain?: readonly Status[];
  /** The request only sets the scene: its status is recorded and not judged. */
  readonly side?: boolean;
}

const DEFAULT_TIMEOUT = 15;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Carries out a request step, `count` times in a row or `parallel` at once. */
export async function request(step: Step, port: number): Promise<Result> {
  const results: Result[] = [];
  if ((step.parallel ?? 1) > 1) {
    const ended = (result: Result) => void results.push(result);
    await Promise.all(Array.from({ length: step.parallel ?? 1 }, () => following(step, port).then(ended)));
  } else {
    for (let i = 0; i < (step.count ?? 1); i++) {
      if (i > 0 && step.gap) await sleep(step.gap * 1000);
      results.push(await following(step, port));
    }
  }
  return together(results, step);
}

function together(results: readonly Result[], step: Step): Result {
  const last = results[results.length - 1] ?? nothing('error:no request', 0);
  const side = step.side ? { side: true } : {};
  if (results.length < 2) return { ...last, ...side };
  const unique = [...new Set(results.map(result => String(result.status)))].sort();
  const joined = unique.join('+');
  const status = /^\d+$/.test(joined) ? Number(joined) : joined;
  return { ...last, ...side, status, elapsed: Math.max(...results.map(result => result.elapsed)) };
}

async function following(step: Step, port: number): Promise<Result> {
  const begun = Date.now();
  const chain: Status[] = [];
  let next = step;
  let result = await once(next, port);
  chain.push(result.status);
  for (let left = step.follow ?? 0; left > 0; left--) {
    const target = result.headers['location'];
    if (!isRedirect(result.status) || !target) break;
    next = redirected(next, target, port);
    result = await once(next, port);
    chain.push(result.status);
  }
  const status = step.follow && isRedirect(result.status) ? 'redirect-loop' : result.status;
  return { ...result, status, elapsed: seconds(begun), ...(chain.length > 1 && { chain }) };
}

function isRedirect(status: Status): boolean {
  return typeof status === 'number' && REDIRECTS.includes(status);
}

/** `tls_port` and the port of the scenario stand for 443 and 80. */
function redirected(step: Step, target: string, port: number): Step {
  const [, scheme, host, path] = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(target) ?? [];
  if (!scheme || !host) return { ...step, path: target, method: 'GET' };
  const moved = { ...step, host, path: path ?? '/', method: 'GET' };
  if (step.tls_port === undefined) return moved;
  return scheme === 'https' ? { ...moved, tls: true, port: step.tls_port } : { ...moved, tls: false, port };
}

/** One HTTP/1.1 exchange on a connection of its own. Never rejects: what goes wrong is the status. */
async function once(step: Step, defaultPort: number): Promise<Result> {
  const begun = Date.now();
  const exchange = await talk(step, step.port ?? defaultPort);
  if (exchange.failed !== undefined) return nothing(exchange.failed, seconds(begun));
  return { ...parsed(exchange, step), elapsed: seconds(begun) };
}

interface Exchange {
  readonly data: Buffer;
  readonly reset?: boolean;
  /** `until` was met, or the handshake of a websocket ended: the rest was not waited for. */
  readonly enough?: boolean;
  readonly failed?: string;
}

function talk(step: Step, port: number): Promise<Exchange> {
  const host = step.connect ?? '127.0.0.1';
  const name = step.host ?? host;
  return new Promise(resolve => {
    const pieces: Buffer[] = [];
    let connected = false;
    const socket: Socket = step.tls
      ? connectTls({ host, port, rejectUnauthorized: false, ...(/^[\d.:]+$/.test(name) ? {} : { servername: name }) })
      : connectTcp({ host, port });
    const finish = (more: Omit<Exchange, 'data'>) => {
      socket.destroy();
      resolve({ data: Buffer.concat(pieces), ...more });
    };
    socket.setTimeout((step.timeout ?? DEFAULT_TIMEOUT) * 1000, () => finish({ failed: 'timeout' }));
    socket.once(step.tls ? 'secureConnect' : 'connect', () => {
      connected = true;
      void send(socket, step, port);
    });
    socket.on('data', piece => {
      pieces.push(piece);
      if (hasEnough(Buffer.concat(pieces), step)) finish({ enough: true });
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(connected ? { reset: true } : { failed: failure(error) }),
    );
    socket.on('close', () => finish({}));
  });
}

function hasEnough(data: Buffer, step: Step): boolean {
  if (!step.ws && step.until === undefined) return false;
  const text = data.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  return step.ws === true || (step.until !== undefined && text.includes(step.until, end + 4));
}

function failure(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ETIMEDOUT') return 'timeout';
  if (error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL')) return 'tls-error';
  return `error:${error.code ?? error.message}`;
}

/** Writes the request, slowly where the step asks for a slow client. Stops where the other side has closed. */
async function send(socket: Socket, step: Step, port: number): Promise<void> {
  const write = (data: string | Buffer) => {
    if (socket.writable) socket.write(data);
  };
  if (step.raw !== undefined) {
    write(Buffer.from(step.raw, 'latin1'));
    if (step.raw_then) {
      await sleep(step.raw_then[0] * 1000);
      write(Buffer.from(step.raw_then[1], 'latin1'));
    }
    return;
  }
  const body = step.body !== undefined ? Buffer.from(step.body) : Buffer.alloc(step.body_bytes ?? 0, 'a');
  write(Buffer.from(head(step, port, body.length), 'latin1'));
  const half = Math.floor(body.length / 2);
  if (step.body_gap && body.length > 0) {
    write(body.subarray(0, half));
    await sleep(step.body_gap * 1000);
    write(body.subarray(half));
  } else if (body.length > 0) write(body);
  const [count, gap] = step.slow_body ?? [0, 0];
  for (let i = 0; i < count; i++) {
    await sleep(gap * 1000);
    write('a'.repeat(SLOW_PIECE));
  }
}

const SLOW_PIECE = 100;

function head(step: Step, port: number, length: number): string {
  const path = (step.path ?? '/') + 'x'.repeat(step.path_pad ?? 0);
  const headers: Record<string, string | number | null> = {
    Host: step.host ?? `127.0.0.1:${port}`,
    'User-Agent': 'replay',
    Accept: '*/*',
    ...(step.ws ? WEBSOCKET : { Connection: 'close' }),
  };
  if (step.slow_body) headers['Content-Length'] = String(SLOW_PIECE * step.slow_body[0]);
  if (length > 0) headers['Content-Length'] = String(length);
  Object.assign(headers, step.headers);
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'number' ? 'x'.repeat(value) : value}`);
  return [`${step.method ?? (length > 0 ? 'POST' : 'GET')} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

const WEBSOCKET = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.from('sixteen bytes ok').toString('base64'),
};

function parsed(exchange: Exchange, step: Step): Omit<Result, 'elapsed'> {
  const { data, enough = false } = exchange;
  const end = data.indexOf('\r\n\r\n');
  const lines = data
    .subarray(0, end < 0 ? data.length : end)
    .toString('latin1')
    .split('\r\n');
  const body = end < 0 ? Buffer.alloc(0) : data.subarray(end + 4);
  const status = /^HTTP\/1\.[01] (\d+)/.exec(lines[0] ?? '')?.[1];
  const headers: Record<string, string> = {};
  for (const line of lines.slice(1)) {
    const cut = line.indexOf(':');
    const name = line.slice(0, cut < 0 ? line.length : cut).toLowerCase();
    headers[name] ??= cut < 0 ? '' : line.slice(cut + 1).trim();
  }
  const ended = exchange.reset ? 'reset' : 'closed';
  return {
    status: status === undefined ? ended : Number(status),
    headers,
    body: body.toString('utf8'),
    ...(status !== undefined && !enough && isTruncated(headers, body, step) && { truncated: true }),
  };
}

function isTruncated(headers: Readonly<Record<string, string>>, body: Buffer, step: Step): boolean {
  if (headers['transfer-encoding']?.includes('chunked')) return !body.toString('latin1').endsWith('0\r\n\r\n');
  const length = headers['content-length'] ?? '';
  return /^\d+$/.test(length) && step.method !== 'HEAD' && body.length < Number(length);
}

function nothing(status: string, elapsed: number): Result {
  return { status, elapsed, headers: {}, body: '' };
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 10) / 100;
}
