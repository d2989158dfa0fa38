import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';

type Files = Readonly<Record<string, string>>;

const app: Files = {
  'shop.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
  'wsgi.py': 'from shop import app as application\n',
  'asgi.py': 'async def app(scope, receive, send):\n    pass\n',
  'manage.py':
    "import os\nimport sys\n\nif __name__ == '__main__':\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n",
};

const nginx = (target: string) =>
  `events {}\nhttp {\n  server {\n    listen 80;\n    location / {\n      proxy_pass http://${target};\n      proxy_set_header Host $host;\n    }\n  }\n}\n`;

/** What the gateway reaches, and how sure that is. */
async function tied(files: Files): Promise<readonly string[]> {
  const { deployment, diagnostics } = await analyze(memoryHost(new Map(Object.entries({ ...app, ...files }))), {
    rules,
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  return deployment.stacks.flatMap(({ hops }) =>
    hops.map(({ server, match, miss }) => `${server?.kind} ${miss ?? match}`),
  );
}

describe('a gateway on the host is tied to every server', () => {
  it.each([
    ['gunicorn', 'gunicorn -b 127.0.0.1:8123 shop:app'],
    ['uwsgi', 'uwsgi --http-socket 127.0.0.1:8123 --module shop:app'],
    ['uvicorn', 'uvicorn asgi:app --host 127.0.0.1 --port 8123'],
    ['hypercorn', 'hypercorn --bind 127.0.0.1:8123 asgi:app'],
    ['daphne', 'daphne -b 127.0.0.1 -p 8123 asgi:app'],
    ['waitress', 'waitress-serve --listen=127.0.0.1:8123 shop:app'],
    ['granian', 'granian --interface wsgi --host 127.0.0.1 --port 8123 shop:app'],
    ['mod_wsgi', 'mod_wsgi-express start-server wsgi.py --port 8123'],
    ['runserver', 'python manage.py runserver 127.0.0.1:8123'],
    ['flask', 'flask --app shop run --port 8123'],
  ])('that a command starts: %s', async (kind, command) => {
    const files = { 'nginx.conf': nginx('127.0.0.1:8123'), Procfile: `web: ${command}\n` };
    expect(await tied(files)).toEqual([`${kind} address`]);
  });

  it.each([
    [
      'uvicorn',
      "import uvicorn\n\nif __name__ == '__main__':\n    uvicorn.run('asgi:app', host='127.0.0.1', port=8123)\n",
    ],
    [
      'waitress',
      "from waitress import serve\nfrom shop import app\n\nif __name__ == '__main__':\n    serve(app, listen='127.0.0.1:8123')\n",
    ],
    [
      'gevent',
      "from gevent.pywsgi import WSGIServer\nfrom shop import app\n\nWSGIServer(('127.0.0.1', 8123), app).serve_forever()\n",
    ],
    [
      'eventlet',
      "import eventlet\nfrom eventlet import wsgi\nfrom shop import app\n\nwsgi.server(eventlet.listen(('127.0.0.1', 8123)), app)\n",
    ],
    [
      'werkzeug',
      "from werkzeug.serving import run_simple\nfrom shop import app\n\nrun_simple('127.0.0.1', 8123, app)\n",
    ],
    ['aiohttp', "from aiohttp import web\n\napp = web.Application()\nweb.run_app(app, host='127.0.0.1', port=8123)\n"],
    ['flask', "from shop import app\n\nif __name__ == '__main__':\n    app.run(port=8123)\n"],
  ])('that a program starts by itself: %s', async (kind, text) => {
    const files = { 'nginx.conf': nginx('127.0.0.1:8123'), Procfile: 'web: python serve.py\n', 'serve.py': text };
    expect(await tied(files)).toEqual([`${kind} address`]);
  });

  it.each<[string, Files]>([
    ['a unit', { 'shop.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn -b 127.0.0.1:8123 shop:app\n' }],
    [
      'a template of a unit',
      { 'shop@.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn -b 127.0.0.1:8123 %i:app\n' },
    ],
    [
      'a drop-in',
      {
        'shop.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn -b 127.0.0.1:1 shop:app\n',
        'shop.service.d/port.conf':
          '[Service]\nExecStart=\nExecStart=/srv/venv/bin/gunicorn -b 127.0.0.1:8123 shop:app\n',
      },
    ],
    [
      'a socket unit',
      {
        'shop.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn shop:app\n',
        'shop.socket': '[Socket]\nListenStream=127.0.0.1:8123\n',
      },
    ],
    [
      'an environment file',
      {
        'shop.service':
          '[Service]\nEnvironmentFile=/srv/shop/shop.env\nWorkingDirectory=/srv/shop\nExecStart=/srv/venv/bin/gunicorn -b 127.0.0.1:${PORT} shop:app\n',
        'shop.env': 'PORT=8123\n',
      },
    ],
    [
      'a program of a group of supervisor',
      {
        'supervisord.conf':
          '[supervisord]\nenvironment=PORT="8123"\n\n[group:shop]\nprograms=web,jobs\n\n[program:web]\ncommand=gunicorn -b 127.0.0.1:%(ENV_PORT)s shop:app\n\n[program:jobs]\ncommand=celery -A shop worker\n',
      },
    ],
    ['a script', { 'start.sh': '#!/bin/sh\nset -e\nexec gunicorn -b 127.0.0.1:8123 shop:app\n' }],
    [
      'a run script of runit',
      { 'service/web/run': '#!/bin/sh\nexec 2>&1\nexec gunicorn -b 127.0.0.1:8123 shop:app\n' },
    ],
  ])('that is started by %s', async (_, files) => {
    expect(await tied({ 'nginx.conf': nginx('127.0.0.1:8123'), ...files })).toEqual(['gunicorn address']);
  });
});

describe('a gateway in a container is tied to what another one starts', () => {
  const compose = (more = '') =>
    `services:\n  app:\n    build: .\n${more}  proxy:\n    image: nginx:1.25\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n`;
  const image = (text: string) =>
    `FROM python:3.12-slim\nRUN pip install gunicorn flask\nWORKDIR /app\nCOPY . .\n${text}`;
  const command = 'exec gunicorn -b 0.0.0.0:8123 shop:app\n';

  it.each<[string, Files]>([
    ['an image', { Dockerfile: image('CMD ["gunicorn", "-b", "0.0.0.0:8123", "shop:app"]\n') }],
    ['the shell form', { Dockerfile: image('ENV PORT=8123\nCMD gunicorn -b 0.0.0.0:$PORT shop:app\n') }],
    [
      'an entry script with exec "$@"',
      {
        Dockerfile: image('ENTRYPOINT ["./entry.sh"]\nCMD ["gunicorn", "-b", "0.0.0.0:8123", "shop:app"]\n'),
        'entry.sh': '#!/bin/sh\nset -e\nif [ "$1" = "" ]; then\n  set -- sh\nfi\nexec "$@"\n',
      },
    ],
    [
      'functions and set --',
      {
        Dockerfile: image('ENTRYPOINT ["./entry.sh"]\nCMD ["web"]\n'),
        'entry.sh':
          '#!/bin/bash\nserve() {\n  set -- gunicorn -b 0.0.0.0:8123\n  exec "$@" shop:app\n}\ncase "$1" in\n  web) serve ;;\n  *) exec "$@" ;;\nesac\n',
      },
    ],
    [
      'runit',
      {
        Dockerfile: image('COPY web /etc/service/web\nCMD ["runsvdir", "/etc/service"]\n'),
        'web/run': `#!/bin/sh\ncd /app\n${command}`,
      },
    ],
    [
      "s6-overlay's services.d",
      {
        Dockerfile: image('COPY web /etc/services.d/web\nENTRYPOINT ["/init"]\n'),
        'web/run': `#!/command/with-contenv sh\ncd /app\n${command}`,
      },
    ],
    [
      "s6-overlay's s6-rc.d",
      {
        Dockerfile: image('COPY s6-rc.d /etc/s6-overlay/s6-rc.d\nENTRYPOINT ["/init"]\n'),
        's6-rc.d/web/type': 'longrun\n',
        's6-rc.d/web/run': `#!/bin/sh\ncd /app\n${command}`,
        's6-rc.d/user/contents.d/web': '',
      },
    ],
    ['make', { Dockerfile: image('CMD ["make", "run"]\n'), Makefile: 'run:\n\tgunicorn -b 0.0.0.0:8123 shop:app\n' }],
    [
      'honcho',
      { Dockerfile: image('CMD ["honcho", "start", "web"]\n'), Procfile: 'web: gunicorn -b 0.0.0.0:8123 shop:app\n' },
    ],
    [
      'supervisor with an include',
      {
        Dockerfile: image(
          'COPY supervisord.conf /etc/supervisord.conf\nCMD ["supervisord", "-n", "-c", "/etc/supervisord.conf"]\n',
        ),
        'supervisord.conf': '[supervisord]\nnodaemon=true\n\n[include]\nfiles = /app/programs/*.conf\n',
        'programs/web.conf': '[program:web]\ndirectory=/app\ncommand=gunicorn -b 0.0.0.0:8123 shop:app\n',
      },
    ],
  ])('by %s', async (_, files) => {
    expect(await tied({ 'nginx.conf': nginx('app:8123'), 'docker-compose.yml': compose(), ...files })).toEqual([
      'gunicorn address',
    ]);
  });

  it.each([
    ['with a profile', '    profiles: [prod]\n    command: gunicorn -b 0.0.0.0:8123 shop:app\n'],
    ['with a list', '    command: [gunicorn, -b, "0.0.0.0:8123", "shop:app"]\n'],
    ['in a shell', '    command: sh -c "python manage.py migrate && gunicorn -b 0.0.0.0:8123 shop:app"\n'],
    [
      'with a variable',
      '    environment:\n      PORT: 8123\n    command: sh -c "gunicorn -b 0.0.0.0:$${PORT:-8000} shop:app"\n',
    ],
  ])('by the command of a service, %s', async (_, more) => {
    const files = { 'nginx.conf': nginx('app:8123'), 'docker-compose.yml': compose(more), Dockerfile: image('') };
    expect(await tied(files)).toEqual(['gunicorn address']);
  });
});
