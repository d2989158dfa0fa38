import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envFile } from '../../src/extract/launch/envfile.js';
import { hostPlace } from '../../src/extract/launch/host.js';
import { procfileEntries, procfileLaunches } from '../../src/extract/launch/procfile.js';
import {
  looksLikeProcfile,
  looksLikeShell,
  looksLikeSupervisor,
  looksLikeSystemd,
} from '../../src/extract/launch/recognise.js';
import { scriptLaunches } from '../../src/extract/launch/scripts.js';
import { supervisorLaunches } from '../../src/extract/launch/supervisor.js';
import { systemdLaunches, timeSpan } from '../../src/extract/launch/systemd.js';
import { locate } from '../../src/extract/place/files.js';
import { createReader } from '../../src/extract/reader.js';
import type { Launch } from '../../src/model/launch.js';
import type { Setting } from '../../src/model/setting.js';
import { memoryHost } from '../support/memory.js';
import { hostAt, shown } from './launch-support.js';

type Files = Readonly<Record<string, string>>;

function open(files: Files) {
  const reader = createReader(memoryHost(files), {});
  const all = reader.files().flatMap(path => reader.file(path) ?? []);
  return { reader, all };
}

const lines = (launches: readonly Launch[]) => launches.flatMap(launch => launch.commands.map(shown));
const value = <T>(setting: Setting<T> | undefined): T | string | undefined =>
  setting === undefined ? undefined : setting.known ? setting.value : `? ${setting.why}`;

function systemd(files: Files): readonly Launch[] {
  const { reader, all } = open(files);
  return systemdLaunches(reader, all.filter(looksLikeSystemd), hostAt('/srv/shop'));
}

function service(text: string, more: Files = {}): Launch {
  const [launch] = systemd({ 'shop.service': `[Service]\n${text}\n`, ...more });
  if (!launch) throw new Error('no launch');
  return launch;
}

