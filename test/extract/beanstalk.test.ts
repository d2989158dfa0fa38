import { describe, expect, it } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';
import type { Setting } from '../../src/model/setting.js';

const app = { 'application.py': 'from flask import Flask\n\napplication = Flask(__name__)\n' };
const python = 'option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: application:application\n';

const value = (setting: Setting<unknown> | undefined) => (setting?.known ? setting.value : undefined);

async function read(files: Readonly<Record<string, string>>) {
  const { deployment, diagnostics } = await analyze(memoryHost(new Map(Object.entries({ ...app, ...files }))), {
    rules,
  });
  const stack = deployment.stacks.find(({ id }) => id.startsWith('beanstalk:'));
  return {
    titles: deployment.stacks.map(({ title }) => title),
    stack,
    argv: (stack?.servers ?? []).map(({ command }) => command.words.map(word => word.text).join(' ')),
    hops: (stack?.hops ?? []).map(({ gateway, match, miss }) => `${gateway.kind} ${miss ?? match}`),
    waits: (stack?.hops ?? []).map(({ route }) => value(route.readTimeout)),
    loud: diagnostics
      .filter(({ severity }) => severity !== 'info')
      .map(({ rule, span }) => `${span.file.path} ${rule}`),
    diagnostics,
  };
}

describe('option_settings', () => {
  it('start Gunicorn with WSGIPath, behind the nginx of the platform', async () => {
    const { titles, argv, hops, loud, stack } = await read({
      '.ebextensions/01_flask.config': `${python}    NumProcesses: 3\n    NumThreads: 20\n`,
    });
    expect(titles).toEqual(['Elastic Beanstalk']);
    expect(argv).toEqual(['gunicorn --bind 127.0.0.1:8000 --workers 3 --threads 20 application:application']);
    expect(hops).toEqual(['router address']);
    expect(stack?.servers[0]?.entry?.attribute.state).toBe('found');
    expect(loud).toEqual([]);
  });

  it('may be a list, JSON, or spread over files', async () => {
    const list =
      'option_settings:\n  - namespace: aws:elasticbeanstalk:container:python\n    option_name: WSGIPath\n    value: application\n  - option_name: MODE\n    value: live\n';
    const { argv, stack } = await read({ '.ebextensions/app.config': list });
    expect(argv).toEqual(['gunicorn --bind 127.0.0.1:8000 --workers 1 --threads 15 application']);
    expect(value(stack?.places[0]?.environment.get('MODE'))).toBe('live');
    const json = JSON.stringify({
      option_settings: { 'aws:elasticbeanstalk:container:python': { WSGIPath: 'application', NumThreads: '4' } },
    });
    expect((await read({ '.ebextensions/app.config': json })).argv).toEqual([
      'gunicorn --bind 127.0.0.1:8000 --workers 1 --threads 4 application',
    ]);
    const spread = await read({
      '.ebextensions/a.config': python,
      '.ebextensions/b.config': python.replace('WSGIPath: application:application', 'WSGIPath: other:app'),
      'other.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    });
    expect(spread.argv[0]).toMatch(/ other:app$/);
  });

  it('may give the path of the file, which older platforms want', async () => {
    const path = { '.ebextensions/a.config': python.replace('application:application', 'config/wsgi.py') };
    const wsgi = 'from flask import Flask\n\napplication = Flask(__name__)\n';
    const found = await read({ ...path, 'config/__init__.py': '', 'config/wsgi.py': wsgi });
    expect(found.argv[0]).toMatch(/ config\.wsgi$/);
    expect(found.loud).toEqual([]);
    expect((await read(path)).loud).toEqual([]);
  });

  it('name a module that must be there', async () => {
    const { loud } = await read({ '.ebextensions/a.config': python.replace('application:app', 'aplication:app') });
    expect(loud).toEqual(['.ebextensions/a.config python/missing-module']);
    const app = await read({ '.ebextensions/a.config': python.replace('application:application', 'application:app') });
    expect(app.loud).toEqual(['.ebextensions/a.config python/missing-callable']);
  });

  it('may belong to something that a pipeline puts together', async () => {
    const built = { '.ebextensions/a.config': python.replace('application:application', 'shop.wsgi:app') };
    const { loud } = await read({ ...built, 'backend/shop/__init__.py': '', 'backend/shop/wsgi.py': 'app = 1\n' });
    expect(loud).toEqual([]);
  });

  it('of another platform are no stack', async () => {
    const node = 'option_settings:\n  aws:elasticbeanstalk:container:nodejs:\n    NodeCommand: npm start\n';
    for (const files of [
      { '.ebextensions/a.config': node },
      { '.ebextensions/a.config': 'option_settings: {{ x }}\n' },
      { '.ebextensions/a.config': '[\n' },
      { '.ebextensions/a.config': '- 1\n' },
      { '.ebextensions/a.config': 'packages:\n  yum:\n    git: []\n', Procfile: 'web: node index.js\n' },
      { '.ebextensions/a.config': 'a: 1\n', Procfile: 'web: gunicorn application\n', Dockerfile: 'FROM x\n' },
    ])
      expect((await read(files)).stack, JSON.stringify(files)).toBeUndefined();
  });

  it('are those of the folder that is deployed', async () => {
    const { stack, loud } = await read({
      'backend/.ebextensions/a.config': python.replace('application:application', 'shop:app'),
      'backend/shop.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    });
    expect(stack?.title).toBe('Elastic Beanstalk in backend/');
    expect(stack?.servers[0]?.entry?.file?.path).toBe('backend/shop.py');
    expect(loud).toEqual([]);
  });
});

describe('the Procfile', () => {
  const options = { '.ebextensions/a.config': python };

  it('takes the place of WSGIPath', async () => {
    const { argv, hops, loud } = await read({
      ...options,
      Procfile: 'web: gunicorn --bind :8000 --workers 3 --threads 2 application:application\n',
    });
    expect(argv).toEqual(['gunicorn --bind :8000 --workers 3 --threads 2 application:application']);
    expect(hops).toEqual(['router address']);
    expect(loud).toEqual([]);
  });

  const port = (number: number | string) => ({
    '.ebextensions/a.config': `${python}  aws:elasticbeanstalk:application:environment:\n    PORT: ${number}\n`,
  });

  it('must listen at the port in PORT', async () => {
    const web = (bind: string) => ({ Procfile: `web: gunicorn --bind ${bind} application:application\n` });
    expect((await read({ ...port(5000), ...web(':5000') })).hops).toEqual(['router address']);
    expect((await read({ ...port('"5000"'), ...web('0.0.0.0:$PORT') })).hops).toEqual(['router address']);
    const wrong = await read({ ...port(5000), ...web('127.0.0.1:8000') });
    expect(wrong.loud).toEqual(['.ebextensions/a.config upstream/address-mismatch']);
  });

  it('with another port is right where PORT is set in the console', async () => {
    const { hops, loud } = await read({ ...options, Procfile: 'web: gunicorn --bind :5000 application:application\n' });
    expect(hops).toEqual(['router unknown address']);
    expect(loud).toEqual([]);
    const moved = await read({ ...port(5000) });
    expect(moved.loud).toEqual([]);
  });

  it('is enough with a configuration of nginx beside it', async () => {
    const { titles, loud } = await read({
      '.platform/nginx/conf.d/size.conf': 'client_max_body_size 50M;\n',
      Procfile: 'web: gunicorn --bind :8000 application:application\n',
    });
    expect(titles).toEqual(['Elastic Beanstalk']);
    expect(loud).toEqual([]);
  });
});

describe('what is added to nginx', () => {
  const slow = { Procfile: 'web: gunicorn --bind :8000 --timeout 300 application:application\n' };
  const options = { '.ebextensions/a.config': python };

  it('decides how long the platform waits', async () => {
    const timeouts = (seconds: number) => ({
      '.platform/nginx/conf.d/timeouts.conf': `proxy_connect_timeout 10s;\nproxy_read_timeout ${seconds}s;\n`,
    });
    const short = await read({ ...slow, ...timeouts(120) });
    expect(short.waits).toEqual([120]);
    expect(short.loud).toEqual(['.platform/nginx/conf.d/timeouts.conf timeout/gateway-before-worker']);
    const long = await read({ ...slow, ...timeouts(600) });
    expect(long.waits).toEqual([600]);
    expect(long.loud).toEqual([]);
    const server = await read({
      ...slow,
      '.platform/nginx/conf.d/elasticbeanstalk/t.conf': 'proxy_read_timeout 90;\n',
    });
    expect(server.waits).toEqual([90]);
  });

  it('is 60 seconds without it', async () => {
    expect((await read({ ...options, ...slow })).loud).toEqual(['Procfile timeout/platform-limit']);
  });

  it('may be written by files:', async () => {
    const files = (seconds: number) => ({
      '.ebextensions/a.config': `${python}files:\n  "/etc/nginx/conf.d/proxy.conf":\n    mode: "000644"\n    owner: root\n    content: |\n      client_max_body_size 20M;\n      proxy_read_timeout ${seconds};\n`,
    });
    const short = await read({ ...slow, ...files(120) });
    expect(short.loud).toEqual(['.ebextensions/a.config timeout/gateway-before-worker']);
    const [finding] = short.diagnostics.filter(({ rule }) => rule === 'timeout/gateway-before-worker');
    expect(finding?.span.file.text.slice(finding.span.start, finding.span.end)).toBe('120');
    expect((await read({ ...slow, ...files(301) })).loud).toEqual([]);
  });

  it('is read where nginx reads it: locations in the folder of the server', async () => {
    const location = 'location /ws/ {\n    proxy_pass http://127.0.0.1:8000;\n    proxy_read_timeout 600s;\n}\n';
    const right = await read({ ...options, '.platform/nginx/conf.d/elasticbeanstalk/ws.conf': location });
    expect(right.hops).toEqual(['nginx address', 'router address']);
    expect(right.loud).toEqual([]);
    const wrong = await read({ ...options, '.platform/nginx/conf.d/ws.conf': location });
    expect(wrong.loud).toEqual(['.platform/nginx/conf.d/ws.conf nginx/wrong-context']);
    const server =
      'server {\n    listen 8080;\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n';
    const beside = await read({ ...options, '.platform/nginx/conf.d/second.conf': server });
    expect(beside.loud).toEqual([]);
    const inside = await read({ ...options, '.platform/nginx/conf.d/elasticbeanstalk/second.conf': server });
    expect(inside.loud).toEqual(['.platform/nginx/conf.d/elasticbeanstalk/second.conf nginx/wrong-context']);
  });

  it('may replace the location of the platform', async () => {
    const location = (port: number) => ({
      '.platform/nginx/conf.d/elasticbeanstalk/00_application.conf': `location / {\n    proxy_pass http://127.0.0.1:${port};\n    proxy_http_version 1.1;\n    proxy_set_header Connection $connection_upgrade;\n    proxy_set_header Host $host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n}\n`,
    });
    const right = await read({ ...options, ...location(8000) });
    expect(right.hops).toEqual(['nginx address']);
    expect(right.loud).toEqual([]);
    const wrong = await read({
      ...location(8080),
      Procfile: 'web: gunicorn --bind 127.0.0.1:8000 application:application\n',
    });
    expect(wrong.loud).toEqual([
      '.platform/nginx/conf.d/elasticbeanstalk/00_application.conf upstream/address-mismatch',
    ]);
  });

  it('must not have a second location / beside that of the platform', async () => {
    const location = 'location / {\n    proxy_pass http://127.0.0.1:8000;\n    proxy_set_header Host $host;\n}\n';
    const { loud } = await read({ ...options, '.platform/nginx/conf.d/elasticbeanstalk/proxy.conf': location });
    expect(loud).toEqual(['.platform/nginx/conf.d/elasticbeanstalk/proxy.conf nginx/duplicate-directive']);
    const indented = location.replace(/^/gm, '      ');
    const written = `${python}files:\n  "/etc/nginx/conf.d/elasticbeanstalk/proxy.conf":\n    content: |\n${indented}`;
    expect((await read({ '.ebextensions/a.config': written })).loud).toEqual([]);
    const server = written.replace('elasticbeanstalk/', '');
    expect((await read({ '.ebextensions/a.config': server })).loud).toEqual([]);
  });

  it('may be a whole configuration', async () => {
    const whole =
      'user nginx;\nevents {}\nhttp {\n    include /etc/nginx/mime.types;\n    include conf.d/*.conf;\n    server {\n        listen 80 default_server;\n        include conf.d/elasticbeanstalk/*.conf;\n    }\n}\n';
    const { hops, loud } = await read({
      ...options,
      '.platform/nginx/nginx.conf': whole,
      '.platform/nginx/conf.d/elasticbeanstalk/api.conf':
        'location /api/ {\n    proxy_pass http://127.0.0.1:8000;\n}\n',
    });
    expect(hops).toEqual(['nginx address', 'router address']);
    expect(loud).toEqual([]);
    const own = whole.replace(
      'include conf.d/elasticbeanstalk/*.conf;',
      'location / { proxy_pass http://127.0.0.1:9000; }',
    );
    const wrong = await read({
      '.platform/nginx/nginx.conf': own,
      Procfile: 'web: gunicorn --bind 127.0.0.1:8000 application:application\n',
    });
    expect(wrong.loud).toEqual(['.platform/nginx/nginx.conf upstream/address-mismatch']);
  });

  it('is not known where a command or a hook changes it, or another proxy stands there', async () => {
    const command = `${python}container_commands:\n  01_port:\n    command: sed -i 's/8000/9000/' /etc/nginx/conf.d/elasticbeanstalk/00_application.conf\n`;
    expect((await read({ '.ebextensions/a.config': command })).hops).toEqual([]);
    const hook = {
      '.platform/hooks/postdeploy/nginx.sh': '#!/bin/bash\ncp /tmp/x /etc/nginx/conf.d/\nservice nginx reload\n',
    };
    expect((await read({ ...options, ...hook })).hops).toEqual([]);
    const apache = `${python}  aws:elasticbeanstalk:environment:proxy:\n    ProxyServer: apache\n`;
    expect((await read({ '.ebextensions/a.config': apache })).hops).toEqual([]);
    const copied = `${python}container_commands:\n  01_copy:\n    command: cp deploy/proxy.conf /etc/nginx/conf.d/\n`;
    const read1 = await read({
      ...slow,
      '.ebextensions/a.config': copied,
      'deploy/proxy.conf': 'proxy_read_timeout 30;\n',
    });
    expect(read1.waits).toEqual([30]);
  });
});
