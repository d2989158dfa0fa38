// Processor time of one analysis of a compose project and of a folder of Kubernetes files, at a size and at ten times that size, in one run: the ratio tells
// whether the work grows in a line, whatever the machine is doing meanwhile.
//
//   npm run build && node bench/places.mjs [services] [documents]
import { analyze, memoryHost, rules } from '../dist/index.mjs';

const [services = '50', documents = '500'] = process.argv.slice(2);

/** A gateway in front of `count` services, each with its image, its module, its network and a socket or a port. */
function composeProject(count) {
  const files = new Map();
  const parts = [
    'services:',
    '  nginx:',
    '    image: nginx:1.27',
    '    volumes:',
    '      - ./nginx:/etc/nginx/conf.d:ro',
  ];
  parts.push('    depends_on:', ...numbers(count).map(n => `      - app${n}`));
  for (const n of numbers(count)) {
    parts.push(
      `  app${n}:`,
      `    build: ./app${n}`,
      `    command: gunicorn --bind 0.0.0.0:${8000 + n} --timeout 50 shop${n}:app`,
      '    environment:',
      `      NAME: app${n}`,
      '    expose:',
      `      - "${8000 + n}"`,
    );
    files.set(`app${n}/Dockerfile`, 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN pip install flask gunicorn\n');
    files.set(
      `app${n}/shop${n}.py`,
      "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef index():\n    return 'shop'\n",
    );
    files.set(
      `nginx/app${n}.conf`,
      `server {\n    server_name app${n}.example;\n    location / {\n        proxy_set_header Host $host;\n        proxy_pass http://app${n}:${8000 + n};\n    }\n}\n`,
    );
  }
  files.set('docker-compose.yml', `${parts.join('\n')}\n`);
  return files;
}

/** Deployments, each with its Service and, every third time, an Ingress: `count` documents, ten to a file. */
function kubernetesFolder(count) {
  const texts = [];
  for (let n = 0; texts.length < count; n++) texts.push(...objects(n));
  const files = new Map();
  const kept = texts.slice(0, count);
  for (let at = 0; at < kept.length; at += 10)
    files.set(`k8s/part${at / 10}.yaml`, kept.slice(at, at + 10).join('---\n'));
  return files;
}

function objects(n) {
  const head = (version, kind) => `apiVersion: ${version}\nkind: ${kind}\nmetadata:\n  name: app${n}\n`;
  const found = [
    `${head('apps/v1', 'Deployment')}spec:\n  selector:\n    matchLabels: {app: app${n}}\n  template:\n    metadata:\n      labels: {app: app${n}}\n    spec:\n      containers:\n        - name: web\n          image: registry.example/app${n}:1\n          command: [gunicorn, --bind, "0.0.0.0:8000", "shop:app"]\n          ports:\n            - {name: http, containerPort: 8000}\n          readinessProbe:\n            httpGet: {path: /, port: http}\n`,
    `${head('v1', 'Service')}spec:\n  selector: {app: app${n}}\n  ports:\n    - {port: 80, targetPort: http}\n`,
  ];
  if (n % 3 === 0)
    found.push(
      `${head('networking.k8s.io/v1', 'Ingress')}spec:\n  ingressClassName: nginx\n  rules:\n    - host: app${n}.example\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: app${n}\n                port: {number: 80}\n`,
    );
  return found;
}

function numbers(count) {
  return Array.from({ length: count }, (_, n) => n);
}

/** Milliseconds of processor time of the quickest of a few analyses, and what was linked, as a proof that the work was done. */
async function measured(files, runs) {
  let best = Number.POSITIVE_INFINITY;
  let linked = 0;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    const { deployment } = await analyze(memoryHost(files), { rules });
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e3);
    linked = deployment.stacks.flatMap(stack => stack.hops).filter(hop => hop.match === 'address').length;
  }
  return { best, linked };
}

for (const [title, make, size] of [
  ['compose services', composeProject, Number(services)],
  ['Kubernetes documents', kubernetesFolder, Number(documents)],
]) {
  await measured(make(size), 1);
  const [small, large] = [await measured(make(size), 5), await measured(make(size * 10), 2)];
  console.log(`${size} ${title}: ${small.best.toFixed(0)} ms, ${small.linked} routes linked`);
  console.log(`${size * 10} ${title}: ${large.best.toFixed(0)} ms, ${large.linked} routes linked`);
  console.log(`ratio ${(large.best / small.best).toFixed(1)} for ten times the size`);
}
