import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { request } from './requests.js';

let server: Server | undefined;
afterEach(() => new Promise<void>(resolve => (server ? server.close(() => resolve()) : resolve())));

/** A server that answers each connection's first data by this. */
async function serving(answer: (socket: Socket, text: string) => void): Promise<number> {
  const created = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', data => answer(socket, data.toString('latin1')));
  });
  server = created;
  await new Promise<void>(resolve => created.listen(0, '127.0.0.1', resolve));
  const address = created.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok';

it('reads status, headers and body', async () => {
  const port = await serving(socket => socket.end(ok));
  expect(await request({}, port)).toMatchObject({ status: 200, body: 'ok', headers: { 'x-a': 'b' } });
});

it('sends what the step says', async () => {
  let seen = '';
  const port = await serving((socket, text) => {
    seen = text;
    socket.end(ok);
  });
  await request({ path: '/a', path_pad: 3, host: 'shop', headers: { Cookie: 4, Accept: null }, body: 'id=1' }, port);
  const head = [
    'POST /axxx HTTP/1.1',
    'Host: shop',
    'User-Agent: replay',
    'Connection: close',
    'Content-Length: 4',
    'Cookie: xxxx',
  ];
  expect(seen.split('\r\n\r\n')[0]?.split('\r\n')).toEqual(head);
});

it('tells how a connection ends without an answer', async () => {
  const port = await serving(socket => socket.destroy());
  expect((await request({}, port)).status).toBe('closed');
  const silent = await request({ port: 1 }, port);
  expect(silent.status).toBe('refused');
});

it('gives up after the time-out', async () => {
  const port = await serving(socket => setTimeout(() => socket.destroy(), 400));
  expect((await request({ timeout: 0.1 }, port)).status).toBe('timeout');
});

it('notices a body that is cut short', async () => {
  const port = await serving(socket => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok'));
  expect(await request({}, port)).toMatchObject({ status: 200, truncated: true });
});

it('stops reading when the wanted text has come', async () => {
  const port = await serving(socket =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n'),
  );
  const result = await request({ until: 'first', timeout: 2 }, port);
  expect(result).toMatchObject({ status: 200 });
  expect(result.truncated).toBeUndefined();
  expect(result.elapsed).toBeLessThan(1);
});

it('names a redirect that never ends', async () => {
  const port = await serving(socket => socket.end('HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'));
  expect(await request({ follow: 3 }, port)).toMatchObject({ status: 'redirect-loop', chain: [301, 301, 301, 301] });
});

it('joins the statuses of several requests', async () => {
  let count = 0;
  const bad = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n';
  const port = await serving(socket => socket.end(count++ === 1 ? bad : ok));
  expect((await request({ count: 3 }, port)).status).toBe('200+502');
  expect((await request({ parallel: 2 }, port)).status).toBe(200);
});
