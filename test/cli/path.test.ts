import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../host/temporary.js';
import { run } from './process.js';
import { working } from './stacks.js';

const hidden = { ...working, Procfile: 'web: gunicorn --bind 127.0.0.1:8000 --workers $COUNT shop:application\n' };

describe('gwlint path', () => {
  test('tells the way of a request with every value and where it comes from', async () => {
    const { stdout, code } = await run(folderWith(hidden), ['path'], { columns: 100 });
    expect(code).toBe(0);
    const lines = stdout.split('\n').map(line => line.trimEnd());
    for (const line of [
      '  nginx nginx.conf on the host',
      '    location /  nginx.conf:6',
      '      listens        0.0.0.0:80 (config file, nginx.conf:4)',
      '      passes         proxy_pass http://127.0.0.1:8000 (nginx.conf:6)',
      '      connect        60 s (proxy_connect_timeout, default)',
      '      read           125 s (proxy_read_timeout, config file, nginx.conf:7)',
      '      dials          127.0.0.1:8000: gunicorn listens on 127.0.0.1:8000',
      '        gunicorn on the host  Procfile:1',
      '          started by     procfile web',
      '          loads          shop:application (command line, Procfile:1)',
      '          request limit  120 s (timeout, config file, gunicorn.conf.py:2)',
    ]) {
      expect(lines).toContain(line);
    }
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain(
      'listens 127.0.0.1:8000 (http) (command line, Procfile:1, hides 127.0.0.1:8000 (http) in gunicorn.conf.py:1)',
    );
    expect(words).toMatch(/processes not known: [^(]*COUNT/);
  });

  test('keeps to the width of the terminal', async () => {
    const { stdout } = await run(folderWith(hidden), ['path'], { columns: 70 });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  });

  test('is there for programs too, over several folders', async () => {
    const root = folderWith({ ...prefixed('a', hidden), ...prefixed('b', working) });
    const { stdout } = await run(root, ['path', '--format', 'json', 'a', 'b']);
    const { version, stacks } = JSON.parse(stdout);
    expect(version).toBe(1);
    expect(stacks).toHaveLength(2);
    const [{ gateways }] = stacks;
    expect(gateways[0]).toMatchObject({ kind: 'nginx', file: 'a/nginx.conf' });
    const [route] = gateways[0].routes;
    expect(route.pass).toMatchObject({
      directive: 'proxy_pass',
      target: 'http://127.0.0.1:8000',
      file: 'a/nginx.conf',
      range: { start: { line: 6, column: 13 } },
    });
    expect(route.timeouts[2]).toMatchObject({ role: 'read', known: true, value: '125 s', origin: 'config file' });
    expect(route.hops[0]).toMatchObject({ match: 'address', server: { kind: 'gunicorn', startedBy: 'procfile web' } });
    const processes = route.hops[0].server.settings.find((one: { role: string }) => one.role === 'processes');
    expect(processes).toMatchObject({ known: false });
  });

  test('of a file shows only the stacks that it belongs to', async () => {
    const root = folderWith({ ...prefixed('examples/a', working), ...prefixed('examples/b', working) });
    mkdirSync(join(root, '.git'));
    const { stdout } = await run(root, ['path', 'examples/a/nginx.conf']);
    expect(stdout).toContain('nginx examples/a/nginx.conf');
    expect(stdout).not.toContain('examples/b');
  });
});

function prefixed(prefix: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${prefix}/${path}`, text]));
}
