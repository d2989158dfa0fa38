import { describe, expect, it } from 'vitest';
import { serverOf } from '../../src/extract/servers/index.js';
import { programOf } from '../../src/extract/servers/program.js';
import { shlexSplit } from '../../src/extract/servers/words.js';
import { showAddress } from '../../src/model/endpoint.js';
import { startOf, wordsOf } from '../support/launch.js';
import { memoryReader } from '../support/memory.js';

const program = (text: string) => {
  const found = programOf(wordsOf({ path: 'p', text }, text));
  return found && [found.kind, found.word.text, found.arguments.map(word => word.text).join(' ')];
};

describe('programs', () => {
  it.each([
    ['gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['/srv/venv/bin/gunicorn app', ['gunicorn', '/srv/venv/bin/gunicorn', 'app']],
    ['$VENV/bin/gunicorn app', ['gunicorn', '$VENV/bin/gunicorn', 'app']],
    ['python -m gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['python3.11 -u -m uvicorn app:app', ['uvicorn', 'uvicorn', 'app:app']],
    ['python -W ignore -m gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['python /venv/bin/gunicorn app', ['gunicorn', '/venv/bin/gunicorn', 'app']],
    ['poetry run gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['uv run --frozen gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['exec env A=b gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['newrelic-admin run-program gunicorn app', ['gunicorn', 'gunicorn', 'app']],
    ['uwsgi --ini a.ini', ['uwsgi', 'uwsgi', '--ini a.ini']],
    ['uwsgi_python3 --ini a.ini', ['uwsgi', 'uwsgi_python3', '--ini a.ini']],
    ['python manage.py runserver 0.0.0.0:8000', ['runserver', 'manage.py', '0.0.0.0:8000']],
    ['./manage.py --settings x runserver', ['runserver', './manage.py', '--settings x']],
    ['django-admin runserver', ['runserver', 'django-admin', '']],
    ['flask --debug run -p 80', ['flask', 'flask', '--debug -p 80']],
    ['flask --app a run', ['flask', 'flask', '--app a']],
    ['fastapi run main.py', ['fastapi', 'fastapi', 'run main.py']],
    ['waitress-serve a:b', ['waitress', 'waitress-serve', 'a:b']],
    ['python run.py 80', ['python program', 'run.py', '80']],
    ['python -m pkg.run', ['python program', 'pkg.run', '']],
  ])('%s', (text, wanted) => {
    expect(program(text)).toEqual(wanted);
  });

  it.each([
    'nginx -g daemon',
    'python manage.py migrate',
    'python manage.py migrate runserver',
    'flask db upgrade',
    'django-admin check',
    'fastapi --version',
    'python -c print',
    'python',
    '$CMD',
    'celery -A app worker',
    '',
  ])('%j starts no server', text => {
    expect(program(text)).toBe(undefined);
  });
});

describe('words of a variable', () => {
  it('are split as Python does', () => {
    const split = (text: string) => shlexSplit(text)?.map(word => word.text);
    expect(split(`-b 'a b' "c\\"d" e\\ f ''`)).toEqual(['-b', 'a b', 'c"d', 'e f', '']);
    expect(split('"open')).toBe(undefined);
    expect(split('end\\')).toBe(undefined);
    expect(split('  ')).toEqual([]);
  });
});

describe('mod_wsgi-express', () => {
  const start = async (command: string) => {
    const reader = await memoryReader({ p: command });
    const { launch, command: started } = startOf(reader, 'p', command);
    const server = serverOf(reader, launch, started);
    const { address } = server?.listens[0] ?? {};
    const app = server?.app?.known ? (server.app.value.file ?? server.app.value.module) : undefined;
    return [address?.known ? showAddress(address.value) : undefined, app, server?.worker.concurrency];
  };

  it('listens on every interface, port 8000, unless told otherwise', async () => {
    expect(await start('mod_wsgi-express start-server wsgi.py')).toEqual(['0.0.0.0:8000', '/srv/wsgi.py', 'threads']);
    expect(
      await start(
        'mod_wsgi-express start-server --log-to-terminal --host 127.0.0.1 --port=8080 --threads 1 --application-type module --entry-point shop.wsgi',
      ),
    ).toEqual(['127.0.0.1:8080', 'shop.wsgi', 'sync']);
    expect(await start('mod_wsgi-express setup-server wsgi.py')).toEqual([undefined, undefined, undefined]);
  });
});
