import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nginxContext } from '../../src/extract/nginx/context.js';
import { parseConfiguration } from '../../src/extract/nginx/load.js';
import { showAddress } from '../../src/model/endpoint.js';
import type { Gateway, Route } from '../../src/model/gateway.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';
import { makeGateway, onlyRoute, placeOf } from '../support/nginx.js';

const context = (text: string) => nginxContext(parseConfiguration({ path: 'x', text }));

function site(location: string, http = ''): string {
  return `events {}\nhttp {\n${http}\nserver {\n  listen 80;\n  location / {\n    ${location}\n  }\n}\n}\n`;
}

/** Address or reason of every endpoint of the only route. */
function targets(gateway: Gateway): readonly string[] {
  const route = onlyRoute(gateway);
  if (route.unresolved !== undefined) return [`? ${route.unresolved}`];
  return route.to.map(({ address, protocol }) =>
    address.known ? `${protocol} ${showAddress(address.value)}` : `? ${address.why}`,
  );
}

function shown<T>(setting: Setting<T>): T | string {
  return setting.known ? setting.value : `? ${setting.why}`;
}

function headers(route: Route): Record<string, string> {
  return Object.fromEntries([...route.headers].map(([name, value]) => [name, shown(value)]));
}

describe('the context of a file', () => {
  test.each([
    ['user www;\nevents {}\nhttp {}\n', 'main'],
    ['http { server { listen 80; } }', 'main'],
    ['worker_processes auto;\ninclude x;\n', 'main'],
    ['upstream a { server b; }\nserver { listen 80; }', 'http'],
    ['server { listen 80; server_name a; location / {} }', 'http'],
    ['map $a $b { default 1; }', 'http'],
    ['location / { proxy_pass http://a; }\nlocation /b { root /x; }', 'server'],
    ['listen 80;\nserver_name a;\n', 'server'],
    ['proxy_pass http://a;\nproxy_set_header Host $host;', 'location'],
    ['uwsgi_pass a:1;\ninclude uwsgi_params;', 'location'],
    ['server 10.0.0.1;\nserver 10.0.0.2 backup;', 'upstream'],
    ['server { listen 5432; proxy_pass db:5432; }', 'stream'],
    ['proxy_set_header Host $host;', undefined],
    ['proxy_pass db:5432;', undefined],
    ['ssl_certificate a;', undefined],
    ['', undefined],
    ['# nothing\n', undefined],
    ['frobnicate 1;', undefined],
  ])('%j is %s', (text, expected) => expect(context(text)).toBe(expected));

  test('a misplaced line does not change what the file is', () => {
    expect(context('server { listen 80; }\nserver { listen 81; }\nproxy_pass http://a;')).toBe('http');
    expect(context('http { server { listen 80; } }\nlocation / { root /x; }')).toBe('main');
  });
});

