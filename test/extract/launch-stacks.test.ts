import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hostPlace } from '../../src/extract/launch/host.js';
import { procfileLaunches } from '../../src/extract/launch/procfile.js';
import {
  looksLikeProcfile,
  looksLikeShell,
  looksLikeSupervisor,
  looksLikeSystemd,
} from '../../src/extract/launch/recognise.js';
import { scriptLaunches } from '../../src/extract/launch/scripts.js';
import { supervisorLaunches } from '../../src/extract/launch/supervisor.js';
import { systemdLaunches } from '../../src/extract/launch/systemd.js';
import { createReader } from '../../src/extract/reader.js';
import type { Launch } from '../../src/model/launch.js';
import type { Place } from '../../src/model/place.js';
import { memoryHost } from '../support/memory.js';
import { shown } from './launch-support.js';

const stacks = fileURLToPath(new URL('../../fixtures/stacks', import.meta.url));

function load(folder: string, prefix = '', into: Record<string, string> = {}): Record<string, string> {
  for (const name of readdirSync(join(folder, prefix))) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    if (statSync(join(folder, path)).isDirectory()) load(folder, path, into);
    else into[path] = readFileSync(join(folder, path), 'utf8');
  }
  return into;
}

function launchesOf(folder: string): { readonly place: Place; readonly launches: readonly Launch[] } {
  const reader = createReader(memoryHost(load(folder)), {});
  const all = reader.files().flatMap(path => reader.file(path) ?? []);
  const units = all.filter(looksLikeSystemd);
  const programs = all.filter(looksLikeSupervisor);
  const procfiles = all.filter(looksLikeProcfile);
  const scripts = all.filter(file => !looksLikeSystemd(file) && looksLikeShell(file));
  const place = hostPlace(reader, {
    id: 'host',
    title: 'the host',
    folder: '',
    units: [...units, ...programs, ...procfiles, ...scripts],
  });
  return {
    place,
    launches: [
      ...systemdLaunches(reader, units, place),
      ...programs.flatMap(file => supervisorLaunches(reader, file, place)),
      ...procfiles.flatMap(file => procfileLaunches(reader, file, place)),
      ...scripts.flatMap(file => scriptLaunches(reader, file, place)),
    ],
  };
}

interface Run {
  readonly sh?: string;
  readonly systemd?: string;
  readonly procfile?: string;
  readonly proc?: string;
  readonly supervisor?: string;
  readonly program?: string;
}

/** Scenarios by what their servers really got when they were replayed. */
const samples: readonly (readonly [string, string, readonly string[]])[] = [
  ['alias-without-slash', 'broken', ['web: [/(repository)] gunicorn -b 127.0.0.1:21152 app:app']],
  [
    'single-failure-no-live-upstreams',
    'broken',
    [
      'a: [/(repository)] gunicorn -b 127.0.0.1:21270 --threads 4 reports:app',
      'b: [/(repository)] gunicorn -b 127.0.0.1:21271 --threads 4 reports:app',
    ],
  ],
  ['factory-not-called', 'broken', ['web: [/(repository)] gunicorn -b 127.0.0.1:21345 shop:create_app']],
  ['ini-section-reference', 'broken', ['start.sh: [/(repository)] uwsgi --ini uwsgi.ini:production']],
  ['socket-port-without-colon', 'broken', ['start.sh: [/srv/news] uwsgi uwsgi.ini']],
  [
    'clean-command-line-wins',
    'clean',
    ['app.service: [/srv/app] /usr/bin/gunicorn -c gunicorn.conf.py --bind 127.0.0.1:21201 --timeout 60 app:app'],
  ],
  [
    'clean-bind-from-environment',
    'clean',
    [
      'app.service: [/srv/app] /usr/bin/gunicorn --config /srv/app/gunicorn.conf.py app:app with APP_HOST=127.0.0.1 APP_PORT=21186',
    ],
  ],
  [
    'cmd-args-override-config',
    'broken',
    [
      'crm.service: [/opt/crm] /usr/bin/gunicorn --config /opt/crm/gunicorn.conf.py crm:app with PYTHONUNBUFFERED=1 GUNICORN_CMD_ARGS=--bind=127.0.0.1:21146 --workers=2',
    ],
  ],
  ['env-placeholder-unset', 'broken', ['app.service: [/srv/app] /usr/bin/uwsgi --ini uwsgi.ini with APP_PORT=3031']],
  [
    'wrong-working-directory',
    'broken',
    ['shop.service: [/srv/shop] /usr/bin/gunicorn --bind 127.0.0.1:21340 shop.wsgi:app'],
  ],
  ['port-mismatch', 'broken', ['geo: [/srv/geo] uwsgi --ini uwsgi.ini --enable-threads']],
  [
    'second-server-stale-silent',
    'broken',
    [
      'node1: [/(repository)] gunicorn --workers 1 --bind 127.0.0.1:21120 --name node1 app:app',
      'node2: [/(repository)] gunicorn --workers 1 --bind 127.0.0.1:21121 --name node2 app:app',
    ],
  ],
];