describe('systemd services', () => {
  it('read what the process gets', () => {
    const launch = service(`Type=notify
User=shop
Group=www-data
UMask=0007
PrivateTmp=yes
TimeoutStopSec=1min 30s
KillSignal=SIGQUIT
WorkingDirectory=/srv/shop/
Environment=A=1 "B=two words" C=%p
Environment='PORT=8000'
ExecStart=/usr/bin/gunicorn -b 0.0.0.0:\${PORT} \\
  # workers
  -w 3 "shop:create_app()"`);
    expect(lines([launch])).toEqual(['[/srv/shop] /usr/bin/gunicorn -b 0.0.0.0:8000 -w 3 shop:create_app()']);
    expect(launch.name).toBe('shop.service');
    expect(
      [
        launch.user,
        launch.group,
        launch.umask,
        launch.privateTmp,
        launch.stopTimeout,
        launch.stopSignal,
        launch.serviceType,
      ].map(setting => value<unknown>(setting)),
    ).toEqual(['shop', 'www-data', 0o007, true, 90, 'SIGQUIT', 'notify']);
    const environment = launch.commands[0]?.environment;
    expect(['A', 'B', 'C', 'PORT', 'HOME'].map(name => value(environment?.get(name)))).toEqual([
      '1',
      'two words',
      'shop',
      '8000',
      undefined,
    ]);
    expect(launch.commands[0]?.environmentOpen).toBe(false);
  });

  it('fill variables as systemd does, not as a shell', () => {
    const environment = 'Environment=OPTS="-w 2" NAME=x\n';
    const text = `${environment}ExecStart=/bin/gunicorn $OPTS \${OPTS} a$NAME $$x $UNSET app`;
    expect(lines([service(text)])).toEqual(['[/] /bin/gunicorn -w 2 -w 2 a$NAME $x app']);
    expect(service(text).commands[0]?.words.map(word => word.text)).toEqual([
      '/bin/gunicorn',
      '-w',
      '2',
      '-w 2',
      'a$NAME',
      '$x',
      'app',
    ]);
  });

  it('know the prefixes of a command line', () => {
    expect(lines([service('ExecStart=-@/usr/bin/gunicorn name -b :80 app')])).toEqual([
      '[/] /usr/bin/gunicorn -b :80 app',
    ]);
    expect(service('User=shop\nExecStart=+/usr/bin/gunicorn app').commands[0]?.user).toMatchObject({ value: 'root' });
    expect(lines([service('Environment=X=1\nExecStart=:/usr/bin/gunicorn ${X} app')])).toEqual([
      '[/] /usr/bin/gunicorn ${X} app',
    ]);
  });

  it('follow scripts and shells', () => {
    const files = { 'bin/start.sh': '#!/bin/bash\ncd /srv/shop/src\nexec gunicorn -b "$BIND" app\n' };
    expect(lines([service('Environment=BIND=:8001\nExecStart=/srv/shop/bin/start.sh', files)])).toEqual([
      '[/srv/shop/src] gunicorn -b :8001 app',
    ]);
    expect(lines([service("ExecStart=/bin/bash -c 'cd /srv/shop && exec gunicorn -w 2 app'")])).toEqual([
      '[/srv/shop] gunicorn -w 2 app',
    ]);
  });

  it('take variables from files, which beat Environment=', () => {
    const text =
      'Environment=PORT=1\nEnvironmentFile=/srv/shop/deploy/shop.env\nExecStart=/bin/gunicorn -b :${PORT} app';
    const files = { 'deploy/shop.env': '# x\nPORT="8002"\n' };
    expect(lines([service(text, files)])).toEqual(['[/] /bin/gunicorn -b :8002 app']);
    const missing = service('EnvironmentFile=-/etc/default/shop\nExecStart=/bin/gunicorn -b :${PORT} app');
    expect(lines([missing])).toEqual(['[/] /bin/gunicorn -b <:${PORT}> app']);
    expect(missing.commands[0]?.environmentOpen).toBe(true);
  });

  it('reset lists, and take drop-ins into account', () => {
    const files = {
      'deploy/shop.service': '[Service]\nExecStart=/bin/gunicorn a\nWorkingDirectory=/srv/a\n',
      'deploy/shop.service.d/override.conf': '[Service]\nExecStart=\nExecStart=/bin/gunicorn b\n',
    };
    expect(lines(systemd(files))).toEqual(['[/srv/a] /bin/gunicorn b']);
  });

  it('do not know the instance of a template, nor a home folder', () => {
    const files = {
      'web@.service':
        '[Service]\nUser=web\nWorkingDirectory=~\nExecStart=/bin/gunicorn -b 127.0.0.1:%i --name %p app\n',
    };
    expect(lines(systemd(files))).toEqual(['[?] /bin/gunicorn -b <127.0.0.1:%i> --name web app']);
  });

  it('leave what a template fills in unknown', () => {
    const files = {
      'web.service.j2':
        '[Service]\nWorkingDirectory={{ app dir }}\nUser={{ user }}\nExecStart={{ venv }}/bin/gunicorn -b 127.0.0.1:{{ port | default(8000) }} app\nExecStart=/bin/x\n',
    };
    const [launch] = systemd(files);
    expect(launch?.name).toBe('web.service');
    expect(launch?.user?.known).toBe(false);
    expect(launch ? lines([launch]) : []).toEqual([
      '[?] <{{ venv }}/bin/gunicorn> -b <127.0.0.1:{{ port | default(8000) }}> app',
      '[?] /bin/x',
    ]);
    expect(launch?.faults).toBeUndefined();
  });

  it('get the sockets that their socket units open', () => {
    const files = {
      'deploy/blog.service': '[Service]\nExecStart=/bin/gunicorn blog\n',
      'deploy/blog.socket':
        '[Socket]\nListenStream=/run/blog.sock\nListenStream=8000\nListenStream=127.0.0.1:8001\nListenStream=[::1]:8002\n',
      'deploy/other.socket': '[Socket]\nListenStream=1\nService=blog.service\n',
      'deploy/none.socket': '[Socket]\nListenStream=2\n',
    };
    const [launch] = systemd(files);
    expect(launch?.passedSockets.map(socket => value(socket.address))).toEqual([
      { kind: 'unix', path: '/run/blog.sock' },
      { kind: 'tcp', host: '0.0.0.0', port: 8000 },
      { kind: 'tcp', host: '127.0.0.1', port: 8001 },
      { kind: 'tcp', host: '::1', port: 8002 },
      { kind: 'tcp', host: '0.0.0.0', port: 1 },
    ]);
  });

  it('tell the folders that are made for them', () => {
    const made = service(
      'RuntimeDirectory=shop shop/tmp\nRuntimeDirectoryMode=0750\nLogsDirectory=%p\nExecStart=/bin/gunicorn app',
    ).madeFolders;
    expect(made?.map(({ path, mode }) => [path, mode])).toEqual([
      ['/run/shop', 0o750],
      ['/run/shop/tmp', 0o750],
      ['/var/log/shop', 0o755],
    ]);
  });

  it('wait 90 seconds after SIGTERM unless they say otherwise', () => {
    const launch = service('ExecStart=/bin/gunicorn app');
    expect([value(launch.stopTimeout), value(launch.stopSignal)]).toEqual([90, 'SIGTERM']);
    expect([launch.stopTimeout?.origin, launch.stopSignal?.origin]).toEqual(['default', 'default']);
  });

  it('are refused with two ExecStart lines or a relative path', () => {
    const faults = (text: string) => service(text).faults?.map(fault => fault.message.split(':')[0]);
    expect(faults('ExecStart=/bin/gunicorn a\nExecStart=/bin/gunicorn b')).toEqual([
      'shop.service has 2 ExecStart= lines, which systemd allows only with Type=oneshot',
    ]);
    expect(faults('Type=oneshot\nExecStart=/bin/a\nExecStart=/bin/b')).toBeUndefined();
    expect(faults('ExecStart=venv/bin/gunicorn a')).toEqual(['ExecStart= names venv/bin/gunicorn']);
    expect(faults('ExecStart=gunicorn a')).toBeUndefined();
  });

  it.each([
    ['90', 90],
    ['1min 30s', 90],
    ['500ms', 0.5],
    ['infinity', Number.POSITIVE_INFINITY],
    ['2 hours', 7200],
    ['soon', undefined],
    ['', undefined],
  ])('time span %s', (text, seconds) => expect(timeSpan(text)).toBe(seconds));
});

