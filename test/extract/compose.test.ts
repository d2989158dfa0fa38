import { describe, expect, it } from 'vitest';
import { imageStacks } from '../../src/extract/compose/images.js';
import { looksLikeCompose } from '../../src/extract/compose/recognise.js';
import { composeStack, composeStacks } from '../../src/extract/compose/stacks.js';
import { listInside, locate } from '../../src/extract/place/files.js';
import type { ContainerStack } from '../../src/model/parts.js';
import type { Place } from '../../src/model/place.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';
import { memoryReader } from '../support/memory.js';

type Files = Record<string, string>;

async function read(files: Files) {
  const reader = await memoryReader(files, 'yaml', 'dockerfile');
  const candidates = reader.files().filter(path => /\.ya?ml$/.test(path));
  const compose = candidates.flatMap(path => {
    const file = reader.file(path);
    const tree = file && reader.yaml(file);
    return file && tree && looksLikeCompose(tree) ? [file] : [];
  });
  const stacks = composeStacks(reader, compose).map(one => composeStack(reader, one));
  return { reader, stacks };
}

/** The one stack of a project. */
async function stack(files: Files) {
  const { reader, stacks } = await read(files);
  expect(stacks.map(one => one.id)).toHaveLength(1);
  const only = stacks[0] as ContainerStack;
  const place = (name: string): Place => {
    const found = only.places.find(one => one.title === `service ${name}`);
    if (!found) throw new Error(`no service ${name}`);
    return found;
  };
  return {
    reader,
    only,
    place,
    argv: (name: string) =>
      only.launches
        .filter(launch => launch.name === name)
        .flatMap(launch => launch.commands)
        .map(command => command.words.map(word => word.text)),
    where: (name: string, inside: string) => {
      const found = locate(reader, place(name), inside);
      return found.kind === 'file' ? found.file.path : found.kind;
    },
  };
}

const known = <T>(setting: Setting<T> | undefined) => (setting?.known ? setting.value : undefined);
const variable = (place: Place, name: string) => known(place.environment.get(name));
const python = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n';

describe('looksLikeCompose', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['a compose file', 'services:\n  web:\n    image: x\n', true],
    ['an override', 'services:\n  web:\n    ports: ["80:80"]\n', true],
    ['a workflow', 'jobs:\n  a: {}\nservices:\n  db:\n    image: x\n', false],
    ['a pipeline', 'services:\n  - postgres\n', false],
    ['a PHP container', 'services:\n  App\\X:\n    class: X\n    tags: [a]\n', false],
    ['something else', 'services: 3\n', false],
  ];
  it.each(cases)('%s', async (_, text, expected) => {
    const reader = await memoryReader({ 'a.yml': text }, 'yaml');
    const file = reader.file('a.yml');
    const tree = file && reader.yaml(file);
    expect(tree && looksLikeCompose(tree)).toBe(expected);
  });
});

