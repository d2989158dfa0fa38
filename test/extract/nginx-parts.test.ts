import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/extract/nginx/address.js';
import { expandGlob, matchesGlob } from '../../src/extract/nginx/include.js';
import { nearNames } from '../../src/extract/nginx/near.js';
import { looksLikeNginx } from '../../src/extract/nginx/recognise.js';
import { parseSize, parseTime } from '../../src/extract/nginx/units.js';
import { splitListen } from '../../src/extract/nginx/virtual.js';
import {
  directiveNames,
  directiveRow,
  isBuiltInVariable,
  otherDirectives,
  sharedNames,
  thirdPartyRows,
} from '../../src/facts/nginx.js';
import thirdPartyTable from '../../src/facts/nginx-thirdparty-directives.json' with { type: 'json' };
import { compareVersions } from '../../src/model/version.js';

const looks = (text: string) => looksLikeNginx({ path: 'x', text });

describe('what is nginx and what only looks like it', () => {
  test.each([
    ['a whole file', 'user www;\nevents {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n'],
    ['a site', 'server{\n  listen 80;\n  location / { proxy_pass http://web:8000; }\n}'],
    ['locations only', 'location /static/ {\n  alias /srv/static/;\n}\n'],
    ['an upstream', 'upstream app {\n  server web:8000;\n}\n'],
    ['one line', 'events{} http{server{listen 80;location / {proxy_pass http://app;}}}'],
    ['parameters', 'uwsgi_param QUERY_STRING $query_string;\nuwsgi_param REQUEST_METHOD $request_method;\n'],
    [
      'a Jinja template',
      '{% if ssl %}\nserver {\n  listen {{ port }} ssl;\n  server_name {{ host }};\n}\n{% endif %}\n',
    ],
    [
      'Lua inside',
      'server {\n  listen 80;\n  access_by_lua_block {\n    local a = 1\n    local b = 2\n    c = 3\n    d = 4\n  }\n}\n',
    ],
    ['a missing semicolon', 'server {\n  listen 80\n  server_name a;\n  location / { proxy_pass http://app; }\n}\n'],
  ])('%s is', (_name, text) => expect(looks(text)).toBe(true));

  test.each([
    [
      'FreeRADIUS',
      'server default {\nlisten {\n  type = auth\n  ipaddr = *\n}\nauthorize {\n  filter_username;\n}\n}\n',
    ],
    ['rspamd', 'upstream "local" {\n  default = yes;\n  self_scan = yes;\n  hosts = "localhost";\n}\ncount = 4;\n'],
    ['dovecot', 'service auth {\n  unix_listener auth {\n    mode = 0600;\n  }\n}\nprotocols = imap\n'],
    ['netdata', 'update_every: 5\nlocalhost:\n  name : nginx;\n  url : http://localhost/stub_status\n'],
    ['uWSGI', '[uwsgi]\nsocket = :3031; http\nmodule = app\n'],
    ['Caddy', 'example.com {\n  reverse_proxy web:8000\n}\n'],
    ['HAProxy', 'frontend web\n  bind :80\nbackend app\n  server a 127.0.0.1:8000 check ; x\n'],
    ['logrotate', '/var/log/nginx/*.log {\n  daily\n  rotate 7\n  postrotate\n    nginx -s reopen;\n  endscript\n}\n'],
    ['supervisor', '[program:nginx]\ncommand=nginx -g "daemon off;"\n'],
    ['systemd', '[Unit]\nDescription=nginx\n[Service]\nExecStart=/usr/sbin/nginx -g "daemon off;"\n'],
    ['Apache', '<VirtualHost *:80>\n  ProxyPass / http://web:8000/;\n</VirtualHost>\n'],
    [
      'BIND',
      'options {\n  directory "/var/cache/bind";\n  listen-on port 53 { any; };\n};\nzone "a" {\n  type master;\n};\n',
    ],
    ['JavaScript', 'const server = http.createServer();\nserver.listen(80);\nlocation = "/x";\n'],
    ['HCL', 'server {\n  enabled = true\n}\ndata_dir = "/x"; \n'],
    ['a shell script', '#!/bin/sh\nserver {\nlisten 80;\n}\n'],
    ['nothing', ''],
  ])('%s is not', (_name, text) => expect(looks(text)).toBe(false));

  test('any text is judged without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void looks(`${text};`)));
  });
});

