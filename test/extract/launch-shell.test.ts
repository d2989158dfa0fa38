import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  followCommand,
  runScript,
  runText,
  type ShellOutcome,
  type ShellStart,
} from '../../src/extract/launch/shell.js';
import { createReader } from '../../src/extract/reader.js';
import type { Setting } from '../../src/model/setting.js';
import { literalWord } from '../../src/model/word.js';
import { parseYaml } from '../../src/syntax/yaml/parse.js';
import { maskOutside } from '../../src/text/mask.js';
import { memoryHost } from '../support/memory.js';
import { hostAt, shown } from './launch-support.js';

type Files = Readonly<Record<string, string>>;

const known = (name: string, value: string): Setting<string> => ({ name, origin: 'environment', known: true, value });

function reader(files: Files) {
  return createReader(memoryHost(files), { yaml: parseYaml });
}

function run(files: Files, more: Partial<ShellStart> = {}): ShellOutcome {
  const of = reader(files);
  const path = Object.keys(files)[0] ?? '';
  const file = of.file(path);
  if (!file) throw new Error('no script');
  return runScript(of, file, {
    place: hostAt('/app'),
    environment: new Map(),
    environmentOpen: false,
    workingDirectory: known('cwd', '/app'),
    parameters: [],
    script: `/app/${path}`,
    via: [],
    certain: true,
    ...more,
  });
}

const commands = (files: Files, more?: Partial<ShellStart>) => run(files, more).commands.map(shown);
const notes = (outcome: ShellOutcome) => outcome.unresolved.map(step => step.message);

/** What a ready argv comes down to. */
function follow(argv: readonly string[], files: Files = {}): ShellOutcome {
  const file = { path: 'compose.yml', text: argv.join(' ') };
  let at = 0;
  const words = argv.map(text => {
    const word = literalWord(text, { file, start: at, end: at + text.length });
    at += text.length + 1;
    return word;
  });
  return followCommand(
    reader(files),
    {
      words,
      environment: new Map(),
      environmentOpen: false,
      workingDirectory: known('cwd', '/app'),
      span: { file, start: 0, end: file.text.length },
      via: [],
      certain: true,
    },
    hostAt('/app'),
  );
}

describe('what is not known', () => {
  it('is a word with the reason, also where only a part of it is', () => {
    const [command] = run(
      { 'start.sh': 'exec gunicorn -b "0.0.0.0:$PORT" app:app' },
      { environmentOpen: true },
    ).commands;
    const word = command?.words[2];
    expect(word?.known).toBe(false);
    expect(word?.parts).toEqual([
      { known: true, text: '0.0.0.0:' },
      { known: false, text: '$PORT', why: '$PORT comes from the environment' },
    ]);
  });

  it('a default is only likely where the environment is open, and certain where it is closed', () => {
    const files = { 'start.sh': 'gunicorn -b ":${PORT:-8000}" app' };
    const open = run(files, { environmentOpen: true }).commands[0]?.words[2];
    expect(open?.known).toBe(false);
    expect(open?.parts[1]).toMatchObject({ text: '${PORT:-8000}', likely: '8000' });
    expect(commands(files)).toEqual(['[/app] gunicorn -b :8000 app']);
    expect(commands(files, { environmentOpen: true, defaultsHold: true })).toEqual(['[/app] gunicorn -b :8000 app']);
    expect(commands(files, { environment: new Map([['PORT', known('PORT', '9000')]]) })).toEqual([
      '[/app] gunicorn -b :9000 app',
    ]);
  });

  it('a variable that no file sets is not taken for empty inside a word, but is left out where it stands alone', () => {
    expect(commands({ 'start.sh': 'gunicorn $EXTRA -b :$PORT -w $N app' })).toEqual([
      '[/app] gunicorn -b <:$PORT> -w <$N> app',
    ]);
  });

  it('an unquoted unknown word may be several', () => {
    const words = run({ 'start.sh': 'gunicorn $OPTS "$ONE" app' }, { environmentOpen: true }).commands[0]?.words;
    expect(words?.map(word => word.splits === true)).toEqual([false, true, false, false]);
  });

  it('output of commands is unknown, patterns stay as they are behind an option only', () => {
    expect(commands({ 'start.sh': 'gunicorn -w $(nproc) --forwarded-allow-ips=* *.py $((1+1)) app' })).toEqual([
      '[/app] gunicorn -w <$(nproc)> --forwarded-allow-ips=* <*.py> <$((1+1))> app',
    ]);
  });

  it('a value that two branches set differently', () => {
    const script =
      'if [ -n "$DEBUG" ]; then W=1; else W=4; fi\nP=1\nif [ "$X" = y ]; then P=1; fi\ngunicorn -w $W --threads $P app';
    expect(commands({ 'start.sh': script }, { environmentOpen: true })).toEqual([
      '[/app] gunicorn -w <$W> --threads 1 app',
    ]);
    expect(commands({ 'start.sh': script })).toEqual(['[/app] gunicorn -w 4 --threads 1 app']);
  });

  it('tells where a value was set', () => {
    const text = 'PORT=8001\nBIND="0.0.0.0:$PORT"\ngunicorn -b $BIND app';
    const via = run({ 'start.sh': text }).commands[0]?.words[2]?.via ?? [];
    expect(via.map(step => [text.slice(step.span.start, step.span.end), step.message])).toEqual([
      ['8001', 'PORT is set here'],
      ['"0.0.0.0:$PORT"', 'BIND is set here'],
    ]);
  });
});

