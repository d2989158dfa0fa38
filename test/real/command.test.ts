import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandOf } from './command.js';
import { shellWords } from './words.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gwlint-command-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, ...lines: readonly string[]): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${lines.join('\n')}\n`);
}

describe('the command of a run entry', () => {
  it('comes from a Procfile', () => {
    write('Procfile', 'worker: celery -A shop', 'web: gunicorn shop:app -b :8000');
    const argv = ['/bin/sh', '-c', 'exec gunicorn shop:app -b :8000'];
    expect(commandOf({ procfile: 'Procfile' }, root, '/tools')).toEqual({ argv, cwd: root, env: {} });
  });

  it('comes from a unit, with its folder, environment and joined lines', () => {
    write('app.env', '# ports', 'export PORT="8000"');
    write(
      'deploy/app.service',
      '[Service]',
      `WorkingDirectory=${root}/src`,
      'Environment="A=one two" B=3',
      `EnvironmentFile=-${root}/app.env`,
      'ExecStart=/usr/bin/gunicorn \\',
      '    -b 127.0.0.1:${PORT} \\',
      '    $B shop:app',
    );
    expect(commandOf({ systemd: 'deploy/app.service' }, root, '/tools')).toEqual({
      argv: ['/usr/bin/gunicorn', '-b', '127.0.0.1:8000', '3', 'shop:app'],
      cwd: `${root}/src`,
      env: { A: 'one two', B: '3', PORT: '8000' },
    });
  });

  it('comes from a supervisor program', () => {
    write(
      'super.conf',
      '[supervisord]',
      'command=wrong',
      '[program:shop]',
      'command = gunicorn shop:app ; the site',
      `directory=${root}/src`,
      'environment=A="1,2",B=3',
    );
    expect(commandOf({ supervisor: 'super.conf', program: 'shop' }, root, '/tools')).toEqual({
      argv: ['gunicorn', 'shop:app'],
      cwd: `${root}/src`,
      env: { A: '1,2', B: '3' },
    });
  });

  it('comes from a Dockerfile', () => {
    write(
      'Dockerfile',
      'FROM python',
      'ENV PORT=80 A=b',
      'ENV OLD the old way',
      'ENTRYPOINT ["gunicorn"]',
      'CMD ["-w", "2"]',
    );
    expect(commandOf({ dockerfile: 'Dockerfile' }, root, '/tools')).toEqual({
      argv: ['gunicorn', '-w', '2'],
      cwd: root,
      env: { PORT: '80', A: 'b', OLD: 'the old way' },
    });
  });

  it('comes from a compose service over its image', () => {
    write('api/Dockerfile', 'ENV A=image B=image', 'CMD ["ignored"]');
    write(
      'compose.yaml',
      'services:',
      '  web:',
      '    build: ./api',
      '    command: gunicorn "shop:app"',
      '    environment:',
      '      B: 2',
    );
    expect(commandOf({ compose: 'compose.yaml', service: 'web' }, root, '/tools')).toEqual({
      argv: ['gunicorn', 'shop:app'],
      cwd: `${root}/api`,
      env: { A: 'image', B: '2' },
    });
  });

  it('gets the sockets of a socket unit', () => {
    write('app.service', 'ExecStart=gunicorn shop:app');
    write('app.socket', '[Socket]', 'ListenStream=/run/app.sock', 'ListenStream=127.0.0.1:8000');
    const { argv } = commandOf({ systemd: 'app.service', socket: 'app.socket' }, root, '/tools');
    expect(argv.slice(1)).toEqual([
      '/tools/activate.py',
      '/run/app.sock',
      '127.0.0.1:8000',
      '--',
      'gunicorn',
      'shop:app',
    ]);
  });

  it('is missing where the entry names nothing', () => {
    write('Procfile', 'worker: celery');
    expect(() => commandOf({ procfile: 'Procfile' }, root, '/tools')).toThrow(/no command/);
  });
});

describe('shell words', () => {
  it.each([
    ['a  b', ['a', 'b']],
    ['a \'b c\' "d e"', ['a', 'b c', 'd e']],
    ['a\\ b "c\\"d" "e\\f"', ['a b', 'c"d', 'e\\f']],
    ["'' x", ['', 'x']],
    ["a'b'c", ['abc']],
    ['"open', ['open']],
    ['', []],
  ])('%j', (text, words) => expect(shellWords(text)).toEqual(words));
});