describe('supervisor programs', () => {
  function supervisor(text: string, files: Files = {}): readonly Launch[] {
    const { reader } = open({ 'supervisord.conf': text, ...files });
    const file = reader.file('supervisord.conf');
    return file ? supervisorLaunches(reader, file, hostAt('/srv/shop')) : [];
  }

  it('read what the process gets', () => {
    const [launch] = supervisor(`[supervisord]
environment=COMMON="yes"
[program:web]
command = gunicorn
    --bind 0.0.0.0:%(ENV_PORT)s ; the address
    --name %(program_name)s "shop:app"
directory=/srv/shop
environment=PORT="8001",NAME='a,b', PLAIN=x
user=www-data
umask=007
stopsignal=QUIT
stopwaitsecs=600
`);
    expect(lines(launch ? [launch] : [])).toEqual(['[/srv/shop] gunicorn --bind 0.0.0.0:8001 --name web shop:app']);
    expect(
      [launch?.user, launch?.umask, launch?.stopSignal, launch?.stopTimeout].map(setting => value<unknown>(setting)),
    ).toEqual(['www-data', 0o007, 'SIGQUIT', 600]);
    const environment = launch?.commands[0]?.environment;
    expect(['COMMON', 'PORT', 'NAME', 'PLAIN'].map(name => value(environment?.get(name)))).toEqual([
      'yes',
      '8001',
      'a,b',
      'x',
    ]);
  });

  it('start one process per number', () => {
    expect(
      lines(
        supervisor(
          '[program:web]\ncommand=gunicorn -b :80%(process_num)02d app\nprocess_name=%(process_num)s\nnumprocs=2\nnumprocs_start=1\ndirectory=/srv/shop\n',
        ),
      ),
    ).toEqual(['[/srv/shop] gunicorn -b :8001 app', '[/srv/shop] gunicorn -b :8002 app']);
  });

  it('have no variable that is not stated, and are not certain with autostart=false', () => {
    expect(
      lines(supervisor('[program:web]\ncommand=gunicorn -w %(ENV_N)s 100%% app\nautostart=false\ndirectory=/x\n')),
    ).toEqual(['[/x] gunicorn -w <%(ENV_N)s> 100% app (perhaps)']);
  });

  it('are started beside their file where what they name is there, and else who knows where', () => {
    const text = '[program:web]\ncommand=gunicorn app:app\n';
    expect(lines(supervisor(text, { 'app.py': '' }))).toEqual(['[/(repository)] gunicorn app:app']);
    expect(lines(supervisor(text))).toEqual(['[?] gunicorn app:app']);
  });

  it('may get a socket', () => {
    const [launch] = supervisor('[fcgi-program:web]\ncommand=/bin/x\nsocket=unix:///run/web.sock\n');
    expect(launch?.passedSockets.map(socket => value(socket.address))).toEqual([
      { kind: 'unix', path: '/run/web.sock' },
    ]);
  });
});