describe('which commands are reached', () => {
  it('both branches of a condition that cannot be decided, neither for certain', () => {
    const script = 'if [ "$MODE" = dev ]; then\n  python manage.py runserver\nelse\n  gunicorn app\nfi';
    expect(commands({ 'start.sh': script }, { environmentOpen: true })).toEqual([
      '[/app] python manage.py runserver (perhaps)',
      '[/app] gunicorn app (perhaps)',
    ]);
    expect(commands({ 'start.sh': script })).toEqual(['[/app] gunicorn app']);
  });

  it('what follows a branch that may have left the script is not certain', () => {
    expect(
      commands({ 'start.sh': 'if [ "$1" = web ]; then exec gunicorn app; fi\nuwsgi x.ini' }, { parametersOpen: true }),
    ).toEqual(['[/app] gunicorn app (perhaps)', '[/app] uwsgi x.ini (perhaps)']);
  });

  it('a way that ends with an error does not count', () => {
    const script =
      '[ -n "$KEY" ] || exit 1\nif ! command -v gunicorn; then echo no >&2; exit 1; fi\ntest -d x || { echo; exit 2; }\nexec gunicorn app';
    expect(commands({ 'start.sh': script }, { environmentOpen: true })).toEqual(['[/app] gunicorn app']);
  });

  it('the only way that does not fail is taken for certain', () => {
    const script = 'case "$1" in\n  start) exec gunicorn app ;;\n  *) echo "usage: $0 start"; exit 1 ;;\nesac';
    expect(commands({ 'run.sh': script }, { parametersOpen: true })).toEqual(['[/app] gunicorn app']);
    const two = script.replace('*)', 'worker) exec celery ;;\n  *)');
    expect(commands({ 'run.sh': two }, { parametersOpen: true })).toEqual([
      '[/app] gunicorn app (perhaps)',
      '[/app] celery (perhaps)',
    ]);
  });

  it('what branches do to folder, parameters and functions is not known behind them, unless they agree', () => {
    const script = `if [ "$A" = 1 ]; then cd web; set -- x; f() { uvicorn a; }; B=1; else cd api; set -- y; B=1; fi
gunicorn -w $B "$1" app
cd /srv
f
if [ "$A" = 2 ]; then cd /opt; else cd /opt; fi
gunicorn last`;
    expect(commands({ 'start.sh': script }, { environmentOpen: true })).toEqual([
      '[?] gunicorn -w 1 <$1> app',
      '[/srv] uvicorn a',
      '[/opt] gunicorn last',
    ]);
  });

  it('waiting for another service does not make the rest uncertain', () => {
    const script = `set -e
if [ "$DATABASE" = "postgres" ]; then
  while ! nc -z $SQL_HOST $SQL_PORT; do sleep 0.1; done
fi
until pg_isready; do sleep 1; done
python manage.py migrate && python manage.py collectstatic --noinput
exec gunicorn app`;
    expect(commands({ 'start.sh': script }, { environmentOpen: true })).toEqual([
      '[/app] python manage.py migrate',
      '[/app] python manage.py collectstatic --noinput',
      '[/app] gunicorn app',
    ]);
  });

  it('both processes of a container that starts one in the background', () => {
    expect(commands({ 'start.sh': "gunicorn app &\nnginx -g 'daemon off;'" })).toEqual([
      '[/app] gunicorn app',
      '[/app] nginx -g daemon off;',
    ]);
  });

  it('a loop that restarts a server runs it for certain, and nothing behind it', () => {
    expect(commands({ 'start.sh': 'while true; do gunicorn app; sleep 1; done\nuwsgi never.ini' })).toEqual([
      '[/app] gunicorn app',
    ]);
  });

  it('the mode that a container is started with', () => {
    const script =
      'case "$1" in\n  web) shift; exec gunicorn "$@" ;;\n  worker) exec celery ;;\n  *) exec "$@" ;;\nesac';
    const file = { path: 'compose.yml', text: 'web -w 3' };
    const word = (text: string, start: number) => literalWord(text, { file, start, end: start + text.length });
    const outcome = run({ 'start.sh': script }, { parameters: [word('web', 0), word('-w', 4), word('3', 7)] });
    expect(outcome.commands.map(shown)).toEqual(['[/app] gunicorn -w 3']);
    expect(outcome.commands[0]?.words[1]?.span).toEqual({ file, start: 4, end: 6 });
  });

  it('commands that are not known are said', () => {
    expect(notes(run({ 'start.sh': '$RUNNER app\neval "exec gunicorn $X"' }, { environmentOpen: true }))).toEqual([
      'it cannot be told which command runs here',
      'eval runs a text that is put together while it runs',
    ]);
  });
});