describe('what a service starts', () => {
  it('takes the command of the image where compose states none', async () => {
    const { only, argv, place } = await stack({
      'docker-compose.yml': 'services:\n  web:\n    build: .\n',
      Dockerfile: `${python}ENV PORT=8001\nEXPOSE 8001\nUSER www:staff\nCMD ["gunicorn", "-b", "0.0.0.0:8001", "app:app"]\n`,
    });
    expect(argv('web')).toEqual([['gunicorn', '-b', '0.0.0.0:8001', 'app:app']]);
    expect(only.launches[0]).toMatchObject({ kind: 'dockerfile', name: 'web' });
    expect(known(only.launches[0]?.user)).toBe('www');
    expect(known(only.launches[0]?.group)).toBe('staff');
    expect(variable(place('web'), 'PORT')).toBe('8001');
    expect(place('web')).toMatchObject({ opaque: false, environmentOpen: false });
    expect(known(place('web').workingDirectory)).toBe('/app');
    expect(only.files.map(file => file.path)).toEqual(['docker-compose.yml', 'Dockerfile']);
  });

  it('lets command replace CMD and entrypoint take both away', async () => {
    const Dockerfile = `${python}ENTRYPOINT ["tini", "--"]\nCMD ["gunicorn", "image:app"]\n`;
    const command = await stack({
      'compose.yaml': 'services:\n  web:\n    build: .\n    command: gunicorn "compose:app" -b :9000\n',
      Dockerfile,
    });
    expect(command.argv('web')).toEqual([['gunicorn', 'compose:app', '-b', ':9000']]);
    expect(command.only.launches[0]?.kind).toBe('compose');
    const entrypoint = await stack({
      'compose.yaml': 'services:\n  web:\n    build: .\n    entrypoint: ["uvicorn", "x:app"]\n',
      Dockerfile,
    });
    expect(entrypoint.argv('web')).toEqual([['uvicorn', 'x:app']]);
  });

  it('points at the words in the file, however the command is written', async () => {
    const text = `services:
  a:
    image: python
    command: gunicorn -b 0.0.0.0:8000 app:app
  b:
    image: python
    command: >
      gunicorn
      -b 0.0.0.0:8001
      app:app
  c:
    image: python
    command:
      - gunicorn
      - --bind=0.0.0.0:8002
`;
    const { only } = await stack({ 'docker-compose.yml': text });
    const shown = only.launches.map(launch => launch.commands[0]?.words.map(word => spanText(word.span)));
    expect(shown).toEqual([
      ['gunicorn', '-b', '0.0.0.0:8000', 'app:app'],
      ['gunicorn', '-b', '0.0.0.0:8001', 'app:app'],
      ['gunicorn', '--bind=0.0.0.0:8002'],
    ]);
  });

  it('runs no shell for a text, and follows one that is asked for', async () => {
    const { argv } = await stack({
      'docker-compose.yml': `services:
  plain:
    image: python
    command: python manage.py migrate && gunicorn app:app
  shell:
    image: python
    environment: { PORT: "8100" }
    command: sh -c "python manage.py migrate && gunicorn -b :$\${PORT} app:app"
`,
    });
    expect(argv('plain')).toEqual([['python', 'manage.py', 'migrate']]);
    expect(argv('shell').at(-1)).toEqual(['gunicorn', '-b', ':8100', 'app:app']);
  });

  it('follows an entry script of the image to the server', async () => {
    const { argv } = await stack({
      'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: ["gunicorn", "app:app", "-b", ":$$PORT"]\n',
      Dockerfile: `${python}ENTRYPOINT ["/app/entrypoint.sh"]\n`,
      'entrypoint.sh': '#!/bin/sh\nset -e\npython manage.py migrate\nexec "$@"\n',
    });
    expect(argv('web').at(-1)).toEqual(['gunicorn', 'app:app', '-b', ':$PORT']);
  });

  it('starts nginx for the official image and looks into no other', async () => {
    const { argv, place } = await stack({
      'docker-compose.yml': 'services:\n  front:\n    image: nginx:alpine\n  db:\n    image: postgres:16\n',
    });
    expect(argv('front')).toEqual([['nginx', '-g', 'daemon off;']]);
    expect(place('front').opaque).toBe(false);
    expect(place('db')).toMatchObject({ opaque: true, environmentOpen: true });
    expect(argv('db')).toEqual([]);
  });

  it('knows what an image holds though its tag comes from outside', async () => {
    const { argv, place } = await stack({
      'docker-compose.yml':
        'services:\n  front:\n    image: nginx:${TAG}\n    ports: ["80:80"]\n  web:\n    build: .\n',
      Dockerfile: 'ARG V\nFROM python:${V}\nCMD ["gunicorn", "a"]\n',
    });
    expect(argv('front')).toEqual([['nginx', '-g', 'daemon off;']]);
    expect(place('web')).toMatchObject({ environmentOpen: false, opaque: false });
  });

  it('takes an image that another service builds under that name', async () => {
    const { argv } = await stack({
      'docker-compose.yml':
        'services:\n  web:\n    build: .\n    image: shop\n  other:\n    image: shop:latest\n    command: gunicorn b:app\n',
      Dockerfile: `${python}CMD ["gunicorn", "a:app"]\n`,
    });
    expect(argv('web')).toEqual([['gunicorn', 'a:app']]);
    expect(argv('other')).toEqual([['gunicorn', 'b:app']]);
  });

  it('builds by target and arguments, with a Dockerfile relative to the context', async () => {
    const { argv, where } = await stack({
      'deploy/docker-compose.yml': `services:
  web:
    build:
      context: ../src
      dockerfile: ../deploy/web.Dockerfile
      target: prod
      args:
        - APP_PORT=8200
`,
      'deploy/web.Dockerfile':
        'FROM python AS prod\nARG APP_PORT\nENV P=$APP_PORT\nCOPY . /app\nCMD gunicorn -b :$P app:app\nFROM prod AS dev\nCMD ["x"]\n',
      'src/app.py': '',
    });
    expect(argv('web')).toEqual([['gunicorn', '-b', ':8200', 'app:app']]);
    expect(where('web', '/app/app.py')).toBe('src/app.py');
  });

  it('knows stop signal and stop time', async () => {
    const { only } = await stack({
      'docker-compose.yml': `services:
  a: { image: nginx, stop_grace_period: 1m30s }
  b: { image: nginx, stop_signal: SIGINT }
`,
    });
    expect(only.launches.map(launch => [known(launch.stopTimeout), known(launch.stopSignal)])).toEqual([
      [90, 'SIGQUIT'],
      [10, 'SIGINT'],
    ]);
  });
});

