import { describe, expect, test } from 'vitest';
import { read } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';
import {
  bytesOf,
  flagInEffect,
  inheritance,
  linesAbove,
  scopesOf,
  showBytes,
  wordInEffect,
} from '../../src/model/inherit.js';

const text = `events {}
http {
    client_max_body_size 2m;
    proxy_set_header Host $host;
    server {
        listen 80;
        proxy_buffering off;
        location /plain/ { proxy_pass http://127.0.0.1:8000; }
        location /own/ {
            proxy_set_header X-Own yes;
            proxy_pass http://127.0.0.1:8000;
        }
        location /open/ {
            include /srv/generated/*.conf;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`;

async function scopes() {
  const { stacks } = await read(memoryHost(new Map([['nginx.conf', text]])));
  const [gateway] = stacks.flatMap(stack => stack.gateways);
  const routes = gateway?.routes ?? [];
  const at = (path: string) => routes.find(route => route.path === path)?.scope;
  return { gateway, plain: at('/plain/'), own: at('/own/'), open: at('/open/') };
}

describe('what holds at a scope', () => {
  test('comes from the innermost level that has it', async () => {
    const { plain, own } = await scopes();
    const lines = inheritance();
    const names = (scope: typeof plain) => lines(scope, 'proxy_set_header')?.map(line => line.args[0]?.text);
    expect(names(plain)).toEqual(['Host']);
    expect(names(own)).toEqual(['X-Own']);
    expect(wordInEffect(lines(plain, 'client_max_body_size'))).toMatchObject({ text: '2m' });
    expect(flagInEffect(lines(plain, 'proxy_buffering'), true)).toBe(false);
    expect(lines(plain, 'proxy_read_timeout')).toEqual([]);
    expect(wordInEffect([])).toBe('unset');
  });

  test('is not known below an include that cannot be read', async () => {
    const { open } = await scopes();
    expect(inheritance()(open, 'proxy_set_header')).toBeUndefined();
  });

  test('is what the levels above have when the own lines are taken away', async () => {
    const { own } = await scopes();
    const lines = inheritance();
    expect(own && linesAbove(own, 'proxy_set_header', lines)?.map(line => line.args[0]?.text)).toEqual(['Host']);
  });
});

test('every scope of a gateway is found once', async () => {
  const { gateway } = await scopes();
  const contexts = (gateway ? scopesOf(gateway) : []).map(scope => scope.context).sort();
  expect(contexts).toEqual(['events', 'http', 'location', 'location', 'location', 'main', 'server']);
});

test('sizes are read and written as nginx and people do', () => {
  expect(['8k', '16M', '1g', '0', '4096', '1.5m', '8kb', ''].map(bytesOf)).toEqual([
    8192,
    16_777_216,
    1_073_741_824,
    0,
    4096,
    undefined,
    undefined,
    undefined,
  ]);
  expect([512, 4096, 1536, 16_777_216].map(showBytes)).toEqual(['512 bytes', '4 KB', '1.5 KB', '16 MB']);
});