describe('where a pass leads', () => {
  test.each([
    ['proxy_pass http://127.0.0.1:8000;', ['http 127.0.0.1:8000']],
    ['proxy_pass http://web;', ['http web:80']],
    ['proxy_pass https://web;', ['https web:443']],
    ['proxy_pass "http://web:8000/api/";', ['http web:8000']],
    ['proxy_pass http://[::1]:8000;', ['http [::1]:8000']],
    ['proxy_pass http://unix:/run/app.sock;', ['http unix:/run/app.sock']],
    ['proxy_pass http://unix:///run/app.sock:/x/;', ['http unix:/run/app.sock']],
    ['uwsgi_pass unix:///run/app.sock;', ['uwsgi unix:/run/app.sock']],
    ['uwsgi_pass uwsgi://web:3031;', ['uwsgi web:3031']],
    ['fastcgi_pass 127.0.0.1:9000;', ['fastcgi 127.0.0.1:9000']],
    ['scgi_pass 127.0.0.1:9000;', ['scgi 127.0.0.1:9000']],
    ['grpc_pass grpcs://web:50051;', ['grpc web:50051']],
    ['proxy_pass http://127.0.0.1:8000$request_uri;', ['http 127.0.0.1:8000']],
    ['proxy_pass http://web:8000/x/$1;', ['http web:8000']],
    ['set $up web; proxy_pass http://$up:8000;', ['http web:8000']],
    ['set $up http://web:8000; proxy_pass $up$uri$is_args$args;', ['http web:8000']],
    ['set $h web; set $up http://${h}:8000; proxy_pass $up;', ['http web:8000']],
    ['proxy_pass http://$host;', ['? $host is known only when a request comes in']],
    ['proxy_pass http://web:${PORT};', ['? ${PORT} is filled in when the container or the site is set up']],
    ['proxy_pass web:8000;', ['? nginx refuses web:8000: invalid URL prefix']],
    [
      'set $up http://a:1; if ($host = x) { set $up http://b:1; } proxy_pass $up;',
      ['? $up has more than one value, depending on the request'],
    ],
    ['set $a $b; set $b $a; proxy_pass http://$a;', ['? its variables refer to each other']],
    ['proxy_pass http://$up;', ['? $up is not set in the files that were read']],
  ])('%s', (text, expected) => expect(targets(makeGateway(site(text)).gateway)).toEqual(expected));

  test('the endpoint covers the address alone', () => {
    const cut = (text: string) =>
      onlyRoute(makeGateway(site(text)).gateway).to.map(endpoint => spanText(endpoint.span));
    expect(cut('proxy_pass http://127.0.0.1:8000/x;')).toEqual(['127.0.0.1:8000']);
    expect(cut('proxy_pass "http://web:8000";')).toEqual(['web:8000']);
    expect(cut('proxy_pass http://unix:/run/a.sock:/;')).toEqual(['unix:/run/a.sock']);
    expect(cut('set $up http://web:8000; proxy_pass $up;')).toEqual(['web:8000']);
    expect(cut('set $port 8000; proxy_pass http://web:$port;')).toEqual(['http://web:$port']);
  });

  test('an upstream group is found without regard to case; its servers default to port 80', () => {
    const { gateway } = makeGateway(
      site(
        'proxy_pass http://App/;',
        'upstream app { server web:8000 weight=2; server unix:/run/a.sock backup; server other down; keepalive 8; }',
      ),
    );
    expect(targets(gateway)).toEqual(['http web:8000', 'http unix:/run/a.sock', 'http other:80']);
    const route = onlyRoute(gateway);
    expect(route.pass.uri).toBe('/');
    expect(route.pass.group?.name).toBe('app');
    expect(route.pass.hostName).toBeUndefined();
    const [group] = gateway.groups;
    expect(group?.servers.map(({ backup, down }) => ({ backup, down }))).toEqual([
      { backup: false, down: false },
      { backup: true, down: false },
      { backup: false, down: true },
    ]);
    expect(group?.keepalive && shown(group.keepalive)).toBe(8);
    expect(group?.servers[0]?.parameters.get('weight')).toBe('2');
  });

  test('a group that two protocols use is spoken to in each', () => {
    const { gateway } = makeGateway(
      'upstream a { server web:3031; }\nserver { location / { uwsgi_pass a; } location /h { proxy_pass https://a; } }',
    );
    expect(gateway.routes.map(route => route.to[0]?.protocol)).toEqual(['uwsgi', 'https']);
  });

  test('whether the group may stand elsewhere is told', () => {
    expect(onlyRoute(makeGateway(site('proxy_pass http://app;')).gateway).pass).toMatchObject({ hostName: 'app' });
    expect(onlyRoute(makeGateway(site('proxy_pass http://app;')).gateway).pass.mayBeGroup).toBeUndefined();
    expect(onlyRoute(makeGateway('server { location / { proxy_pass http://app; } }').gateway).pass.mayBeGroup).toBe(
      true,
    );
    expect(
      onlyRoute(makeGateway('server { location / { proxy_pass http://app:8000; } }').gateway).pass.mayBeGroup,
    ).toBeUndefined();
  });

  test('a map with one outcome is known, one that depends on the request is not', () => {
    const map = (lines: string) =>
      targets(makeGateway(site('proxy_pass http://$up;', `map $host $up { ${lines} }`)).gateway);
    expect(map('default web:8000; a web:8000;')).toEqual(['http web:8000']);
    expect(map('default web:8000; a other:8000;')).toEqual(['? $up comes from a map and depends on the request']);
    expect(map('a web:8000;')).toEqual(['? $up comes from a map and depends on the request']);
  });

  test('so is a geo', () => {
    const geo = (lines: string) => targets(makeGateway(site('proxy_pass http://$up;', `geo $up { ${lines} }`)).gateway);
    expect(geo('proxy 10.0.0.1; default web:8000; 10.0.0.0/8 web:8000;')).toEqual(['http web:8000']);
    expect(geo('default web:8000; 10.0.0.0/8 other:8000;')).toEqual([
      '? $up comes from a geo and depends on the request',
    ]);
  });

  test('variables of another server do not count', () => {
    const text =
      'server { set $up a:1; location / { proxy_pass http://$up; } }\nserver { set $up b:1; location / { proxy_pass http://$up; } }';
    const { gateway } = makeGateway(text);
    expect(
      gateway.routes
        .map(route => route.to[0]?.address)
        .map(address => address?.known && showAddress(address.value as never)),
    ).toEqual(['a:1', 'b:1']);
  });

  test('the environment fills placeholders, and says so', () => {
    const { gateway } = makeGateway(site('proxy_pass http://${APP_HOST}:${APP_PORT};'), {
      fill: name =>
        name === 'APP_HOST' || name === 'APP_PORT'
          ? { name, origin: 'environment', known: true, value: name === 'APP_HOST' ? 'web' : '8000' }
          : undefined,
    });
    expect(targets(gateway)).toEqual(['http web:8000']);
    expect(onlyRoute(gateway).to[0]?.address.via?.map(step => step.message)).toEqual([
      '${APP_HOST} is web',
      '${APP_PORT} is 8000',
    ]);
  });

  test('a filled value that is not known keeps its reason', () => {
    const { gateway } = makeGateway(site('proxy_pass http://${APP}:80;'), {
      fill: name =>
        name === 'APP'
          ? { name, origin: 'environment', known: false, why: '.env is not in the repository' }
          : undefined,
    });
    expect(targets(gateway)).toEqual(['? .env is not in the repository']);
  });
});