describe('variables', () => {
  it('fills in .env, defaults and alternatives, and nothing else', async () => {
    const { place, argv } = await stack({
      '.env': 'A=one\nexport B="two words"\nEMPTY=\n',
      'docker-compose.yml': `services:
  web:
    image: python
    environment:
      SET: "\${A}"
      SPACED: $B
      DEFAULT: \${NOWHERE:-8000}
      NESTED: \${NOWHERE:-\${ALSO_NOT-\${A}}}
      EMPTY_COLON: \${EMPTY:-x}
      EMPTY_PLAIN: \${EMPTY-x}
      ALT: \${A:+yes}
      NO_ALT: \${NOWHERE:+yes}
      OPEN: \${NOWHERE}
      REQUIRED: \${NOWHERE:?give it}
      DOLLAR: a$$b
    command: gunicorn -b :\${NOWHERE:-8300} \${NOWHERE_ELSE}
`,
    });
    const web = place('web');
    const values = ['SET', 'SPACED', 'DEFAULT', 'NESTED', 'EMPTY_COLON', 'EMPTY_PLAIN', 'ALT', 'NO_ALT', 'DOLLAR'].map(
      name => variable(web, name),
    );
    expect(values).toEqual(['one', 'two words', '8000', 'one', 'x', '', 'yes', '', 'a$b']);
    expect(web.environment.get('OPEN')).toMatchObject({ known: false });
    expect(web.environment.get('REQUIRED')).toMatchObject({ known: false });
    expect(argv('web')[0]?.slice(0, 3)).toEqual(['gunicorn', '-b', ':8300']);
    expect(web.environment.get('SET')?.via?.[0]).toMatchObject({
      message: 'A is set here',
      span: { file: { path: '.env' } },
    });
  });

  it('does not trust a default that an example of .env contradicts', async () => {
    const files = (example: string) => ({
      '.env.example': example,
      'docker-compose.yml': 'services:\n  web:\n    image: python\n    environment:\n      P: ${PORT:-8000}\n',
    });
    expect(variable((await stack(files('PORT=8000\n'))).place('web'), 'P')).toBe('8000');
    expect(variable((await stack(files('PORT=9000\n'))).place('web'), 'P')).toBeUndefined();
  });

  it('ranks environment over env_file, and both over the image', async () => {
    const { place } = await stack({
      'docker-compose.yml': `services:
  web:
    build: .
    env_file:
      - a.env
      - path: ./b.env
    environment:
      - C=compose
      - D
`,
      'a.env': 'A=a\nB=a\nC=a\n',
      'b.env': 'B=b\nC=b\n',
      Dockerfile: 'FROM python\nENV A=image E=image\n',
    });
    const web = place('web');
    expect(['A', 'B', 'C', 'E'].map(name => variable(web, name))).toEqual(['a', 'b', 'compose', 'image']);
    expect(web.environment.get('B')?.span?.file.path).toBe('b.env');
    expect(spanText(web.environment.get('C')?.span as never)).toBe('compose');
    expect(web.environment.get('D')).toMatchObject({ known: false });
    expect(web.environmentOpen).toBe(false);
  });

  it('is open where an env_file is not in the repository', async () => {
    const { place } = await stack({
      'docker-compose.yml': 'services:\n  web:\n    image: python\n    env_file: .env.prod\n',
    });
    expect(place('web').environmentOpen).toBe(true);
  });

  it('is open in a file that only builds images', async () => {
    const files = (more: string) => ({
      'build.yml': `services:\n  a: { build: ., image: x }\n  b: { build: . ${more} }\n`,
      Dockerfile: 'FROM python\nCMD ["gunicorn", "a"]\n',
    });
    expect((await stack(files(''))).place('a').environmentOpen).toBe(true);
    expect((await stack(files(', ports: ["80:80"]'))).place('a').environmentOpen).toBe(false);
  });

  it('takes values of a templated file for unknown', async () => {
    const { place } = await stack({
      'docker-compose.yml':
        'services:\n  web:\n    image: python\n    environment:\n      P: "{{ port }}"\n      Q: "1"\n',
    });
    expect(place('web').environment.get('P')).toMatchObject({ known: false, why: 'a template fills it in' });
    expect(variable(place('web'), 'Q')).toBe('1');
  });
});

