import fc from 'fast-check';

type Files = ReadonlyMap<string, string>;

/**
 * A project with a long nginx.conf, whose lines repeat, with files that it includes, servers on the host and in containers, and comments that silence
 * a finding.
 */
export const typedIn: Files = longProject();

function longProject(): Files {
  const location = (i: number) => [
    `        location /part${i}/ {`,
    `            proxy_pass http://app${i % 3};`,
    '            include proxy_params;',
    '            proxy_set_header Host $host;',
    '            proxy_set_header X-Real-IP $remote_addr;',
    `            proxy_read_timeout ${20 + i}s;`,
    '            uwsgi_read_timeout 10s;',
    '        }',
  ];
  const server = (i: number) => [
    '    server {',
    `        listen ${i === 0 ? '443 ssl' : '80'};`,
    `        server_name shop${i}.example.com;`,
    '        # gwlint-ignore headers/duplicate: the application bears it',
    ...[0, 1, 2, 3, 4, 5].flatMap(location),
    '        include conf.d/*.part;',
    '    }',
  ];
  const upstream = (i: number) => [
    `    upstream app${i} {`,
    `        server 127.0.0.1:${8000 + i};`,
    '        keepalive 8;',
    '    }',
  ];
  const lines = [
    'user www-data;',
    'events {}',
    'http {',
    ...[0, 1].flatMap(upstream),
    ...[0, 1, 2].flatMap(server),
    '}',
    '',
  ];
  const unit = (i: number) =>
    `[Service]\nUser=www-data\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/gunicorn -c gunicorn.conf.py -b 127.0.0.1:${8000 + i} shop:app\n`;
  return new Map([
    [
      'Dockerfile',
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "shop:app"]\n',
    ],
    [
      'compose.yaml',
      'services:\n  app0:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./web.conf:/etc/nginx/conf.d/default.conf\n',
    ],
    ['conf.d/static.part', '        location /static/ {\n            alias /srv/shop/static;\n        }\n'],
    ['gunicorn.conf.py', '# gwlint-ignore-file timeout: measured\ntimeout = 30\nworkers = 2\nkeepalive = 5\n'],
    ['nginx.conf', lines.join('\n')],
    ['proxy_params', 'proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;\n'],
    [
      'shop.py',
      'import time\nfrom flask import Flask\n\napp = Flask("shop")\n\n\n@app.get("/part0/a")\ndef a():\n    time.sleep(40)\n    return "a"\n',
    ],
    ['shop0.service', unit(0)],
    ['shop1.service', unit(1)],
    ['web.conf', 'server {\n    listen 80;\n    location / {\n        proxy_pass http://app0:8000;\n    }\n}\n'],
  ]);
}

/** What a hand does to a text: places are parts of its length, `size` is how much goes. */
export const stroke = fc.record({
  file: fc.constantFrom(
    ...typedIn.keys(),
    'nginx.conf',
    'nginx.conf',
    'nginx.conf',
    'proxy_params',
    'gunicorn.conf.py',
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.constantFrom(0, 0, 1, 2, 7, 40, 300),
  typed: fc.constantFrom(
    '',
    '1',
    ' ',
    '}',
    '{',
    ';',
    '"',
    '#',
    '\n',
    '\r\n',
    '$host',
    '${PORT}',
    'proxy_read_timeout 5s;\n',
    '        location /new/ {\n            proxy_pass http://127.0.0.1:8001;\n        }\n',
    'location /half/ {',
    '    }\n}\n',
    'include proxy_params;',
    'proxy_buffer_size 64k;',
    'timeout = 5\n',
    '\u00e9\u{1f600}',
  ),
  /** Whole lines go, and the place is the begin of one. */
  lines: fc.boolean(),
  /** What happens to the whole file besides. */
  also: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'CRLF', 'LF', 'undone'),
});

type Stroke = typeof stroke extends fc.Arbitrary<infer Value> ? Value : never;

export function struck(files: Files, { file, at, size, typed, lines, also }: Stroke): Files {
  const text = files.get(file) ?? '';
  if (also === 'undone') return new Map([...files, [file, typedIn.get(file) ?? '']]);
  const place = Math.floor(at * text.length);
  const start = lines ? text.lastIndexOf('\n', place) + 1 : place;
  const end = lines && size > 0 ? text.indexOf('\n', start + size) + 1 || text.length : start + size;
  const next = text.slice(0, start) + typed + text.slice(end);
  const ends = also === 'CRLF' ? '\r\n' : also === 'LF' ? '\n' : undefined;
  return new Map([...files, [file, ends === undefined ? next : next.replace(/\r?\n/g, ends)]]);
}
