import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyVariant } from './copy.js';
import { normalLine } from './logs.js';
import { recorded } from './record.js';
import { mistakesIn, type Scenario } from './scenario.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gwlint-scenario-'));
  for (const variant of ['broken', 'fixed']) {
    mkdirSync(join(folder, variant));
    writeFileSync(join(folder, variant, 'nginx.conf'), 'pid /run/nginx.pid;\r\nserver 127.0.0.1:8001;\r\n');
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function scenario(more: Partial<Scenario> = {}): Scenario {
  const parts = { name: 'x', folder, title: 't', why: 'w', layer: 'cross', port: 80, run: [], requests: [] };
  const observed = { broken: { statuses: [502] }, fixed: { statuses: [200] } };
  return { ...parts, blame: [{ file: 'nginx.conf', line: 2, text: ':8001' }], observed, ...more };
}

describe('mistakes in a scenario', () => {
  it('are none in a sound one', () => expect(mistakesIn(scenario())).toEqual([]));

  it('are blamed lines that are not what they were', () => {
    const blame = [
      { file: 'nginx.conf', line: 2, text: ':8002' },
      { file: 'nginx.conf', line: 9 },
      { file: 'gone.conf', line: 1 },
    ];
    expect(mistakesIn(scenario({ blame }))).toEqual([
      'blame: nginx.conf:2 is "server 127.0.0.1:8001;", without ":8002"',
      'blame: nginx.conf:9 is not a line',
      'blame: broken/gone.conf is not there',
    ]);
  });

  it('are a missing folder or record, and endless requests', () => {
    const wrong = scenario({ clean: true, observed: {}, requests: [{ count: 100, parallel: 3 }] });
    expect(mistakesIn(wrong)).toEqual([
      'no folder clean/',
      'nothing recorded for clean',
      'more than 200 requests in one step',
      'nothing is to blame in a clean stack',
    ]);
  });
});

describe('the copy that is run', () => {
  it('has texts replaced, the settings of the replay blanked, and every line where it was', () => {
    const root = join(folder, 'copy');
    copyVariant(scenario({ map: { ':8001': ':22001' }, mkdir: ['run'] }), 'broken', root);
    expect(readFileSync(join(root, 'nginx.conf'), 'utf8')).toBe('\r\nserver 127.0.0.1:22001;\r\n');
    expect(readFileSync(join(folder, 'broken/nginx.conf'), 'utf8')).toContain('pid /run/nginx.pid;');
  });
});

describe('a log line', () => {
  it.each([
    [
      '2024/01/02 03:04:05 [error] 12#34: *5 open() "/tmp/x/v/static/a" failed',
      '[error] open() "{root}/static/a" failed',
    ],
    ['nginx: [emerg] unknown directive "foo"', '[emerg] unknown directive "foo"'],
    ['[2024-01-02 03:04:05 +0000] [77] [CRITICAL] WORKER TIMEOUT (pid:78)', '[CRITICAL] WORKER TIMEOUT (pid:N)'],
    [
      'spawned uWSGI worker 1 (and the only) (pid: 9, cores: 1)',
      'spawned uWSGI worker 1 (and the only) (pid: N, cores: 1)',
    ],
    ['invalid chmod value: ', 'invalid chmod value: '],
  ])('%s', (line, normal) => expect(normalLine(line, '/tmp/x/v')).toBe(normal));
});

describe('a recording', () => {
  const seen = {
    results: [{ status: 502, elapsed: 1, headers: {}, body: '' }],
    exits: { app: 3 },
    nginxLog: ['[notice] start', '[error] refused', '[error] refused'],
    appLog: ['Booting worker', 'ImportError: no module'],
  };

  it('holds statuses, exits and the notable log lines, each once', () => {
    expect(recorded(seen, undefined)).toEqual({
      statuses: [502],
      exit: { app: 3 },
      nginx_error: ['[error] refused'],
      app_log: ['ImportError: no module'],
    });
  });

  it('keeps what a person wrote about logs, times and permitted statuses', () => {
    const old = { statuses: [[502, 504]], nginx_error: ['refused'], app_log: [], elapsed: [[1, 2] as const] };
    expect(recorded(seen, old)).toEqual({
      statuses: [[502, 504]],
      exit: { app: 3 },
      nginx_error: ['refused'],
      elapsed: [[1, 2]],
    });
  });
});
