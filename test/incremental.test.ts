import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { type Analysis, analyze, newMemory } from '../src/analyze.js';
import { memoryHost } from '../src/host/memory.js';
import { jsonReport } from '../src/report/json.js';
import { pathReport } from '../src/report/path.js';
import { pathJson } from '../src/report/path-json.js';
import { projectRoot } from './sources.js';

type Files = ReadonlyMap<string, string>;

/** The deployments below fixtures/rules, and two of them side by side. */
const projects: readonly Files[] = join2(readProjects());

function readProjects(): readonly Files[] {
  const root = join(projectRoot, 'fixtures/rules');
  const leaves = readdirSync(root).flatMap(group =>
    readdirSync(join(root, group)).flatMap(rule =>
      readdirSync(join(root, group, rule)).map(name => join(root, group, rule, name)),
    ),
  );
  return leaves.map(leaf => {
    const entries = readdirSync(leaf, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
    return new Map(
      entries
        .map(one => join(one.parentPath, one.name))
        .sort()
        .map(path => [path.slice(leaf.length + 1), readFileSync(path, 'utf8')]),
    );
  });
}

function join2(single: readonly Files[]): readonly Files[] {
  const pairs = single.slice(1).map((files, i) => {
    const other = single[i] ?? files;
    return new Map([...files, ...[...other].map(([path, text]) => [`other/${path}`, text] as const)]);
  });
  return [...single, ...pairs];
}

/** Everything that anybody gets to see of a run. */
function seen({ deployment, diagnostics }: Analysis): string {
  const tool = { name: 'gwlint', version: '0' };
  const report = { diagnostics, unresolved: deployment.unresolved, files: deployment.files.length };
  const paths = pathJson([{ report: pathReport(deployment), show: path => path }], tool);
  const files = deployment.files.map(({ file, kind, problems }) => `${file.path} ${kind} ${problems.length}`);
  return [jsonReport(report, tool), paths, ...files].join('\n');
}

/** One thing that happens to a project in an editor. The numbers choose the file and the place. */
const change = fc.record({
  what: fc.constantFrom('drop a line', 'double a line', 'another number', 'cut', 'type', 'rename', 'remove', 'restore'),
  file: fc.nat(),
  at: fc.nat(),
});

function changed(files: Files, first: Files, { what, file, at }: { what: string; file: number; at: number }): Files {
  const next = new Map(files);
  const path = [...first.keys()][file % first.size] ?? '';
  const text = files.get(path);
  if (what === 'restore' || text === undefined) return next.set(path, first.get(path) ?? '');
  if (what === 'remove' || what === 'rename') next.delete(path);
  if (what === 'remove') return next;
  if (what === 'rename') return next.set(`${path}.old`, text);
  return next.set(path, rewritten(text, what, at));
}

function rewritten(text: string, what: string, at: number): string {
  const lines = text.split('\n');
  const line = at % lines.length;
  const offset = at % (text.length + 1);
  if (what === 'drop a line') return lines.filter((_, i) => i !== line).join('\n');
  if (what === 'double a line') return lines.flatMap((one, i) => (i === line ? [one, one] : [one])).join('\n');
  if (what === 'cut') return text.slice(0, offset);
  if (what === 'type') return `${text.slice(0, offset)}${'{ }x1;#"'[at % 8]}${text.slice(offset)}`;
  const numbers = [...text.matchAll(/\d+/g)];
  const number = numbers[at % Math.max(1, numbers.length)];
  return number ? `${text.slice(0, number.index)}${at % 70_000}${text.slice(number.index + number[0].length)}` : text;
}

/**
 * A project with a long nginx.conf, whose lines repeat, with files that it includes, servers on the host and in containers, and comments that silence
 * a finding.
 */
const typedIn: Files = longProject();

function longProject(): Files {
  const location = (i: number) => [
    `        location /part${i}/ {`,
    `            proxy_pass http://app${i % 3};`,
    '            include proxy_params;',
    '            proxy_set_header Host $host;',
    '            proxy_set_header X-Real-IP $remote_addr;',
    `            proxy_read_timeout ${20 + i}s;`,
    '            uwsgi_read_timeout 10s;',
    '        }',
  ];
  const server = (i: number) => [
    '    server {',
    `        listen ${i === 0 ? '443 ssl' : '80'};`,
    `        server_name shop${i}.example.com;`,
    '        # gwlint-ignore headers/duplicate: the application bears it',
    ...[0, 1, 2, 3, 4, 5].flatMap(location),
    '        include conf.d/*.part;',
    '    }',
  ];
  const upstream = (i: number) => [
    `    upstream app${i} {`,
    `        server 127.0.0.1:${8000 + i};`,
    '        keepalive 8;',
    '    }',
  ];
  const lines = [
    'user www-data;',
    'events {}',
    'http {',
    ...[0, 1].flatMap(upstream),
    ...[0, 1, 2].flatMap(server),
    '}',
    '',
  ];
  const unit = (i: number) =>
    `[Service]\nUser=www-data\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/gunicorn -c gunicorn.conf.py -b 127.0.0.1:${8000 + i} shop:app\n`;
  return new Map([
    [
      'Dockerfile',
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "shop:app"]\n',
    ],
    [
      'compose.yaml',
      'services:\n  app0:\n    build: .\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./web.conf:/etc/nginx/conf.d/default.conf\n',
    ],
    ['conf.d/static.part', '        location /static/ {\n            alias /srv/shop/static;\n        }\n'],
    ['gunicorn.conf.py', '# gwlint-ignore-file timeout: measured\ntimeout = 30\nworkers = 2\nkeepalive = 5\n'],
    ['nginx.conf', lines.join('\n')],
    ['proxy_params', 'proxy_set_header Host $http_host;\nproxy_set_header X-Forwarded-Proto $scheme;\n'],
    [
      'shop.py',
      'import time\nfrom flask import Flask\n\napp = Flask("shop")\n\n\n@app.get("/part0/a")\ndef a():\n    time.sleep(40)\n    return "a"\n',
    ],
    ['shop0.service', unit(0)],
    ['shop1.service', unit(1)],
    ['web.conf', 'server {\n    listen 80;\n    location / {\n        proxy_pass http://app0:8000;\n    }\n}\n'],
  ]);
}

