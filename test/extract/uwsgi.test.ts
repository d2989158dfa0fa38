import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverOf } from '../../src/extract/servers/index.js';
import { programOf } from '../../src/extract/servers/program.js';
import { loadOptions } from '../../src/extract/servers/uwsgi/load.js';
import { showAddress } from '../../src/model/endpoint.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';
import { type StartOptions, startOf } from '../support/launch.js';
import { memoryReader } from '../support/memory.js';

async function uwsgi(
  command: string,
  files: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<AppServer> {
  const reader = await memoryReader({ Procfile: `web: ${command}\n`, ...files }, 'python', 'yaml', 'xml');
  const { launch, command: started } = startOf(reader, 'Procfile', command, options);
  const server = serverOf(reader, launch, started);
  if (!server) throw new Error('no server');
  return server;
}

const ini = (text: string, options: StartOptions = {}, more: Readonly<Record<string, string>> = {}) =>
  uwsgi('uwsgi --ini u.ini', { 'u.ini': `[uwsgi]\n${text}`, ...more }, options);

const show = (setting: Setting<unknown> | undefined): unknown =>
  setting === undefined ? 'none' : setting.known ? setting.value : `unknown: ${setting.why}`;

const listens = (server: AppServer): readonly string[] =>
  server.listens.map(
    ({ address, protocol, role }) =>
      `${protocol} ${address.known ? showAddress(address.value) : 'unknown'}${role === 'app' ? '' : ` (${role})`}`,
  );

const faults = (server: AppServer): readonly string[] =>
  server.faults.map(fault => `${fault.kind}: ${spanText(fault.span)}`);

const repairs = (server: AppServer): readonly string[] =>
  server.faults.flatMap(fault =>
    (fault.repairs ?? []).map(repair => repair.edits.map(edit => `${spanText(edit.span)} -> ${edit.text}`).join('; ')),
  );

const target = (server: AppServer): unknown => {
  const { app } = server;
  return app?.known ? [app.value.module ?? app.value.file, app.value.attribute, app.value.called] : show(app);
};

describe('sockets', () => {
  it.each([
    ['socket = 127.0.0.1:3031', 'uwsgi 127.0.0.1:3031'],
    ['socket = :3031', 'uwsgi 0.0.0.0:3031'],
    ['socket = [::1]:3031', 'uwsgi [::1]:3031'],
    ['socket = /run/a.sock', 'uwsgi unix:/run/a.sock'],
    ['socket = run/a.sock', 'uwsgi unix:/srv/run/a.sock'],
    ['socket = 3031', 'uwsgi unix:/srv/3031'],
    ['socket = @abstract', 'uwsgi unix:@abstract'],
    ['socket = 127.0.0.1:3031 ; comment', 'uwsgi 127.0.0.1:3031'],
    ['uwsgi-socket = :1', 'uwsgi 0.0.0.0:1'],
    ['http-socket = :1', 'http 0.0.0.0:1'],
    ['http11-socket = :1', 'http 0.0.0.0:1'],
    ['http = :1', 'http 0.0.0.0:1'],
    ['https = :1,cert.pem,key.pem', 'https 0.0.0.0:1'],
    ['fastcgi-socket = :1', 'fastcgi 0.0.0.0:1'],
    ['scgi-socket = :1', 'scgi 0.0.0.0:1'],
    ['stats = 127.0.0.1:9191', 'tcp 127.0.0.1:9191 (stats)'],
    ['protocol = http\nsocket = :1', 'http 0.0.0.0:1'],
    ['shared-socket = :80\nhttp-socket = =0', 'http 0.0.0.0:80'],
    ['chdir = /opt\nsocket = a.sock', 'uwsgi unix:/opt/a.sock'],
    ['chdir = sub\nsocket = a.sock', 'uwsgi unix:/srv/sub/a.sock'],
    ['socket = :0', 'uwsgi unknown'],
    ['socket = 127.0.0.1:$(PORT)', 'uwsgi unknown'],
  ])('%s', async (text, wanted) => {
    expect(listens(await ini(`${text}\n`))).toEqual([wanted]);
  });

  it('adds up, from the file and from the command line', async () => {
    const server = await uwsgi('uwsgi -s :1 --ini u.ini --http-socket :4', {
      'u.ini': '[uwsgi]\nsocket = :2\nsocket = :3\n',
    });
    expect(listens(server)).toEqual(['uwsgi 0.0.0.0:1', 'uwsgi 0.0.0.0:2', 'uwsgi 0.0.0.0:3', 'http 0.0.0.0:4']);
    expect(server.listensComplete).toBe(true);
  });

  it('fills variables of the environment', async () => {
    const server = await ini('socket = 127.0.0.1:$(APP_PORT)\n', { environment: { APP_PORT: '5005' } });
    expect(listens(server)).toEqual(['uwsgi 127.0.0.1:5005']);
    const open = await ini('socket = 127.0.0.1:$(APP_PORT)\n', { open: true, kind: 'compose' });
    expect([listens(open), open.listensComplete, faults(open)]).toEqual([['uwsgi unknown'], false, []]);
    const byHand = await ini('socket = 127.0.0.1:$(APP_PORT)\n', { open: true, kind: 'script' });
    expect([listens(byHand), byHand.listensComplete, faults(byHand)]).toEqual([['uwsgi unknown'], false, []]);
  });

  it('knows the mode of a unix socket', async () => {
    const mode = async (text: string) => {
      const setting = (await ini(`socket = /run/a\n${text}\n`)).listens[0]?.socketMode;
      return setting?.known ? setting.value.toString(8) : setting?.why;
    };
    expect(await mode('')).toBe('755');
    expect(await mode('chmod-socket = 660')).toBe('660');
    expect(await mode('chmod-socket = 1')).toBe('666');
    expect(await mode('umask = 000')).toBe('777');
    expect(await mode('chmod-socket = 0666')).toBe('uWSGI refuses it');
  });

  it('says what it reads differently', async () => {
    const unix = await ini('socket = unix:/run/a.sock\n');
    expect([faults(unix), repairs(unix)]).toEqual([
      ['upstream/invalid-address: unix:/run/a.sock'],
      ['unix:/run/a.sock -> /run/a.sock'],
    ]);
    const scheme = await ini('http-socket = http://0.0.0.0:80\n');
    expect(repairs(scheme)).toEqual(['http://0.0.0.0:80 -> 0.0.0.0:80']);
    expect(faults(await ini('socket = :70000\n'))).toEqual(['upstream/invalid-address: :70000']);
  });

  it('adds the sockets that systemd passes', async () => {
    const reader = await memoryReader({ unit: 'uwsgi --socket :1' });
    const { launch, command } = startOf(reader, 'unit', 'uwsgi --socket :1');
    const address = {
      name: 'ListenStream',
      origin: 'config file',
      known: true,
      value: { kind: 'unix', path: '/run/x' },
    } as const;
    const server = serverOf(reader, { ...launch, passedSockets: [{ address, span: command.span }] }, command);
    expect(server && listens(server)).toEqual(['uwsgi 0.0.0.0:1', 'uwsgi unix:/run/x']);
  });
});

describe('which configuration counts', () => {
  it('reads ini, yaml, json and xml, by option and alone', async () => {
    const files = {
      'a.ini': '[uwsgi]\nsocket = :1\n',
      'a.yml': 'uwsgi:\n  socket: [":2", ":3"]\n  master: true\n',
      'a.json': '{"uwsgi": {"socket": [":4"], "master": true, "harakiri": 5}}',
      'a.xml': '<uwsgi><socket>:6</socket><master/></uwsgi>',
    };
    expect(listens(await uwsgi('uwsgi a.ini', files))).toEqual(['uwsgi 0.0.0.0:1']);
    expect(listens(await uwsgi('uwsgi --yaml a.yml', files))).toEqual(['uwsgi 0.0.0.0:2', 'uwsgi 0.0.0.0:3']);
    expect(listens(await uwsgi('uwsgi -j a.json', files))).toEqual(['uwsgi 0.0.0.0:4']);
    expect(listens(await uwsgi('uwsgi a.xml', files))).toEqual(['uwsgi 0.0.0.0:6']);
    const json = await uwsgi('uwsgi a.json', files);
    expect([show(json.settings.get('master')), show(json.requestLimit)]).toEqual([true, 5]);
  });

  it('reads the section that is asked for, and sections of the same file', async () => {
    const files = {
      'u.ini': '[uwsgi]\nsocket = :1\n[prod]\nini = :base\nsocket = :2\n[base]\nharakiri = 9\n[prod]\nthreads = 1\n',
    };
    const prod = await uwsgi('uwsgi --ini u.ini:prod', files);
    expect([listens(prod), show(prod.requestLimit), faults(prod)]).toEqual([['uwsgi 0.0.0.0:2'], 9, []]);
    expect(listens(await uwsgi('uwsgi --ini u.ini', files))).toEqual(['uwsgi 0.0.0.0:1']);
  });

  it('applies options in order: variables, then the command line with files in place, then files that stand alone', async () => {
    const files = { 'u.ini': '[uwsgi]\nharakiri = 10\n' };
    const limit = async (command: string, environment = {}) => {
      const server = await uwsgi(command, files, { environment });
      return [show(server.requestLimit), faults(server)];
    };
    expect(await limit('uwsgi --ini u.ini --harakiri 5')).toEqual([5, []]);
    expect(await limit('uwsgi --harakiri 5 --ini u.ini')).toEqual([10, ['uwsgi/option-order: --harakiri 5']]);
    expect(await limit('uwsgi u.ini --harakiri 5')).toEqual([10, ['uwsgi/option-order: --harakiri 5']]);
    expect(await limit('uwsgi --ini u.ini', { UWSGI_HARAKIRI: '3' })).toEqual([10, []]);
    expect(await limit('uwsgi -M', { UWSGI_HARAKIRI: '3' })).toEqual([3, []]);
  });

  it('keeps what the winner hides', async () => {
    const server = await ini('harakiri = 10\nharakiri = 20\n');
    expect(server.requestLimit.hides?.map(show)).toEqual([10]);
    expect(faults(server)).toEqual(['uwsgi/option-order: harakiri = 10']);
  });

  it('lets include win where it stands and inherit at the end', async () => {
    const base = { 'base.ini': '[uwsgi]\nharakiri = 1\n' };
    const included = await ini('include = base.ini\nharakiri = 30\n', {}, base);
    expect([show(included.requestLimit), faults(included)]).toEqual([30, []]);
    const inherited = await ini('inherit = base.ini\nharakiri = 30\n', {}, base);
    expect([show(inherited.requestLimit), faults(inherited)]).toEqual([1, ['uwsgi/option-order: harakiri = 30']]);
  });

  it('says what it cannot load', async () => {
    const missing = await uwsgi('uwsgi --ini deploy/uwsgi.ini', { 'conf/uwsgi.ini': '[uwsgi]\n' });
    expect([faults(missing), repairs(missing), missing.listensComplete]).toEqual([
      ['uwsgi/config-not-loaded: deploy/uwsgi.ini'],
      ['deploy/uwsgi.ini -> conf/uwsgi.ini'],
      false,
    ]);
    const variant = await uwsgi('uwsgi --ini config/uwsgi.ini', { 'config/uwsgi.prod.ini': '[uwsgi]\n' });
    expect(repairs(variant)).toEqual(['config/uwsgi.ini -> config/uwsgi.prod.ini']);
    const ending = await uwsgi('uwsgi app.conf', { 'app.conf': '[uwsgi]\nsocket = :1\n' });
    expect([faults(ending), repairs(ending)]).toEqual([['uwsgi/config-not-loaded: app.conf'], [' -> --ini ']]);
    expect(repairs(await uwsgi('uwsgi app.py'))).toEqual([' -> --wsgi-file ']);
  });

  it('does not guess what a word of options holds', async () => {
    const server = await uwsgi('uwsgi $UWSGI_OPTS --socket :1');
    expect([listens(server), server.listensComplete, show(server.requestLimit)]).toEqual([
      ['uwsgi 0.0.0.0:1'],
      false,
      'unknown: UWSGI_OPTS comes from the environment, which no file states',
    ]);
  });

  it('stops at a file that includes itself', async () => {
    const server = await ini('socket = :1\ninclude = u.ini\n');
    expect([listens(server), server.listensComplete]).toEqual([['uwsgi 0.0.0.0:1'], false]);
  });

  it('takes a template for what it is', async () => {
    const server = await ini('socket = {{ socket }}\nharakiri = 5\n');
    expect([server.listensComplete, faults(server), show(server.requestLimit)]).toEqual([
      false,
      [],
      'unknown: u.ini is a template',
    ]);
  });
});

describe('sections and syntax', () => {
  const section = async (text: string) => {
    const server = await uwsgi('uwsgi --ini u.ini', { 'u.ini': text });
    return [faults(server), repairs(server)];
  };

  it('finds misnamed, commented and missing headers', async () => {
    expect(await section('[uWSGI]\nsocket = :1\n')).toEqual([['uwsgi/section: uWSGI'], ['uWSGI -> uwsgi']]);
    expect(await section('[uwsgi] ; main\nsocket = :1\n')).toEqual([
      ['uwsgi/section: [uwsgi] ; main'],
      ['[uwsgi] ; main -> [uwsgi]'],
    ]);
    expect(await section('[uwsgi\nsocket = :1\n')).toEqual([['uwsgi/section: [uwsgi'], ['[uwsgi -> [uwsgi]']]);
    expect(await section('socket = :1\n')).toEqual([['uwsgi/section: socket = :1'], [' -> [uwsgi]\n']]);
    expect(await section('\uFEFF[uwsgi]\nsocket = :1\n')).toEqual([['uwsgi/section: \uFEFF[uwsgi]'], ['\uFEFF -> ']]);
    expect(await section('[uwsgi]\nsocket = :1\n[other]\nx = 1\n')).toEqual([[], []]);
  });

  it('finds a section that the command line asks for in vain', async () => {
    const server = await uwsgi('uwsgi --ini u.ini:prodution', { 'u.ini': '[uwsgi]\na=1\n[production]\nsocket = :1\n' });
    expect([faults(server), repairs(server)]).toEqual([
      ['uwsgi/section: u.ini:prodution'],
      ['prodution -> production'],
    ]);
  });

  it('finds YAML, JSON and XML of another shape', async () => {
    const yaml = await uwsgi('uwsgi --yaml u.yml', { 'u.yml': '# x\nsocket: ":1"\nmaster: true\n' });
    expect([faults(yaml), repairs(yaml)]).toEqual([['uwsgi/section: socket'], [' -> uwsgi:\n  ;  ->   ']]);
    const json = await uwsgi('uwsgi -j u.json', { 'u.json': '{"uwsgi": {"socket": ":1",}}' });
    expect([faults(json), repairs(json)]).toEqual([['uwsgi/syntax: ,'], [', -> ']]);
    expect(faults(await uwsgi('uwsgi -j u.json', { 'u.json': '{"socket": ":1"}' }))).toEqual(['uwsgi/section: {']);
    expect((await uwsgi('uwsgi -x u.xml', { 'u.xml': '<uwsgi><socket>:1</uwsgi>' })).faults[0]?.kind).toBe(
      'uwsgi/syntax',
    );
  });

  it('tells what the YAML reader of a uWSGI that pip builds loses', async () => {
    const files = { 'requirements.txt': 'uwsgi==2.0.30\n' };
    const list = await uwsgi('uwsgi --yaml u.yml', { ...files, 'u.yml': 'uwsgi:\n  socket:\n    - :1\n  module: a\n' });
    expect(list.faults.map(fault => [fault.kind, spanText(fault.span), fault.severity])).toEqual([
      ['uwsgi/syntax', '- :1', undefined],
    ]);
    const quotes = await uwsgi('uwsgi --yaml u.yml', { ...files, 'u.yml': 'uwsgi:\n  module: "a:b"\n' });
    expect(repairs(quotes)).toEqual(['"a:b" -> a:b']);
    expect(
      faults(await uwsgi('uwsgi --yaml u.yml', { 'u.yml': 'uwsgi:\n  socket:\n    - :1\n  module: "a"\n' })),
    ).toEqual([]);
  });
});

describe('substitution', () => {
  it.each([
    ['base = /srv/x\nchdir = %(base)/src\nsocket = %(base).sock\n', 'uwsgi unix:/srv/x.sock'],
    ['socket = %(later):1\nlater = 10.0.0.1\n', 'uwsgi 10.0.0.1:1'],
    ['port = 3000\nsocket = :%(port + 31)\n', 'uwsgi 0.0.0.0:3031'],
    ['socket = %d%n.sock\n', 'uwsgi unix:/srv/u.sock'],
    ['socket = /run/%c.sock\n', 'uwsgi unix:/run/srv.sock'],
    ['set-placeholder = name=shop\nsocket = /run/%(name).sock\n', 'uwsgi unix:/run/shop.sock'],
    ['for = a\nsocket = /run/%(_).sock\nendfor =\n', 'uwsgi unix:/run/a.sock'],
    ['if-env = NOPE\nsocket = :1\nendif =\nsocket = :2\n', 'uwsgi 0.0.0.0:2'],
    ['if-not-env = NOPE\nsocket = :1\nendif =\n', 'uwsgi 0.0.0.0:1'],
    ['if-exists = u.ini\nsocket = :1\nendif =\n', 'uwsgi 0.0.0.0:1'],
    ['if-exists = nope\nsocket = :1\nendif =\nsocket = :2\n', 'uwsgi 0.0.0.0:2'],
    ['x = 1\nif-opt = x=1\nsocket = :1\nendif =\n', 'uwsgi 0.0.0.0:1'],
  ])('%j', async (text, wanted) => {
    const server = await ini(text);
    expect(listens(server)).toEqual([wanted]);
    expect(faults(server)).toEqual([]);
  });

  it('does not know what a condition that cannot be decided leads to', async () => {
    const server = await ini('if-hostname = web1\nsocket = :1\nharakiri = 3\nendif =\nthreads = 1\n');
    expect([listens(server), server.listensComplete, show(server.requestLimit)]).toEqual([
      ['uwsgi unknown'],
      false,
      'unknown: it depends on the name of the machine',
    ]);
  });

  it('finds placeholders that stay as they are', async () => {
    const shell = await ini('socket = 127.0.0.1:${PORT}\n');
    expect([faults(shell), repairs(shell)]).toEqual([['uwsgi/placeholder: ${PORT}'], ['${PORT} -> $(PORT)']]);
    expect(faults(await ini('socket = :$(PORT)\n'))).toEqual(['uwsgi/placeholder: $(PORT)']);
    expect(faults(await ini('chdir = %(base)/x\n'))).toEqual(['uwsgi/placeholder: %(base)']);
    expect(faults(await ini('module = @(mod.txt)\n'))).toEqual(['uwsgi/placeholder: @(mod.txt)']);
    expect(faults(await ini('logformat = %(method) ${x}\nlog-date = %%Y\n'))).toEqual([]);
  });

  it('ends on values that contain each other', async () => {
    const server = await ini('a = %(b)%(b)%(b)\nb = %(a)%(a)%(a)\nsocket = %(a)\n');
    expect(server.listens).toHaveLength(1);
  });
});

describe('names and values', () => {
  it('finds misspelt options', async () => {
    const server = await ini('http_socket = :1\nsockets = :2\nprocceses = 3\nwsgi_file = a.py\n');
    expect(repairs(server)).toEqual([
      'http_socket -> http-socket',
      'sockets -> socket',
      'procceses -> processes',
      'wsgi_file -> wsgi-file',
    ]);
    expect(server.faults.map(fault => fault.kind)).toEqual(Array.from({ length: 4 }, () => 'uwsgi/unknown-option'));
  });

  it('is silent about placeholders of the user, also near ones that are used', async () => {
    expect(
      faults(
        await ini('base = /srv\nproject = shop\nsockets = /run\nchdir = %(base)/%(project)\nsocket = %(sockets)/a\n'),
      ),
    ).toEqual([]);
    expect(faults(await ini('my-own-key = 1\n', {}, { 'app.py': 'import uwsgi\nuwsgi.opt["my-own-key"]\n' }))).toEqual(
      [],
    );
    expect(faults(await ini('sockets = 1\n', {}, { 'app.py': 'import uwsgi\nuwsgi.opt["sockets"]\n' }))).toEqual([]);
    expect(faults(await ini('declare-option = hello-opt=master=$1\nhello-opt = 1\n'))).toEqual([]);
  });

  it('refuses every unknown option with strict', async () => {
    const server = await ini('strict = true\nmy-own-key = 1\n');
    expect(faults(server)).toEqual(['uwsgi/unknown-option: my-own-key']);
    const late = 'strict = true\ngevent = 10\nplugins = gevent\n';
    const debian = { 'install.sh': 'apt-get install -y uwsgi uwsgi-plugin-gevent-python3\n' };
    expect(faults(await ini(late, {}, debian))).toEqual(['uwsgi/option-order: gevent = 10']);
    // What pip builds has the plugin in itself, and where this uWSGI comes from is not said.
    expect(faults(await ini(late, {}, { 'requirements.txt': 'uwsgi==2.0.28\n' }))).toEqual([]);
    expect(faults(await ini(late))).toEqual([]);
  });

  it('says that no release knows else', async () => {
    expect(
      faults(await ini('if-env = A\nsocket = :1\nelse =\nsocket = :2\nendif =\n', { environment: { A: '1' } })),
    ).toEqual(['uwsgi/unknown-option: else']);
  });

  it('refuses unknown flags and takes prefixes', async () => {
    const wrong = await uwsgi('uwsgi --sokcet :1 -p 4');
    expect([faults(wrong), repairs(wrong)]).toEqual([['uwsgi/unknown-option: --sokcet'], ['--sokcet -> --socket']]);
    const prefixes = await uwsgi('uwsgi --http-socket=:2 --proces 4 -t5 -MT');
    expect([listens(prefixes), show(prefixes.worker.processes), show(prefixes.requestLimit), faults(prefixes)]).toEqual(
      [['http 0.0.0.0:2'], 4, 5, []],
    );
  });

  it.each([
    ['harakiri = 2m', ['2m -> 120']],
    ['harakiri = 30s', []],
    ['harakiri = 1h', ['1h -> 3600']],
    ['buffer-size = 32k', ['32k -> 32768']],
    ['http-timeout = 5 min', []],
    ['py-autoreload = true', ['true -> 1']],
  ])('%s', async (line, wanted) => {
    const server = await ini(`${line}\n`);
    expect(repairs(server)).toEqual(wanted);
    expect(server.faults.every(fault => fault.kind === 'timeout/bad-number')).toBe(true);
  });

  it('refuses negative numbers', async () => {
    expect(faults(await ini('harakiri = -1\n'))).toEqual(['timeout/bad-number: -1']);
  });

  it('finds comments that become part of a value', async () => {
    const server = await ini('module = app:app  # entry\nsocket = /run/a.sock ; path\n');
    expect(repairs(server)).toEqual(['  # entry -> ', ' ; path -> ']);
    expect(target(server)).toBe('unknown: a comment is part of its value');
    const harmless =
      'processes = 2 # two\nmaster = true ; yes\nsocket = :1 ; port\ncallable = a;b\nroute = ^/x # y\nexec-asap = a ; b\n';
    expect(faults(await ini(harmless))).toEqual([]);
    expect(faults(await ini('lazy-apps = false ; no\n'))).toEqual(['uwsgi/inline-comment: ; no']);
  });

  it('wants three octal digits for chmod-socket', async () => {
    const four = await ini('chmod-socket = 0666\n');
    expect([faults(four), repairs(four)]).toEqual([['upstream/socket-permission: 0666'], ['0666 -> 666']]);
    const bare = await ini('chmod-socket\n');
    expect([faults(bare), repairs(bare)]).toEqual([['upstream/socket-permission: chmod-socket'], [' ->  = 666']]);
    expect(faults(await uwsgi('uwsgi --chmod-socket --socket /a'))).toEqual([]);
  });

  it('knows that Debian needs plugins', async () => {
    const debian = { 'install.sh': 'apt-get install -y nginx \\\n  uwsgi uwsgi-plugin-python3\n' };
    const without = await ini('module = app\nsocket = :1\n', {}, debian);
    expect([faults(without), repairs(without)]).toEqual([['uwsgi/plugin: module = app'], [' -> plugins = python3\n']]);
    const wrong = await ini('plugins = python\nmodule = app\n', {}, debian);
    expect(repairs(wrong)).toEqual(['python -> python3']);
    expect(faults(await ini('plugins = http,python3\nmodule = app\n', {}, debian))).toEqual([]);
    expect(faults(await ini('module = app\n', {}, { ...debian, 'requirements.txt': 'uWSGI\n' }))).toEqual([]);
    expect(faults(await ini('module = app\n'))).toEqual([]);
  });

  it('compares the virtual environment with the one that is made', async () => {
    const made = { Makefile: 'env:\n\tpython3 -m venv .venv\n' };
    expect(repairs(await ini('virtualenv = /srv/venv\n', {}, made))).toEqual(['/srv/venv -> /srv/.venv']);
    expect(faults(await ini('virtualenv = /srv/.venv\n', {}, made))).toEqual([]);
    expect(faults(await ini('virtualenv = /srv/venv\n'))).toEqual([]);
  });
});

describe('workers and the application', () => {
  const model = async (text: string) => {
    const { worker, requestLimit } = await ini(text);
    return [worker.concurrency, show(worker.processes), show(requestLimit)];
  };

  it('limits a request by harakiri without threads, and by the router', async () => {
    expect(await model('harakiri = 20\n')).toEqual(['sync', 1, 20]);
    expect(await model('harakiri = 20\nthreads = 2\nworkers = 3\n')).toEqual(['threads', 3, 'none']);
    expect(await model('harakiri = 20\ngevent = 100\n')).toEqual(['async', 1, 'none']);
    expect(await model('')).toEqual(['sync', 1, 'none']);
    expect(await model('http = :1\n')).toEqual(['sync', 1, 60]);
    expect(await model('http = :1\nhttp-timeout = 10\nharakiri = 20\n')).toEqual(['sync', 1, 10]);
    expect(await model('http = :1\nsocket = :2\nharakiri = 90\n')).toEqual(['sync', 1, 90]);
  });

  it('knows what switches other things on', async () => {
    const cheaper = await ini('cheaper = 1\nthreads = 2\n');
    expect([show(cheaper.settings.get('master')), show(cheaper.settings.get('enable-threads'))]).toEqual([true, true]);
    expect(show((await ini('')).settings.get('master'))).toBe(false);
    expect(show((await ini('master = 0\n')).settings.get('master'))).toBe(false);
    expect(show((await ini('master\n')).settings.get('master'))).toBe(true);
    expect(show((await ini('workers = 4\n')).settings.get('processes'))).toBe(4);
    expect(show((await ini('')).settings.get('buffer-size'))).toBe(4096);
  });

  it('reads what is loaded', async () => {
    expect(target(await ini('module = shop.wsgi\n'))).toEqual(['shop.wsgi', 'application', false]);
    expect(target(await ini('wsgi = shop:app\n'))).toEqual(['shop', 'app', false]);
    expect(target(await ini('module = shop:create_app()\n'))).toEqual(['shop', 'create_app', true]);
    expect(target(await ini('module = shop\ncallable = app\n'))).toEqual(['shop', 'app', false]);
    expect(target(await ini('wsgi-file = src/run.py\nchdir = /opt\n'))).toEqual([
      '/opt/src/run.py',
      'application',
      false,
    ]);
    expect(target(await ini('mount = /x=shop:app\n'))).toEqual(['shop', 'app', false]);
    expect(target(await ini('mount = /x=/srv/run.py\ncallable = app\n'))).toEqual(['/srv/run.py', 'app', false]);
    expect(target(await ini('socket = :1\n'))).toBe('none');
  });

  it('searches pythonpath, the last first, then the folder after chdir', async () => {
    expect(show((await ini('chdir = src\npythonpath = lib\npp = /opt/x\n')).searchPath)).toEqual([
      '/opt/x',
      '/srv/src/lib',
      '/srv/src',
    ]);
  });

  it('gives the application its variables', async () => {
    const server = await ini('env = DJANGO_SETTINGS_MODULE=shop.settings\n', { environment: { A: 'b' } });
    expect([...(server.environment ?? [])].map(([name, value]) => [name, show(value)])).toEqual([
      ['A', 'b'],
      ['DJANGO_SETTINGS_MODULE', 'shop.settings'],
    ]);
  });
});

const real = spawnSync('uwsgi', ['--version'], { encoding: 'utf8' });

describe('the Emperor', () => {
  const vassal = '[uwsgi]\nmodule = shop:application\nsocket = :3031\n';
  const started = ({ starts }: AppServer) =>
    (starts ?? []).flatMap(({ commands }) =>
      commands.map(
        ({ words, workingDirectory }) => `[${show(workingDirectory)}] ${words.map(word => word.text).join(' ')}`,
      ),
    );

  it('starts the vassals of a folder there, each by its ending', async () => {
    const server = await uwsgi('uwsgi --emperor vassals', {
      'vassals/a.ini': vassal,
      'vassals/b.yaml': 'uwsgi:\n  socket: :3032\n',
      'vassals/c.json': '{"uwsgi": {}}',
      'vassals/d.INI': 'x',
      'vassals/README': 'x',
    });
    expect(started(server)).toEqual([
      '[/srv/vassals] uwsgi --ini /srv/vassals/a.ini',
      '[/srv/vassals] uwsgi --yaml /srv/vassals/b.yaml',
      '[/srv/vassals] uwsgi --json /srv/vassals/c.json',
    ]);
    expect(server.listensComplete).toBe(true);
    expect(faults(server)).toEqual([]);
  });

  it('starts those of a pattern in its own folder', async () => {
    const server = await ini(
      'emperor = vassals/*.ini',
      {},
      { 'vassals/a.ini': vassal, 'vassals/b.yml': 'uwsgi: {}\n' },
    );
    expect(started(server)).toEqual(['[/srv] uwsgi --ini /srv/vassals/a.ini']);
  });

  it('passes over other endings, which is told where the file is meant', async () => {
    const files = { 'vassals/a.conf': vassal };
    expect(faults(await ini('emperor = vassals', {}, files))).toEqual(['uwsgi/config-not-loaded: [uwsgi]']);
    expect(faults(await ini('emperor = vassals/*', {}, files))).toEqual(['uwsgi/config-not-loaded: vassals/*']);
    const quiet: Readonly<Record<string, string>>[] = [
      { 'vassals/a.conf': '[uwsgi]\nprocesses = 4\n' },
      { 'vassals/a.ini.disabled': vassal },
      { ...files, 'vassals/a.ini': vassal },
      { ...files, 'deploy.sh': 'cp vassals/a.conf /etc/uwsgi/vassals/a.ini\n' },
      { 'vassals/a.conf': vassal.replace('shop', '{{ app }}') },
    ];
    for (const more of quiet)
      expect(faults(await ini('emperor = vassals', {}, more)), JSON.stringify(more)).toEqual([]);
    expect(faults(await ini('emperor-extra-extension = .conf\nemperor = vassals', {}, files))).toEqual([]);
  });

  it('may start what nobody sees', async () => {
    for (const text of ['emperor = /etc/uwsgi/vassals', 'emperor = zmq://tcp://127.0.0.1:5252', 'emperor = $(DIR)'])
      expect((await ini(text)).listensComplete, text).toBe(false);
    const set = await ini('emperor = vassals\nvassal-set = socket=:9', {}, { 'vassals/a.ini': vassal });
    expect(set).toMatchObject({ listensComplete: false, starts: [] });
  });
});

describe.skipIf(real.status !== 0 || !real.stdout.startsWith('2.0.'))('against the real uWSGI', () => {
  // Names refer only to earlier letters: uWSGI never comes back from a value that contains itself.
  const plain = ['a', '%(nope)', '$(GW)', '$(NOPE)', '%n', '%d', '%%', '%Y', '(', ')', ' ', '/', '%(_)', ';', '#'];
  const pieces: Readonly<Record<string, readonly string[]>> = {
    a: [...plain, '%(n + 1)', '%(n -- n)'],
    b: [...plain, '%(a)', '%(a n)'],
    c: [...plain, '%(a)', '%(b)', '%(a b)', '%(n * 2)'],
    'touch-reload': [...plain, '%(c)', '%(b)'],
  };
  const line = fc.oneof(
    fc
      .constantFrom(...Object.keys(pieces))
      .chain(key => fc.tuple(fc.constant(key), fc.array(fc.constantFrom(...(pieces[key] ?? [])), { maxLength: 5 })))
      .map(([key, parts]) => `${key} = ${parts.join('')}`),
    fc.constantFrom(
      'n = 41',
      'bare',
      '; comment',
      '# comment',
      '[other]',
      '[uwsgi]',
      'for = x y',
      'endfor =',
      'if-env = GW',
      'if-env = NOPE',
    ),
    fc.constantFrom(
      'if-not-env = NOPE',
      'if-opt = n=41',
      'if-exists = inc.ini',
      'if-file = nope',
      'endif =',
      'for-times = 2',
      'if-reload =',
      'set-ph = ph=%n',
    ),
    fc.constantFrom('include = inc.ini', 'inherit = base.ini', 'ini = :other', 'ini = inc.ini:other'),
  );

  function noNestedLogic(lines: readonly string[]): boolean {
    let open = false;
    for (const text of lines) {
      if (/^(?:for|if)/.test(text)) {
        if (open) return false;
        open = true;
      } else if (text.startsWith('end')) open = false;
    }
    return true;
  }

  /** uWSGI has no guard against a section that reads itself. */
  function readsItself(lines: readonly string[]): boolean {
    return lines.includes('[other]') && lines.includes('ini = :other');
  }

  it('lists the same options in the same order', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gwlint-uwsgi-'));
    const samples = fc.sample(
      fc.array(line, { maxLength: 12 }).filter(lines => noNestedLogic(lines) && !readsItself(lines)),
      { numRuns: 120, seed: 11 },
    );
    const base = {
      'inc.ini': '[uwsgi]\ninc = %n %(a)\n[other]\no = 1\n',
      'base.ini': '[uwsgi]\nfrombase = %(a) $(GW) %n\n',
    };
    for (const [name, text] of Object.entries(base)) writeFileSync(join(folder, name), text);
    try {
      for (const lines of samples) {
        const text = `[uwsgi]\n${lines.join('\n')}\n`;
        writeFileSync(join(folder, 'u.ini'), text);
        const run = spawnSync('uwsgi', ['--show-config', '--no-server', '--ini', 'u.ini'], {
          cwd: folder,
          env: { PATH: process.env['PATH'] ?? '', GW: 'gw' },
          encoding: 'utf8',
          timeout: 5000,
          killSignal: 'SIGKILL',
        });
        const output = run.stderr + run.stdout;
        const shown = /\n\[uwsgi\]\n([\s\S]*?);end of configuration/.exec(output)?.[1];
        if (shown === undefined) continue;
        const reader = await memoryReader({
          Procfile: 'uwsgi --show-config --no-server --ini u.ini',
          'u.ini': text,
          ...base,
        });
        const { launch, command } = startOf(reader, 'Procfile', 'uwsgi --show-config --no-server --ini u.ini', {
          environment: { GW: 'gw' },
          folder,
          mounts: [{ kind: 'assumed', inside: folder, repo: '' }],
        });
        const program = programOf(command.words);
        if (!program) throw new Error('no program');
        const { entries } = loadOptions({ reader, launch, command, place: launch.place, program });
        const own = entries.map(entry =>
          entry.value === undefined ? `${entry.key} = true` : `${entry.key} = ${entry.value}`,
        );
        expect({ text, own: `${own.join('\n')}\n` }).toEqual({ text, own: shown });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('hostile input', () => {
  it('never throws on any file, in bounded time', async () => {
    const soup = fc
      .array(
        fc.constantFrom(
          ...[
            '[uwsgi]\n',
            'a',
            '=',
            '\n',
            '%(',
            ')',
            '$(',
            '@(',
            'for = ',
            'endfor =\n',
            'include = u.ini\n',
            'inherit = u.ini\n',
            'ini = :x\n',
            '[x]\n',
          ],
          ...[
            'socket = ',
            ':1',
            '/',
            ' ',
            '%',
            'set-ph = a=',
            'if-env = ',
            'mount = ',
            'module = ',
            '\uFEFF',
            '"',
            '\u{1F600}',
            'harakiri = ',
            '\uE100',
          ],
        ),
        { maxLength: 60 },
      )
      .map(parts => parts.join(''));
    await fc.assert(
      fc.asyncProperty(soup, fc.constantFrom('ini', 'yml', 'json', 'xml'), async (text, ending) => {
        const server = await uwsgi(`uwsgi u.${ending}`, { [`u.${ending}`]: text, 'u.ini': text });
        for (const { span } of server.faults)
          expect(span.start <= span.end && span.end <= span.file.text.length).toBe(true);
      }),
      { numRuns: 400 },
    );
    const begin = performance.now();
    await ini('a = %(b)%(b)%(b)%(b)\nb = %(a)%(a)%(a)%(a)\n'.repeat(3000));
    await ini('for = a b c d e f g h\n'.concat('x = %(_)\n'.repeat(20_000)));
    await ini('include = :uwsgi\n'.repeat(5000));
    await ini(`x = ${'%('.repeat(20_000)}\n`);
    await ini(`socket = ${' '.repeat(100_000)}#\n`);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});