describe('times and sizes as nginx reads them', () => {
  test.each([
    ['60', 60_000],
    ['60s', 60_000],
    ['1m', 60_000],
    ['1m30s', 90_000],
    ['1m 30s', 90_000],
    ['1m 30', 90_000],
    ['60 ', 60_000],
    ['1000ms', 1000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['0', 0],
    ['60sec', undefined],
    ['30S', undefined],
    ['1M', undefined],
    ['1y', undefined],
    ['1.5s', undefined],
    ['-1', undefined],
    ['1h1h', undefined],
    ['1s1m', undefined],
    ['1 m', undefined],
    ['', undefined],
    [' 1m', undefined],
  ])('%j in milliseconds', (text, value) => expect(parseTime(text, 'time_ms')).toBe(value));

  test('a time in seconds takes months and no milliseconds', () => {
    expect(parseTime('1M', 'time_s')).toBe(2_592_000_000);
    expect(parseTime('10ms', 'time_s')).toBeUndefined();
  });

  test.each([
    ['1k', 'size', 1024],
    ['1K', 'size', 1024],
    ['8m', 'size', 8_388_608],
    ['1g', 'size', undefined],
    ['1g', 'offset', 1_073_741_824],
    ['1kb', 'size', undefined],
    ['1.5k', 'size', undefined],
    ['', 'size', undefined],
  ] as const)('%j as %s', (text, kind, value) => expect(parseSize(text, kind)).toBe(value));
});

describe('addresses as nginx splits them', () => {
  test.each([
    ['web:8000', { kind: 'tcp', host: 'web', port: 8000, ipv6: false, end: 8 }],
    ['web', { kind: 'tcp', host: 'web', ipv6: false, end: 3 }],
    ['web:8000/api/', { kind: 'tcp', host: 'web', port: 8000, ipv6: false, end: 8, uri: '/api/' }],
    ['web?a=1:2', { kind: 'tcp', host: 'web', ipv6: false, end: 3, uri: '?a=1:2' }],
    ['[::1]:8000/', { kind: 'tcp', host: '::1', port: 8000, ipv6: true, end: 10, uri: '/' }],
    ['unix:/run/a.sock:/x', { kind: 'unix', path: '/run/a.sock', end: 16, uri: '/x' }],
    ['unix:/run/a.sock', { kind: 'unix', path: '/run/a.sock', end: 16 }],
  ])('%s', (text, expected) => expect(parseAddress(text, true)).toEqual(expected));

  test.each([
    ['/run/a.sock', 'invalid host'],
    ['http://web:8000', 'invalid host'],
    ['web:8000/', 'invalid host'],
    [':8000', 'no host'],
    ['web:99999', 'invalid port'],
    ['web:0', 'invalid port'],
    ['web:', 'invalid port'],
    ['unix:', 'no path in the unix domain socket'],
    [`unix:/${'a'.repeat(107)}`, 'too long path in the unix domain socket'],
    ['[::1', 'invalid host'],
    ['[::g]:80', 'invalid IPv6 address'],
    ['[1::2::3]:80', 'invalid IPv6 address'],
  ])('%s is refused: %s', (text, error) => expect(parseAddress(text, false)).toMatchObject({ kind: 'invalid', error }));

  test.each([
    ['80', { host: '0.0.0.0', first: 80, last: 80 }],
    ['*:80', { host: '0.0.0.0', first: 80, last: 80 }],
    ['[::]:80', { host: '::', first: 80, last: 80 }],
    ['localhost', { host: 'localhost', first: 80, last: 80 }],
    ['127.0.0.1:8000-8002', { host: '127.0.0.1', first: 8000, last: 8002 }],
    ['unix:/run/n.sock', { path: '/run/n.sock' }],
    ['0', undefined],
    ['http://x', undefined],
    [':80', undefined],
  ])('listen %s', (text, expected) => expect(splitListen(text)).toEqual(expected));

  test('no text breaks the splitting', () => {
    fc.assert(fc.property(fc.string(), fc.boolean(), (text, uri) => void [parseAddress(text, uri), splitListen(text)]));
  });
});

describe('globs of include', () => {
  test.each([
    ['*.conf', 'a.conf', true],
    ['*.conf', '.conf', false],
    ['*', '.hidden', false],
    ['*', 'a', true],
    ['?.conf', 'ab.conf', false],
    ['[a-c]*', 'bx', true],
    ['[!a-c]*', 'bx', false],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXbY', false],
    ['a\\*', 'a*', true],
    ['[', '[', true],
  ])('%s and %s', (pattern, name, matches) => expect(matchesGlob(pattern, name)).toBe(matches));

  test('names come in byte order, in every component', () => {
    const tree: Record<string, string[]> = {
      '/etc': ['Z', 'a', '10', '2', '_x'],
      '/etc/a': ['n.conf', 'm.conf'],
      '/etc/Z': ['x.conf'],
    };
    const list = (folder: string) => ({ names: tree[folder] ?? [], complete: true });
    expect(expandGlob('/etc/*', list).paths).toEqual(['/etc/10', '/etc/2', '/etc/Z', '/etc/_x', '/etc/a']);
    expect(expandGlob('/etc/*/*.conf', list).paths).toEqual(['/etc/Z/x.conf', '/etc/a/m.conf', '/etc/a/n.conf']);
  });

  test('many stars do not take long', () => {
    const start = performance.now();
    expect(matchesGlob('*a'.repeat(2000), 'a'.repeat(1999))).toBe(false);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('facts', () => {
  test('the short table of other modules says what the long one says', () => {
    const { directives, plusOnly } = thirdPartyTable as unknown as Record<
      'directives' | 'plusOnly',
      Record<string, { contexts: string[]; block?: string }[]>
    >;
    const shown = (rows: readonly { readonly contexts: readonly string[]; readonly block?: string }[]) =>
      [...new Set(rows.map(({ contexts, block }) => `${contexts.join(', ')} ${block ?? ''}`))].sort();
    for (const [name, rows] of Object.entries({ ...plusOnly, ...directives }))
      expect([name, shown(thirdPartyRows(name))]).toEqual([name, shown(rows)]);
    expect(thirdPartyRows('proxy_pass')).toEqual([]);
    expect([...sharedNames]).toEqual(directiveNames().filter(name => otherDirectives().has(name)));
    expect(thirdPartyRows('constructor')).toEqual([]);
  });

  test('a name that two modules share is told apart by its context', () => {
    expect(directiveRow('server', 'http')?.block).toBe('directives');
    expect(directiveRow('server', 'upstream')?.args.min).toBe(1);
    expect(directiveRow('proxy_pass', 'server')).toBeUndefined();
    expect(directiveRow('constructor', 'http')).toBeUndefined();
  });

  test('variables are known without case, by prefix and as captures', () => {
    expect(['host', 'HOST', 'http_x_anything', 'arg_q', '1'].every(isBuiltInVariable)).toBe(true);
    expect(['hst', '10a', 'constructor'].some(isBuiltInVariable)).toBe(false);
  });

  test('versions: missing parts neither come before nor after', () => {
    expect(compareVersions('1.25.1', '1.25.0')).toBeGreaterThan(0);
    expect(compareVersions('1.9.0', '1.25.0')).toBeLessThan(0);
    expect(compareVersions('1.25', '1.25.1')).toBe(0);
    expect(compareVersions('1.25-alpine', '1.24.0')).toBeGreaterThan(0);
    expect(compareVersions('latest', '1.24.0')).toBeUndefined();
  });

  test('near names', () => {
    expect(nearNames('proxy_red_timeout', directiveNames())).toEqual(['proxy_read_timeout']);
    expect(nearNames('Proxy-Pass', directiveNames())).toEqual(['proxy_pass']);
    expect(nearNames('frobnicate', directiveNames())).toEqual([]);
  });
});
