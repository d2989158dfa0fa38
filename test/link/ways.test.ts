import { expect, test } from 'vitest';
import { analyze } from '../../src/analyze.js';
import { memoryHost } from '../../src/host/memory.js';
import { pathReport } from '../../src/report/path.js';

type Files = Readonly<Record<string, string>>;

/** What `gwlint path` says of each address that is dialled: where it leads, and to which server. */
async function waysOf(files: Files): Promise<readonly string[]> {
  const { deployment } = await analyze(memoryHost(new Map(Object.entries(files))), { rules: [] });
  return pathReport(deployment).stacks.flatMap(({ gateways }) =>
    gateways.flatMap(({ routes }) =>
      routes.flatMap(({ hops }) =>
        hops.map(({ address, match, why, server }) => {
          const end = match === 'none' || !server ? '' : ` (${server.kind} of ${server.at.file.path}, ${match})`;
          return `${address.value}: ${why}${end}`;
        }),
      ),
    ),
  );
}

/** A whole nginx.conf, or with `inside` a file of conf.d. */
const nginx = (...targets: readonly string[]) => `events {}\nhttp {\n${site(...targets)}}\n`;
const site = (...targets: readonly string[]) =>
  `server {\n  listen 80;\n${targets.map((target, i) => `  location /${i} { proxy_pass http://${target}; }\n`).join('')}}\n`;

const unit = (command: string) => `[Service]\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/${command}\n`;
const image = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install gunicorn\n';
const app = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"shop"]\n';

/** A gateway in a container, with more services beside it. */
const compose = (more = '', gateway = '') =>
  `services:\n  nginx:\n    image: nginx:1.27\n    volumes: ["./site.conf:/etc/nginx/conf.d/default.conf:ro"]\n${gateway}${more}`;

const cluster = (ports: string, dialled: number) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  rules:
  - http:
      paths:
      - { path: /, pathType: Prefix, backend: { service: { name: shop, port: { number: ${dialled} } } } }
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  selector: { app: shop }
  ${ports}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
      - { name: web, image: "registry.example.com/shop:1", command: ["gunicorn", "-b", "0.0.0.0:8000", "shop"] }
