/** What nginx says about the content of one block, as nginx 1.22.1 was seen to say it. */
export interface Verdict {
  readonly block: 'main' | 'http' | 'server' | 'location' | 'upstream';
  readonly text: string;
  /** Rule that speaks; absent where nginx takes the text. */
  readonly kind?: string;
  /** A piece of nginx's message. */
  readonly log?: string;
  /** What the text becomes by the only repair. */
  readonly repaired?: string;
}

const server = (text: string, kind?: string, log?: string, repaired?: string): Verdict =>
  verdict('server', text, kind, log, repaired);
const location = (text: string, kind?: string, log?: string, repaired?: string): Verdict =>
  verdict('location', text, kind, log, repaired);
const upstream = (text: string, kind?: string, log?: string, repaired?: string): Verdict =>
  verdict('upstream', text, kind, log, repaired);
const http = (text: string, kind?: string, log?: string, repaired?: string): Verdict =>
  verdict('http', text, kind, log, repaired);
const main = (text: string, kind?: string, log?: string): Verdict => verdict('main', text, kind, log);

function verdict(block: Verdict['block'], text: string, kind?: string, log?: string, repaired?: string): Verdict {
  return { block, text, ...(kind && { kind }), ...(log && { log }), ...(repaired && { repaired }) };
}

const value = 'nginx/bad-value';
const time = 'timeout/bad-number';
const invalid = '"proxy_read_timeout" directive invalid value';
const address = 'upstream/invalid-address';
const duplicate = 'nginx/duplicate-directive';
const parameter = 'nginx/upstream-parameter';
const uri = '"proxy_pass" cannot have URI part';
const buffers = 'limits/nginx-buffer-relation';

