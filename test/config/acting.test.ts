import { describe, expect, test } from 'vitest';
import { working } from '../cli/stacks.js';
import { findings } from './read.js';

/** nginx gives up after its default of 60 s, Gunicorn works for 120 s. */
const impatient = {
  ...working,
  'nginx.conf': working['nginx.conf'].replace('            proxy_read_timeout 125s;\n', ''),
};
const found = 'nginx.conf timeout/gateway-before-worker warning';

function site(pass: string, more = ''): string {
  return `server {
    listen 80;
    location / {
        proxy_pass ${pass};
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;${more}
    }
}
`;
}

const application =
  'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"shop"]\n';

test('without a configuration', async () => {
  expect(await findings(working)).toEqual([]);
  expect(await findings(impatient)).toEqual([found]);
});

describe('rules', () => {
  test.each([
    ['rules: { timeout/gateway-before-worker: off }', []],
    ['rules: { timeout: off }', []],
    ['rules: { all: off }', []],
    ['rules: { timeout/gateway-before-worker: error }', ['nginx.conf timeout/gateway-before-worker error']],
    ['rules: { timeout: info }', ['nginx.conf timeout/gateway-before-worker info']],
    // The narrower name wins, wherever it stands.
    ['rules: { timeout/gateway-before-worker: on, timeout: off }', [found]],
    ['rules: { timeout: info, all: off }', ['nginx.conf timeout/gateway-before-worker info']],
    ['rules: { upstream: off }', [found]],
  ])('%s', async (config, expected) => {
    expect(await findings(impatient, config)).toEqual(expected);
  });

  test('an option is what the rule judges by', async () => {
    const short = { ...working, 'gunicorn.conf.py': `${working['gunicorn.conf.py']}backlog = 64\n` };
    expect(await findings(short)).toEqual([]);
    expect(await findings(short, 'rules: { limits/connections: { backlog: 100 } }')).toEqual([
      'gunicorn.conf.py limits/connections info',
    ]);
    expect(await findings(short, 'rules: { limits/connections: { backlog: 100, severity: error } }')).toEqual([
      'gunicorn.conf.py limits/connections error',
    ]);
  });

  test('overrides hold for their files only, and outrank the rest', async () => {
    expect(await findings(impatient, 'overrides: [{ files: [nginx.conf], rules: { all: off } }]')).toEqual([]);
    expect(await findings(impatient, 'overrides: [{ files: ["*.py"], rules: { all: off } }]')).toEqual([found]);
    const both = 'rules: { timeout: off }\noverrides: [{ files: nginx.conf, rules: { timeout: error } }]';
    expect(await findings(impatient, both)).toEqual(['nginx.conf timeout/gateway-before-worker error']);
    const on = 'rules: { all: off }\noverrides: [{ files: nginx.conf, rules: { timeout: on } }]';
    expect(await findings(impatient, on)).toEqual([found]);
    // Switched on again it is as grave as it is elsewhere, and the last override counts.
    const again =
      'rules: { timeout: error }\noverrides: [{ files: nginx.conf, rules: { all: off } }, { files: nginx.conf, rules: { timeout: on } }]';
    expect(await findings(impatient, again)).toEqual(['nginx.conf timeout/gateway-before-worker error']);
    const last =
      'overrides: [{ files: nginx.conf, rules: { timeout: error } }, { files: nginx.conf, rules: { all: off } }]';
    expect(await findings(impatient, last)).toEqual([]);
  });
});