describe('Procfiles', () => {
  it('have one launch per process type, in the folder of the file', () => {
    const { reader } = open({
      'web/Procfile': '# x\nweb: cd src && gunicorn -b 0.0.0.0:$PORT app\r\nworker : celery worker\nnothing\n',
    });
    const file = reader.file('web/Procfile');
    const launches = file ? procfileLaunches(reader, file, hostAt('/srv')) : [];
    expect(launches.map(launch => [launch.name, ...launch.commands.map(shown)])).toEqual([
      ['web', '[/(repository)/web/src] gunicorn -b <0.0.0.0:$PORT> app'],
      ['worker', '[/(repository)/web] celery worker'],
    ]);
    expect(launches[0]?.commands[0]?.environmentOpen).toBe(true);
    expect(file?.text.slice(launches[0]?.span.start, launches[0]?.span.end)).toBe(
      'cd src && gunicorn -b 0.0.0.0:$PORT app',
    );
  });

  it('any text gives entries in order', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        let at = 0;
        for (const entry of procfileEntries({ path: 'Procfile', text })) {
          expect(entry.start).toBeGreaterThan(at);
          expect(entry.end).toBeGreaterThan(entry.start);
          at = entry.end;
        }
      }),
    );
  });
});

describe('start scripts that nothing names', () => {
  const scripts = (files: Files) => {
    const { reader, all } = open(files);
    return lines(all.filter(looksLikeShell).flatMap(file => scriptLaunches(reader, file, hostAt('/srv/shop'))));
  };

  it('are started from the root where they lie there', () => {
    expect(scripts({ 'start.sh': 'exec gunicorn -b :${PORT:-8000} app:app' })).toEqual([
      '[/(repository)] gunicorn -b :8000 app:app',
    ]);
  });

  it('are started where what they name is found', () => {
    const script = 'exec uwsgi --ini uwsgi.ini';
    expect(scripts({ 'bin/run': `#!/bin/sh\n${script}`, 'uwsgi.ini': '' })).toEqual([
      '[/(repository)] uwsgi --ini uwsgi.ini',
    ]);
    expect(scripts({ 'web/run.sh': script, 'web/uwsgi.ini': '' })).toEqual([
      '[/(repository)/web] uwsgi --ini uwsgi.ini',
    ]);
    expect(scripts({ 'web/run.sh': script, 'web/uwsgi.ini': '', 'uwsgi.ini': '' })).toEqual([
      '[?] uwsgi --ini uwsgi.ini',
    ]);
    expect(scripts({ 'web/run.sh': `cd "$(dirname "$0")/.."\n${script}` })).toEqual([
      '[/(repository)] uwsgi --ini uwsgi.ini',
    ]);
  });

  it('are no launch when they start no server', () => {
    expect(
      scripts({
        'backup.sh': 'tar cz x\npython manage.py migrate',
        'reload.sh': 'nginx -t && nginx -s reload',
        'setup.sh': 'apt-get install -y gunicorn',
      }),
    ).toEqual([]);
    expect(
      scripts({ 'tool.sh': 'python tool.py', 'tool.py': 'print(1)', 'web.sh': 'python web.py', 'web.py': 'app.run()' }),
    ).toEqual(['[/(repository)] python web.py']);
  });
});