export const verdicts: readonly Verdict[] = [
  // Names, places, numbers of arguments
  location(
    'proxy_red_timeout 5s;',
    'nginx/unknown-directive',
    'unknown directive "proxy_red_timeout"',
    'proxy_read_timeout 5s;',
  ),
  server('Listen 81;', 'nginx/unknown-directive', 'unknown directive "Listen"', 'listen 81;'),
  server('sever_name a;', 'nginx/unknown-directive', 'unknown directive "sever_name"', 'server_name a;'),
  server('proxy_pass http://127.0.0.1:1;', 'nginx/wrong-context', '"proxy_pass" directive is not allowed here'),
  http('listen 80;', 'nginx/wrong-context', '"listen" directive is not allowed here'),
  http('location / {}', 'nginx/wrong-context', '"location" directive is not allowed here'),
  main('server { listen 80; }', 'nginx/wrong-context', '"server" directive is not allowed here'),
  upstream('proxy_read_timeout 5s;', 'nginx/wrong-context', '"proxy_read_timeout" directive is not allowed here'),
  location('server_name a;', 'nginx/wrong-context', '"server_name" directive is not allowed here'),
  location(
    'if ($host) { proxy_read_timeout 5s; }',
    'nginx/wrong-context',
    '"proxy_read_timeout" directive is not allowed here',
  ),
  server('location /a { location /b {} }', 'nginx/wrong-context', 'location "/b" is outside location "/a"'),
  server(
    'location = /a { location /a/b {} }',
    'nginx/wrong-context',
    'location "/a/b" cannot be inside the exact location "/a"',
  ),
  server(
    'location /a { location @b {} }',
    'nginx/wrong-context',
    'named location "@b" can be on the server level only',
  ),
  server(
    'location @b { location /a {} }',
    'nginx/wrong-context',
    'location "/a" cannot be inside the named location "@b"',
  ),
  server('location /a { location /a/b {} location ~ c {} }'),
  server('server_name;', 'nginx/bad-arguments', 'invalid number of arguments in "server_name" directive'),
  location(
    'proxy_set_header Host;',
    'nginx/bad-arguments',
    'invalid number of arguments in "proxy_set_header" directive',
  ),
  location(
    'proxy_set_header X a b;',
    'nginx/bad-arguments',
    'invalid number of arguments in "proxy_set_header" directive',
  ),
  location('proxy_buffering;', 'nginx/bad-arguments', 'invalid number of arguments in "proxy_buffering" directive'),
  location('internal yes;', 'nginx/bad-arguments', 'invalid number of arguments in "internal" directive'),
  server('location /x;', 'nginx/syntax', 'directive "location" has no opening "{"'),
  http('upstream u;', 'nginx/syntax', 'directive "upstream" has no opening "{"'),
  server('root /x { }', 'nginx/syntax', 'directive "root" is not terminated by ";"'),

  // Times, sizes, numbers, flags, words
  ...['60', '60s', '1m', '1m30s', '"1m 30s"', '1000ms', '1h', '1d', '0'].map(text =>
    location(`proxy_read_timeout ${text};`),
  ),
  location('proxy_read_timeout 60sec;', time, invalid, 'proxy_read_timeout 60s;'),
  location('proxy_read_timeout 30S;', time, invalid, 'proxy_read_timeout 30s;'),
  location('proxy_read_timeout 1.5m;', time, invalid, 'proxy_read_timeout 90s;'),
  location('proxy_read_timeout 1.5s;', time, invalid, 'proxy_read_timeout 1500ms;'),
  location('proxy_read_timeout 5min;', time, invalid, 'proxy_read_timeout 5m;'),
  location(
    'proxy_read_timeout 60 s;',
    time,
    'invalid number of arguments in "proxy_read_timeout" directive',
    'proxy_read_timeout 60s;',
  ),
  location('proxy_read_timeout 1M;', time, invalid, 'proxy_read_timeout 1m;'),
  location('proxy_read_timeout 1y;', time, invalid),
  location('proxy_read_timeout -1;', time, invalid),
  location('proxy_read_timeout "";', time, invalid),
  server('keepalive_timeout 65 20x;', time, '"keepalive_timeout" directive invalid value'),
  server('keepalive_timeout 65 20;'),
  location('expires 30x;', value, '"expires" directive invalid value'),
  location('expires max;'),
  location('expires modified +24h;'),
  location('proxy_buffer_size 8kb;', value, '"proxy_buffer_size" directive invalid value', 'proxy_buffer_size 8k;'),
  location(
    'client_max_body_size 10MB;',
    value,
    '"client_max_body_size" directive invalid value',
    'client_max_body_size 10m;',
  ),
  location(
    'client_max_body_size 1.5g;',
    value,
    '"client_max_body_size" directive invalid value',
    'client_max_body_size 1536m;',
  ),
  location('client_max_body_size 10G;'),
  location('client_max_body_size -1;', value, '"client_max_body_size" directive invalid value'),
  location(
    'client_body_buffer_size 1g;',
    value,
    '"client_body_buffer_size" directive invalid value',
    'client_body_buffer_size 1024m;',
  ),
  location('proxy_buffers 8k 8;', value, '"proxy_buffers" directive invalid value'),
  location('gzip_comp_level 10;', value, 'value must be between 1 and 9'),
  location('keepalive_requests many;', value, '"keepalive_requests" directive invalid number'),
  location(
    'proxy_buffering yes;',
    value,
    'invalid value "yes" in "proxy_buffering" directive, it must be "on" or "off"',
    'proxy_buffering on;',
  ),
  location('proxy_buffering OFF;'),
  location('proxy_http_version 1;', value, 'invalid value "1"'),
  location('proxy_next_upstream error timout;', value, 'invalid value "timout"', 'proxy_next_upstream error timeout;'),
  location('proxy_cache_valid 200 302 10m;'),
  location('proxy_cache_valid 200 ten;', value, 'invalid time value "ten"'),
  location('proxy_redirect on;', value, 'invalid parameter "on"'),
  location('allow 10.0.0.0/8; deny all; allow ::1;'),
  location('allow example.com;', value, 'invalid parameter "example.com"'),
  location('return abc;', value, 'invalid return code "abc"'),
  location('return 1000;', value, 'invalid return code "1000"'),
  location('return 301 https://$host;'),
  location('return https://example.com;'),
  location('rewrite ^ /x lst;', value, 'invalid parameter "lst"', 'rewrite ^ /x last;'),
  location('set x 1;', value, 'invalid variable name "x"', 'set $x 1;'),
  location('if $host { }', value, 'invalid condition "$host"'),
  location('if ($host == a) { }', value, 'unexpected "==" in condition'),
  location('if ($host=a) { }', value, 'unknown "host=a" variable'),
  location('if ($host) { } if ( $host ) { } if (!-f $uri) { } if ($host ~ "^a$") { }'),
  location('error_page 200 /x;', value, 'value "200" must be between 300 and 599'),
  location('error_page 404 =200 /x;'),
  server('error_log stderr warning;', value, 'invalid log level "warning"'),
  server('location == /x {}', value, 'invalid location modifier "=="'),
  http('map $host y { }', value, 'invalid variable name "y"', 'map $host $y { }'),
  main('worker_processes two;', value, 'invalid value'),
  upstream('keepalive x;', value, 'invalid value "x" in "keepalive" directive'),
  server('listen http://x;', value, 'invalid host in "http://x" of the "listen" directive', 'listen x;'),
  server('listen 99999;', value, 'invalid port in "99999" of the "listen" directive'),
  server(
    'ssl_reject_handshake on; listen 81 https;',
    value,
    'invalid parameter "https"',
    'ssl_reject_handshake on; listen 81 ssl;',
  ),
  server('listen 81 default_serve;', value, 'invalid parameter "default_serve"', 'listen 81 default_server;'),

  // Once only
  location('proxy_read_timeout 5s;\nproxy_read_timeout 5s;', duplicate, '"proxy_read_timeout" directive is duplicate'),
  location('root /a;\nroot /b;', duplicate, '"root" directive is duplicate'),
  location('add_header A b; add_header A b;'),
  server('location /a {}\nlocation /a {}', duplicate, 'duplicate location "/a"'),
  server('location /a {}\nlocation ^~ /a {}', duplicate, 'duplicate location "/a"'),
  server('location = /a {} location /a {} location ~ /a {} location ~ /a {} location @a {} location @a {}'),
  http(
    'upstream b { server 127.0.0.1:1; }\nupstream B { server 127.0.0.1:2; }',
    'nginx/duplicate-upstream',
    'duplicate upstream "B"',
  ),
  server('listen 81;\nlisten *:81;', 'nginx/duplicate-listen', 'a duplicate listen 0.0.0.0:81'),
  http(
    'server { listen 81 default_server; }\nserver { listen 81 default_server; }',
    'nginx/duplicate-listen',
    'a duplicate default server for 0.0.0.0:81',
  ),
  http('server { listen 81 default_server; } server { listen 82 default_server; } server { listen 81; }'),

  // Upstream blocks
  upstream('server 127.0.0.1 weigth=2;', parameter, 'invalid parameter "weigth=2"', 'server 127.0.0.1 weight=2;'),
  upstream('server 127.0.0.1 weight=0;', parameter, 'invalid parameter "weight=0"'),
  upstream('server 127.0.0.1 fail_timeout=10ms;', parameter, 'invalid parameter "fail_timeout=10ms"'),
  upstream('server 127.0.0.1 weight = 2;', parameter, 'invalid parameter "weight"', 'server 127.0.0.1 weight=2;'),
  upstream('server 127.0.0.1 max_fails=0 fail_timeout=1m weight=3 max_conns=4 down;'),
  http(
    'upstream b { ip_hash; server 127.0.0.1:1; server 127.0.0.1:2 backup; }',
    parameter,
    'balancing method does not support parameter "backup"',
  ),
  http('upstream b { }', parameter, 'no servers are inside upstream'),
  http('upstream b { keepalive 8; }', parameter, 'no servers are inside upstream'),
  upstream(
    'server http://127.0.0.1:8000;',
    address,
    'invalid host in upstream "http://127.0.0.1:8000"',
    'server 127.0.0.1:8000;',
  ),
  upstream('server 127.0.0.1:8000/;', address, 'invalid host in upstream "127.0.0.1:8000/"', 'server 127.0.0.1:8000;'),
  upstream('server /run/app.sock;', address, 'invalid host in upstream "/run/app.sock"', 'server unix:/run/app.sock;'),
  upstream('server :8000;', address, 'no host in upstream ":8000"', 'server 127.0.0.1:8000;'),
  upstream('server 127.0.0.1:80000;', address, 'invalid port in upstream "127.0.0.1:80000"'),
  upstream('server unix:/run/app.sock; server [::1]:8000; server 127.0.0.1;'),

  // Passes
  location('proxy_pass 127.0.0.1:8000;', address, 'invalid URL prefix', 'proxy_pass http://127.0.0.1:8000;'),
  location('proxy_pass unix:/run/a.sock;', address, 'invalid URL prefix', 'proxy_pass http://unix:/run/a.sock;'),
  location('proxy_pass /run/a.sock;', address, 'invalid URL prefix', 'proxy_pass http://unix:/run/a.sock;'),
  location('proxy_pass http:/127.0.0.1:8000;', address, 'invalid URL prefix', 'proxy_pass http://127.0.0.1:8000;'),
  location('proxy_pass uwsgi://127.0.0.1:8000;', address, 'invalid URL prefix'),
  location('proxy_pass http://u:8000;', address, 'upstream "u" may not have port 8000', 'proxy_pass http://u;'),
  location('proxy_pass http://127.0.0.1:80000;', address, 'invalid port in upstream "127.0.0.1:80000"'),
  location('proxy_pass http://:8000;', address, 'no host in upstream ":8000"', 'proxy_pass http://127.0.0.1:8000;'),
  location('proxy_pass http://unix:;', address, 'no path in the unix domain socket'),
  location('proxy_pass http://[::1:8000;', address, 'invalid host in upstream "[::1:8000"'),
  location(
    'uwsgi_pass /run/a.sock;',
    address,
    'invalid host in upstream "/run/a.sock"',
    'uwsgi_pass unix:/run/a.sock;',
  ),
  location(
    'uwsgi_pass 127.0.0.1:3031/;',
    address,
    'invalid host in upstream "127.0.0.1:3031/"',
    'uwsgi_pass 127.0.0.1:3031;',
  ),
  location('uwsgi_pass 127.0.0.1;', address, 'no port in upstream "127.0.0.1"'),
  location('uwsgi_pass shop;', 'upstream/unknown-name', 'no port in upstream "shop"'),
  location('grpc_pass grpc://shop;', 'upstream/unknown-name', 'no port in upstream "shop"'),
  location('uwsgi_pass u;'),
  location('uwsgi_pass unix:///run/a.sock;'),
  location('proxy_pass http://U/x/;'),
  location('proxy_pass http://unix:/run/a.sock:/x/;'),
  server(
    'location ~ /x { proxy_pass http://127.0.0.1:1/; }',
    'nginx/proxy-pass-uri',
    uri,
    'location ~ /x { proxy_pass http://127.0.0.1:1; }',
  ),
  server(
    'location @x { proxy_pass http://127.0.0.1:1/y; }',
    'nginx/proxy-pass-uri',
    uri,
    'location @x { proxy_pass http://127.0.0.1:1; }',
  ),
  location(
    'if ($host) { proxy_pass http://127.0.0.1:1/; }',
    'nginx/proxy-pass-uri',
    uri,
    'if ($host) { proxy_pass http://127.0.0.1:1; }',
  ),
  location('limit_except GET { proxy_pass http://127.0.0.1:1/; }', 'nginx/proxy-pass-uri', uri),
  server(
    'location ~ /x { proxy_pass http://unix:/run/a:/; }',
    'nginx/proxy-pass-uri',
    uri,
    'location ~ /x { proxy_pass http://unix:/run/a; }',
  ),
  server('location ~ /x { proxy_pass http://127.0.0.1:1$uri; } location @y { proxy_pass http://127.0.0.1:1; }'),

  // Buffers
  location(
    'proxy_buffer_size 16k;',
    buffers,
    '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer',
    'proxy_buffer_size 16k;\nproxy_buffers 8 16k;',
  ),
  location('proxy_buffer_size 14k;'),
  location(
    'uwsgi_buffer_size 32k;',
    buffers,
    '"uwsgi_busy_buffers_size" must be less than the size of all "uwsgi_buffers" minus one buffer',
  ),
  location('proxy_buffers 1 8k;', buffers, 'there must be at least 2 "proxy_buffers"'),
  location(
    'proxy_busy_buffers_size 2k;',
    buffers,
    '"proxy_busy_buffers_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"',
    'proxy_busy_buffers_size 4k;',
  ),
  location(
    'proxy_busy_buffers_size 64k;',
    buffers,
    '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer',
    'proxy_busy_buffers_size 28k;',
  ),
  location(
    'fastcgi_temp_file_write_size 1k;',
    buffers,
    '"fastcgi_temp_file_write_size" must be equal to or greater than the maximum',
    'fastcgi_temp_file_write_size 4k;',
  ),
  location('proxy_max_temp_file_size 1k;', buffers, '"proxy_max_temp_file_size" must be equal to zero'),
  location('proxy_max_temp_file_size 0; proxy_buffers 4 16k; proxy_buffer_size 16k;'),
  http('proxy_buffers 2 4k;'),
  http(
    'proxy_buffers 2 4k;\nserver { location /q { } }',
    buffers,
    '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer',
  ),

  // TLS
  server(
    'listen 8443 ssl;',
    'nginx/tls-without-certificate',
    'no "ssl_certificate" is defined for the "listen ... ssl" directive',
  ),
  server('listen 8443 ssl; ssl_reject_handshake on;'),

  // Parameters and names of zones and formats
  location('add_header X y allways;', value, 'invalid parameter "allways"', 'add_header X y always;'),
  location(
    'limit_except GET POSTT { deny all; }',
    value,
    'invalid method "POSTT"',
    'limit_except GET POST { deny all; }',
  ),
  location('proxy_cache_valid OK 10m;', value, 'invalid status "OK"'),
  location('access_log /dev/null mian;', value, 'unknown log format "mian"'),
  location('access_log /dev/null combined buffer=32k flush=1m if=$host;'),
  location('limit_req zone=nope burst=5;', value, 'zero size shared memory zone "nope"'),
  location('proxy_cache nope;', value, '"proxy_cache" zone "nope" is unknown'),
  http('limit_req_zone $host zone=one:1m rate=5r/s; server { listen 22999; limit_req zone=one burst=5 nodelay; }'),
  http('limit_req_zone $host zone=one:1m rate=5;'),
  http('limit_req_zone $host zone=one:1m rate=x;', value, 'invalid rate "rate=x"'),
  http('limit_req_zone $host zone=one:1m rate=5r/h;', value, 'invalid rate "rate=5r/h"'),
  http(
    'limit_conn_zone $host zone=addr:1m; server { listen 22999; limit_conn adr 5; }',
    value,
    'zero size shared memory zone "adr"',
    'limit_conn_zone $host zone=addr:1m; server { listen 22999; limit_conn addr 5; }',
  ),
  upstream('hash $host consistant;', value, 'invalid parameter "consistant"', 'hash $host consistent;'),
  upstream('keepalive 0;', value, 'invalid value "0" in "keepalive" directive'),

  // Variables
  location('add_header X $nope;', 'nginx/unknown-variable', 'unknown "nope" variable'),
  location(
    'proxy_set_header Host $hsot;',
    'nginx/unknown-variable',
    'unknown "hsot" variable',
    'proxy_set_header Host $host;',
  ),
  location('set $a 1; add_header X $A$http_any$arg_q; return 200 $1;'),
  location('if ($nope = 1) { }', 'nginx/unknown-variable', 'unknown "nope" variable'),
  server('location ~ ^/(?<part>x) { add_header X $part; }'),
  http('log_format f "$nope";', 'nginx/unknown-variable', 'unknown "nope" variable'),
];

const blocks: Readonly<Record<Verdict['block'], readonly [string, string]>> = {
  main: ['', 'http { }'],
  http: ['http { upstream u { server 127.0.0.1:1; }', '}'],
  server: ['http { upstream u { server 127.0.0.1:1; } server { listen 22999;', '} }'],
  location: ['http { upstream u { server 127.0.0.1:1; } server { listen 22999; location /w {', '} } }'],
  upstream: ['http { upstream w { server 127.0.0.1:1;', '} }'],
};

/** The first line of the judged text in a whole configuration. */
export const firstLine = 3;

export function wholeFile({ block, text }: Pick<Verdict, 'block' | 'text'>): string {
  const [before, after] = blocks[block];
  return `events { }\n${before}\n${text}\n${after}\n`;
}