describe('mounts', () => {
  it('reads all forms of volumes', async () => {
    const { where, place } = await stack({
      'deploy/docker-compose.yml': `services:
  web:
    image: nginx
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
      - ../site:/etc/nginx/conf.d/
      - \${DATA:-./data}:/data
      - static:/static
      - /var/log/x:/logs
      - ~/certs:/certs
      - \${WHERE}:/where
      - bound:/bound
      - type: bind
        source: ../extra
        target: /extra
        read_only: true
      - type: tmpfs
        target: /scratch
volumes:
  static:
  bound:
    driver_opts: { type: none, o: bind, device: ./data }
`,
      'deploy/nginx.conf': 'x',
      'deploy/data/a': 'x',
      'site/b.conf': 'x',
      'extra/c': 'x',
    });
    expect(where('web', '/etc/nginx/nginx.conf')).toBe('deploy/nginx.conf');
    expect(where('web', '/etc/nginx/conf.d/b.conf')).toBe('site/b.conf');
    expect(where('web', '/etc/nginx/conf.d/default.conf')).toBe('missing');
    expect(where('web', '/data/a')).toBe('deploy/data/a');
    expect(where('web', '/bound/a')).toBe('deploy/data/a');
    expect(where('web', '/extra/c')).toBe('extra/c');
    expect(where('web', '/scratch/x')).toBe('missing');
    for (const path of ['/static/x', '/logs/x', '/certs/x', '/where/x']) expect(where('web', path)).toBe('unknown');
    expect(place('web').mounts.find(mount => mount.inside === '/static')).toMatchObject({
      kind: 'volume',
      volume: 'static',
    });
  });

  it('lays a deeper mount over a shallower one, in whatever order they are written', async () => {
    const { where } = await stack({
      'docker-compose.yml':
        'services:\n  web:\n    image: python\n    volumes:\n      - ./conf/x.py:/app/x.py\n      - .:/app\n',
      'conf/x.py': '',
      'x.py': '',
      'y.py': '',
    });
    expect(where('web', '/app/x.py')).toBe('conf/x.py');
    expect(where('web', '/app/y.py')).toBe('y.py');
  });

  it('reads configs with files and with content, and secrets', async () => {
    const text = `services:
  web:
    image: nginx
    configs:
      - source: site
        target: /etc/nginx/conf.d/site.conf
      - plain
      - filled
    secrets: [key]
configs:
  site:
    file: ./site.conf
  plain:
    content: |
      server {
        set $$x 1;
      }
  filled:
    content: "a $NAME"
secrets:
  key:
    external: true
`;
    const { where, reader, place } = await stack({ 'docker-compose.yml': text, 'site.conf': '' });
    expect(where('web', '/etc/nginx/conf.d/site.conf')).toBe('site.conf');
    const plain = locate(reader, place('web'), '/plain');
    expect(plain.kind === 'file' && plain.file.text.trim().replace(/ +/g, ' ')).toBe('server { \n set $x 1; \n}');
    expect(plain.kind === 'file' && plain.file.text.indexOf('server')).toBe(text.indexOf('server {'));
    expect(where('web', '/filled')).toBe('unknown');
    expect(where('web', '/run/secrets/key')).toBe('unknown');
  });

  it('renders nginx templates as the official image does', async () => {
    const { reader, place } = await stack({
      'docker-compose.yml':
        'services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./templates:/etc/nginx/templates\n',
      'templates/site.conf.template': 'server {}',
      'templates/deep/x.conf.template': '',
      'templates/readme': '',
    });
    expect(locate(reader, place('web'), '/etc/nginx/conf.d/site.conf')).toMatchObject({
      kind: 'file',
      file: { path: 'templates/site.conf.template' },
      rendered: 'envsubst',
    });
    expect(listInside(reader, place('web'), '/etc/nginx/conf.d').names).toEqual(['deep', 'default.conf', 'site.conf']);
  });

  it('renders nothing in nginx images that are too old for it', async () => {
    const { where } = await stack({
      'docker-compose.yml':
        'services:\n  web:\n    image: nginx:1.17\n    volumes:\n      - ./t:/etc/nginx/templates\n',
      't/site.conf.template': 'server {}',
    });
    expect(where('web', '/etc/nginx/conf.d/site.conf')).not.toBe('t/site.conf.template');
  });

  it('follows what a start command writes', async () => {
    const { reader, place, argv } = await stack({
      'docker-compose.yml': `services:
  web:
    image: nginx
    volumes:
      - ./site.tpl:/tpl/site.tpl
    command: /bin/sh -c "envsubst '$$HOST' < /tpl/site.tpl > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'"
`,
      'site.tpl': 'server {}',
    });
    expect(locate(reader, place('web'), '/etc/nginx/conf.d/default.conf')).toMatchObject({
      kind: 'file',
      file: { path: 'site.tpl' },
      rendered: 'envsubst',
    });
    expect(argv('web').at(-1)).toEqual(['nginx', '-g', 'daemon off;']);
  });
});