describe('routes', () => {
  test('one for each location with a pass, named as the user wrote it', () => {
    const { gateway } = makeGateway(`server {
      location = /a { proxy_pass http://a:1; }
      location ^~ /b/ { location /b/c { proxy_pass http://a:1; } }
      location ~* \\.py$ { proxy_pass http://a:1; }
      location @app { proxy_pass http://a:1; }
      location /d { if ($host = x) { proxy_pass http://a:1; } limit_except GET { proxy_pass http://a:1; } }
      location =/e { proxy_pass http://a:1; }
      location /static { root /srv; }
    }`);
    expect(gateway.routes.map(({ title, modifier, path }) => [title, modifier, path])).toEqual([
      ['location = /a', '=', '/a'],
      ['location /b/c', '', '/b/c'],
      ['location ~* \\.py$', '~*', '\\.py$'],
      ['location @app', '@', 'app'],
      ['if ($host = x) in location /d', '', '/d'],
      ['limit_except GET in location /d', '', '/d'],
      ['location = /e', '=', '/e'],
    ]);
  });

  test('stream and mail have no routes', () => {
    expect(makeGateway('events {}\nstream { server { listen 5432; proxy_pass db:5432; } }').gateway.routes).toEqual([]);
  });

  test('virtual servers with their names and sockets', () => {
    const { gateway } = makeGateway(`events {}\nhttp {
      server { listen 80 default_server; listen [::]:443 ssl; listen unix:/run/n.sock; server_name a b; }
      server { }
      server { listen 8000-8002; }
      server { listen \${PORT}; }
    }`);
    expect(
      gateway.servers.map(server =>
        server.listens.map(one => [
          one.address.known ? showAddress(one.address.value) : '?',
          one.tls,
          one.defaultServer,
        ]),
      ),
    ).toEqual([
      [
        ['0.0.0.0:80', false, true],
        ['[::]:443', true, false],
        ['unix:/run/n.sock', false, false],
      ],
      [['0.0.0.0:80', false, false]],
      [
        ['0.0.0.0:8000', false, false],
        ['0.0.0.0:8001', false, false],
        ['0.0.0.0:8002', false, false],
      ],
      [['?', false, false]],
    ]);
    expect(gateway.servers[0]?.names.map(word => word.text)).toEqual(['a', 'b']);
  });
});

