import { expect, test } from 'vitest';
import { read } from '../../src/analyze.js';
import { addHeaders, insertLines } from '../../src/edits/headers.js';
import { memoryHost } from '../../src/host/memory.js';
import { inheritance } from '../../src/model/inherit.js';

async function added(text: string, lines: readonly string[]): Promise<string | undefined> {
  const { stacks } = await read(memoryHost(new Map([['nginx.conf', text]])));
  const [route] = stacks.flatMap(stack => stack.gateways.flatMap(gateway => gateway.routes));
  const held = inheritance()(route?.scope, 'proxy_set_header');
  if (!route?.scope || !held) return undefined;
  const { span, text: insertion } = addHeaders(route.pass.span, route.scope, held, lines);
  return text.slice(0, span.start) + insertion + text.slice(span.end);
}

const site = (outer: string, inner: string) =>
  `events {}\nhttp {\n${outer}    server {\n        location / {\n${inner}        }\n    }\n}\n`;
const pass = '            proxy_pass http://127.0.0.1:8000;\n';
const host = 'proxy_set_header Host $host;';

test('inherited headers are repeated, since one line at a level drops them', async () => {
  expect(await added(site(`    ${host}\n`, pass), ['proxy_set_header X-Real-IP $remote_addr;'])).toBe(
    site(`    ${host}\n`, `${pass}            ${host}\n            proxy_set_header X-Real-IP $remote_addr;\n`),
  );
});

test('a level with lines of its own gets the new one alone', async () => {
  const own = `            ${host}\n`;
  expect(await added(site('', own + pass), ['proxy_set_header X-Real-IP $remote_addr;'])).toBe(
    site('', `${own}${pass}            proxy_set_header X-Real-IP $remote_addr;\n`),
  );
});

test('of a snippet that the distribution brings the include is repeated', async () => {
  const outer = '    include proxy_params;\n';
  expect(await added(site(outer, pass), ['proxy_set_header X-Own yes;'])).toBe(
    site(outer, `${pass}            include proxy_params;\n            proxy_set_header X-Own yes;\n`),
  );
});

test('several lines keep the line end of the file', () => {
  const file = { path: 'nginx.conf', text: '\tproxy_pass http://app;\r\n' };
  const edit = insertLines({ file, start: 1, end: 23 }, ['a;', 'b;']);
  expect(edit).toMatchObject({ span: { start: 23, end: 23 }, text: '\r\n\ta;\r\n\tb;' });
});