describe('networks and ports', () => {
  it('knows names, aliases, links and networks', async () => {
    const { place } = await stack({
      'docker-compose.yml': `services:
  web:
    image: python
    container_name: shop_web
    networks:
      back:
        aliases: [api, "api.internal"]
      front:
  nginx:
    image: nginx
    networks: [front]
    links: ["web:app"]
    extra_hosts:
      - "host.docker.internal:host-gateway"
    depends_on:
      web: { condition: service_healthy }
  alone:
    image: python
networks:
  back:
  front:
    external: true
`,
    });
    expect(place('web').names.map(name => [name.name, name.networks])).toEqual([
      ['web', ['back', 'front']],
      ['api', ['back']],
      ['api.internal', ['back']],
      ['shop_web', ['back', 'front']],
    ]);
    expect(place('nginx').networks).toEqual(['front']);
    expect(place('nginx').openNetworks).toEqual(['front']);
    expect([...place('nginx').extraNames]).toEqual([
      ['app', 'web'],
      ['host.docker.internal', 'host-gateway'],
    ]);
    expect(place('nginx').dependsOn.map(one => one.name)).toEqual(['web']);
    expect(place('alone').networks).toEqual(['default']);
  });

  it('knows shared network namespaces', async () => {
    const { place } = await stack({
      'docker-compose.yml': `services:
  a: { image: python, container_name: first }
  b: { image: python, network_mode: "service:a" }
  c: { image: python, network_mode: "container:first" }
  d: { image: python, network_mode: host }
`,
    });
    expect(['a', 'b', 'c', 'd'].map(name => place(name).networkMode)).toEqual([
      undefined,
      'docker-compose.yml#a',
      'docker-compose.yml#a',
      'host',
    ]);
    expect(place('b').networks).toEqual([]);
  });

  it('reads ports in all forms', async () => {
    const { place } = await stack({
      'docker-compose.yml': `services:
  web:
    image: python
    ports:
      - "8000"
      - "80:8001"
      - "127.0.0.1:8443:443"
      - "9000-9001:9100-9101"
      - "53:53/udp"
      - "\${HOST_PORT:-8080}:8002"
      - "\${OPEN}:8003"
      - "[::1]:81:8004"
      - { target: 8005, published: "8085", host_ip: 10.0.0.1 }
      - 3000:3000
`,
    });
    const shown = place('web').ports.map(port => [
      port.hostAddress,
      port.host ? known(port.host) : 'none',
      known(port.inside),
    ]);
    expect(shown).toEqual([
      [undefined, 'none', 8000],
      [undefined, 80, 8001],
      ['127.0.0.1', 8443, 443],
      [undefined, 9000, 9100],
      [undefined, 9001, 9101],
      [undefined, 8080, 8002],
      [undefined, undefined, 8003],
      ['::1', 81, 8004],
      ['10.0.0.1', 8085, 8005],
      [undefined, 3000, 3000],
    ]);
  });

  it('collects what expose and health checks claim', async () => {
    const { place } = await stack({
      'docker-compose.yml': `services:
  web:
    image: python
    expose: [8000, "8001/tcp"]
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8002/ok"]
`,
    });
    expect(place('web').claims?.map(claim => [claim.kind, known(claim.port)])).toEqual([
      ['expose', 8000],
      ['expose', 8001],
      ['healthcheck', 8002],
    ]);
  });
});

