import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway, NginxScope } from '../../src/model/gateway.js';
import { locationFor, serverFor } from '../../src/model/select.js';
import { makeGateway } from '../support/nginx.js';

const installed = spawnSync('nginx', ['-v']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'gwlint-select-'));
const socket = join(folder, 's');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const paths = [
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/a/b/c.js',
  '/ab',
  '/static/x.css',
  '/static/',
  '/api/v1/users',
  '/x.PNG',
  '/x.png',
  '/a.php',
  '/app',
];

const prefix = fc.constantFrom(
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/static/',
  '/static',
  '/api/',
  '/api/v1',
  '/app',
  '/x',
);
const pattern = fc.constantFrom(
  '\\.(css|js)$',
  '\\.png$',
  '^/a',
  '^/a/b/',
  '^/api/v(1|2)/',
  '\\.php$',
  '^/static/.*\\.css$',
  '/b',
  '^/$',
);
const one = fc.oneof(
  prefix.map(path => ['', path]),
  prefix.map(path => ['=', path]),
  prefix.map(path => ['^~', path]),
  pattern.map(path => ['~', path]),
  pattern.map(path => ['~*', path]),
);
/** Locations with at most one level inside, each path once. */
const locations = fc.uniqueArray(fc.tuple(one, fc.array(one, { maxLength: 2 })), {
  maxLength: 6,
  selector: ([[modifier, path]]) => `${modifier === '^~' ? '' : modifier}${path}`,
});

interface Block {
  readonly name: string;
  readonly text: string;
}

function blockOf(name: string, list: readonly (readonly [readonly string[], readonly (readonly string[])[]])[]): Block {
  let id = 0;
  const lines: string[] = [];
  for (const [[modifier = '', path = ''], inner] of list) {
    const nested: string[] = [];
    const seen = new Set<string>();
    for (const [kind = '', within = ''] of modifier === '=' ? [] : inner) {
      const key = `${kind === '^~' ? '' : kind}${within}`;
      const fits = kind.startsWith('~') || (!modifier.startsWith('~') && within.startsWith(path));
      if (!fits || seen.has(key)) continue;
      seen.add(key);
      nested.push(`location ${kind} ${within} { return 200 "${++id}"; }`);
    }
    lines.push(`location ${modifier} ${path} { ${nested.join(' ')} return 200 "${++id}"; }`);
  }
  return { name, text: lines.join('\n') };
}

/** The number that the location answers with. */
function answerOf(scope: NginxScope): string {
  return scope.directives.find(({ name }) => name === 'return')?.args[1]?.text ?? '';
}

function ask(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, path, headers: { host, connection: 'close' } }, answer => {
      let body = '';
      answer.on('data', chunk => {
        body += chunk;
      });
      answer.on('end', () => resolve(answer.statusCode === 200 ? body : 'none'));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const blocks = fc.sample(locations, { numRuns: 120, seed: 4 }).map((list, i) => blockOf(`s${i}.test`, list));
const names = [
  ['exact.test', 'www.exact.test'],
  ['*.wild.test'],
  ['.dot.test'],
  ['*.a.wild.test'],
  ['prefix.*'],
  ['prefix.long.*'],
  ['~^re[0-9]+\\.test$'],
  ['~re'],
];
const hosts = [
  'exact.test',
  'EXACT.test',
  'x.wild.test',
  'x.a.wild.test',
  'dot.test',
  'x.dot.test',
  'prefix.org',
  'prefix.long.org',
  're12.test',
  'are.test',
  'other.test',
  'wild.test',
];

const text = [
  'worker_processes 1; error_log stderr emerg;',
  `pid ${folder}/pid;`,
  'events { }',
  `http { access_log off; server_names_hash_max_size 4096; server_names_hash_bucket_size 128; root ${folder}/nothing; default_type text/plain;`,
  `server { listen unix:${socket}; listen 22080; server_name default.test; return 200 "default"; }`,
  ...names.map(
    (list, i) => `server { listen unix:${socket}; listen 22080; server_name ${list.join(' ')}; return 200 "n${i}"; }`,
  ),
  ...blocks.map(
    ({ name, text: own }) => `server { listen unix:${socket}; listen 22080; server_name ${name};\n${own}\n}`,
  ),
  '}',
  '',
].join('\n');

describe.skipIf(!installed)('nginx selects', () => {
  let server: ReturnType<typeof spawn> | undefined;
  let gateway: Gateway;
  beforeAll(async () => {
    chmodSync(folder, 0o755);
    // No port of the machine is taken: nginx gets the same file with the socket alone.
    writeFileSync(join(folder, 'nginx.conf'), text.replaceAll('listen 22080; ', ''));
    server = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;', '-e', 'stderr'], {
      stdio: 'ignore',
    });
    gateway = makeGateway(text, { roots: { 'nginx.conf': 'main' } }).gateway;
    for (let i = 0; i < 50; i++) {
      if ((await ask('default.test', '/').catch(() => '')) === 'default') return;
      await new Promise(done => setTimeout(done, 100));
    }
    throw new Error('nginx did not start');
  });
  afterAll(() => void server?.kill('SIGTERM'));

  test('the same location', async () => {
    const differences: string[] = [];
    for (const { name, text: own } of blocks) {
      const block = gateway.servers.find(one => one.names[0]?.text === name)?.scope;
      if (!block) throw new Error(name);
      for (const path of paths) {
        const selected = locationFor(block, path);
        const ours = selected === 'none' || selected === 'unknown' ? selected : answerOf(selected);
        const theirs = await ask(name, path);
        if (ours !== theirs) differences.push(`${path}: gwlint ${ours}, nginx ${theirs} in\n${own}`);
      }
    }
    expect(differences.slice(0, 5).join('\n\n')).toBe('');
  });

  test.each(hosts)('the same server for %s', async host => {
    const selected = serverFor(gateway, 22080, host);
    expect(selected).not.toBe('unknown');
    const scope = selected === 'unknown' ? undefined : selected?.scope;
    expect(scope && answerOf(scope)).toBe(await ask(host, '/'));
  });
});

test('what cannot be told is unknown', () => {
  const only = (locations: string) =>
    makeGateway(`events {}\nhttp { server { listen 80;\n${locations}\n} }`).gateway.servers[0]?.scope;
  const select = (locations: string, path: string) => {
    const scope = only(locations);
    return scope && locationFor(scope, path);
  };
  expect(select('location ~ ^/(a+)+$ { }', '/aaaa')).toBe('unknown');
  expect(select('location ~ (?<name>x) { }', '/x')).toBe('unknown');
  expect(select('include /srv/other.conf;', '/')).toBe('unknown');
  expect(select('location /a { }', '/b')).toBe('none');
});