describe('what holds at a route', () => {
  const timeouts = (route: Route) => [shown(route.readTimeout), shown(route.connectTimeout), shown(route.sendTimeout)];

  test('the innermost level wins, a sibling does not count, defaults are 60 seconds', () => {
    const { gateway } = makeGateway(`events {}\nhttp {
      proxy_read_timeout 10s; proxy_send_timeout 1m30s;
      server {
        proxy_read_timeout 20;
        location /a { proxy_read_timeout 1500ms; proxy_pass http://a:1; }
        location /b { proxy_pass http://a:1; }
        location /c { uwsgi_pass a:1; }
      }
    }`);
    expect(gateway.routes.map(timeouts)).toEqual([
      [1.5, 60, 90],
      [20, 60, 90],
      [60, 60, 60],
    ]);
    const [first] = gateway.routes;
    expect(first?.readTimeout).toMatchObject({ name: 'proxy_read_timeout', origin: 'config file' });
    expect(first?.readTimeout.span && spanText(first.readTimeout.span)).toBe('1500ms');
    expect(first?.readTimeout.hides?.map(shown)).toEqual([20, 10]);
    expect(first?.connectTimeout).toEqual({ name: 'proxy_connect_timeout', origin: 'default', known: true, value: 60 });
  });

  test('an include that cannot be read leaves a value unknown, unless a level inside it decides', () => {
    const { gateway, reader } = makeGateway(`events {}\nhttp {
      proxy_connect_timeout 5s;
      server {
        include /srv/shared/timeouts.conf;
        location /a { proxy_read_timeout 7s; proxy_pass http://a:1; }
      }
    }`);
    expect(timeouts(onlyRoute(gateway))).toEqual([
      7,
      '? an included file that is not in the repository may set it again',
      '? an included file that is not in the repository may set it',
    ]);
    expect(onlyRoute(gateway).headersComplete).toBe(false);
    expect(reader.unresolvedNotes().map(note => [placeOf(note.span), note.why])).toEqual([
      ['nginx.conf:5', '/srv/shared/timeouts.conf is not in the repository'],
    ]);
  });

  test('a value that nginx refuses or a template fills is not known', () => {
    const read = (value: string) =>
      shown(onlyRoute(makeGateway(site(`proxy_read_timeout ${value}; proxy_pass http://a:1;`)).gateway).readTimeout);
    expect(read('60sec')).toBe('? nginx refuses 60sec');
    expect(read('${T}')).toBe('? ${T} is filled in when the container or the site is set up');
    expect(read('{{ timeout }}')).toBe('? {{ timeout }} is filled in by a template');
    expect(read('0')).toBe(0);
  });

  test('one proxy_set_header drops all that would be inherited, defaults stay', () => {
    const { gateway } = makeGateway(`events {}\nhttp {
      proxy_set_header Host $host; proxy_set_header X-A 1;
      server {
        location /a { proxy_pass http://a:1; }
        location /b { proxy_set_header X-B ""; proxy_pass http://a:1; }
      }
    }`);
    const connection = '? nginx sends "close" before 1.29.7 and nothing from then on, and its version is not known';
    expect(gateway.routes.map(headers)).toEqual([
      { host: '$host', connection, 'x-a': '1' },
      { host: '$proxy_host', connection, 'x-b': '' },
    ]);
    expect(gateway.routes.every(route => route.headersComplete)).toBe(true);
  });

  test('the version decides about the defaults that changed', () => {
    const made = (version: string) =>
      makeGateway(site('proxy_pass http://app;', 'upstream app { server a:1; }'), {
        version: { name: 'image', origin: 'image', known: true, value: version },
      }).gateway;
    expect(headers(onlyRoute(made('1.25.3')))['connection']).toBe('close');
    expect(headers(onlyRoute(made('1.29.8')))['connection']).toBe('');
    expect(made('1.25.3').groups[0]?.keepalive).toBeUndefined();
    expect(made('1.29.8').groups[0]?.keepalive).toMatchObject({ known: true, value: 32 });
  });

  test('proxy_params and uwsgi_params of the distribution are known without being there', () => {
    const { gateway, reader } = makeGateway(site('include proxy_params; proxy_pass http://a:1;'));
    expect(Object.keys(headers(onlyRoute(gateway)))).toEqual([
      'host',
      'connection',
      'x-real-ip',
      'x-forwarded-for',
      'x-forwarded-proto',
    ]);
    expect(onlyRoute(gateway).headersComplete).toBe(true);
    expect(reader.unresolvedNotes()).toEqual([]);
    const host = onlyRoute(gateway).headers.get('host');
    expect(host?.span && spanText(host.span)).toBe('include proxy_params;');
    const uwsgi = onlyRoute(
      makeGateway(site('include /etc/nginx/uwsgi_params; uwsgi_param HTTP_X_FORWARDED_PROTO $scheme; uwsgi_pass a:1;'))
        .gateway,
    );
    expect(headers(uwsgi)).toEqual({ host: '$http_host', 'x-forwarded-proto': '$scheme' });
    expect(uwsgi.scope?.directives.filter(one => one.name === 'uwsgi_param' && one.stock).length).toBeGreaterThan(10);
  });
});

