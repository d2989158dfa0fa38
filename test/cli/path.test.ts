import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { working } from './stacks.js';

const hidden = { ...working, Procfile: 'web: gunicorn --bind 127.0.0.1:8000 --workers $COUNT shop:application\n' };

describe('gwlint path', () => {
  test('tells the way of a request with every value and where it comes from', async () => {
    const { stdout, code } = await run(folderWith(hidden), ['path'], { columns: 100 });
    expect(code).toBe(0);
    const lines = stdout.split('\n').map(line => line.trimEnd());
    for (const line of [
      '  nginx nginx.conf on the host',
      '    location /  nginx.conf:6',
      '      listens        0.0.0.0:80 (config file, nginx.conf:4)',
      '      passes         proxy_pass http://127.0.0.1:8000 (nginx.conf:6)',
      '      connect        60 s (proxy_connect_timeout, default)',
      '      read           125 s (proxy_read_timeout, config file, nginx.conf:7)',
      '      dials          127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000',
      '        gunicorn on the host  Procfile:1',
      '          started by     procfile web',
      '          loads          shop:application (command line, Procfile:1)',
      '          request limit  120 s (timeout, config file, gunicorn.conf.py:2)',
    ]) {
      expect(lines).toContain(line);
    }
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain(
      'listens 127.0.0.1:8000 (http) (command line, Procfile:1, hides 127.0.0.1:8000 (http) in gunicorn.conf.py:1)',
    );
    expect(words).toMatch(/processes not known: [^(]*COUNT/);
  });

  test('keeps to the width of the terminal', async () => {
    const { stdout } = await run(folderWith(hidden), ['path'], { columns: 70 });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });

  test('is there for programs too, over several folders', async () => {
    const root = folderWith({ ...prefixed('a', hidden), ...prefixed('b', working) });
    const { stdout } = await run(root, ['path', '--format', 'json', 'a', 'b']);
    const { version, stacks } = JSON.parse(stdout);
    expect(version).toBe(1);
    expect(stacks).toHaveLength(2);
    const [{ gateways }] = stacks;
    expect(gateways[0]).toMatchObject({ kind: 'nginx', file: 'a/nginx.conf' });
    const [route] = gateways[0].routes;
    expect(route.pass).toMatchObject({
      directive: 'proxy_pass',
      target: 'http://127.0.0.1:8000',
      file: 'a/nginx.conf',
      range: { start: { line: 6, column: 13 } },
    });
    expect(route.timeouts[2]).toMatchObject({ role: 'read', known: true, value: '125 s', origin: 'config file' });
    expect(route.hops[0]).toMatchObject({ match: 'address', server: { kind: 'gunicorn', startedBy: 'procfile web' } });
    const processes = route.hops[0].server.settings.find((one: { role: string }) => one.role === 'processes');
    expect(processes).toMatchObject({ known: false });
  });

  test('of a file shows only the stacks that it belongs to', async () => {
    const root = folderWith({ ...prefixed('examples/a', working), ...prefixed('examples/b', working) });
    mkdirSync(join(root, '.git'));
    const { stdout } = await run(root, ['path', 'examples/a/nginx.conf']);
    expect(stdout).toContain('nginx examples/a/nginx.conf');
    expect(stdout).not.toContain('examples/b');
  });
});

const project = {
  'docker-compose.yml': [
    'services:',
    '  web:',
    '    build: .',
    '    command: gunicorn --bind 0.0.0.0:8000 shop:application',
    '  nginx:',
    '    image: nginx:1.27',
    '    volumes:',
    '      - ./proxy/site.conf:/etc/nginx/conf.d/default.conf:ro',
    '',
  ].join('\n'),
  Dockerfile: 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN pip install gunicorn\n',
  'proxy/site.conf': 'server {\n    location / {\n        proxy_pass http://web:8000;\n    }\n}\n',
  'proxy/old.conf': 'server {\n    location / {\n        proxy_pass http://10.1.2.3:9000;\n    }\n}\n',
  'shop.py': 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"shop"]\n',
  'notes.txt': 'nothing of interest\n',
};