describe('what the stacks that were replayed start', () => {
  it.each(samples)('%s, %s', (name, variant, expected) => {
    const found = launchesOf(join(stacks, name, variant)).launches.flatMap(launch =>
      launch.commands.map(command => {
        const environment = [...command.environment].map(([key, value]) => `${key}=${value.known ? value.value : '?'}`);
        return `${launch.name}: ${shown(command)}${environment.length > 0 ? ` with ${environment.join(' ')}` : ''}`;
      }),
    );
    expect(found).toEqual(expected);
  });

  it('passes the address that a socket unit opens', () => {
    const [launch] = launchesOf(join(stacks, 'clean-systemd-socket-activation', 'clean')).launches;
    expect(launch?.passedSockets.map(socket => socket.address.known && socket.address.value)).toEqual([
      { kind: 'tcp', host: '127.0.0.1', port: 21217 },
    ]);
  });

  const names = readdirSync(stacks).filter(name => existsSync(join(stacks, name, 'scenario.json')));
  for (const name of names) {
    const scenario = JSON.parse(readFileSync(join(stacks, name, 'scenario.json'), 'utf8'));
    for (const variant of ['broken', 'fixed', 'clean']) {
      const folder = join(stacks, name, variant);
      if (!existsSync(folder)) continue;
      const runs: readonly Run[] = Array.isArray(scenario.run) ? scenario.run : (scenario.run?.[variant] ?? []);
      const wanted = runs.flatMap(run => {
        if (run.sh) return run.sh.replace(/.*\//, '');
        if (run.systemd) return run.systemd.replace(/.*\//, '');
        return run.procfile ? (run.proc ?? 'web') : run.supervisor ? (run.program ?? []) : [];
      });
      if (wanted.length === 0) continue;
      it(`${name}, ${variant}: every server is started, from a folder that is known, with words that are known`, () => {
        const { place, launches } = launchesOf(folder);
        for (const one of wanted) {
          const launch = launches.find(({ name: own }) => own === one);
          const last = launch?.commands.at(-1);
          expect(launch?.unresolved, one).toEqual([]);
          expect(last?.certain, one).toBe(true);
          expect(last?.words.filter(word => !word.known)).toEqual([]);
          expect(last?.words[0]?.text).toMatch(
            /^(?:\/usr\/bin\/)?(?:gunicorn|uwsgi|uvicorn|python3?|hypercorn|daphne)$/,
          );
          expect(last?.workingDirectory.known).toBe(true);
        }
        for (const path of Object.keys(scenario.map ?? {}).filter(
          key => key.startsWith('/') && scenario.map[key] === '{root}',
        )) {
          const named = launches.some(launch =>
            launch.commands.some(({ workingDirectory: at }) => at.known && at.value === path),
          );
          if (named) expect(place.mounts.some(mount => mount.inside === path && mount.repo === '')).toBe(true);
        }
      });
    }
  }
});