describe('environment files', () => {
  const text = `# comment
export A=1
B="two $A words" # behind
C='\${A}'
D=three # behind
E=\${A}-\${F:-x}
G = 5
H="line
next"
I="\\$A"
`;
  const read = (flavour: 'compose' | 'systemd' | 'shell') => {
    const { reader } = open({ '.env': text });
    const file = reader.file('.env');
    return Object.fromEntries(
      [...(file ? envFile(reader, file, flavour) : [])].map(([name, setting]) => [name, value(setting)]),
    );
  };

  it('of compose', () => {
    expect(read('compose')).toEqual({
      A: '1',
      B: 'two 1 words',
      C: '${A}',
      D: 'three',
      E: '1-x',
      G: '5',
      H: 'line\nnext',
      I: '$A',
    });
  });

  it('of systemd', () => {
    expect(read('systemd')).toMatchObject({ C: '${A}', D: 'three # behind', E: '${A}-${F:-x}', H: 'line\nnext' });
    expect(read('systemd')['A']).toBeUndefined();
  });

  it('of a shell', () => {
    expect(read('shell')).toMatchObject({ A: '1', C: '${A}', D: 'three', E: '? it is put together by the shell' });
  });

  it('does not let lines double each other', () => {
    const { reader } = open({});
    const text = `A=xxxxxxxxxx\n${Array.from({ length: 2000 }, (_, index) => `A${index + 1}=\${A${index || ''}}\${A${index || ''}}`).join('\n')}`;
    const found = [...envFile(reader, { path: '.env', text }, 'compose').values()];
    expect(found.reduce((sum, one) => sum + (one.known ? one.value.length : 0), 0)).toBeLessThan(400_000);
    expect(found.at(-1)?.known).toBe(false);
  });

  it('any text gives places inside the file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('A', '=', '"', "'", '\\', '\n', ' ', '#', '$', '${', '}', ':-', 'x', '\r\n'), {
          maxLength: 30,
        }),
        pieces => {
          const { reader } = open({});
          for (const flavour of ['compose', 'systemd', 'shell'] as const) {
            const file = { path: '.env', text: pieces.join('') };
            for (const { span } of envFile(reader, file, flavour).values()) {
              expect(span?.start).toBeLessThanOrEqual(span?.end ?? -1);
              expect(span?.end).toBeLessThanOrEqual(file.text.length);
            }
          }
        },
      ),
    );
  });
});