describe('what cannot work', () => {
  const faults = async (files: Files) =>
    (await stack(files)).only.launches
      .flatMap(launch => launch.faults ?? [])
      .map(fault => [fault.kind, spanText(fault.span)]);

  it('reports a Dockerfile that is spelled otherwise, with the repair', async () => {
    const { only } = await stack({
      'docker-compose.yml': 'services:\n  web:\n    build: { context: ., dockerfile: Dockerfiles/web.Dockerfile }\n',
      'DockerFiles/web.Dockerfile': 'FROM python\n',
    });
    const [fault] = only.launches[0]?.faults ?? [];
    expect(fault).toMatchObject({ kind: 'process/missing-file' });
    expect(fault?.repairs?.[0]?.edits.map(edit => [spanText(edit.span), edit.text])).toEqual([
      ['Dockerfiles/web.Dockerfile', 'DockerFiles/web.Dockerfile'],
    ]);
  });

  it('reports a Dockerfile that is not in a folder which is there, and no other', async () => {
    const compose = 'services:\n  web:\n    build: ./web\n';
    expect(await faults({ 'docker-compose.yml': compose, 'web/app.py': '' })).toEqual([
      ['process/missing-file', './web'],
    ]);
    expect(await faults({ 'docker-compose.yml': compose })).toEqual([]);
    expect(
      await faults({
        'docker-compose.yml': compose,
        'web/app.py': '',
        '.gitmodules': '[submodule "web"]\n\tpath = web\n',
      }),
    ).toEqual([]);
    expect(await faults({ 'docker-compose.yml': 'services:\n  web:\n    build: https://x.example/y.git\n' })).toEqual(
      [],
    );
  });

  it('reports a mounted configuration file that is not there', async () => {
    const compose =
      'services:\n  web:\n    image: nginx\n    volumes: ["./conf/site.conf:/etc/nginx/conf.d/default.conf"]\n';
    const volume = '"./conf/site.conf:/etc/nginx/conf.d/default.conf"';
    expect(await faults({ 'docker-compose.yml': compose, 'conf/other.conf': '' })).toEqual([
      ['process/missing-file', volume],
    ]);
    expect(await faults({ 'docker-compose.yml': compose, 'conf/site.conf.example': '' })).toEqual([]);
    expect(await faults({ 'docker-compose.yml': compose, 'conf/other.conf': '', '.gitignore': 'site.conf\n' })).toEqual(
      [],
    );
    expect(await faults({ 'docker-compose.yml': compose, 'conf/site.conf': '' })).toEqual([]);
  });

  it('reports a server behind a shell operator that no shell reads', async () => {
    const command = (text: string) => ({
      'docker-compose.yml': `services:\n  web:\n    image: python\n    command: ${text}\n`,
    });
    expect(await faults(command('python manage.py migrate && gunicorn app:app'))).toEqual([
      ['process/cannot-start', '&& gunicorn app:app'],
    ]);
    expect(await faults(command('sh -c "python manage.py migrate && gunicorn app:app"'))).toEqual([]);
    expect(await faults(command('gunicorn app:app > /tmp/log'))).toEqual([]);
    expect(await faults(command('gunicorn app:app && echo done'))).toEqual([]);
  });

  it('reports an argument list in single quotes, with the repair', async () => {
    const { only } = await stack({
      'docker-compose.yml': 'services:\n  web:\n    build: .\n',
      Dockerfile: "FROM python\nCMD ['gunicorn', 'app:app']\n",
    });
    const [fault] = only.launches[0]?.faults ?? [];
    expect(fault && spanText(fault.span)).toBe("['gunicorn', 'app:app']");
    expect(fault?.repairs?.[0]?.edits[0]?.text).toBe('["gunicorn", "app:app"]');
  });
});