/** What a hand does to a text: places are parts of its length, `size` is how much goes. */
const stroke = fc.record({
  file: fc.constantFrom(
    ...typedIn.keys(),
    'nginx.conf',
    'nginx.conf',
    'nginx.conf',
    'proxy_params',
    'gunicorn.conf.py',
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.constantFrom(0, 0, 1, 2, 7, 40, 300),
  typed: fc.constantFrom(
    '',
    '1',
    ' ',
    '}',
    '{',
    ';',
    '"',
    '#',
    '\n',
    '\r\n',
    '$host',
    '${PORT}',
    'proxy_read_timeout 5s;\n',
    '        location /new/ {\n            proxy_pass http://127.0.0.1:8001;\n        }\n',
    'location /half/ {',
    '    }\n}\n',
    'include proxy_params;',
    'proxy_buffer_size 64k;',
    'timeout = 5\n',
    '\u00e9\u{1f600}',
  ),
  /** Whole lines go, and the place is the begin of one. */
  lines: fc.boolean(),
  /** What happens to the whole file besides. */
  also: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'CRLF', 'LF', 'undone'),
});

type Stroke = typeof stroke extends fc.Arbitrary<infer Value> ? Value : never;

function struck(files: Files, { file, at, size, typed, lines, also }: Stroke): Files {
  const text = files.get(file) ?? '';
  if (also === 'undone') return new Map([...files, [file, typedIn.get(file) ?? '']]);
  const place = Math.floor(at * text.length);
  const start = lines ? text.lastIndexOf('\n', place) + 1 : place;
  const end = lines && size > 0 ? text.indexOf('\n', start + size) + 1 || text.length : start + size;
  const next = text.slice(0, start) + typed + text.slice(end);
  const ends = also === 'CRLF' ? '\r\n' : also === 'LF' ? '\n' : undefined;
  return new Map([...files, [file, ends === undefined ? next : next.replace(/\r?\n/g, ends)]]);
}

describe('a run with the memory of earlier ones', () => {
  test('comes to the same as one without, whatever was edited in between', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...projects),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (first, changes) => {
          const memory = newMemory();
          let files = first;
          await analyze(memoryHost(files), { rules, memory });
          for (const one of changes) {
            files = changed(files, first, one);
            const again = await analyze(memoryHost(files), { rules, memory });
            expect(seen(again)).toBe(seen(await analyze(memoryHost(files), { rules })));
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  test('comes to the same while long files are typed in, at any end', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stroke, { minLength: 4, maxLength: 12 }), async strokes => {
        const memory = newMemory();
        let files = typedIn;
        const { diagnostics } = await analyze(memoryHost(files), { rules, memory });
        expect(new Set(diagnostics.map(({ rule }) => rule)).size).toBeGreaterThan(4);
        for (const one of strokes) {
          files = struck(files, one);
          const again = await analyze(memoryHost(files), { rules, memory });
          expect(seen(again)).toBe(seen(await analyze(memoryHost(files), { rules })));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('gives the same objects where nothing changed', async () => {
    const memory = newMemory();
    const files = {
      Procfile: 'web: gunicorn shop:app\n',
      'shop.py': 'app = print\n',
      'deploy/nginx.conf': 'events {}\nhttp {}\n',
    };
    const before = await analyze(memoryHost(files), { rules, memory });
    const edited = { ...files, 'deploy/nginx.conf': 'events {}\nhttp { sendfile on; }\n' };
    const after = await analyze(memoryHost(edited), { rules, memory });
    expect(after.deployment.stacks[0]?.servers[0]).toBe(before.deployment.stacks[0]?.servers[0]);
    expect(after.deployment.stacks[0]?.gateways[0]).not.toBe(before.deployment.stacks[0]?.gateways[0]);
  });
});