describe('files that a script reads and writes', () => {
  it('a sourced file that is not there opens the environment, a virtual environment does not', () => {
    expect(run({ 'start.sh': '. ./.env\ngunicorn -b :$PORT app' }).commands[0]?.environmentOpen).toBe(true);
    expect(run({ 'start.sh': 'source venv/bin/activate\ngunicorn app' }).commands[0]?.environmentOpen).toBe(false);
  });

  it('configuration that is written at start is told, with what it is made of', () => {
    const text = `envsubst '$PORT' < /etc/nginx/site.template > /etc/nginx/conf.d/site.conf
cat > /etc/nginx/a.conf <<'EOF'
server { }
EOF
sed -i "s/8000/9000/" uwsgi.ini
ln -sf /app/deploy/b.conf /etc/nginx/sites-enabled/b.conf
cp deploy/c.conf /etc/nginx/conf.d/
gunicorn app > /dev/null 2>&1`;
    const generated = run({ 'start.sh': text }).generated;
    expect(generated.map(({ path, how, source }) => [path, how, source])).toEqual([
      ['/etc/nginx/conf.d/site.conf', 'envsubst', '/etc/nginx/site.template'],
      ['/etc/nginx/a.conf', 'content', undefined],
      ['/app/uwsgi.ini', 'changed', undefined],
      ['/etc/nginx/sites-enabled/b.conf', 'link', '/app/deploy/b.conf'],
      ['/etc/nginx/conf.d/c.conf', 'copy', '/app/deploy/c.conf'],
    ]);
    const content = generated[1]?.content;
    expect(content?.text.trim()).toBe('server { }');
    expect(content?.text.indexOf('server')).toBe(text.indexOf('server {'));
  });
});