describe('exclude', () => {
  const nested = Object.fromEntries(Object.entries(impatient).map(([path, text]) => [`legacy/${path}`, text]));

  test.each(['legacy/', 'legacy', '/legacy/**', './legacy', '**/nginx.conf', '*.conf'])('%s', async pattern => {
    expect(await findings(nested)).toEqual([`legacy/${found}`]);
    expect(await findings(nested, `exclude: ["${pattern}"]`)).toEqual([]);
  });

  test('takes a pattern back with !', async () => {
    expect(
      await findings(nested, 'exclude: ["legacy/*", "!legacy/nginx.conf", "!legacy/*.py", "!legacy/Procfile"]'),
    ).toEqual([`legacy/${found}`]);
  });

  test('leaves what another file names in the picture, without findings there', async () => {
    const split = {
      ...impatient,
      'nginx.conf': 'events {}\nhttp {\n    include snippets/site.conf;\n}\n',
      'snippets/site.conf': site('http://127.0.0.1:8000'),
    };
    expect(await findings(split)).toEqual(['snippets/site.conf timeout/gateway-before-worker warning']);
    expect(await findings(split, 'exclude: [snippets/]')).toEqual([]);
    const elsewhere = { ...split, 'snippets/site.conf': site('http://127.0.0.1:8001') };
    expect(await findings(elsewhere, 'exclude: [gunicorn.conf.py]')).toContain(
      'snippets/site.conf upstream/address-mismatch error',
    );
  });
});

describe('stacks', () => {
  const scattered = {
    'infra/edge/nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8001')}}\n`,
    'teams/shop/Procfile': 'web: gunicorn --bind 127.0.0.1:8000 shop:application\n',
    'teams/shop/shop.py': application,
    'teams/blog/Procfile': 'web: gunicorn --bind 127.0.0.1:9000 blog:application\n',
    'teams/blog/blog.py': application,
  };

  test('ties files that their folders keep apart', async () => {
    expect(await findings(scattered)).toEqual([]);
    const declared = 'stacks: [{ name: shop, files: [infra/edge/, teams/shop/] }]';
    expect(await findings(scattered, declared)).toEqual(['infra/edge/nginx.conf upstream/address-mismatch error']);
  });

  test('keeps apart what only lies side by side', async () => {
    const beside = {
      ...impatient,
      'shop.conf': site('http://127.0.0.1:8000'),
      'nginx.conf': 'events {}\n',
    };
    expect(await findings(beside)).toEqual(['shop.conf timeout/gateway-before-worker warning']);
    expect(await findings(beside, 'stacks: [{ name: proxy, files: [shop.conf] }]')).toEqual([]);
  });

  test('leads from nginx on the host through the published port into a container', async () => {
    const compose = (port: string) => ({
      'host/nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8100')}}\n`,
      'app/compose.yaml': `services:\n  web:\n    build: .\n    ports: ["${port}"]\n`,
      'app/Dockerfile':
        'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "--timeout", "120", "--worker-tmp-dir", "/dev/shm", "shop:application"]\n',
      'app/shop.py': application,
    });
    const declared = 'stacks: [{ name: shop, files: [host/nginx.conf, app/compose.yaml] }]';
    expect(await findings(compose('8100:8000'))).toEqual([]);
    expect(await findings(compose('8100:8000'), declared)).toEqual([
      'host/nginx.conf timeout/gateway-before-worker warning',
    ]);
    expect(await findings(compose('8200:8000'), declared)).toEqual([]);
  });

  test('lays the compose files of one stack over each other', async () => {
    const files = {
      'base/compose.yaml': `services:
  web:
    image: shop
    command: gunicorn --bind 0.0.0.0:8000 shop:application
  proxy:
    image: nginx:1.27
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf"]
`,
      'base/nginx.conf': `events {}\nhttp {\n${site('http://web:8000')}}\n`,
      'prod/compose.yaml': 'services:\n  web:\n    command: gunicorn --bind 0.0.0.0:9000 shop:application\n',
    };
    const rule = 'rules: { all: off, upstream/address-mismatch: on }\n';
    expect(await findings(files, rule)).toEqual([]);
    const declared = `${rule}stacks: [{ name: production, files: [base/compose.yaml, prod/compose.yaml] }]`;
    expect(await findings(files, declared)).toEqual(['base/nginx.conf upstream/address-mismatch error']);
  });
});