describe('images that no compose file names', () => {
  async function image(files: Files, path: string) {
    const reader = await memoryReader(files, 'dockerfile');
    const file = reader.file(path);
    const [found] = file ? imageStacks(reader, [file]) : [];
    const place = found?.places[0];
    const where = (inside: string) => {
      const located = place && locate(reader, place, inside);
      return located?.kind === 'file' ? located.file.path : located?.kind;
    };
    return { place, where, launches: found?.launches ?? [] };
  }

  it('finds the context by the files that COPY names', async () => {
    const Dockerfile = 'FROM python\nCOPY requirements.txt src /app/\nCMD gunicorn -b :8000 app:app\n';
    const code = { 'requirements.txt': '', 'src/app.py': '' };
    const root = await image({ 'docker/Dockerfile': Dockerfile, ...code }, 'docker/Dockerfile');
    expect(root.where('/app/requirements.txt')).toBe('requirements.txt');
    expect(root.launches[0]?.commands[0]?.words.map(word => word.text)).toEqual(['gunicorn', '-b', ':8000', 'app:app']);
    const own = await image(
      { 'web/Dockerfile': Dockerfile, 'web/requirements.txt': '', 'web/src/app.py': '' },
      'web/Dockerfile',
    );
    expect(own.where('/app/requirements.txt')).toBe('web/requirements.txt');
  });

  it('calls nothing missing where the context is a guess', async () => {
    const { where } = await image(
      { 'docker/Dockerfile': 'FROM python\nCOPY . /app\nCMD ["x"]\n', 'app.py': '' },
      'docker/Dockerfile',
    );
    expect(where('/app/app.py')).toBe('app.py');
    expect(where('/app/gone.py')).toBe('unknown');
  });

  it('leaves open what whoever starts the container may set', async () => {
    const { place } = await image({ Dockerfile: 'FROM python\nCMD gunicorn app:app\n' }, 'Dockerfile');
    expect(place?.environmentOpen).toBe(true);
  });
});