describe('commands that only start others', () => {
  it.each([
    ['sudo -u www-data -E gunicorn app', 'www-data'],
    ['gosu app:app gunicorn app', 'app'],
    ['su-exec web gunicorn app', 'web'],
    ['chpst -u www gunicorn app', 'www'],
    ['runuser -u shop -- gunicorn app', 'shop'],
    ['su - shop -c gunicorn\tapp', 'shop'],
    ['su -s /bin/sh -c gunicorn\tapp shop', 'shop'],
    ['sudo --user=shop gunicorn app', 'shop'],
    ['setpriv --reuid=shop --init-groups gunicorn app', 'shop'],
    ['s6-setuidgid nobody gunicorn app', 'nobody'],
  ])('%s: as another user', (line, user) => {
    const [command] = follow(line.split(' ').map(word => word.replace('\t', ' '))).commands;
    expect(command && shown(command)).toBe('[/app] gunicorn app');
    expect(command?.user).toMatchObject({ known: true, value: user });
  });

  it.each([
    'tini -- gunicorn app',
    'tini -g -- gunicorn app',
    'dumb-init gunicorn app',
    'nohup gunicorn app',
    'nice -n 10 gunicorn app',
    'timeout -k 5 60 gunicorn app',
    'setsid gunicorn app',
    'time gunicorn app',
    'poetry run gunicorn app',
    'pipenv run gunicorn app',
    'uv run --no-dev --with x gunicorn app',
    'pdm run gunicorn app',
    'hatch run gunicorn app',
    'conda run --no-capture-output -n web gunicorn app',
    'newrelic-admin run-program gunicorn app',
    'ddtrace-run gunicorn app',
    'opentelemetry-instrument gunicorn app',
    'doppler run --config prd -- gunicorn app',
    'dotenv run gunicorn app',
    'watchmedo auto-restart -d . -p *.py -- gunicorn app',
    './wait-for-it.sh db:5432 -t 60 -- gunicorn app',
    'dockerize -wait tcp://db:5432 -timeout 60s gunicorn app',
    'env -u X gunicorn app',
    '/usr/bin/env gunicorn app',
    'bash -lc gunicorn\tapp',
    'sudo env A=1 nohup gunicorn app',
  ])('%s', line => {
    const { commands: found, unresolved } = follow(line.split(' ').map(word => word.replace('\t', ' ')));
    expect(found.map(command => shown(command).replace(/^\S+ /, ''))).toEqual(['gunicorn app']);
    expect(unresolved).toEqual([]);
  });

  it.each([
    'python -m gunicorn app',
    'gunicorn run',
    'poetry install',
    'docker compose up',
    '/opt/venv/bin/uwsgi --ini x.ini',
    'pipenv',
  ])('%s: is left as it is', line =>
    expect(follow(line.split(' ')).commands.map(shown)).toEqual(line.startsWith('docker') ? [] : [`[/app] ${line}`]),
  );

  it('adds what they set to the environment', () => {
    const [command] = follow(['env', 'PORT=8001', 'sh', '-c', 'gunicorn -b :$PORT app']).commands;
    expect(command && shown(command)).toBe('[/app] gunicorn -b :8001 app');
    expect(command?.environment.get('PORT')).toMatchObject({ known: true, value: '8001' });
  });

  it('points into the text behind sh -c', () => {
    const command = follow(['sh', '-c', 'cd web && exec gunicorn -w 2 app']).commands[0];
    expect(command?.workingDirectory).toMatchObject({ known: true, value: '/app/web' });
    const { file, start, end } = command?.words[2]?.span ?? { file: { text: '' }, start: 0, end: 0 };
    expect(file.text.slice(start, end)).toBe('2');
    expect(file.text.slice(command?.span.start, command?.span.end)).toBe('gunicorn -w 2 app');
  });

  it('follows scripts through scripts, and says how', () => {
    const files = { 'bin/entry.sh': '#!/bin/sh\nexec "$@"\n', 'bin/web': '#!/usr/bin/env bash\nexec gunicorn "$1"\n' };
    const { commands: found } = follow(['bin/entry.sh', './bin/web', 'app:app'], files);
    expect(found.map(shown)).toEqual(['[/app] gunicorn app:app']);
    expect(found[0]?.via.map(step => step.message)).toEqual([
      'bin/entry.sh is started here',
      'bin/web is started here',
    ]);
  });

  it('says which script is missing', () => {
    expect(notes(follow(['/app/start.sh']))).toEqual(['/app/start.sh is not there']);
    expect(notes(follow(['bash', '/opt/start.sh']))).toEqual(['/opt/start.sh is not in the repository']);
  });

  it('does not take a program of Python for a script', () => {
    expect(follow(['./run.py'], { 'run.py': '#!/usr/bin/env python\nx = 1\n' }).commands.map(shown)).toEqual([
      '[/app] ./run.py',
    ]);
  });
});

