import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverOf } from '../../src/extract/servers/index.js';
import { showAddress } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';
import { type StartOptions, startOf } from '../support/launch.js';
import { memoryReader } from '../support/memory.js';

async function gunicorn(
  command: string,
  files: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<AppServer> {
  const reader = await memoryReader({ Procfile: `web: ${command}\n`, ...files }, 'python');
  const { launch, command: started } = startOf(reader, 'Procfile', command, options);
  const server = serverOf(reader, launch, started);
  if (!server) throw new Error('no server');
  return server;
}

const show = (setting: Setting<unknown> | undefined): unknown =>
  setting === undefined ? 'none' : setting.known ? setting.value : `unknown: ${setting.why}`;

const addresses = (server: AppServer): readonly string[] =>
  server.listens.map(listener => (listener.address.known ? showAddress(listener.address.value) : 'unknown'));

const faults = (server: AppServer): readonly string[] =>
  server.faults.map(fault => `${fault.kind}: ${spanText(fault.span)}`);

const repairs = (server: AppServer): readonly string[] =>
  server.faults.flatMap(fault =>
    (fault.repairs ?? []).map(repair => repair.edits.map(edit => `${spanText(edit.span)} -> ${edit.text}`).join('; ')),
  );

describe('addresses', () => {
  it('listens on 127.0.0.1:8000 by default, and on 0.0.0.0:$PORT where PORT is set', async () => {
    const plain = await gunicorn('gunicorn app:app');
    expect(addresses(plain)).toEqual(['127.0.0.1:8000']);
    expect(plain.listens[0]?.address.origin).toBe('default');
    expect(spanText(plain.listens[0]?.span ?? plain.span)).toBe('gunicorn');
    const port = await gunicorn('gunicorn app:app', {}, { environment: { PORT: '5000' } });
    expect(addresses(port)).toEqual(['0.0.0.0:5000']);
    expect(port.listens[0]?.address.origin).toBe('environment');
  });

  it('does not know the default where PORT may come from outside', async () => {
    const server = await gunicorn('gunicorn app:app', {}, { open: true, kind: 'procfile' });
    expect(addresses(server)).toEqual(['unknown']);
    expect(server.listensComplete).toBe(false);
  });

  it('takes the default for a script that is started by hand', async () => {
    expect(addresses(await gunicorn('gunicorn app:app', {}, { open: true, kind: 'script' }))).toEqual([
      '127.0.0.1:8000',
    ]);
  });

  it.each([
    ['0.0.0.0:9000', '0.0.0.0:9000'],
    [':9000', '0.0.0.0:9000'],
    ['LOCALHOST', 'localhost:8000'],
    ['[::]:9000', '[::]:9000'],
    ['[::1]', '[::1]:8000'],
    ['tcp://127.0.0.1:9000', '127.0.0.1:9000'],
    ['unix:/run/app.sock', 'unix:/run/app.sock'],
    ['unix:///run/app.sock', 'unix:/run/app.sock'],
    ['unix:app.sock', 'unix:/srv/app.sock'],
    ['unix:../run//app.sock', 'unix:/run/app.sock'],
  ])('reads -b %s', async (form, address) => {
    const server = await gunicorn(`gunicorn -b ${form} app:app`);
    expect(addresses(server)).toEqual([address]);
    expect(faults(server)).toEqual([]);
    expect(spanText(server.listens[0]?.address.span ?? server.span)).toBe(form);
  });

  it('resolves a relative socket after chdir', async () => {
    const server = await gunicorn('gunicorn --chdir src -b unix:run/app.sock app:app', { 'src/app.py': '' });
    expect(addresses(server)).toEqual(['unix:/srv/src/run/app.sock']);
  });

  it('adds repeated -b, and lets the command line replace the list of the file', async () => {
    const config = { 'gunicorn.conf.py': 'bind = ["127.0.0.1:1", "127.0.0.1:2"]\n' };
    expect(addresses(await gunicorn('gunicorn app:app', config))).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
    const server = await gunicorn('gunicorn -b :3 --bind=:4 app:app', config);
    expect(addresses(server)).toEqual(['0.0.0.0:3', '0.0.0.0:4']);
    expect(server.listens[0]?.address.hides?.map(hidden => hidden.known && hidden.value)).toEqual([
      { kind: 'tcp', host: '127.0.0.1', port: 1 },
      { kind: 'tcp', host: '127.0.0.1', port: 2 },
    ]);
  });

  it('listens only on the sockets that systemd passes', async () => {
    const passed = {
      name: 'ListenStream',
      origin: 'config file',
      known: true,
      value: { kind: 'unix', path: '/run/x.sock' },
    } as const;
    const reader = await memoryReader({ unit: 'gunicorn -b :8000 app' });
    const { launch, command } = startOf(reader, 'unit', 'gunicorn -b :8000 app');
    const span = command.span;
    const server = serverOf(reader, { ...launch, passedSockets: [{ address: passed, span }] }, command);
    expect(server && addresses(server)).toEqual(['unix:/run/x.sock']);
  });

  it('knows the mode of a unix socket from umask', async () => {
    const mode = async (command: string) => show((await gunicorn(command)).listens[0]?.socketMode);
    expect(await mode('gunicorn -b unix:/run/a app')).toBe(0o777);
    expect(await mode('gunicorn -b unix:/run/a -m 007 app')).toBe(0o770);
    expect(await mode('gunicorn -b unix:/run/a -m 18 app')).toBe(0o755);
    expect(await mode('gunicorn -b :80 app')).toBe('none');
  });

  it('speaks TLS with a certificate, and uwsgi where told', async () => {
    const protocol = async (command: string) => (await gunicorn(command)).listens[0]?.protocol;
    expect(await protocol('gunicorn app')).toBe('http');
    expect(await protocol('gunicorn --certfile c.pem app')).toBe('https');
    expect(await protocol('gunicorn --protocol uwsgi app')).toBe('uwsgi');
    expect(await protocol('gunicorn --certfile $CERT app')).toBe('unknown');
  });

  it('does not know an address that a variable fills', async () => {
    const server = await gunicorn('gunicorn -b 0.0.0.0:$PORT app:app');
    expect(addresses(server)).toEqual(['unknown']);
    expect(server.listensComplete).toBe(false);
  });

  it('does not know what a word of options may set', async () => {
    const server = await gunicorn('gunicorn -b :1 $GUNICORN_OPTS -t 7 app:app');
    expect(server.listensComplete).toBe(false);
    expect(show(server.settings.get('timeout'))).toBe(7);
    expect(show(server.settings.get('graceful_timeout'))).toContain('unknown');
  });
});

describe('addresses that Gunicorn cannot bind', () => {
  it.each([
    ['8000', ['8000 -> 127.0.0.1:8000', '8000 -> 0.0.0.0:8000']],
    ['http://127.0.0.1:8000', ['http://127.0.0.1:8000 -> 127.0.0.1:8000']],
    ['http://127.0.0.1:8000/', ['http://127.0.0.1:8000/ -> 127.0.0.1:8000']],
    ['*:8000', ['*:8000 -> 0.0.0.0:8000']],
    ['/run/app.sock', ['/run/app.sock -> unix:/run/app.sock']],
    ['127.0.0.1:8000,127.0.0.1:8001', ['127.0.0.1:8000,127.0.0.1:8001 -> 127.0.0.1:8000 -b 127.0.0.1:8001']],
    ['127.0.0.1:8000/', ['127.0.0.1:8000/ -> 127.0.0.1:8000']],
    ['127.0.0.1:80000', []],
    ['127.0.0.1:web', []],
  ])('says so of -b %s', async (form, wanted) => {
    const server = await gunicorn(`gunicorn -b ${form} app:app`);
    expect(faults(server)).toEqual([`upstream/invalid-address: ${form}`]);
    expect(repairs(server)).toEqual(wanted);
    expect(addresses(server)).toEqual(['unknown']);
    expect(server.listensComplete).toBe(true);
  });

  it('offers a list in a file', async () => {
    const server = await gunicorn('gunicorn app:app', { 'gunicorn.conf.py': 'bind = "a:1, b:2"\n' });
    expect(repairs(server)).toEqual(['"a:1, b:2" -> ["a:1", "b:2"]']);
  });
});

describe('which configuration counts', () => {
  const file = { 'gunicorn.conf.py': 'workers = 3\ntimeout = 90\n' };

  it('reads ./gunicorn.conf.py by itself, and what -c names', async () => {
    const own = await gunicorn('gunicorn app:app', file);
    expect([show(own.worker.processes), show(own.requestLimit)]).toEqual([3, 90]);
    expect(own.configFiles.map(config => config.path)).toEqual(['gunicorn.conf.py']);
    const named = await gunicorn('gunicorn -c deploy/g.py app:app', { ...file, 'deploy/g.py': 'timeout = 40\n' });
    expect([show(named.worker.processes), show(named.requestLimit)]).toEqual([1, 40]);
    const prefixed = await gunicorn('gunicorn --config file:deploy/g.py app:app', { 'deploy/g.py': 'timeout = 40\n' });
    expect(show(prefixed.requestLimit)).toBe(40);
    const module = await gunicorn('gunicorn --config python:deploy.g app:app', { 'deploy/g.py': 'timeout = 40\n' });
    expect(show(module.requestLimit)).toBe(40);
  });

  it('looks for it where Gunicorn is started, not where --chdir leads', async () => {
    const server = await gunicorn('gunicorn --chdir src app:app', {
      'src/gunicorn.conf.py': 'timeout = 90\n',
      'src/app.py': '',
    });
    expect(show(server.requestLimit)).toBe(30);
    expect(server.faults.map(fault => fault.kind)).toEqual(['gunicorn/config-not-loaded']);
  });

  it('ranks file, GUNICORN_CMD_ARGS and command line', async () => {
    const environment = { GUNICORN_CMD_ARGS: '--timeout 50 --workers=4' };
    const server = await gunicorn('gunicorn -w 5 app:app', file, { environment });
    expect([show(server.worker.processes), show(server.requestLimit)]).toEqual([5, 50]);
    expect(server.worker.processes.hides?.map(show)).toEqual([4, 3]);
    expect(server.requestLimit.origin).toBe('environment');
    expect(server.faults.filter(fault => fault.kind === 'gunicorn/hidden-setting').map(fault => fault.message)).toEqual(
      [
        'workers = 3 has no effect: -w on the command line says 5',
        'timeout = 90 has no effect: --timeout in GUNICORN_CMD_ARGS says 50',
      ],
    );
  });

  it('knows nothing weaker than a GUNICORN_CMD_ARGS that is not known', async () => {
    const server = await gunicorn('gunicorn -t 9 app:app', file, { unknown: ['GUNICORN_CMD_ARGS'] });
    expect(show(server.settings.get('timeout'))).toBe(9);
    expect(show(server.worker.processes)).toContain('unknown');
    expect(show(server.requestLimit)).toContain('unknown');
  });

  it('takes the number of workers from WEB_CONCURRENCY where nothing else says it', async () => {
    const environment = { WEB_CONCURRENCY: '6' };
    expect(show((await gunicorn('gunicorn app', {}, { environment })).worker.processes)).toBe(6);
    expect(show((await gunicorn('gunicorn -w2 app', {}, { environment })).worker.processes)).toBe(2);
    expect(show((await gunicorn('gunicorn app', {}, { open: true, kind: 'compose' })).worker.processes)).toContain(
      'unknown',
    );
  });

  it('evaluates the file without running it', async () => {
    const config = `import multiprocessing
import os
port = os.environ.get("APP_PORT", "8123")
bind = f"0.0.0.0:{port}"
workers = multiprocessing.cpu_count() * 2 + 1
timeout = int(os.getenv("TIMEOUT", 30)) * 2
`;
    const server = await gunicorn(
      'gunicorn app:app',
      { 'gunicorn.conf.py': config },
      { environment: { TIMEOUT: '40' } },
    );
    expect(addresses(server)).toEqual(['0.0.0.0:8123']);
    expect(show(server.requestLimit)).toBe(80);
    expect(show(server.worker.processes)).toContain('unknown');
    expect(faults(server)).toEqual([]);
  });

  it('says that the file fails for a variable that is not set', async () => {
    const config = 'import os\nworkers = int(os.environ["WEB_WORKERS"])\nname_ = os.environ.get("X")\n';
    const closed = await gunicorn('gunicorn app:app', { 'gunicorn.conf.py': config });
    expect(faults(closed)).toEqual([
      'gunicorn/bad-value: int(os.environ["WEB_WORKERS"])',
      'gunicorn/unknown-setting: name_',
    ]);
    const open = await gunicorn(
      'gunicorn app:app',
      { 'gunicorn.conf.py': config.slice(0, 53) },
      { open: true, kind: 'procfile' },
    );
    expect(faults(open)).toEqual([]);
    const caught = 'import os\ntry:\n    workers = int(os.environ["WEB_WORKERS"])\nexcept KeyError:\n    workers = 2\n';
    expect(faults(await gunicorn('gunicorn app:app', { 'gunicorn.conf.py': caught }))).toEqual([]);
  });

  it('says that a named file is not there, and where one of the name is', async () => {
    const server = await gunicorn('gunicorn -c gunicorn.conf.py app:app', {
      'deploy/gunicorn.conf.py': 'workers = 2\n',
    });
    expect(faults(server)).toEqual(['gunicorn/config-not-loaded: gunicorn.conf.py']);
    expect(repairs(server)).toEqual(['gunicorn.conf.py -> deploy/gunicorn.conf.py']);
    expect(show(server.requestLimit)).toContain('unknown');
  });

  it('says that a shell script is no configuration', async () => {
    const server = await gunicorn('gunicorn -c start.sh app:app', { 'start.sh': '#!/bin/bash\ngunicorn app:app\n' });
    expect(faults(server)).toEqual(['gunicorn/config-not-loaded: start.sh']);
  });

  it('finds a file that nobody reads', async () => {
    const server = await gunicorn('gunicorn main:app', {
      'gunicorn_config.py': 'bind = "127.0.0.1:9001"\nworkers = 2\n',
    });
    expect(addresses(server)).toEqual(['127.0.0.1:8000']);
    expect(server.faults.map(fault => fault.message)).toEqual([
      'Gunicorn is started without -c and never reads gunicorn_config.py: Gunicorn reads no other file than gunicorn.conf.py by itself',
    ]);
    expect(repairs(server)).toEqual([' ->  -c gunicorn_config.py']);
  });

  it('warns where such a file says nothing about the address, and is silent where the command does', async () => {
    const idle = await gunicorn('gunicorn main:app', { 'gunicorn_config.py': 'timeout = 5\nworkers = 2\n' });
    expect(idle.faults.map(fault => [fault.kind, fault.severity])).toEqual([['gunicorn/config-not-loaded', 'warning']]);
    const files = { 'conf/gunicorn_config.py': 'bind = "unix:/tmp/a"\nworkers = 2\n' };
    expect(faults(await gunicorn('gunicorn -b unix:/run/b main:app', files))).toEqual([]);
  });

  it('is silent about such a file where somebody names it', async () => {
    const config = { 'gunicorn_config.py': 'bind = "127.0.0.1:9001"\nworkers = 2\n' };
    expect(
      faults(
        await gunicorn('gunicorn main:app', { ...config, 'start.sh': 'gunicorn -c gunicorn_config.py main:app\n' }),
      ),
    ).toEqual([]);
    expect(
      faults(
        await gunicorn('gunicorn main:app', { 'gun_fight.py': 'workers = 2\ntimeout = 1\ndef main():\n    pass\n' }),
      ),
    ).toEqual([]);
  });
});

describe('names and values of the file', () => {
  const read = (text: string) => gunicorn('gunicorn app:app', { 'gunicorn.conf.py': text });

  it('finds misspelt settings', async () => {
    const server = await read('bnid = "0.0.0.0:1"\nTimeout = 3\nworker_clas = "gthread"\nprelaod_app = True\n');
    expect(faults(server)).toEqual([
      'gunicorn/unknown-setting: bnid',
      'gunicorn/unknown-setting: Timeout',
      'gunicorn/unknown-setting: worker_clas',
      'gunicorn/unknown-setting: prelaod_app',
    ]);
    expect(repairs(server)).toEqual([
      'bnid -> bind',
      'Timeout -> timeout',
      'worker_clas -> worker_class',
      'prelaod_app -> preload_app',
    ]);
    expect(server.faults.map(fault => fault.severity)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('knows the names of flags that are no settings', async () => {
    const server = await read('access_logfile = "-"\nname = "shop"\nlogfile = "/tmp/x"\nCONFIG = {"mode": "wsgi"}\n');
    expect(server.faults.map(fault => [fault.message, fault.severity])).toEqual([
      [
        'Gunicorn has no setting access_logfile and ignores the line without a word; did you mean accesslog?',
        'warning',
      ],
      ['Gunicorn has no setting name and ignores the line without a word; did you mean proc_name?', 'warning'],
      ['Gunicorn has no setting logfile and ignores the line without a word; did you mean errorlog?', 'warning'],
      ['Gunicorn has no setting CONFIG; it ignores the line without a word', 'warning'],
    ]);
  });

  it('is silent about helpers, functions, imports, private names and loops', async () => {
    const server = await read(`"""Settings."""
from os import environ as settings
import multiprocessing as mp
_private = 1
__version__ = "1"
cores = mp.cpu_count()
worker = cores * 2
workers = worker + 1
def post_fork(server, worker): pass
def when_redy(server): pass
class Timeouts: pass
for key in settings: pass
x = 1
`);
    expect(faults(server)).toEqual([]);
  });

  it.each([
    ['timeout = "60s"', 'timeout/bad-number: "60s"', ['"60s" -> 60']],
    ['timeout = "2m"', 'timeout/bad-number: "2m"', ['"2m" -> 120']],
    ['timeout = 30.0', 'timeout/bad-number: 30.0', ['30.0 -> 30']],
    ['timeout = 1.5', 'timeout/bad-number: 1.5', []],
    ['timeout = -1', 'timeout/bad-number: -1', []],
    ['timeout = None', 'timeout/bad-number: None', []],
    ['workers = "auto"', 'timeout/bad-number: "auto"', []],
    ['preload_app = 1', 'gunicorn/bad-value: 1', ['1 -> True']],
    ['preload_app = "yes"', 'gunicorn/bad-value: "yes"', []],
    ['loglevel = 20', 'gunicorn/bad-value: 20', []],
    ['bind = 8000', 'gunicorn/bad-value: 8000', []],
    ['worker_class = "gevnt"', 'gunicorn/bad-value: "gevnt"', ['gevnt -> gevent']],
    ['worker_class = "async"', 'gunicorn/bad-value: "async"', []],
    ['logconfig_dict = "x"', 'gunicorn/bad-value: "x"', []],
  ])('refuses %s', async (line, fault, repair) => {
    const server = await read(`${line}\n`);
    expect(faults(server)).toEqual([fault]);
    expect(repairs(server)).toEqual(repair);
  });

  it.each([
    'timeout = "60"',
    'timeout = True',
    'timeout = 0x10',
    'preload_app = "True"',
    'preload_app = None',
    'bind = ("127.0.0.1:80", "unix:/run/x")',
    'bind = []',
    'accesslog = None',
    'worker_class = "uvicorn.workers.UvicornWorker"',
    'worker_class = "egg:gunicorn#gevent"',
    'worker_class = "my.own.Worker"',
    'logconfig_dict = {"version": 1}',
    'from my.workers import W\nworker_class = W',
    'user = 1000',
    'user = "www-data"',
    'umask = 0o007',
    'raw_env = ["A=b"]',
    'on_starting = lambda server: None',
  ])('accepts %s', async line => {
    expect(faults(await read(`${line}\n`))).toEqual([]);
  });
});

describe('command line', () => {
  it.each([
    ['--time-out 60', '--time-out -> --timeout'],
    ['--worker-calss gthread', '--worker-calss -> --worker-class'],
    ['--loglevel info', '--loglevel -> --log-level'],
    ['--accesslog -', '--accesslog -> --access-logfile'],
  ])('refuses %s', async (option, repair) => {
    const server = await gunicorn(`gunicorn app:app ${option}`);
    expect(server.faults[0]?.kind).toBe('gunicorn/unknown-option');
    expect(repairs(server)[0]).toBe(repair);
  });

  it('takes unique prefixes, joined values and combined letters', async () => {
    const server = await gunicorn('gunicorn --workers 2 --time=5 -Rk gthread --thr 3 app:app');
    expect([show(server.settings.get('workers')), show(server.settings.get('timeout'))]).toEqual([2, 5]);
    expect(show(server.settings.get('threads'))).toBe(3);
    expect(show(server.settings.get('enable_stdio_inheritance'))).toBe(true);
    expect(faults(server)).toEqual([]);
  });

  it('says nothing of a prefix that some release takes', async () => {
    expect(faults(await gunicorn('gunicorn --con x.py app:app', { 'x.py': '' }))).toEqual([]);
    expect(faults(await gunicorn('gunicorn --worker 2 app:app'))).toEqual(['gunicorn/unknown-option: --worker']);
  });

  it('refuses a number with a unit, and a word behind the options', async () => {
    const server = await gunicorn('gunicorn -t 60s app:app -w 3 shop');
    expect(faults(server)).toEqual(['process/cannot-start: shop', 'timeout/bad-number: 60s']);
    expect(repairs(server)).toEqual(['60s -> 60']);
    expect(server.faults[1]?.log).toBe("gunicorn: error: argument -t/--timeout: invalid int value: '60s'");
    expect(show(server.requestLimit)).toContain('unknown');
  });

  it('refuses an option without its value', async () => {
    const server = await gunicorn('gunicorn app:app --bind -w 3');
    expect(faults(server)).toEqual(['gunicorn/unknown-option: --bind']);
  });
});

describe('workers and limits', () => {
  const model = async (command: string) => {
    const { worker, requestLimit, bootLimit, keepAlive, interfaces } = await gunicorn(`gunicorn ${command} app:app`);
    return [
      show(worker.class),
      worker.concurrency,
      show(requestLimit),
      show(bootLimit),
      show(keepAlive),
      interfaces.join(),
    ];
  };

  it('limits a request only in sync workers', async () => {
    expect(await model('')).toEqual(['sync', 'sync', 30, 30, 0, 'wsgi']);
    expect(await model('-t 0')).toEqual(['sync', 'sync', 'none', 'none', 0, 'wsgi']);
    expect(await model('--threads 4 -t 60')).toEqual(['gthread', 'threads', 'none', 60, 2, 'wsgi']);
    expect(await model('-k gthread')).toEqual(['gthread', 'threads', 'none', 30, 2, 'wsgi']);
    expect(await model('-k gevent --keep-alive 5')).toEqual(['gevent', 'async', 'none', 30, 5, 'wsgi']);
    expect(await model('-k uvicorn.workers.UvicornWorker')).toEqual([
      'uvicorn.workers.UvicornWorker',
      'async',
      'none',
      30,
      2,
      'asgi',
    ]);
    expect(await model('--preload -t 60')).toEqual(['sync', 'sync', 60, 'none', 0, 'wsgi']);
    expect(await model('--threads 1')).toEqual(['sync', 'sync', 30, 30, 0, 'wsgi']);
  });

  it('claims nothing about a class of another package', async () => {
    const [name, concurrency, request, , keepAlive, interfaces] = await model('-k my.Worker');
    expect([name, concurrency, interfaces]).toEqual(['my.Worker', 'unknown', 'wsgi,asgi']);
    expect([request, keepAlive]).toEqual([
      'unknown: the worker class my.Worker is not known',
      'unknown: the worker class my.Worker is not known',
    ]);
  });

  it('misses the package of a worker class', async () => {
    const bare = { 'requirements.txt': 'flask\ngunicorn==20.1\n' };
    const server = await gunicorn('gunicorn -k gevent app:app', bare);
    expect(server.faults.map(fault => [fault.kind, spanText(fault.span), fault.severity])).toEqual([
      ['gunicorn/bad-value', 'gevent', 'warning'],
    ]);
    expect(faults(await gunicorn('gunicorn -k gevent app:app', { 'requirements.txt': 'gunicorn[gevent]\n' }))).toEqual(
      [],
    );
    expect(
      faults(await gunicorn('gunicorn -k gevent app:app', { ...bare, Dockerfile: 'RUN pip install gevent\n' })),
    ).toEqual([]);
    expect(faults(await gunicorn('gunicorn -k gevent app:app'))).toEqual([]);
    const uvicorn = 'gunicorn -k uvicorn.workers.UvicornWorker app:app';
    expect(faults(await gunicorn(uvicorn, { 'requirements.txt': 'gunicorn\nfastapi[standard]\n' }))).toEqual([]);
    expect(faults(await gunicorn('gunicorn -k gthread app:app', bare))).toEqual([]);
  });

  it('goes into the background where nobody expects it', async () => {
    const command = 'gunicorn --daemon app:app';
    expect(faults(await gunicorn(command))).toEqual(['gunicorn/daemon: --daemon']);
    expect(repairs(await gunicorn(command))).toEqual([' --daemon -> ']);
    const forking = { name: 'Type', origin: 'config file', known: true, value: 'forking' } as const;
    expect(faults(await gunicorn(command, {}, { launch: { serviceType: forking } }))).toEqual([]);
    expect(faults(await gunicorn(command, {}, { kind: 'script' }))).toEqual([]);
  });
});

describe('the application', () => {
  it('is the first word, else wsgi_app', async () => {
    const target = async (command: string, files = {}) => {
      const app = (await gunicorn(command, files)).app;
      return app?.known ? [app.value.module, app.value.attribute, app.value.called, app.value.implied] : app;
    };
    expect(await target('gunicorn shop.wsgi')).toEqual(['shop.wsgi', 'application', false, true]);
    expect(await target('gunicorn shop.wsgi:app')).toEqual(['shop.wsgi', 'app', false, false]);
    expect(await target('gunicorn "shop:create_app(debug=True)"')).toEqual(['shop', 'create_app', true, false]);
    expect(await target('gunicorn', { 'gunicorn.conf.py': 'wsgi_app = "shop:app"\n' })).toEqual([
      'shop',
      'app',
      false,
      false,
    ]);
    expect(await target('gunicorn a:b', { 'gunicorn.conf.py': 'wsgi_app = "shop:app"\n' })).toEqual([
      'a',
      'b',
      false,
      false,
    ]);
    expect(await target('gunicorn')).toBe(undefined);
  });

  it('is looked for in pythonpath, then in the folder after chdir, then where Gunicorn is started, then in PYTHONPATH', async () => {
    const server = await gunicorn(
      'gunicorn --chdir src --pythonpath lib,/opt/x app',
      { 'src/app.py': '' },
      { environment: { PYTHONPATH: '/srv/vendor:' } },
    );
    expect(show(server.searchPath)).toEqual(['/opt/x', '/srv/src/lib', '/srv/src', '/srv', '/srv/vendor']);
  });

  it('says that chdir leads nowhere', async () => {
    const server = await gunicorn('gunicorn --chdir scr app', { 'src/app.py': '' });
    expect(faults(server)).toEqual(['gunicorn/bad-value: scr']);
  });
});

const path = { PATH: process.env['PATH'] ?? '' };
const real = spawnSync('gunicorn', ['--version'], { encoding: 'utf8', env: path });

describe.skipIf(!`${real.stdout}${real.stderr}`.includes('version 20.1'))('against the real Gunicorn', () => {
  const words = [
    ...[
      '-b 127.0.0.1:7101',
      '--bind=:7102',
      '-b unix:x.sock',
      '-w4',
      '-w 2',
      '--workers 3',
      '--work 2',
      '--workers=auto',
      '-t 60',
      '--timeout 60s',
    ],
    ...[
      '--time=5',
      '-k gthread',
      '--threads 4',
      '--preload',
      '--prel',
      '-R',
      '-Rw3',
      '--keep-alive 7',
      '--graceful 9',
      '--name x',
      '-m 007',
      '-m 22',
    ],
    ...[
      '--log-level debug',
      '--loglevel debug',
      '--log x',
      '--chdir .',
      '--chdir sub',
      '--chdir nope',
      '-c other.py',
      '-c nope.py',
      '-c file:other.py',
    ],
    ...[
      '--no-sendfile',
      '--no-sendfile=1',
      '-e A=b',
      '--env C=d',
      '--max-requests 10',
      'extra',
      '--',
      '-D=1',
      '--umask 0x12',
      '--unknown',
    ],
  ];
  const lines = [
    ...[
      'bind = "127.0.0.1:7201"',
      'bind = [":7202", "unix:y.sock"]',
      'bind = 7203',
      'workers = 5',
      'workers = "6"',
      'workers = "x"',
      'workers = 0x7',
    ],
    ...[
      'timeout = 30.5',
      'timeout = -1',
      'timeout = True',
      'preload_app = True',
      'preload_app = 1',
      'preload_app = "false"',
      'loglevel = None',
    ],
    ...[
      'loglevel = 3',
      'raw_env = ["A=b"]',
      'raw_env = 3',
      'keepalive = 2 + 3',
      'nothing = 1',
      'threads = int("3")',
      'umask = 0o22',
      'chdir = "sub"',
    ],
    ...[
      'import os',
      'n = 2\nworkers = n * 2',
      'proc_name = "a" + "b"',
      'logconfig_dict = 1',
      'worker_class = "gthread"',
      'max_requests = None',
    ],
  ];
  const shown = [
    'bind',
    'workers',
    'timeout',
    'preload_app',
    'keepalive',
    'graceful_timeout',
    'threads',
    'umask',
    'loglevel',
    'worker_class',
    'max_requests',
    'raw_env',
    'proc_name',
    'chdir',
  ];

  /** A value as `gunicorn --print-config` prints it. */
  function printed(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(item => `'${item}'`).join(', ')}]`;
    return value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : String(value);
  }

  it('agrees on what starts and with which values', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gwlint-gunicorn-'));
    const samples = fc.sample(
      fc.tuple(
        fc.array(fc.constantFrom(...words), { maxLength: 4 }),
        fc.array(fc.constantFrom(...lines), { maxLength: 4 }),
        fc.array(fc.constantFrom(...words.slice(0, 18)), { maxLength: 2 }),
        fc.boolean(),
      ),
      { numRuns: 70, seed: 5 },
    );
    const app = 'def application(environ, start_response):\n    return []\n';
    mkdirSync(join(folder, 'sub'));
    const fixed = { 'app.py': app, 'sub/app.py': app, 'other.py': 'workers = 9\n' };
    for (const [name, text] of Object.entries(fixed)) writeFileSync(join(folder, name), text);
    try {
      for (const [options, body, variable, first] of samples) {
        const command = (first ? ['gunicorn', 'app', ...options] : ['gunicorn', ...options, 'app']).join(' ');
        const config = `${body.join('\n')}\n`;
        writeFileSync(join(folder, 'gunicorn.conf.py'), config);
        const args = variable.join(' ');
        const run = spawnSync('gunicorn', ['--print-config', ...command.split(' ').slice(1)], {
          cwd: folder,
          env: { ...path, GUNICORN_CMD_ARGS: args },
          encoding: 'utf8',
          timeout: 20_000,
          killSignal: 'SIGKILL',
        });
        const files = { ...fixed, 'gunicorn.conf.py': config, Procfile: `${command}\n${args}\n` };
        const environment = args === '' ? {} : { GUNICORN_CMD_ARGS: args };
        const reader = await memoryReader(files, 'python');
        const { launch, command: started } = startOf(reader, 'Procfile', command, {
          environment,
          folder,
          mounts: [{ kind: 'assumed', inside: folder, repo: '' }],
        });
        const server = serverOf(reader, launch, started);
        const refused = server?.faults.filter(
          fault =>
            fault.kind !== 'gunicorn/hidden-setting' &&
            fault.kind !== 'gunicorn/unknown-setting' &&
            fault.kind !== 'gunicorn/daemon',
        );
        const context = { command, config, args, log: run.stderr.slice(0, 300) };
        // The configuration is printed before the application is loaded.
        const starts = /^workers +=/m.test(run.stdout);
        expect({ ...context, starts: (refused ?? []).length === 0 }).toEqual({ ...context, starts });
        if (!starts) continue;
        const table = new Map([...run.stdout.matchAll(/^(\w+) += (.*)$/gm)].map(match => [match[1], match[2]]));
        for (const name of shown) {
          const setting = server?.settings.get(name);
          if (setting?.known && !(name === 'chdir' && setting.origin === 'default')) {
            const wanted = name === 'chdir' ? table.get(name)?.slice(folder.length + 1) || '.' : table.get(name);
            const own = name === 'worker_class' && setting.value === 'sync' ? 'sync' : printed(setting.value);
            expect({ ...context, name, value: own }).toEqual({ ...context, name, value: wanted });
          }
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