describe('several files', () => {
  const dockerfile = { Dockerfile: `${python}CMD ["gunicorn", "app:app"]\n` };

  it('lays the override over the base', async () => {
    const { only, argv, place } = await stack({
      ...dockerfile,
      'docker-compose.yml':
        'services:\n  web:\n    build: .\n    ports: ["80:80"]\n    environment: { A: "1", B: "1" }\n',
      'docker-compose.override.yml':
        'services:\n  web:\n    command: gunicorn dev:app\n    ports: ["81:81"]\n    environment: [B=2]\n',
    });
    expect(only.title).toBe('docker-compose.yml with docker-compose.override.yml');
    expect(argv('web')).toEqual([['gunicorn', 'dev:app']]);
    expect(place('web').ports.map(port => known(port.inside))).toEqual([80, 81]);
    expect([variable(place('web'), 'A'), variable(place('web'), 'B')]).toEqual(['1', '2']);
  });

  it('keeps complete files apart and lays the others over the base', async () => {
    const base = 'services:\n  web:\n    build: .\n';
    const apart = await read({
      ...dockerfile,
      'docker-compose.yml': base,
      'docker-compose.prod.yml': 'services:\n  web:\n    build: .\n    command: gunicorn x\n',
    });
    expect(apart.stacks.map(one => one.title)).toEqual(['docker-compose.yml', 'docker-compose.prod.yml']);
    const part = await read({
      Dockerfile: 'FROM python\n',
      'docker-compose.yml': base,
      'docker-compose.prod.yml': 'services:\n  web:\n    command: gunicorn x\n',
    });
    expect(part.stacks.map(one => one.title)).toEqual(['docker-compose.yml with docker-compose.prod.yml']);
    const over = await read({
      ...dockerfile,
      'docker-compose.yml': base,
      'docker-compose.prod.yml': 'services:\n  web:\n    command: gunicorn x\n',
    });
    expect(over.stacks.map(one => one.title)).toEqual([
      'docker-compose.yml',
      'docker-compose.yml with docker-compose.prod.yml',
    ]);
  });

  it('follows what scripts and pages of the repository say', async () => {
    const { stacks } = await read({
      ...dockerfile,
      Makefile: 'up:\n\tdocker compose -f docker-compose.yml -f docker-compose.prod.yml up -d\n',
      'docker-compose.yml': 'services:\n  web:\n    build: .\n',
      'docker-compose.prod.yml': 'services:\n  web:\n    build: .\n    command: gunicorn x\n',
    });
    expect(stacks.map(one => one.title)).toContain('docker-compose.yml with docker-compose.prod.yml');
    expect(stacks.map(one => one.title)).not.toContain('docker-compose.prod.yml');
  });

  it('keeps files of different folders apart', async () => {
    const { stacks } = await read({
      'a/docker-compose.yml': 'services:\n  web: { image: python }\n',
      'b/docker-compose.yml': 'services:\n  web: { image: python }\n',
    });
    expect(stacks.map(one => one.id)).toEqual(['a/docker-compose.yml', 'b/docker-compose.yml']);
  });

  it('reads extends in one file and from another, anchors and merge keys', async () => {
    const { argv, place, where } = await stack({
      'docker-compose.yml': `x-env: &env
  SHARED: "1"
x-app: &app
  image: python
  environment:
    <<: *env
services:
  base:
    <<: *app
    command: gunicorn base:app
  web:
    extends: base
    environment: { OWN: "2" }
  other:
    extends: { file: common/common.yml, service: app }
    command: gunicorn other:app
`,
      'common/common.yml':
        'services:\n  app:\n    image: python\n    environment: { FROM: common }\n    volumes: ["./src:/src"]\n',
      'common/src/a.py': '',
    });
    expect(argv('web')).toEqual([['gunicorn', 'base:app']]);
    expect([variable(place('web'), 'SHARED'), variable(place('web'), 'OWN')]).toEqual(['1', '2']);
    expect(variable(place('other'), 'FROM')).toBe('common');
    expect(where('other', '/src/a.py')).toBe('common/src/a.py');
  });

  it('reads included files as a part of the project', async () => {
    const { only } = await stack({
      'compose.yaml': 'include:\n  - infra/compose.yaml\nservices:\n  web: { image: python }\n',
      'infra/compose.yaml': 'services:\n  front: { image: nginx, volumes: ["./x.conf:/x.conf"] }\n',
      'infra/x.conf': '',
    });
    expect(only.places.map(place => place.title)).toEqual(['service front', 'service web']);
    expect(only.places[0]?.mounts[0]).toMatchObject({ repo: 'infra/x.conf' });
  });

  it('calls a service open that extends what cannot be read', async () => {
    const { place } = await stack({
      'compose.yaml': 'services:\n  web:\n    image: python\n    extends: { file: gone.yml, service: x }\n',
    });
    expect(place('web')).toMatchObject({ opaque: true, environmentOpen: true });
  });
});