describe('programs that start what a file lists', () => {
  it('make', () => {
    const makefile =
      'PORT ?= 8000\nHOST = 0.0.0.0:$(PORT)\n.PHONY: run\n\nall: run\n\nrun: migrate # x\n\t@echo up\n\tcd src && \\\n\t  gunicorn -b $(HOST) -w $$WORKERS app\n\nmigrate:\n\tpython manage.py migrate\n';
    expect(follow(['make', 'run'], { Makefile: makefile }).commands.map(shown)).toEqual([
      '[/app] python manage.py migrate',
      '[/app/src] gunicorn -b 0.0.0.0:8000 -w <$WORKERS> app',
    ]);
  });

  it('npm and yarn', () => {
    const files = { 'package.json': '{ "scripts": { "start": "gunicorn -b :8000 app", "api": "uvicorn app:app" } }' };
    expect(follow(['npm', 'start'], files).commands.map(shown)).toEqual(['[/app] gunicorn -b :8000 app']);
    expect(follow(['yarn', '-s', 'api'], files).commands.map(shown)).toEqual(['[/app] uvicorn app:app']);
    expect(follow(['npm', 'install'], files).commands).toEqual([]);
  });

  it('honcho and foreman', () => {
    const files = { Procfile: 'web: gunicorn -b :$PORT app\nworker: celery worker\n' };
    expect(follow(['honcho', 'start'], files).commands.map(shown)).toEqual([
      '[/app] gunicorn -b <:$PORT> app',
      '[/app] celery worker',
    ]);
    expect(follow(['foreman', 'start', '-f', 'Procfile', 'worker'], files).commands.map(shown)).toEqual([
      '[/app] celery worker',
    ]);
  });

  it('supervisord, with its includes', () => {
    const files = {
      'etc/supervisord.conf': '[supervisord]\nnodaemon=true\n[include]\nfiles = conf.d/*.conf\n',
      'etc/conf.d/web.conf':
        '[program:web]\ncommand=gunicorn -b :8000 app ; the server\ndirectory=%(here)s/../src\nuser=www-data\n',
      'etc/conf.d/web.conf.bak': '[program:old]\ncommand=uwsgi x\n',
    };
    const { commands: found } = follow(['/usr/bin/supervisord', '-n', '-c', 'etc/supervisord.conf'], files);
    expect(found.map(shown)).toEqual(['[/app/etc/src] gunicorn -b :8000 app']);
    expect(found[0]?.user).toMatchObject({ known: true, value: 'www-data' });
  });

  it('s6 and runit', () => {
    const files = {
      'service/web/run': '#!/bin/sh\nexec gunicorn app\n',
      'service/nginx/run': '#!/bin/sh\nexec nginx\n',
    };
    expect(follow(['runsvdir', '-P', '/app/service'], files).commands.map(shown)).toEqual([
      '[/app] nginx',
      '[/app] gunicorn app',
    ]);
  });
});

describe('a command line inside another file', () => {
  it('keeps its places there', () => {
    const file = { path: 'Dockerfile', text: 'FROM python\nCMD cd src && gunicorn -b 0.0.0.0:${PORT:-80} app\n' };
    const masked = maskOutside(file, [{ start: 16, end: file.text.length - 1 }]);
    const [command] = runText(reader({}), masked, {
      place: hostAt('/app'),
      environment: new Map(),
      environmentOpen: false,
      workingDirectory: known('WORKDIR', '/app'),
      parameters: [],
      via: [],
      certain: true,
    }).commands;
    expect(command && shown(command)).toBe('[/app/src] gunicorn -b 0.0.0.0:80 app');
    expect(file.text.slice(command?.span.start, command?.span.end)).toBe('gunicorn -b 0.0.0.0:${PORT:-80} app');
  });
});

describe('hostile scripts', () => {
  it.each([
    ['sources itself', '. ./start.sh\n. ./start.sh\n'],
    ['starts itself', 'sh start.sh & sh start.sh\n'],
    ['doubles a value', `A=xx\n${'A=$A$A\n'.repeat(200)}gunicorn $A\n`],
    ['doubles its parameters', `set -- a b\n${'set -- "$@" "$@"\n'.repeat(200)}gunicorn "$@"\n`],
    ['calls itself twice', 'f() { f; f; gunicorn app; }\nf\n'],
    ['loops in loops', `${'for i in 1 2 3 4 5 6 7 8 9; do '.repeat(40)}gunicorn app\n`],
    ['wraps without end', `${'sudo '.repeat(5000)}gunicorn app\n`],
    ['has one endless word', `gunicorn ${'*'.repeat(100_000)}\n`],
  ])('that %s end soon', (_title, text) => {
    const start = performance.now();
    const outcome = run({ 'start.sh': text });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(outcome.commands.length).toBeLessThanOrEqual(200);
  });

  it('of any tokens never throw, and every place lies in its file', () => {
    const token = fc.constantFrom(
      ...'if then else fi for in do done while case esac { } ( ) [[ ]] [ ] $( ${A:-b} ` " \' \\ ; ;; & && | || < > << A= A=( $A "$@" $1 exec exit set -- shift cd source start.sh . export unset f() f eval env sudo -u sh -c gunicorn app local return break'.split(
        ' ',
      ),
      '\n',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 50 }), tokens => {
        const outcome = run({ 'start.sh': tokens.join(' ') });
        const spans = [
          ...outcome.commands.flatMap(command => [command.span, ...command.words.map(word => word.span)]),
          ...outcome.unresolved.map(step => step.span),
          ...outcome.generated.map(one => one.span),
        ];
        for (const { file, start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(file.text.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
