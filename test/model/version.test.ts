import { expect, test } from 'vitest';
import { rules } from '../../rules/index.js';
import { analyze } from '../../src/analyze.js';
import { packagedNginx } from '../../src/facts/images.js';
import { memoryHost } from '../../src/host/memory.js';
import type { Setting } from '../../src/model/setting.js';
import { isAtLeast, type TargetVersions, type VersionedTool } from '../../src/model/version.js';

const version = (value: string): Setting<string> => ({ name: 'image', origin: 'image', known: true, value });

test.each([
  ['1.29.7', '1.29.7', true],
  ['1.30', '1.29.7', true],
  ['1.29.6', '1.29.7', false],
  ['1.28', '1.29.7', false],
  ['1.29', '1.29.7', undefined],
  ['1.25', '1.25.0', true],
  ['1', '1.25.0', undefined],
  ['v20.1', '20.0.4', true],
  ['mainline', '1.25.0', undefined],
])('%s is at least %s: %s', (given, since, expected) => expect(isAtLeast(version(given), since)).toBe(expected));

test('a version that is not known is neither', () => {
  expect(isAtLeast(undefined, '1.0')).toBeUndefined();
  expect(isAtLeast({ name: 'image', origin: 'image', known: false, why: 'a variable' }, '1.0')).toBeUndefined();
});

test.each([
  ['debian', 'bookworm-slim', '1.22.1'],
  ['debian', '12.5', '1.22.1'],
  ['debian', 'latest', undefined],
  ['ubuntu', '22.04', '1.18.0'],
  ['ubuntu', 'noble-20240801', '1.24.0'],
  ['ubuntu', '23.10', undefined],
  ['python', '3.11-slim-bullseye', '1.18.0'],
  ['python', '3.12-alpine3.20', '1.26'],
  ['python', '3.12-slim', undefined],
  ['alpine', '3.18.4', '1.24'],
  ['alpine', 'edge', undefined],
])('%s:%s has nginx %s', (name, tag, expected) => expect(packagedNginx(name, tag)).toBe(expected));

const site = `upstream app { server 127.0.0.1:8000; keepalive 16; }
server { listen 80; location / { proxy_pass http://app; } }
`;
const procfile = 'web: gunicorn -k gthread -b 127.0.0.1:8000 shop:app\n';

async function found(files: Record<string, string>, targets: TargetVersions = new Map()): Promise<readonly string[]> {
  const { diagnostics } = await analyze(memoryHost(files), { rules, targets });
  return diagnostics
    .map(one => `${one.severity} ${one.rule}`)
    .filter(one => /keepalive-ineffective|unknown-dir/.test(one));
}

const nginx = (value: string): TargetVersions => new Map<VersionedTool, string>([['nginx', value]]);

test('the version that the user names decides what holds by default', async () => {
  const files = { 'nginx/site.conf': site, Procfile: procfile };
  expect(await found(files)).toEqual(['info protocol/keepalive-ineffective']);
  expect(await found(files, nginx('1.22'))).toEqual(['warning protocol/keepalive-ineffective']);
  expect(await found(files, nginx('1.29'))).toEqual(['info protocol/keepalive-ineffective']);
  expect(await found(files, nginx('1.30'))).toEqual([]);
});

test('and is stronger than what the files tell', async () => {
  const files = {
    'docker-compose.yml':
      'services:\n  web:\n    image: nginx:1.24.0\n    volumes: ["./site.conf:/etc/nginx/conf.d/default.conf"]\n',
    'site.conf': 'server {\n  listen 80;\n  http2 on;\n}\n',
  };
  expect(await found(files)).toEqual(['error nginx/unknown-directive']);
  expect(await found(files, nginx('1.25.1'))).toEqual([]);
});

test.each([
  ['RUN apt-get update && apt-get install -y nginx', ['error nginx/unknown-directive']],
  [
    'RUN echo "deb http://nginx.org/packages/debian bookworm nginx" > /etc/apt/sources.list.d/nginx.list && apt-get install -y nginx',
    [],
  ],
  ['RUN apt-get install -y -t bookworm-backports nginx', []],
])('the package of a distribution has the version of its release: %s', async (run, expected) => {
  const dockerfile = `FROM debian:bookworm\n${run}\nCOPY site.conf /etc/nginx/conf.d/site.conf\nCMD ["nginx", "-g", "daemon off;"]\n`;
  expect(await found({ Dockerfile: dockerfile, 'site.conf': 'server {\n  listen 80;\n  http2 on;\n}\n' })).toEqual(
    expected,
  );
});