describe('variables', () => {
  const rule = 'rules: { all: off, upstream/address-mismatch: on }\n';
  const procfile = { Procfile: 'web: gunicorn --bind 127.0.0.1:8000 shop:application\n', 'shop.py': application };

  test.each([
    ['http://127.0.0.1:${PORT}', 'PORT'],
    ['http://127.0.0.1:$PORT', 'PORT'],
    ['http://127.0.0.1:{{ port }}', 'port'],
    ['http://127.0.0.1:{{ shop.port | default(9000) }}', 'shop.port'],
    ['http://127.0.0.1:{{ .Values.port }}', 'Values.port'],
    ['http://127.0.0.1:<%= @port %>', 'port'],
  ])('nginx: %s', async (pass, name) => {
    const files = { ...procfile, 'nginx.conf.template': `events {}\nhttp {\n${site(pass)}}\n` };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}variables: { ${name}: 8000 }`)).toEqual([]);
    expect(await findings(files, `${rule}variables: { ${name}: 8001 }`)).toEqual([
      'nginx.conf.template upstream/address-mismatch error',
    ]);
    expect(await findings(files, `${rule}variables: { other: 8001 }`)).toEqual([]);
  });

  test("nginx's own variables are not meant", async () => {
    const files = { ...procfile, 'nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8000')}}\n` };
    expect(await findings(files, 'variables: { host: example.com }')).toEqual(await findings(files));
  });

  test('units', async () => {
    const files = {
      'nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8000')}}\n`,
      'shop.service.j2':
        '[Service]\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/gunicorn --bind 127.0.0.1:{{ shop_port }} shop:application\n',
      'shop.py': application,
    };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}variables: { shop_port: 8000 }`)).toEqual([]);
    expect(await findings(files, `${rule}variables: { shop_port: 9000 }`)).toEqual([
      'nginx.conf upstream/address-mismatch error',
    ]);
  });

  test('supervisor', async () => {
    const files = {
      'nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8000')}}\n`,
      'supervisord.conf':
        '[program:shop]\ncommand=gunicorn --bind 127.0.0.1:{{ shop_port }} shop:application\ndirectory=/srv/shop\n',
      'shop.py': application,
    };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}variables: { shop_port: 9000 }`)).toEqual([
      'nginx.conf upstream/address-mismatch error',
    ]);
  });

  test('compose files', async () => {
    const files = {
      'compose.yaml': `services:
  web:
    image: shop
    command: gunicorn --bind 0.0.0.0:{{ shop_port }} shop:application
  proxy:
    image: nginx:1.27
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf"]
`,
      'nginx.conf': `events {}\nhttp {\n${site('http://web:8000')}}\n`,
    };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}variables: { shop_port: 9000 }`)).toEqual([
      'nginx.conf upstream/address-mismatch error',
    ]);
  });
});

describe('environment', () => {
  const rule = 'rules: { all: off, upstream/address-mismatch: on }\n';
  const nginx = { 'nginx.conf': `events {}\nhttp {\n${site('http://127.0.0.1:8000')}}\n`, 'shop.py': application };

  test.each([
    ['a Procfile', { Procfile: 'web: gunicorn --bind 127.0.0.1:$PORT shop:application\n' }],
    ['a script', { 'start.sh': '#!/bin/sh\nexec gunicorn --bind 127.0.0.1:$PORT shop:application\n' }],
    [
      'a unit',
      {
        'shop.service':
          '[Service]\nWorkingDirectory=/srv/shop\nEnvironmentFile=/etc/shop.env\nExecStart=/usr/bin/gunicorn --bind 127.0.0.1:${PORT} shop:application\n',
      },
    ],
  ])('%s', async (_, launch) => {
    const files = { ...nginx, ...launch };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}environment: { PORT: 8000 }`)).toEqual([]);
    expect(await findings(files, `${rule}environment: { PORT: 9000 }`)).toEqual([
      'nginx.conf upstream/address-mismatch error',
    ]);
  });

  test('what a file sets is stronger', async () => {
    const files = { ...nginx, Procfile: 'web: export PORT=8000 && gunicorn --bind 127.0.0.1:$PORT shop:application\n' };
    expect(await findings(files, `${rule}environment: { PORT: 9000 }`)).toEqual([]);
  });

  test('compose is started in it', async () => {
    const files = {
      'compose.yaml': `services:
  web:
    image: shop
    command: gunicorn --bind 0.0.0.0:\${PORT} shop:application
  proxy:
    image: nginx:1.27
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf"]
`,
      'nginx.conf': `events {}\nhttp {\n${site('http://web:8000')}}\n`,
    };
    expect(await findings(files, rule)).toEqual([]);
    expect(await findings(files, `${rule}environment: { PORT: 9000 }`)).toEqual([
      'nginx.conf upstream/address-mismatch error',
    ]);
  });
});