describe('includes', () => {
  test('are relative to the main file at any depth, in byte order', () => {
    const { gateway } = makeGateway(
      {
        'deploy/nginx.conf': 'events {}\nhttp { include conf.d/*.conf; }',
        'deploy/conf.d/b.conf': 'server { include snippets/app.conf; }',
        'deploy/conf.d/a.conf': 'upstream app { server web:8000; }',
        'deploy/conf.d/.hidden.conf': 'upstream hidden { server web:1; }',
        'deploy/snippets/app.conf': 'location / { proxy_pass http://app; }',
        'deploy/conf.d/snippets/app.conf': 'location / { proxy_pass http://wrong:1; }',
      },
      { roots: { 'deploy/nginx.conf': 'main' } },
    );
    expect(targets(gateway)).toEqual(['http web:8000']);
    expect(gateway.files.map(file => file.path)).toEqual([
      'deploy/nginx.conf',
      'deploy/conf.d/a.conf',
      'deploy/conf.d/b.conf',
      'deploy/snippets/app.conf',
    ]);
    expect(gateway.groups.map(group => group.name)).toEqual(['app']);
    expect(gateway.whole).toBe(true);
    expect(
      onlyRoute(gateway)
        .scope?.parent?.directives.find(one => one.name === 'location')
        ?.via?.map(step => placeOf(step.span)),
    ).toEqual(['deploy/nginx.conf:2', 'deploy/conf.d/b.conf:1']);
  });

  test('a folder of /etc/nginx that lies beside the main file is the one that is meant', () => {
    const { gateway } = makeGateway(
      {
        'nginx/nginx.conf': 'events {}\nhttp { include /etc/nginx/conf.d/*.conf; }',
        'nginx/conf.d/app.conf': 'server { include /etc/nginx/snippets/app.conf; }',
        'nginx/snippets/app.conf': 'location / { proxy_pass http://web:8000; }',
      },
      { roots: { 'nginx/nginx.conf': 'main' } },
    );
    expect(targets(gateway)).toEqual(['http web:8000']);
  });

  test('in a container the place decides, and a missing file is proved', () => {
    const texts = {
      'nginx/nginx.conf':
        'events {}\nhttp { include /etc/nginx/conf.d/*.conf; include gone.conf; include empty.d/*.conf; }',
      'nginx/conf.d/app.conf': 'server { location / { proxy_pass http://web:8000; } }',
    };
    const { gateway } = makeGateway(texts, { mounted: true, roots: { 'nginx/nginx.conf': 'main' } });
    expect(targets(gateway)).toEqual(['http web:8000']);
    expect(gateway.faults.map(fault => [fault.kind, spanText(fault.span)])).toEqual([
      ['nginx/missing-include', 'gone.conf'],
    ]);
  });

  test('cycles and endless fans end', () => {
    const self = makeGateway({
      'nginx.conf': 'events {}\nhttp { include nginx.conf; server { location / { proxy_pass http://a:1; } } }',
    });
    expect(self.gateway.routes.length).toBe(1);
    const texts: Record<string, string> = { 'nginx.conf': 'events {}\nhttp { include l0; }', l25: 'server { }' };
    for (let i = 0; i < 25; i++) texts[`l${i}`] = `include l${i + 1};\ninclude l${i + 1};\n`;
    const start = performance.now();
    expect(makeGateway(texts).gateway.root?.directives.length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test('a template that writes directives leaves its level open', () => {
    const { gateway } = makeGateway('server {\n  ${EXTRA}\n  location / { proxy_pass http://a:1; }\n}\n');
    expect(gateway.root?.directives[0]?.block?.open ?? gateway.servers[0]?.scope?.open).toBe(true);
    expect(shown(onlyRoute(gateway).readTimeout)).toBe('? an included file that is not in the repository may set it');
    expect(gateway.faults).toEqual([]);
  });
});

describe('fragments', () => {
  test('of one http level see each other; what stands above them is open', () => {
    const { gateway } = makeGateway(
      { 'a.conf': 'upstream app { server web:8000; }', 'b.conf': 'server { location / { proxy_pass http://app; } }' },
      { roots: { 'a.conf': 'http', 'b.conf': 'http' } },
    );
    expect(targets(gateway)).toEqual(['http web:8000']);
    expect(gateway.whole).toBe(false);
    expect(gateway.root?.open).toBe(true);
  });

  test('join the http block of a main file that does not include them', () => {
    const { gateway } = makeGateway(
      {
        'nginx.conf': 'events {}\nhttp { proxy_read_timeout 5s; }',
        'site.conf': 'server { location / { proxy_pass http://web:8000; } }',
      },
      { roots: { 'nginx.conf': 'main', 'site.conf': 'http' } },
    );
    expect(shown(onlyRoute(gateway).readTimeout)).toBe(5);
    expect(gateway.whole).toBe(true);
  });

  test('below the main file of an image are whole', () => {
    const { gateway } = makeGateway(
      { 'nginx/conf.d/app.conf': 'server { location / { proxy_pass http://web:8000; } }' },
      {
        mounted: true,
        roots: { 'nginx/conf.d/app.conf': 'http' },
        locate: inside =>
          inside === '/etc/nginx/nginx.conf' ? { kind: 'image', what: 'nginx' } : { kind: 'unknown', why: '' },
      },
    );
    expect(gateway.whole).toBe(true);
  });

  test('of locations and of a location have routes', () => {
    expect(targets(makeGateway('location / { proxy_pass http://web:8000; }').gateway)).toEqual(['http web:8000']);
    expect(targets(makeGateway('proxy_pass http://web:8000;\nproxy_redirect off;').gateway)).toEqual(['http web:8000']);
  });
});

describe('hostile input', () => {
  test('deep nesting is cut and not followed', () => {
    const deep = `http { server { ${'location /a { '.repeat(20_000)} proxy_pass http://a:1; ${'} '.repeat(20_000)} } }`;
    expect(makeGateway(deep, { roots: { 'nginx.conf': 'main' } }).gateway.routes).toEqual([]);
  });

  test('many locations, servers and variables take linear time', () => {
    const locations = Array.from(
      { length: 8000 },
      (_, i) => `location /${i} { set $up a${i}:1; proxy_pass http://$up; proxy_buffers 8 8k; try_files $uri @x; }`,
    ).join('\n');
    const start = performance.now();
    expect(makeGateway(`server { location @x {} ${locations} }`).gateway.routes.length).toBe(8000);
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

describe('any text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        'server',
        'location',
        'upstream',
        'http',
        'include',
        'proxy_pass',
        'uwsgi_pass',
        'set',
        'map',
        'listen',
        'if',
        'try_files',
        'server_name',
      ],
      ...[
        '{',
        '}',
        ';',
        '\n',
        '"',
        "'",
        '$',
        '${',
        '{{ x }}',
        '{% if %}',
        '${PORT}',
        '$up',
        'http://',
        'unix:',
        ':',
        '/',
        '@x',
        '(',
        ')',
        '=',
        '~',
      ],
      ...[
        'http://web:8000/x',
        'unix:/run/a.sock',
        '127.0.0.1:80',
        '60sec',
        '8k',
        'on',
        'ssl',
        'default',
        'proxy_buffers 8 8k;',
        'a.conf',
        '*.conf',
        '[',
        'root',
      ],
    ),
    fc.string({ maxLength: 4 }),
  );

  test('makes a gateway whose places all lie in its files', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.constantFrom('main', 'http', 'server', 'location', 'upstream', 'stream'),
        fc.boolean(),
        (pieces, root, mounted) => {
          const texts = { 'nginx/nginx.conf': pieces.join(' '), 'nginx/a.conf': pieces.slice(0, 20).join(' ') };
          const { gateway } = makeGateway(texts, { roots: { 'nginx/nginx.conf': root }, mounted, verbatim: mounted });
          const spans = [
            ...gateway.faults.flatMap(fault => [fault.span, ...(fault.related ?? []).map(step => step.span)]),
            ...gateway.faults.flatMap(fault =>
              (fault.repairs ?? []).flatMap(repair => repair.edits.map(edit => edit.span)),
            ),
            ...gateway.routes.flatMap(route => [route.span, ...route.to.map(endpoint => endpoint.span)]),
            ...gateway.servers.flatMap(server => [server.span, ...server.listens.map(listen => listen.span)]),
          ];
          for (const span of spans) {
            expect(span.start).toBeLessThanOrEqual(span.end);
            expect(span.end).toBeLessThanOrEqual(span.file.text.length);
            expect(Object.keys(texts)).toContain(span.file.path);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