describe('gwlint path tells of every file', () => {
  test('why it belongs to its stack', async () => {
    const { stdout } = await run(folderWith(project), ['path'], { columns: 120 });
    for (const line of [
      '    docker-compose.yml: a compose file',
      '    Dockerfile: an image of the stack is built from it',
      '    proxy/site.conf: it is /etc/nginx/conf.d/default.conf in service nginx',
    ])
      expect(stdout.split('\n')).toContain(line);
  });

  test('--trace: where it is seen, who reads it and what it dials', async () => {
    const { stdout, code } = await run(folderWith(project), ['path', '--trace', 'proxy/site.conf'], { columns: 120 });
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'proxy/site.conf, read as nginx',
        '  docker-compose.yml',
        '    belongs to it because it is /etc/nginx/conf.d/default.conf in service nginx',
        '    it is read by nginx on service nginx (docker-compose.yml:8)',
        '    location / dials web:8000: gunicorn listens on 0.0.0.0:8000 (proxy/site.conf:3)',
        '    service web has it at /srv/proxy/site.conf',
        '    service nginx has it at /etc/nginx/conf.d/default.conf',
        '',
      ].join('\n'),
    );
  });

  test('--trace: who loads a module', async () => {
    const { stdout } = await run(folderWith(project), ['path', '--trace', 'shop.py']);
    expect(stdout).toContain('gunicorn on service web loads it as shop (docker-compose.yml:4)');
  });

  test('--trace: why it was not linked, for programs too', async () => {
    const root = folderWith({ ...project, '.gitignore': 'local.conf\n', 'local.conf': project['proxy/old.conf'] });
    const traced = async (path: string) =>
      JSON.parse((await run(root, ['path', '--format', 'json', '--trace', path])).stdout);
    expect(await traced('notes.txt')).toMatchObject({
      linked: false,
      why: expect.stringContaining('no configuration'),
    });
    expect(await traced('local.conf')).toMatchObject({ linked: false, why: expect.stringContaining('git ignores it') });
    expect(await traced('proxy/site.conf')).toMatchObject({ linked: true, kind: 'nginx', file: 'proxy/site.conf' });
  });

  test('--trace: a file that is not there is a mistake', async () => {
    const { code, stderr } = await run(folderWith(project), ['path', '--trace', 'proxy/new.conf']);
    expect(code).toBe(2);
    expect(stderr).toContain('proxy/new.conf: no such file');
  });
});