`;

const cases: readonly (readonly [string, Files, readonly string[]])[] = [
  [
    'a container dials the port of the machine that a unit has',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'shop.service': unit('gunicorn -b 0.0.0.0:8000 shop'),
      'shop.py': app,
    },
    ['172.17.0.1:8000: gunicorn listens there on the machine (gunicorn of shop.service, address)'],
  ],
  [
    'a container dials a port of the machine that nothing has',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:9000'),
      'shop.service': unit('gunicorn -b 0.0.0.0:8000 -b unix:/run/shop.sock shop'),
      'shop.py': app,
    },
    [
      '172.17.0.1:9000: 172.17.0.1 is the machine that runs the containers; nothing in the repository is seen to listen on port 9000 there',
    ],
  ],
  [
    'a container dials a port of the machine that two servers have',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'shop.service': unit('gunicorn -b 0.0.0.0:8000 shop'),
      'blog.service': unit('gunicorn -b 0.0.0.0:8000 blog'),
      'shop.py': app,
      'blog.py': app,
    },
    ['172.17.0.1:8000: 172.17.0.1 is the machine that runs the containers, where several servers have the port'],
  ],
  [
    'a container dials the machine, where the address of one server is not known',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'shop.service': unit('gunicorn -b 0.0.0.0:8000 shop'),
      'blog.service': unit('gunicorn -b ${BLOG} blog'),
      'shop.py': app,
      'blog.py': app,
    },
    ['172.17.0.1:8000: 172.17.0.1 is the machine that runs the containers, and what listens there is not all known'],
  ],
  [
    'a container dials a port of the machine that another container publishes',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'other/docker-compose.yml': 'services:\n  web:\n    image: registry.example.com/web:1\n    ports: ["8000:80"]\n',
    },
    [
      '172.17.0.1:8000: 172.17.0.1 is the machine that runs the containers, where a container has the port, or may have it',
    ],
  ],
  [
    'a container dials a port of the machine that only a file of uWSGI has, which nothing starts',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'uwsgi.ini': '[uwsgi]\nhttp-socket = 0.0.0.0:8000\nmodule = shop\n',
      'shop.py': app,
    },
    [
      '172.17.0.1:8000: 172.17.0.1 is the machine that runs the containers; nothing in the repository is seen to listen on port 8000 there',
    ],
  ],
  [
    'a gateway in the network of the machine reaches the unit',
    {
      'docker-compose.yml': compose('', '    network_mode: host\n'),
      'site.conf': site('127.0.0.1:8000'),
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'shop.py': app,
    },
    ['127.0.0.1:8000: gunicorn listens there on the machine (gunicorn of shop.service, address)'],
  ],
  [
    'names that lead out of a compose file, and one that it should have',
    {
      'docker-compose.yml': compose('  web:\n    build: .\n    command: gunicorn -b 0.0.0.0:8000 shop\n'),
      Dockerfile: image,
      'shop.py': app,
      'site.conf': site('web:8000', 'api.example.com', 'webb:8000', '192.0.2.7:8000'),
    },
    [
      'web:8000: gunicorn listens on 0.0.0.0:8000 (gunicorn of docker-compose.yml, address)',
      'api.example.com:80: api.example.com leads out of this stack',
      'webb:8000: webb is no name in this stack',
      '192.0.2.7:8000: 192.0.2.7 is another machine',
    ],
  ],
  [
    'an image alone does not say what is called by a name',
    {
      Dockerfile: 'FROM nginx:1.27\nCOPY site.conf /etc/nginx/conf.d/default.conf\n',
      'site.conf': site('web:8000'),
      'web/Dockerfile': `${image}CMD ["gunicorn", "-b", "0.0.0.0:8000", "shop"]\n`,
      'web/shop.py': app,
    },
    ['web:8000: no file of the repository says what is called web where this image runs'],
  ],
  [
    'another number, and a server that listens on all addresses',
    { 'nginx.conf': nginx('192.0.2.7:8000'), 'shop.service': unit('gunicorn -b 0.0.0.0:8000 shop'), 'shop.py': app },
    ['192.0.2.7:8000: gunicorn listens on port 8000 (gunicorn of shop.service, address)'],
  ],
  [
    'another number, and a server on loopback alone',
    { 'nginx.conf': nginx('192.0.2.7:8000'), 'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'), 'shop.py': app },
    ['192.0.2.7:8000: gunicorn has the port, but on its own loopback (gunicorn of shop.service, only candidate)'],
  ],
  [
    'nobody listens, where a second bind of the server is not known',
    {
      'nginx.conf': nginx('127.0.0.1:9000'),
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 -b ${SECOND} shop'),
      'shop.py': app,
    },
    [
      '127.0.0.1:9000: where gunicorn of the host listens is not known: SECOND is not set in any file (gunicorn of shop.service, only candidate)',
    ],
  ],
  [
    'a server on the outer address of the machine is not on its loopback',
    { 'nginx.conf': nginx('127.0.0.1:8000'), 'shop.service': unit('gunicorn -b 192.0.2.7:8000 shop'), 'shop.py': app },
    [
      '127.0.0.1:8000: gunicorn has the port, but not on the address that is dialled (gunicorn of shop.service, only candidate)',
    ],
  ],
  [
    'the folder of the gateway belongs to the nearest folder with a server',
    {
      'a/front/nginx.conf': nginx('127.0.0.1:8000'),
      'a/back/shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'b/news.service': unit('gunicorn -b 127.0.0.1:9001 news'),
    },
    ['127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000 (gunicorn of a/back/shop.service, address)'],
  ],
  [
    'the folder of the gateway stays alone between two that are as near',
    {
      'a/front/nginx.conf': nginx('127.0.0.1:8000'),
      'a/back/shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'a/blog/blog.service': unit('gunicorn -b 127.0.0.1:9000 blog'),
    },
    ['127.0.0.1:8000: the port may be that of another stack on this host'],
  ],
  [
    'the steps from folder to folder are counted by way of what they have in common',
    {
      'a/front/nginx.conf': nginx('127.0.0.1:8000'),
      'a/x/y/shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'b/c/news.service': unit('gunicorn -b 127.0.0.1:9001 news'),
    },
    ['127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000 (gunicorn of a/x/y/shop.service, address)'],
  ],
  [
    'the folder of the gateway above those of the servers',
    {
      'nginx.conf': nginx('127.0.0.1:8000'),
      'a/deep/blog.service': unit('gunicorn -b 127.0.0.1:8000 blog'),
      'shop/shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
    },
    ['127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000 (gunicorn of shop/shop.service, address)'],
  ],
  [
    'a Service that has other ports than the one that an Ingress dials',
    {
      'k8s.yaml': cluster(
        'ports:\n    - { name: web, port: 8080, targetPort: 8000 }\n    - { name: admin, port: 9090, targetPort: 8000 }',
        80,
      ),
    },
    ['shop:80: the Service shop has ports 8080, 9090, not 80'],
  ],
  [
    'a Service that sends its port on to the container',
    { 'k8s.yaml': cluster('ports:\n    - { name: web, port: 80, targetPort: 8000 }', 80) },
    ['shop:80: gunicorn listens on 0.0.0.0:8000 (gunicorn of k8s.yaml, address)'],
  ],
  [
    'of two branches of a script the one that speaks what the gateway sends',
    {
      'nginx.conf': nginx('127.0.0.1:8000'),
      'start.sh':
        '#!/bin/sh\nif [ -n "$FAST" ]; then\n  uwsgi --socket 127.0.0.1:8000 --module shop\nelse\n  gunicorn -b 127.0.0.1:8000 shop\nfi\n',
      'shop.py': app,
    },
    ['127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000 (gunicorn of start.sh, address)'],
  ],
  [
    'a unit and a script that start one application alike count as one',
    {
      'nginx.conf': nginx('127.0.0.1:9000'),
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'run.sh': '#!/bin/sh\nexec gunicorn -b 127.0.0.1:8000 shop\n',
      'shop.py': app,
    },
    ['127.0.0.1:9000: nobody in the host listens on port 9000 (gunicorn of shop.service, only candidate)'],
  ],
  [
    'two applications may both be meant',
    {
      'nginx.conf': nginx('127.0.0.1:9000'),
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'blog.service': unit('gunicorn -b 127.0.0.1:8001 blog'),
      'shop.py': app,
      'blog.py': app,
    },
    ['127.0.0.1:9000: nobody in the host listens on port 9000'],
  ],
  [
    'two applications, of which another route has one',
    {
      'nginx.conf': nginx('127.0.0.1:9000', '127.0.0.1:8001'),
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'blog.service': unit('gunicorn -b 127.0.0.1:8001 blog'),
      'shop.py': app,
      'blog.py': app,
    },
    [
      '127.0.0.1:9000: nobody in the host listens on port 9000 (gunicorn of shop.service, only candidate)',
      '127.0.0.1:8001: gunicorn listens on 127.0.0.1:8001 (gunicorn of blog.service, address)',
    ],
  ],
  [
    'projects whose network is that of another container do not say whether they meet',
    {
      'front/docker-compose.yml': compose('  vpn:\n    image: vpn:1\n', '    network_mode: service:vpn\n'),
      'front/site.conf': site('web:8000'),
      'back/docker-compose.yml': 'services:\n  web:\n    build: .\n    command: gunicorn -b 0.0.0.0:8000 shop\n',
      'back/Dockerfile': image,
      'back/shop.py': app,
    },
    ['web:8000: web is no name in this stack'],
  ],
  [
    'projects on one named network meet, and the name is that of a service of the other',
    {
      'front/docker-compose.yml': `${compose('', '    networks: [shared]\n')}networks:\n  shared: { external: true, name: shared }\n`,
      'front/site.conf': site('web:8000'),
      'back/docker-compose.yml':
        'services:\n  web:\n    build: .\n    command: gunicorn -b 0.0.0.0:8000 shop\n    networks: [shared]\nnetworks:\n  shared: { external: true, name: shared }\n',
      'back/Dockerfile': image,
      'back/shop.py': app,
    },
    [
      'web:8000: gunicorn listens on 0.0.0.0:8000 (back/docker-compose.yml, on a network that both projects attach to) (gunicorn of back/docker-compose.yml, address)',
    ],
  ],
  [
    'projects on two named networks do not meet',
    {
      'front/docker-compose.yml': `${compose('', '    networks: [shared]\n')}networks:\n  shared: { external: true, name: shared }\n`,
      'front/site.conf': site('web:8000'),
      'back/docker-compose.yml':
        'services:\n  web:\n    build: .\n    command: gunicorn -b 0.0.0.0:8000 shop\n    networks: [inner]\nnetworks:\n  inner: { name: inner }\n',
      'back/Dockerfile': image,
      'back/shop.py': app,
    },
    [
      'web:8000: service nginx and service web have no network in common (gunicorn of back/docker-compose.yml, only candidate)',
    ],
  ],
  [
    'a socket below the folder of the repository on the machine',
    {
      'nginx.conf': nginx('unix:/srv/shop/run/shop.sock'),
      'run.sh': '#!/bin/sh\nexec gunicorn -b unix:run/shop.sock shop\n',
      'shop.py': app,
    },
    ['unix:/srv/shop/run/shop.sock: both ends are the socket /srv/shop/run/shop.sock (gunicorn of run.sh, address)'],
  ],
  [
    'a socket of another name in it',
    {
      'nginx.conf': nginx('unix:/srv/shop/run/other.sock'),
      'run.sh': '#!/bin/sh\nexec gunicorn -b unix:run/shop.sock shop\n',
      'shop.py': app,
    },
    [
      'unix:/srv/shop/run/other.sock: nobody is seen to bind the socket /srv/shop/run/other.sock (gunicorn of run.sh, only candidate)',
    ],
  ],
  [
    'a socket of the same path in two containers without a folder in common',
    {
      'docker-compose.yml': compose('  web:\n    build: .\n    command: gunicorn -b unix:/run/shop/shop.sock shop\n'),
      Dockerfile: image,
      'shop.py': app,
      'site.conf': site('unix:/run/shop/shop.sock'),
    },
    [
      'unix:/run/shop/shop.sock: service web binds /run/shop/shop.sock in a file system of its own (gunicorn of docker-compose.yml, only candidate)',
    ],
  ],
  [
    'a socket in a volume that both containers have',
    {
      'docker-compose.yml': `${compose('  web:\n    build: .\n    command: gunicorn -b unix:/sockets/shop.sock shop\n    volumes: ["run:/sockets"]\n').replace('default.conf:ro"', 'default.conf:ro", "run:/run/shop"')}volumes: { run: {} }\n`,
      Dockerfile: image,
      'shop.py': app,
      'site.conf': site('unix:/run/shop/shop.sock'),
    },
    [
      'unix:/run/shop/shop.sock: both ends are the socket /run/shop/shop.sock (gunicorn of docker-compose.yml, address)',
    ],
  ],
  [
    'a gateway that passes to its own other server block',
    {
      'nginx.conf': `events {}\nhttp {\n${site('127.0.0.1:8080')}server { listen 8080; root /srv/www; }\n}\n`,
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'shop.py': app,
    },
    ['127.0.0.1:8080: a gateway of this stack listens there'],
  ],
  [
    'a gateway whose other port is filled in',
    {
      'default.conf.template': `${site('127.0.0.1:8080')}server { listen \${PORT}; root /srv/www; }\n`,
      'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'),
      'shop.py': app,
    },
    ['127.0.0.1:8080: a gateway of this stack may listen there'],
  ],
  [
    'a name on a host is for its name server',
    { 'nginx.conf': nginx('backend:8000'), 'shop.service': unit('gunicorn -b 127.0.0.1:8000 shop'), 'shop.py': app },
    ['backend:8000: backend leads out of this stack'],
  ],
  [
    'a name in a container that has the network of the machine is for its name server',
    {
      'docker-compose.yml': compose(
        '  web:\n    build: .\n    command: gunicorn -b 0.0.0.0:8000 shop\n',
        '    network_mode: host\n',
      ),
      'site.conf': site('backend:8000'),
      Dockerfile: image,
      'shop.py': app,
    },
    ['backend:8000: backend leads out of this stack'],
  ],
  [
    'a file of uWSGI that nothing starts, beside a server whose address is not known',
    {
      'nginx.conf': nginx('127.0.0.1:8000'),
      'uwsgi.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:8000\nmodule = shop\n',
      'shop.service': unit('gunicorn -b ${BIND} shop'),
      'shop.py': app,
    },
    [
      '127.0.0.1:8000: gunicorn may listen there, whose address is not known, and so would uwsgi with uwsgi.ini, which nothing starts',
    ],
  ],
  [
    'a file of uWSGI that nothing starts, alone',
    {
      'nginx.conf': nginx('127.0.0.1:8000'),
      'uwsgi.ini': '[uwsgi]\nhttp-socket = 127.0.0.1:8000\nmodule = shop\n',
      'shop.py': app,
    },
    ['127.0.0.1:8000: uwsgi listens on 127.0.0.1:8000 (uwsgi of uwsgi.ini, address)'],
  ],
  [
    'a container dials the machine, where a script starts a server and more that cannot be followed',
    {
      'docker-compose.yml': compose(),
      'site.conf': site('172.17.0.1:8000'),
      'start.sh': '#!/bin/sh\n$PRELOAD &\ngunicorn -b 0.0.0.0:8000 shop\n',
      'shop.py': app,
    },
    ['172.17.0.1:8000: 172.17.0.1 is the machine that runs the containers, and what listens there is not all known'],
  ],
  [
    'an abstract socket of another container',
    {
      'docker-compose.yml': compose('  web:\n    build: .\n    command: gunicorn -b unix:@shop shop\n'),
      Dockerfile: image,
      'shop.py': app,
      'site.conf': site('unix:@shop'),
    },
    ['unix:@shop: nobody is seen to bind the socket @shop (gunicorn of docker-compose.yml, only candidate)'],
  ],
];

test.each(cases)('%s', async (_, files, expected) => {
  expect(await waysOf(files)).toEqual(expected);
});
