import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { type Analysis, analyze } from '../src/analyze.js';
import { memoryHost } from '../src/host/memory.js';
import { jsonReport } from '../src/report/json.js';
import { type Files, ruleProjects, sideBySide } from './support/projects.js';

const known = rules.map(({ id }) => id);

/** Everything that a report shows of a run. */
function seen({ deployment, diagnostics }: Analysis): string {
  const files = deployment.files.map(({ file, kind, problems }) => `${file.path} ${kind} ${problems.length}`);
  const report = { diagnostics, unresolved: deployment.unresolved, files: files.length };
  return [jsonReport(report, { name: 'gwlint', version: '0' }), ...files].join('\n');
}

async function whole(files: Files): Promise<Analysis> {
  return analyze(memoryHost(files), { rules, known });
}

/** Each stack is judged alone that can be. */
async function inPieces(files: Files): Promise<Analysis> {
  return analyze(memoryHost(files), { rules, known, piecemeal: 0 });
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, i * size + size));
}

describe('stacks that are judged alone', () => {
  const projects = ruleProjects();

  test.each([2, 30])('come to the same findings: %i projects in a repository', { timeout: 120_000 }, async size => {
    let alone = 0;
    for (const some of chunks(projects, size)) {
      const files = sideBySide(some);
      const pieces = await inPieces(files);
      expect(seen(pieces)).toBe(seen(await whole(files)));
      if (pieces.deployment.apart) alone++;
    }
    expect(alone).toBeGreaterThan(0);
  });
});

const nginx = (to: string) => `events {}
http {
    server {
        listen 80;
        location / {
            proxy_pass http://${to};
            proxy_read_timeout 10s;
        }
    }
}
`;

const compose = (conf: string, command: string, more = '') => `services:
  web:
    image: nginx:1.27
    ports: ["80:80"]
    volumes: ["${conf}:/etc/nginx/nginx.conf:ro"]
    depends_on: [app]
  app:
    image: python:3.12
    command: ${command}
${more}`;

const gunicorn = 'gunicorn --timeout 60 --bind 0.0.0.0:8000 app:app';

/** Ids of the stacks that were not judged alone. */
async function left(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const all = new Map(Object.entries(files));
  const pieces = await inPieces(all);
  expect(seen(pieces)).toBe(seen(await whole(all)));
  return pieces.deployment.stacks.map(({ id }) => id);
}

describe('a stack', () => {
  test('of which no other reads a file goes', async () => {
    const files = {
      'a/compose.yaml': compose('./nginx.conf', gunicorn),
      'a/nginx.conf': nginx('app:8000'),
      'b/compose.yaml': compose('./nginx.conf', gunicorn),
      'b/nginx.conf': nginx('app:8001'),
    };
    expect(await left(files)).toEqual([]);
  });

  test('stays, and one that has gone comes back, where they share a file that is found fault with', async () => {
    const files = {
      'a/compose.yaml': compose('../nginx.conf', gunicorn),
      'b/compose.yaml': compose('./nginx.conf', gunicorn),
      'b/nginx.conf': nginx('app:8000'),
      'c/compose.yaml': compose('../nginx.conf', 'gunicorn --timeout 90 --bind 0.0.0.0:8000 app:app'),
      'nginx.conf': nginx('app:8000'),
    };
    expect(await left(files)).toEqual(['a/compose.yaml', 'c/compose.yaml']);
  });

  test('stays where its gateway dials a service of another project, which comes back', async () => {
    const network = 'networks:\n  default:\n    name: shared\n    external: true\n';
    const files = {
      'back/compose.yaml': `services:\n  api:\n    image: python:3.12\n    command: ${gunicorn}\n${network}`,
      'front/compose.yaml': `services:\n  web:\n    image: nginx:1.27\n    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]\n${network}`,
      'front/nginx.conf': nginx('api:8000'),
      'other/compose.yaml': compose('./nginx.conf', gunicorn),
      'other/nginx.conf': nginx('app:8000'),
    };
    expect(await left(files)).toEqual(['back/compose.yaml', 'front/compose.yaml']);
  });

  test('stays where it has a server that another stack may show to be for development', async () => {
    const files = {
      'a/compose.yaml': compose('./nginx.conf', 'flask --app shop run --host 0.0.0.0 --port 8000'),
      'a/nginx.conf': nginx('app:8000'),
      'b/compose.yaml': compose('./nginx.conf', gunicorn),
      'b/nginx.conf': nginx('app:8000'),
    };
    expect(await left(files)).toEqual(['a/compose.yaml']);
  });

  test('stays where it dials a port of the machine', async () => {
    const files = {
      'a/compose.yaml': compose('./nginx.conf', gunicorn),
      'a/nginx.conf': nginx('172.17.0.1:8000'),
      'b/Procfile': `web: ${gunicorn}\n`,
    };
    expect(await left(files)).toEqual(['a/compose.yaml', 'host:b']);
  });
});