test('target-version: an upstream name with resolve is for nginx 1.27.3 and newer', async () => {
  const files = {
    'nginx.conf': `events {}
http {
    resolver 127.0.0.53;
    upstream shop { zone shop 64k; server shop.internal:8000 resolve; }
    ${site('http://shop')}
}
`,
  };
  expect(await findings(files, 'target-version: { nginx: 1.27.3 }')).not.toContain(
    'nginx.conf nginx/upstream-parameter error',
  );
  expect(await findings(files, 'target-version: { nginx: 1.24 }')).toContain(
    'nginx.conf nginx/upstream-parameter error',
  );
});

describe('paths', () => {
  test('a path of the host is a folder of the repository', async () => {
    const files = {
      'deploy/web/main.conf': 'events {}\nhttp {\n    include /etc/nginx/shops/*.conf;\n}\n',
      'deploy/parts/site.conf': site('http://127.0.0.1:8000', '\n        proxy_read_timeot 5s;'),
    };
    const without = await findings(files);
    expect(without).not.toContain('deploy/parts/site.conf nginx/wrong-context error');
    const path = 'deploy/web/main.conf';
    const missing = {
      [path]: 'events {}\nhttp {\n    include /etc/nginx/shops/main.conf;\n}\n',
      'deploy/parts/x.conf': '',
    };
    expect(await findings(missing)).toEqual([]);
    expect(await findings(missing, 'paths: { /etc/nginx/shops: deploy/parts }')).toEqual([
      `${path} nginx/missing-include error`,
    ]);
  });

  test('sites-enabled stands for sites-available', async () => {
    const files = {
      'nginx/nginx.conf':
        'events {}\nhttp {\n    upstream shop { server 127.0.0.1:8000; }\n    include sites-enabled/*;\n}\n',
      'nginx/sites-available/shop':
        'upstream shop { server 127.0.0.1:9000; }\nserver { listen 80; location / { proxy_pass http://shop; } }\n',
    };
    const twice = 'nginx/sites-available/shop nginx/duplicate-upstream error';
    expect(await findings(files)).not.toContain(twice);
    expect(await findings(files, 'paths: { sites-enabled: sites-available }')).toContain(twice);
  });
});

describe('a configuration above or below the folder that is linted', () => {
  const above = { folder: '/project', root: '/project/deploy' };

  test('its paths are relative to where it stands', async () => {
    expect(await findings(impatient, 'exclude: [deploy/nginx.conf]', above)).toEqual([]);
    expect(await findings(impatient, 'exclude: [/nginx.conf]', above)).toEqual([found]);
    expect(await findings(impatient, 'exclude: [other/nginx.conf]', above)).toEqual([found]);
    expect(await findings(impatient, 'overrides: [{ files: deploy/, rules: { all: off } }]', above)).toEqual([]);
  });

  test('it says nothing about files beside its folder', async () => {
    const below = { folder: '/project/ci', root: '/project' };
    expect(await findings(impatient, 'exclude: ["*"]', below)).toEqual([found]);
    const nested = { ...impatient, 'ci/nginx.conf': impatient['nginx.conf'] };
    expect((await findings(nested, 'exclude: ["*"]', below)).filter(one => one.startsWith('ci/'))).toEqual([]);
  });
});