function prefixed(prefix: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${prefix}/${path}`, text]));
}

describe('gwlint path says what is missing', () => {
  const nginx = (host: string) => `server {\n  listen 80;\n  location / {\n    proxy_pass http://${host};\n  }\n}\n`;
  const gateway =
    '  gateway:\n    image: nginx:1.27\n    volumes:\n      - ./site.conf:/etc/nginx/conf.d/default.conf\n';

  test.each([
    [
      'api:8000',
      'image: example/api:2',
      'service api runs the image example/api:2, which is not built in the repository',
    ],
    ['api:3000', 'image: node:22\n    command: npm run serve', 'service api starts what could not be followed'],
    ['web:8000', 'image: example/api:2', 'nothing in compose.yaml is called web'],
  ])('behind %s', async (host, api, why) => {
    const compose = `services:\n${gateway}  api:\n    ${api}\n`;
    const { stdout } = await run(folderWith({ 'compose.yaml': compose, 'site.conf': nginx(host) }), ['path']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`dials ${host}, nobody is tied to it: ${why}`);
  });

  test('in a stack of which nothing is seen', async () => {
    const compose =
      'services:\n  web:\n    build:\n      context: .\n      dockerfile: web.Dockerfile\n  cache:\n    image: redis:7\n';
    const { stdout } = await run(folderWith({ 'compose.yaml': compose }), ['path']);
    expect(stdout).toContain(
      '  nothing is seen that answers requests\n' +
        '    service web starts what could not be followed: its Dockerfile is not in the repository\n' +
        '    service cache runs the image redis:7, which is not built in the repository\n',
    );
    const json = JSON.parse((await run(folderWith({ 'compose.yaml': compose }), ['path', '--format', 'json'])).stdout);
    expect(json.stacks[0].unseen).toHaveLength(2);
  });

  test('of templates of nginx in an image that is not known, and of the build', async () => {
    const compose = `services:
  gateway:
    build:
      context: .
      dockerfile: \${GATEWAY_DOCKERFILE}
    volumes:
      - ./site.template:/etc/nginx/templates/default.conf.template
    environment:
      BACKEND: api
  api:
    image: python:3.12
    command: gunicorn --bind 0.0.0.0:8000 shop.wsgi
  worker:
    build: \${WORKER_FOLDER}
`;
    const files = { 'compose.yaml': compose, 'site.template': nginx('${BACKEND}:8000') };
    const { stdout } = await run(folderWith(files), ['path']);
    expect(stdout).toContain('dials          api:8000: gunicorn listens on 0.0.0.0:8000');
    const alone = {
      'compose.yaml': compose.replace(/ {2}api:[\s\S]*?shop\.wsgi\n/, '').replace(/ {4}volumes:\n.*\n/, ''),
    };
    const lines = (await run(folderWith(alone), ['path'])).stdout.replace(/\s+/g, ' ');
    expect(lines).toContain(
      'service gateway starts what could not be followed: which Dockerfile it is built from is not known',
    );
    expect(lines).toContain('service worker starts what could not be followed: where it is built is not known');
  });

  test('of an included file that is rewritten at start', async () => {
    const files = {
      Dockerfile: 'FROM nginx:1.27\nCOPY conf/ /etc/nginx/\nCOPY start.sh /start.sh\nCMD ["/start.sh"]\n',
      'start.sh': '#!/bin/sh\nsed -i "s/__HOST__/$HOSTNAME/" /etc/nginx/proxy.conf\nexec nginx -g "daemon off;"\n',
      'conf/nginx.conf': 'events {}\nhttp {\n  server {\n    location / {\n      include proxy.conf;\n    }\n  }\n}\n',
      'conf/proxy.conf': 'proxy_pass http://__HOST__;\n',
    };
    const { stdout } = await run(folderWith(files), ['path']);
    expect(stdout).toContain('conf/nginx.conf:5: proxy.conf cannot be read: a command makes or changes it');
  });

  test('of an image that leaves to its base what is started, and of options for an entry point', async () => {
    const compose = 'services:\n  db:\n    image: mariadb:11\n    command: --character-set-server=utf8mb4\n';
    const files = { 'compose.yaml': compose, 'base/Dockerfile': 'FROM example/base:3\nRUN true\n' };
    const lines = (await run(folderWith(files), ['path'])).stdout.replace(/\s+/g, ' ');
    expect(lines).toContain('service db runs the image mariadb:11, which is not built in the repository');
    expect(lines).toContain(
      'the image of base/Dockerfile does not say what it starts, so its base example/base:3 decides, which is not built in the repository',
    );
  });

  test('a script that a container runs is not started by hand as well', async () => {
    const files = {
      Dockerfile: 'FROM python:3.12\nWORKDIR /srv\nCOPY . .\nENTRYPOINT ["/srv/start.sh"]\n',
      'start.sh': '#!/bin/sh\nexec gunicorn --bind 0.0.0.0:8000 shop:application\n',
      'shop.py': 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return []\n',
    };
    const { stacks } = JSON.parse((await run(folderWith(files), ['path', '--format', 'json'])).stdout);
    expect(stacks.map((stack: { title: string }) => stack.title)).toEqual(['Dockerfile']);
  });

  test('names that are passwords as well stay readable, other passwords do not', async () => {
    const environment =
      'POSTGRES_USER: ledger_app\n      POSTGRES_PASSWORD: ledger_app\n      API_TOKEN: violet-hammer';
    const compose = `services:\n  web:\n    image: python:3.12\n    command: gunicorn --bind 0.0.0.0:8000 --name violet-hammer ledger_app.wsgi\n    environment:\n      ${environment}\n`;
    const files = { 'compose.yaml': compose, 'ledger_app/wsgi.py': 'application = None\n' };
    const { stdout } = await run(folderWith(files), ['path']);
    expect(stdout).toContain('loads          ledger_app.wsgi');
    expect(stdout).not.toContain('violet-hammer');
  });
});