describe('where a host keeps the repository', () => {
  const unit = (directory: string, command: string) =>
    `[Service]\nWorkingDirectory=${directory}\nExecStart=${command}\n`;

  function mounts(files: Files, folder = ''): readonly string[] {
    const { reader, all } = open(files);
    const units = all.filter(file => looksLikeSystemd(file) || looksLikeSupervisor(file) || looksLikeShell(file));
    const place = hostPlace(reader, { id: 'host', title: 'the host', folder, units });
    return place.mounts
      .slice(1)
      .map(mount => `${mount.inside} -> ${mount.effect ?? `/${mount.repo}`}${mount.uncertain ? '?' : ''}`);
  }

  it('is the working directory, when what the command names is there', () => {
    expect(mounts({ 'deploy/a.service': unit('/srv/app', '/usr/bin/gunicorn app:app'), 'app.py': '' })).toEqual([
      '/srv/app -> /',
    ]);
  });

  it('lies above it, when its last folders are folders of the repository', () => {
    const files = {
      'a.service': unit('/opt/shop/backend/src', '/usr/bin/gunicorn shop.wsgi'),
      'backend/src/shop/wsgi.py': '',
    };
    expect(mounts(files)).toEqual(['/opt/shop -> /?', '/opt/shop/backend/src -> /backend/src']);
  });

  it('is not a package of the same name', () => {
    const files = {
      'a.service': unit('/home/me/shop', '/usr/bin/gunicorn shop.wsgi'),
      'shop/wsgi.py': '',
      'manage.py': '',
    };
    expect(mounts(files)).toEqual(['/home/me/shop -> /']);
    const nested = { 'a.service': unit('/home/me/shop', '/usr/bin/gunicorn shop.wsgi'), 'shop/shop/wsgi.py': '' };
    expect(mounts(nested)).toEqual(['/home/me -> /?', '/home/me/shop -> /shop']);
  });

  it('is the root for a unit whose working directory is wrong', () => {
    const files = {
      'deploy/shop.service': unit('/srv/shop', '/usr/bin/gunicorn shop.wsgi:app'),
      'src/shop/__init__.py': '',
      'src/shop/wsgi.py': '',
    };
    expect(mounts(files)).toEqual(['/srv/shop -> /']);
    const { reader, all } = open(files);
    const place = hostPlace(reader, { id: 'host', title: 'the host', folder: '', units: all.filter(looksLikeSystemd) });
    expect(locate(reader, place, '/srv/shop/shop/wsgi.py').kind).toBe('missing');
    expect(locate(reader, place, '/srv/shop/src/shop/wsgi.py').kind).toBe('file');
  });

  it('is only a guess when no file proves it', () => {
    expect(mounts({ 'a.service': unit('/srv/app', '/usr/bin/gunicorn other:app') })).toEqual(['/srv/app -> /?']);
  });

  it('knows nothing of virtual environments', () => {
    const files = { 'a.service': unit('/srv/app', '/srv/app/venv/bin/gunicorn app:app'), 'app.py': '' };
    expect(mounts(files)).toEqual(['/srv/app -> /', '/srv/app/venv -> replaces']);
    const inPlace = { 'a.service': unit('/srv/app', '/srv/app/bin/gunicorn app:app'), 'app.py': '' };
    expect(mounts(inPlace)).toEqual(['/srv/app -> /', '/srv/app/bin -> replaces']);
  });

  it('may be told by a configuration or a script alone', () => {
    const files = {
      'u.service': '[Service]\nExecStart=/usr/bin/uwsgi --ini /srv/wiki/conf/uwsgi.ini\n',
      'conf/uwsgi.ini': '',
    };
    expect(mounts(files)).toEqual(['/srv/wiki -> /?', '/srv/wiki/conf -> /conf']);
    expect(mounts({ 'start.sh': 'cd /srv/news && exec uwsgi uwsgi.ini', 'uwsgi.ini': '' })).toEqual(['/srv/news -> /']);
  });

  it('is not told by system folders', () => {
    expect(mounts({ 'u.service': unit('/usr/bin', '/usr/bin/gunicorn app:app'), 'app.py': '' })).toEqual([]);
  });
});

describe('what a file is', () => {
  const kinds = (path: string, text: string) => {
    const file = { path, text };
    return [
      looksLikeSystemd(file) && 'systemd',
      looksLikeSupervisor(file) && 'supervisor',
      looksLikeProcfile(file) && 'procfile',
      looksLikeShell(file) && 'shell',
    ].filter(Boolean);
  };

  it.each([
    ['deploy/app.service', '[Unit]\nDescription=x\n[Service]\nExecStart=/x\n', ['systemd']],
    ['app.socket.example', '[Socket]\nListenStream=80\n', ['systemd']],
    ['unit.txt', '[Service]\nExecStart = /x\n', ['systemd']],
    ['config.ini', '[Service]\nname=x\n', []],
    ['gunicorn.conf', '[program:web]\ncommand=gunicorn\n', ['supervisor']],
    ['supervisord.conf', '[supervisord]\nnodaemon=true\n', ['supervisor']],
    ['setup.cfg', '[program]\nx=1\n', []],
    ['Procfile', 'web: gunicorn app\n', ['procfile']],
    ['Procfile.dev', '# x\nweb: gunicorn app\n', ['procfile']],
    ['Procfile', 'not one\n', []],
    ['start.sh', 'gunicorn app', ['shell']],
    ['bin/run', '#!/usr/bin/env bash\n', ['shell']],
    ['bin/run', '#!/usr/bin/with-contenv sh\n', ['shell']],
    ['bin/manage', '#!/usr/bin/env python\n', []],
    ['start.sh.bak', '#!/bin/sh\n', []],
    ['notes.txt', 'run bash start.sh\n', []],
  ])('%s: %j', (path, text, expected) => expect(kinds(path, text)).toEqual(expected));
});
