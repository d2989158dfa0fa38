import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from './cli/process.js';

const top = mkdtempSync(join(tmpdir(), 'gwlint-hostile-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

let count = 0;

/** A repository in a folder of its own. Beside it lies what must not be read. */
function repository(files: Readonly<Record<string, string | Uint8Array>>): string {
  const parent = join(top, `case-${count++}`);
  const root = join(parent, 'repository');
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
  return root;
}

/** What a stranger who is shown all that is printed would learn. */
async function everythingSaid(root: string): Promise<string> {
  const said: string[] = [];
  for (const argv of [
    ['-v'],
    ['path', '-v'],
    ['--format', 'json'],
    ['--format', 'sarif'],
    ['--diff'],
    ['path', '--json'],
  ]) {
    const { code, stdout, stderr } = await run(root, argv);
    expect([argv, code <= 2, /internal error/.test(stderr)]).toEqual([argv, true, false]);
    said.push(stdout, stderr);
  }
  return said.join('\n');
}

const server = (body: string) =>
  `events {}\nhttp {\n${body}\n  server { listen 80; location / { proxy_pass http://127.0.0.1:8000; } }\n}\n`;
const stack = {
  Procfile: 'web: gunicorn app:app --bind 127.0.0.1:8000\n',
  'app.py': 'def app(environ, start_response):\n    return []\n',
};
const told = 'hunter2-from-outside';

describe('what lies outside the root', () => {
  const reaching: readonly (readonly [string, (root: string) => Readonly<Record<string, string>>])[] = [
    [
      'an include by its absolute path',
      root => ({ ...stack, 'nginx.conf': server(`  include ${dirname(root)}/secret.conf;`) }),
    ],
    [
      'an include with ..',
      () => ({ ...stack, 'nginx.conf': server('  include ../secret.conf;\n  include ../../*/secret*;') }),
    ],
    [
      'an env_file and volumes of compose',
      root => ({
        'compose.yaml': `services:
  web:
    image: nginx
    volumes: ["../secret.conf:/etc/nginx/nginx.conf", "${dirname(root)}/secret.conf:/etc/nginx/conf.d/x.conf"]
  app:
    image: app
    command: gunicorn app:app --bind $$SECRET --bind \${SECRET}
    env_file: ["../secret.env", "${dirname(root)}/secret.env"]
`,
      }),
    ],
    [
      'extends and include of compose',
      () => ({
        'compose.yaml':
          'include: [../secret.yaml]\nservices:\n  app:\n    extends: {file: ../secret.yaml, service: app}\n',
      }),
    ],
    [
      'COPY in a Dockerfile',
      () => ({
        Dockerfile: 'FROM nginx\nCOPY ../secret.conf /etc/nginx/nginx.conf\nADD ../../secret.conf /etc/nginx/conf.d/\n',
      }),
    ],
    [
      'EnvironmentFile of a unit',
      root => ({
        'app.service': `[Service]\nEnvironmentFile=${dirname(root)}/secret.env\nExecStart=/usr/bin/gunicorn app:app --bind \${SECRET}\n`,
      }),
    ],
    [
      'ini of uWSGI',
      () => ({
        'uwsgi.ini':
          '[uwsgi]\nhttp-socket = :8000\nini = ../secret.ini\nhttp-socket = @(../secret.env)\nmodule = app\n',
      }),
    ],
    [
      'a configuration file of Gunicorn',
      () => ({ ...stack, Procfile: 'web: gunicorn -c ../secret.py app:app --chdir ../..\n' }),
    ],
  ];
  for (const [what, files] of reaching) {
    test(`is not shown: ${what}`, async () => {
      const root = join(top, `case-${count}`, 'repository');
      repository(files(root));
      const outside = dirname(root);
      writeFileSync(
        join(outside, 'secret.conf'),
        `events {}\nhttp { server { listen 80; server_name ${told}; wrong_${told} on; location / { proxy_pass http://${told}:1; } } }\n`,
      );
      writeFileSync(join(outside, 'secret.env'), `SECRET=${told}:99\n`);
      writeFileSync(join(outside, 'secret.py'), `bind = "${told}:99"\ntimeout = "${told}"\n`);
      writeFileSync(join(outside, 'secret.ini'), `[uwsgi]\nhttp-socket = ${told}:99\n${told} = 1\n`);
      writeFileSync(
        join(outside, 'secret.yaml'),
        `services:\n  app:\n    image: ${told}\n    command: gunicorn ${told}:app\n`,
      );
      expect(await everythingSaid(root)).not.toContain(told);
    });
  }

  test('is not read through links: to a file, to a folder, in a folder, and out of a submodule', async () => {
    const root = repository({
      ...stack,
      'nginx.conf': server('  include links/*.conf;\n  include folder/*;\n  include sub/*.conf;'),
      'sub/.git': 'gitdir: ../.git/modules/sub\n',
    });
    const outside = dirname(root);
    writeFileSync(join(outside, 'secret.conf'), `wrong_${told} on;\n`);
    mkdirSync(join(root, 'links'));
    symlinkSync(join(outside, 'secret.conf'), join(root, 'links', 'absolute.conf'));
    symlinkSync('../../secret.conf', join(root, 'links', 'relative.conf'));
    symlinkSync('../..', join(root, 'links', 'up'));
    symlinkSync('up/secret.conf', join(root, 'links', 'through.conf'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync('../../secret.conf', join(root, 'sub', 'site.conf'));
    symlinkSync('loop.conf', join(root, 'links', 'loop.conf'));
    expect(await everythingSaid(root)).not.toContain(told);
    expect((await run(root, ['--allow-outside', '-v'])).stdout).toContain(`wrong_${told}`);
  });

  test('the passwords of the machine stay its own', async () => {
    const root = repository({
      ...stack,
      'nginx.conf': server('  include /etc/shadow;\n  include /etc/passwd;\n  auth_basic_user_file /etc/shadow;'),
    });
    expect(await everythingSaid(root)).not.toMatch(/root:[x*!$]/);
  });
});

describe('secrets', () => {
  test('in environment files are not printed', async () => {
    const secret = 'correct-horse-battery';
    const root = repository({
      '.env': `SECRET_KEY=${secret}\nDB_PASSWORD='${secret}'\nAPI_TOKEN_V2=${secret}\nAWS_KEY="${secret}"\nDATABASE_URL=postgres://shop:${secret}@db/shop\nPORT=8001\n`,
      'compose.yaml': `services:
  web:
    image: nginx
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf"]
  app:
    image: app
    command: gunicorn app:app --bind 0.0.0.0:\${PORT} --env SECRET_KEY=\${SECRET_KEY} --log-config \${DB_PASSWORD} --no-such-option=\${API_TOKEN_V2}
    env_file: .env
    environment:
      - SESSION_SECRET=${secret}
`,
      'nginx.conf': `events {}\nhttp { server { location / { proxy_pass http://app:8000; proxy_set_header X-Api-Token ${secret}; } } }\n`,
      'app.service': `[Service]\nEnvironment=SECRET_KEY=${secret}\nExecStart=/usr/bin/gunicorn app:app --no-such $SECRET_KEY --bind 127.0.0.1:8000\n`,
    });
    const said = await everythingSaid(root);
    expect(said).toContain('8001');
    expect(said.split('\n').filter(line => line.includes(secret))).toEqual([]);
  });
});

describe('the code of the user', () => {
  test('is never run', async () => {
    const effect = join(top, 'was-run');
    const write = `open(${JSON.stringify(effect)}, "w").write("x")`;
    const root = repository({
      'nginx.conf': server(''),
      Procfile: `web: touch ${effect}; gunicorn -c gunicorn.conf.py app:app $(touch ${effect})\n`,
      'app.py': `${write}\nimport os\nos.system("touch ${effect}")\napp = ${write}\n`,
      'gunicorn.conf.py': `${write}\nbind = "127.0.0.1:" + str(${write})\n`,
      'settings.py': write,
      'manage.py': write,
      'uwsgi.ini': `[uwsgi]\nmodule = app\nhttp-socket = :8000\nexec-asap = touch ${effect}\nhttp-socket = @(exec://touch ${effect})\n`,
      'start.sh': `#!/bin/sh\ntouch ${effect}\nexec gunicorn app:app --bind $(touch ${effect})\n`,
      Dockerfile: `FROM python\nRUN touch ${effect}\nCMD touch ${effect} && gunicorn app:app\n`,
      'package.json': `{"scripts":{"preinstall":"touch ${effect}"}}`,
      'setup.py': write,
      'conftest.py': write,
    });
    await everythingSaid(root);
    await run(root, ['--unsafe-fixes']);
    expect(existsSync(effect)).toBe(false);
  });
});

describe('texts that are made to harm', () => {
  const many = (count: number, make: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => make(i)).join('');
  const yamlBomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${many(9, i => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]\n`)}services: {app: {image: nginx, command: *j, environment: *j, volumes: *j}}\n`;
  const cases: readonly (readonly [string, Readonly<Record<string, string | Uint8Array>>])[] = [
    ['YAML aliases that multiply', { 'compose.yaml': yamlBomb, 'uwsgi.yaml': `uwsgi:\n  socket: *a\n${yamlBomb}` }],
    ['YAML that contains itself', { 'compose.yaml': 'services: &s\n  app: *s\n  web: {<<: *s, image: nginx}\n' }],
    [
      'deep YAML',
      {
        'compose.yaml': `services:\n  app: ${'['.repeat(5_000)}\n`,
        'k8s.yaml': `apiVersion: v1\nkind: Pod\nspec: ${'{a: '.repeat(5_000)}\n`,
      },
    ],
    [
      'XML entities',
      {
        'uwsgi.xml': `<?xml version="1.0"?>\n<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">${many(9, i => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`)}<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<uwsgi><socket>&j;&x;</socket></uwsgi>\n`,
        'start.sh': '#!/bin/sh\nuwsgi --xml uwsgi.xml\n',
      },
    ],
    ['deep XML', { 'uwsgi.xml': `<uwsgi>${'<a>'.repeat(10_000)}`, 'start.sh': '#!/bin/sh\nuwsgi --xml uwsgi.xml\n' }],
    ['deep nginx', { 'nginx.conf': `events {}\nhttp { server { ${'location / { '.repeat(30_000)}` }],
    [
      'deep Python',
      {
        Procfile: 'web: gunicorn app:app\n',
        'app.py': `app = ${'('.repeat(20_000)}1\nx = ${'['.repeat(20_000)}\n${many(300, i => `${' '.repeat(i)}if x:\n`)}`,
      },
    ],
    [
      'deep shell',
      { 'start.sh': `#!/bin/sh\nexec gunicorn ${'$('.repeat(20_000)}\n${'if true; then '.repeat(5_000)}\n` },
    ],
    [
      'one long line',
      {
        'nginx.conf': `events {} http { server { server_name ${'a'.repeat(2_000_000)}; } }`,
        Procfile: `web: gunicorn ${'a '.repeat(500_000)}\n`,
        'app.service': `[Service]\nExecStart=/bin/gunicorn ${'x'.repeat(1_000_000)}\n`,
      },
    ],
    [
      'blank lines without end',
      {
        'a.ini': '\n'.repeat(1_000_000),
        'b.conf': '\n'.repeat(1_000_000),
        'c.service': ' \n'.repeat(500_000),
        'd.yaml': '\n \n'.repeat(300_000),
      },
    ],
    [
      'NUL bytes',
      {
        'nginx.conf': 'events {}\nhttp {\0 server { listen 80\0; } }\n',
        Procfile: 'web: gunicorn\0app:app\n',
        'compose.yaml': 'services:\n  app: {image: "a\0b"}\n',
      },
    ],
    [
      'bytes that are no text',
      {
        'nginx.conf': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256),
        Procfile: Uint8Array.from({ length: 5000 }, (_, i) => 255 - (i % 256)),
      },
    ],
    [
      'halves of characters',
      {
        'nginx.conf': 'events {} http { server { server_name \ud800\udc00\ud800; } }',
        'compose.yaml': 'services: {"\udfff": {image: nginx}}\n',
      },
    ],
    [
      'names of JavaScript',
      {
        'compose.yaml':
          'services:\n  __proto__: {image: nginx}\n  constructor: {image: app, command: gunicorn toString:__proto__, environment: {__proto__: 1, constructor: 2}}\n',
        'nginx.conf':
          'events {}\nhttp { upstream __proto__ { server constructor:80; } map $a $__proto__ { constructor toString; } server { constructor on; location / { proxy_pass http://__proto__; } } }\n',
        'uwsgi.ini': '[uwsgi]\n__proto__ = 1\nconstructor = %(__proto__)\n',
      },
    ],
    [
      'variables of make that multiply',
      {
        Makefile: `${many(20, i => `V${i} = ${`$(V${i + 1})`.repeat(200)}\n`)}run:\n\tgunicorn $(V0)\n`,
        Procfile: 'web: make run\n',
      },
    ],
    [
      'variables of the shell that multiply',
      { 'start.sh': `#!/bin/sh\n${many(60, i => `A${i + 1}="$A${i}$A${i}"\n`)}exec gunicorn --bind $A60 app:app\n` },
    ],
    [
      'variables of nginx that multiply',
      {
        ...stack,
        'nginx.conf': server(
          many(60, i => `  map $x $a${i + 1} { default $a${i}$a${i}; }\n`).concat(
            '  server { location /x { proxy_pass http://$a60; } }',
          ),
        ),
      },
    ],
    [
      'placeholders of uWSGI that multiply',
      {
        'uwsgi.ini': `[uwsgi]\n${many(60, i => `set = a${i + 1}=%(a${i})%(a${i})\na${i + 1} = %(a${i})%(a${i})\n`)}http-socket = %(a60)\nfor-times = 999999999\nsocket = %(_)\nendfor =\n`,
      },
    ],
    [
      'Python that never ends',
      {
        Procfile: 'web: gunicorn -c conf.py app:app\n',
        'conf.py': 'while True:\n    x = 1\nbind = "a" * 10 ** 12\nworkers = 2 ** 10 ** 9\ny = [0] * 10 ** 12\n',
        'app.py': 'def f(n):\n    return f(n + 1) + f(n + 2)\napp = f(0)\nfrom app import *\nimport app\n',
      },
    ],
    [
      'a build that copies itself',
      {
        Dockerfile: `FROM a AS b\nFROM b AS a\nFROM nginx\nCOPY --from=a / /\nCOPY --from=2 / /\n${many(3000, () => 'COPY . .\nRUN ln -s / /x\n')}`,
      },
    ],
  ];
  for (const [what, files] of cases) {
    test(`end soon and quietly: ${what}`, async () => {
      await everythingSaid(repository(files));
    }, 60_000);
  }

  test('includes that multiply are cut, and it is said', async () => {
    const files: Record<string, string> = {
      ...stack,
      'nginx.conf': server('  include a0.conf;'),
      'a6.conf': 'map $a $b { default 1; }\n',
    };
    for (let i = 0; i < 6; i++) files[`a${i}.conf`] = `include a${i + 1}.conf;\n`.repeat(10);
    const { code, stdout } = await run(repository(files), ['-v']);
    expect(code).toBeLessThan(2);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /more than 20000 includes lead here|so often that the configuration grows too large/,
    );
  }, 60_000);

  test('nothing drives the terminal', async () => {
    const evil = '\x1b]0;owned\x07\x1b[2J\x9b31m\u202e';
    const root = repository({
      ...stack,
      [`nginx${evil}.conf`]: server(''),
      'nginx.conf': server(`  ${evil} on;\n  server_name "${evil}";\n  include ${evil}/x.conf;`),
      'compose.yaml': `services:\n  "app${evil}":\n    image: nginx\n    depends_on: ["x${evil}"]\n`,
    });
    for (const argv of [
      [],
      ['-v'],
      ['path', '-v'],
      ['--format', 'compact'],
      ['--format', 'markdown'],
      ['--format', 'github'],
      ['--format', 'json'],
    ]) {
      const { stdout, stderr } = await run(root, argv, { isTerminal: true });
      expect([
        argv,
        /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(
          stdout.replace(/\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)/g, '') + stderr,
        ),
      ]).toEqual([argv, false]);
      expect(stdout).not.toContain('owned\x07');
    }
  });
});
