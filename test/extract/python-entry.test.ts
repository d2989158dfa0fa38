import { describe, expect, test } from 'vitest';
import { entry, place, plain, program, shown } from '../support/python.js';

const flask = 'from flask import Flask\n\napp = Flask(__name__)\n';

describe('the module that a server loads', () => {
  test('is found along the search path, packages first', async () => {
    const files = { 'shop/__init__.py': 'app = 1\n', 'shop.py': '', 'deep/space/mod.py': 'app = 1\n' };
    expect(await entry(files, 'shop:app')).toMatchObject({
      module: { state: 'found' },
      file: { path: 'shop/__init__.py' },
    });
    expect(await entry(files, 'deep.space.mod:app')).toMatchObject({
      module: { state: 'found' },
      file: { path: 'deep/space/mod.py' },
    });
  });

  test.each([
    ['app.py:app', { 'app.py': flask }, ['app']],
    [
      'project/wsgi.py:application',
      { 'project/__init__.py': '', 'project/wsgi.py': 'application = 1\n' },
      ['project.wsgi'],
    ],
    ['shop.wgsi:app', { 'shop/__init__.py': '', 'shop/wsgi.py': flask }, ['shop.wsgi']],
    ['wsgi:app', { 'shop/__init__.py': '', 'shop/wsgi.py': flask, 'run.py': '' }, ['shop.wsgi']],
    ['main:app', { 'view.py': flask }, []],
  ])('%s is proved to be missing', async (target, files, near) => {
    expect((await entry(files, target)).module).toMatchObject({ state: 'missing', near });
  });

  test('a module under a folder that is not searched is missing, and the folder is told', async () => {
    const { module } = await entry({ 'src/shop/__init__.py': '', 'src/shop/wsgi.py': flask }, 'shop.wsgi:app');
    expect(module).toMatchObject({ state: 'missing', near: [], root: 'src' });
  });

  test.each([
    ['superset.app:create_app()', { 'run.py': '' }],
    ['shop.wsgi:app', { 'src/shop/wsgi.py': flask, 'pyproject.toml': '[project]\nname = "x"\n' }],
    ['pretix.wsgi:application', { 'requirements.txt': 'pretix==1\n', 'run.py': '' }],
    ['shop_pb2:app', { 'run.py': '' }],
    ['json:app', { 'run.py': '' }],
  ])('%s may be there though the repository does not hold it', async (target, files) => {
    expect((await entry(files as unknown as Record<string, string>, target)).module).toMatchObject({
      state: 'unknown',
    });
  });

  test('a module that .gitignore names, or that a changed sys.path may hold, is not missing', async () => {
    const ignored = await entry({ 'shop/__init__.py': '', '.gitignore': 'wsgi.py\n' }, 'shop.wsgi:app');
    expect(ignored.module).toMatchObject({ state: 'unknown' });
    const moved = await entry(
      {
        'app.py': 'import sys, os\nsys.path.append(os.environ["X"])\nimport helpers.tools\napp = 1\n',
        'helpers/__init__.py': '',
      },
      'app:app',
      { open: true },
    );
    expect(moved.missingImports).toMatchObject([{ name: 'helpers.tools' }]);
    const added = await entry(
      {
        'app.py':
          'import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))\nimport tool\nx = tool.value\n',
        'lib/tool.py': 'value = 7\n',
      },
      'app:x',
    );
    expect(added.names?.get('x')).toMatchObject({ known: true, value: { value: 7 } });
  });

  test('a file that is named by its path', async () => {
    const found = await entry({ 'run.py': `${flask}if __name__ == "__main__":\n    app.run()\n` }, 'run.py:app', {
      file: true,
    });
    expect(found).toMatchObject({ module: { state: 'found' }, attribute: { state: 'found', kind: 'wsgi' } });
    expect(shown(found.importCalls, /run$/)).toEqual([]);
    expect((await entry({ 'deploy/run.py': flask }, 'run.py:app', { file: true })).module).toMatchObject({
      state: 'missing',
      near: ['deploy/run.py'],
    });
  });
});

describe('the callable', () => {
  test.each([
    ['from flask import Flask\nx = Flask(__name__)\n', 'wsgi', 'flask.Flask'],
    ['import fastapi\nx = fastapi.FastAPI()\n', 'asgi', 'fastapi.FastAPI'],
    [
      'from django.core.asgi import get_asgi_application as make\nx = make()\n',
      'asgi',
      'django.core.asgi.get_asgi_application',
    ],
    ['from flask import Flask\nclass Own(Flask): pass\nx = Own(__name__)\n', 'wsgi', 'flask.Flask'],
    [
      'from flask import Flask\nfrom werkzeug.middleware.proxy_fix import ProxyFix\nx = ProxyFix(Flask(__name__))\n',
      'wsgi',
      'werkzeug.middleware.proxy_fix.ProxyFix',
    ],
    ['def x(environ, start_response):\n    return []\n', 'wsgi', undefined],
    ['async def x(scope, receive, send): ...\n', 'asgi', undefined],
    ['class Own:\n    def __call__(self, environ, start_response): ...\nx = Own()\n', 'wsgi', undefined],
    [
      'class Own:\n    def __init__(self, environ, start_response): ...\n    def __iter__(self): ...\nx = Own\n',
      'wsgi',
      undefined,
    ],
    [
      'from flask import Flask\ndef x(config=None):\n    app = Flask(__name__)\n    return app\n',
      'factory',
      'flask.Flask',
    ],
    ['from fastapi import FastAPI\nx = lambda: FastAPI()\n', 'factory', 'fastapi.FastAPI'],
    [
      'from pyramid.config import Configurator\nwith Configurator() as config:\n    x = config.make_wsgi_app()\n',
      'wsgi',
      'pyramid.config.Configurator.make_wsgi_app',
    ],
    ['from other import app as x\n', 'unknown', undefined],
    ['def x(a, b): ...\n', 'unknown', undefined],
  ])('%j', async (text, kind, made) => {
    const { attribute } = await entry({ 'app.py': text }, 'app:x');
    expect(attribute).toMatchObject({ state: 'found', kind, ...(made && { made }) });
  });

  test('what a called factory gives, with its arguments', async () => {
    const files = {
      'shop/__init__.py':
        'from flask import Flask\nfrom fastapi import FastAPI\ndef create(kind="wsgi"):\n    return Flask(__name__) if kind == "wsgi" else FastAPI()\n',
    };
    expect((await entry(files, 'shop:create()')).attribute).toMatchObject({ kind: 'wsgi' });
    expect((await entry(files, 'shop:create("asgi")')).attribute).toMatchObject({ kind: 'asgi' });
    expect((await entry(files, 'shop:create(kind="asgi")')).attribute).toMatchObject({ kind: 'asgi' });
    expect((await entry(files, 'shop:create')).attribute).toMatchObject({ kind: 'factory' });
  });

  test('a name that is proved to be absent, with the applications that are there', async () => {
    const { attribute } = await entry({ 'app.py': `${flask}other = 1\n` }, 'app');
    expect(attribute).toMatchObject({ state: 'missing', candidates: [{ name: 'app' }] });
    expect(attribute.state === 'missing' && place(attribute.candidates[0]?.span)).toBe('app.py:3');
  });

  test('a name that is set only when the file is a program is absent', async () => {
    const { attribute } = await entry(
      { 'run.py': 'from flask import Flask\n\nif __name__ == "__main__":\n    app = Flask(__name__)\n    app.run()\n' },
      'run:app',
    );
    expect(attribute).toMatchObject({ state: 'missing', candidates: [] });
    expect(attribute.state === 'missing' && place(attribute.guarded?.guard)).toBe('run.py:3');
  });

  test.each([
    ['from elsewhere import *\n'],
    ['globals()["a" + str(x)] = 1\n'],
    ['def __getattr__(name): ...\n'],
    ['import os\nif os.environ.get("X"):\n    app = 1\n'],
    ['try:\n    app = make()\nexcept Exception:\n    pass\n'],
    ['def broken(\n'],
    ['raise SystemExit\n'],
    ['exec("app = 1")\n'],
    ['import sys\nsetattr(sys.modules[__name__], "app", 1)\n'],
  ])('nothing is proved about it in %j', async text => {
    expect((await entry({ 'app.py': text }, 'app:app', { open: true })).attribute.state).not.toBe('missing');
  });
});

describe('what runs at import', () => {
  async function calls(
    text: string,
    pattern: RegExp,
    more: Record<string, string> = {},
    surroundings = {},
  ): Promise<readonly string[]> {
    return shown((await entry({ 'app.py': `${flask}${text}`, ...more }, 'app:app', surroundings)).importCalls, pattern);
  }

  test.each([
    ['app.run()\n', ['flask.Flask.run app.py:4']],
    ['def main():\n    app.run()\nmain()\n', ['flask.Flask.run app.py:5']],
    ['if __name__ == "__main__":\n    app.run()\n', []],
    ['if __name__ in ("__main__", "run"):\n    app.run()\n', []],
    ['if "__main__" == __name__:\n    app.run()\nelse:\n    import gunicorn\n', []],
    ['def main():\n    app.run()\n', []],
    ['class Server:\n    def start(self):\n        app.run()\n', []],
    ['class Server:\n    app.run()\n', ['flask.Flask.run app.py:5']],
    [
      'class Server:\n    def __init__(self):\n        self.go()\n    def go(self):\n        app.run()\nServer()\n',
      ['flask.Flask.run app.py:8'],
    ],
    ['start = lambda: app.run()\n', []],
    ['(lambda: app.run())()\n', ['flask.Flask.run app.py:4']],
    ['[app.run() for _ in (1,)]\n', ['flask.Flask.run app.py:4']],
    ['from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    app.run()\n', []],
    ['if False:\n    app.run()\n', []],
    ['import sys\nif len(sys.argv) > 1:\n    app.run()\n', ['flask.Flask.run app.py:6?']],
    ['import os\nif os.environ.get("DEV"):\n    app.run()\n', []],
    ['import sys\nsys.exit(1)\napp.run()\n', []],
    ['import atexit\natexit.register(app.run)\n', []],
    ['@app.cli.command()\ndef serve():\n    app.run()\n', []],
    ['def once(f):\n    f()\n    return f\n@once\ndef serve():\n    app.run()\n', ['flask.Flask.run app.py:9']],
    ['async def main():\n    app.run()\nmain()\n', []],
    ['import asyncio\nasync def main():\n    app.run()\nasyncio.run(main())\n', ['flask.Flask.run app.py:6']],
    ['def gen():\n    app.run()\n    yield 1\ngen()\n', []],
    ['def gen():\n    app.run()\n    yield 1\nfor x in gen(): pass\n', ['flask.Flask.run app.py:5']],
    ['try:\n    app.run()\nfinally:\n    pass\n', ['flask.Flask.run app.py:5']],
    ['def main():\n    if app.debug:\n        return\n    app.run()\nmain()\n', ['flask.Flask.run app.py:7?']],
    ['run = app.run\nrun()\n', ['flask.Flask.run app.py:5']],
    ['from functools import partial\npartial(app.run, port=1)()\n', ['flask.Flask.run app.py:5']],
  ])('%j', async (text, expected) => {
    expect(await calls(text, /Flask\.run$/)).toEqual(expected);
  });

  test('calls in threads of their own stand apart', async () => {
    const found = await entry(
      {
        'app.py': `${flask}import threading\nthreading.Thread(target=app.run, daemon=True).start()\nclass Job(threading.Thread):\n    def run(self):\n        import time\n        time.sleep(1)\nJob().start()\n`,
      },
      'app:app',
    );
    expect(shown(found.importCalls, /run$|sleep|start$/)).toEqual([
      'threading.Thread.start app.py:5',
      'threading.Thread.start app.py:10',
    ]);
    expect(shown(found.backgroundCalls ?? [], /./)).toEqual(['flask.Flask.run app.py:5', 'time.sleep app.py:9']);
  });

  test('names are those of the things that are imported', async () => {
    const text = `
import uvicorn as u
from waitress import serve as go
from aiohttp import web
from wsgiref.simple_server import make_server
import socket, asyncio
u.run(app, host="0.0.0.0", port=8000)
go(app, listen="*:8080")
web.run_app(app)
make_server("", 80, app).serve_forever()
s = socket.socket()
s.bind(("0.0.0.0", 9000))
loop = asyncio.get_event_loop()
loop.run_forever()
u.Server(u.Config(app)).run()
`;
    expect(await calls(text, /run|serve|bind/)).toEqual([
      'uvicorn.run app.py:10',
      'waitress.serve app.py:11',
      'aiohttp.web.run_app app.py:12',
      'wsgiref.simple_server.make_server app.py:13',
      'socketserver.BaseServer.serve_forever app.py:13',
      'socket.socket.bind app.py:15',
      'asyncio.loop.run_forever app.py:17',
      'uvicorn.Server.run app.py:18',
    ]);
  });

  test('arguments are evaluated, across modules and from the environment', async () => {
    const files = {
      'app.py': `${flask}import os\nfrom conf import HOST\nport = int(os.environ.get("PORT", 5000))\napp.run(HOST, port=port, **{"debug": True})\napp.run(f"http://{os.environ['X']}/x", *os.listdir())\n`,
      'conf.py': 'HOST = "0.0.0.0"\n',
    };
    const { importCalls } = await entry(files, 'app:app', { env: { PORT: '8080' }, open: true });
    const [first, second] = importCalls.filter(call => call.name === 'flask.Flask.run');
    expect(first?.positional.map(plain)).toEqual(['0.0.0.0']);
    expect([...(first?.keywords ?? [])].map(([name, value]) => [name, plain(value)])).toEqual([
      ['port', 8080],
      ['debug', true],
    ]);
    expect(first?.open).toBe(false);
    expect(second?.open).toBe(true);
    expect(second?.positional[0]?.known).toBe(false);
    expect(second?.texts?.get('0')).toMatchObject([
      'http://',
      { why: 'X comes from the environment, which no file states' },
      '/x',
    ]);
  });

  test('the way to a call through imports and calls, and the statement at the top that leads to it', async () => {
    const files = {
      'app.py': 'import work\napp = 1\n',
      'work/__init__.py': 'from .deep import load\nMODEL = load()\n',
      'work/deep.py': 'import time\ndef load():\n    time.sleep(3)\n',
    };
    const { importCalls, modules } = await entry(files, 'app:app');
    const sleep = importCalls.find(call => call.name === 'time.sleep');
    expect(sleep?.chain.map(step => `${place(step.span)} ${step.message}`)).toEqual([
      'app.py:1 app imports work',
      'work/__init__.py:2 load() is called here',
    ]);
    expect(place(sleep?.topLevel)).toBe('work/__init__.py:2');
    expect(modules.map(module => `${module.name} ${module.certain}`)).toEqual([
      'app true',
      'work true',
      'work.deep true',
    ]);
  });

  test('an import of ours that is proved to fail', async () => {
    const files = {
      'app.py':
        'import shop.modls\nfrom shop import views, nothing\nfrom shop.views import indx\ntry:\n    import shop.optional\nexcept ImportError:\n    pass\nimport flask.nothing\napp = 1\n',
      'shop/__init__.py': '',
      'shop/models.py': '',
      'shop/views.py': 'def index(): ...\n',
    };
    const { missingImports } = await entry(files, 'app:app');
    expect(missingImports.map(each => `${each.name} ${place(each.span)} ${each.near} ${each.certain}`)).toEqual([
      'shop.modls app.py:1 shop.models true',
      'shop.nothing app.py:2  true',
      'shop.views.indx app.py:3  true',
      'shop.optional app.py:5  false',
    ]);
  });

  test('imports in a circle, of what is not there, and of itself', async () => {
    const files = {
      'app.py': 'import b\nfrom b import later\nfrom app import other\napp = 1\n',
      'b.py': 'import app\nfrom app import app as again\nlater = 2\n',
    };
    const found = await entry(files, 'app:app');
    expect(found.missingImports).toEqual([]);
    expect(found.attribute.state).toBe('found');
  });

  test('a module that does not parse is told with its place', async () => {
    const { modules } = await entry(
      { 'app.py': 'import broken\napp = 1\n', 'broken.py': 'x = 1\ndef f()\n    pass\n' },
      'app:app',
    );
    expect(
      modules.flatMap(module => module.problems).map(problem => `${place(problem.span)} ${problem.message}`),
    ).toEqual(["broken.py:2 expected ':'"]);
  });
});

describe('Flask', () => {
  const files = {
    'app.py': `
import requests, time
from flask import Flask, Blueprint, request, current_app, Response
from flask.views import MethodView
from conf import TIMEOUT

def create_app():
    app = Flask(__name__)
    app.config.from_object("conf.Production")
    app.config.update(EXTRA=1)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    app.register_blueprint(bp)
    app.add_url_rule("/class", view_func=Item.as_view("item"))

    @app.before_request
    def check():
        slow(2)
    return app

bp = Blueprint("bp", __name__)

def slow(n):
    time.sleep(n)

@bp.route("/fetch")
def fetch():
    if request.args:
        slow(90)
    return requests.get("http://x", timeout=TIMEOUT).text

class Item(MethodView):
    def get(self):
        return requests.post(request.url_root + "config")

@bp.get("/stream")
def stream():
    return Response(iter([]), mimetype="text/event-stream")
`,
    'conf.py':
      'TIMEOUT = 30\nclass Base:\n    DEBUG = False\nclass Production(Base):\n    PREFERRED_URL_SCHEME = "https"\n',
  };

  test('handlers with the calls they make', async () => {
    const { handlers, features, importCalls } = await entry(files, 'app:create_app()');
    expect(handlers.map(handler => `${handler.framework} ${handler.name} ${handler.path}`)).toEqual([
      'flask fetch /fetch',
      'flask stream /stream',
      'flask Item.get /class',
      'flask check undefined',
    ]);
    const [fetch, , item, check] = handlers;
    expect(shown(fetch?.calls ?? [], /sleep|requests\.get$/)).toEqual([
      'time.sleep app.py:23?',
      'requests.get app.py:29',
    ]);
    expect(
      plain(
        fetch?.calls.find(call => call.name === 'requests.get')?.keywords.get('timeout') ?? {
          name: '',
          origin: 'default',
          known: false,
          why: '',
        },
      ),
    ).toBe(30);
    expect(fetch?.calls.find(call => call.name === 'time.sleep')?.chain.map(step => place(step.span))).toEqual([
      'app.py:28',
    ]);
    expect(item?.calls[0]?.texts?.get('0')).toMatchObject([{ of: 'flask.request.url_root' }, 'config']);
    expect(shown(check?.calls ?? [], /./)).toEqual(['time.sleep app.py:23']);
    expect([...features]).toEqual(['sse']);
    expect(shown(importCalls, /sleep|requests/)).toEqual([]);
  });

  test('configuration', async () => {
    const { settings, settingsOpen } = await entry(files, 'app:create_app()');
    expect(Object.fromEntries([...settings].map(([name, value]) => [name, plain(value)]))).toEqual({
      DEBUG: false,
      PREFERRED_URL_SCHEME: 'https',
      EXTRA: 1,
      MAX_CONTENT_LENGTH: 16777216,
    });
    expect(settingsOpen).toBeUndefined();
    const open = await entry({ 'app.py': `${flask}app.config["A"] = 1\napp.config.from_envvar("X")\n` }, 'app:app');
    expect(open.settings.get('A')).toMatchObject({ known: false });
    expect(open.settingsOpen).toBe('from_envvar() may set it');
  });
});

describe('Django', () => {
  const files: Record<string, string> = {
    'mysite/__init__.py': '',
    'mysite/wsgi.py':
      'import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\napplication = get_wsgi_application()\n',
    'mysite/settings.py':
      'INSTALLED_APPS = ["django.contrib.auth", "shop", "blog.apps.BlogConfig"]\nROOT_URLCONF = "mysite.urls"\nMIDDLEWARE = ["mysite.middleware.Slow"]\nALLOWED_HOSTS = ["example.com"]\nTIMEOUT = 20\n',
    'mysite/urls.py':
      'from django.urls import path, include\nfrom django.conf.urls.static import static\nurlpatterns = [path("shop/", include("shop.urls"))] + static("/m/")\n',
    'mysite/middleware.py': 'import time\nclass Slow:\n    def __call__(self, request):\n        time.sleep(1)\n',
    'shop/__init__.py': '',
    'shop/apps.py':
      'from django.apps import AppConfig\nclass ShopConfig(AppConfig):\n    name = "shop"\n    def ready(self):\n        from . import signals\n',
    'shop/models.py': 'from django.db import models\n',
    'shop/signals.py': 'import django\ndjango.setup()\n',
    'shop/urls.py':
      'from django.urls import path\nfrom . import views\nurlpatterns = [path("pay", views.pay), path("list", views.List.as_view())]\n',
    'shop/views.py':
      'import requests\nfrom django.conf import settings\nfrom django.views import View\ndef pay(request):\n    requests.get(request.build_absolute_uri("/x"), timeout=settings.TIMEOUT)\nclass List(View):\n    def get(self, request):\n        requests.post("u")\n',
    'blog/__init__.py': '',
    'blog/apps.py': 'from django.apps import AppConfig\nclass BlogConfig(AppConfig):\n    name = "blog"\n',
    'blog/models.py': '',
  };

  test('what Django loads, in its order, and where it stands while it does', async () => {
    const { modules, importCalls, settingsModule, settings } = await entry(files, 'mysite.wsgi');
    expect(modules.map(module => `${module.name} ${module.during ?? ''}`.trim())).toEqual([
      'mysite.wsgi',
      'mysite',
      'mysite.settings settings',
      'shop apps',
      'shop.apps apps',
      'blog apps',
      'blog.apps apps',
      'shop.models apps',
      'blog.models apps',
      'shop.signals apps',
      'mysite.middleware urls',
      'mysite.urls urls',
      'shop.urls urls',
      'shop.views urls',
    ]);
    const setup = importCalls.find(call => call.name === 'django.setup');
    expect(setup).toMatchObject({ during: 'apps', certain: true });
    expect(setup?.chain.map(step => place(step.span))).toContain('shop/apps.py:5');
    expect(settingsModule).toMatchObject({ known: true, value: 'mysite.settings' });
    expect(plain(settings.get('ALLOWED_HOSTS') ?? { name: '', origin: 'default', known: false, why: '' })).toEqual([
      'example.com',
    ]);
  });

  test('views and middleware as handlers', async () => {
    const { handlers } = await entry(files, 'mysite.wsgi');
    expect(handlers.map(handler => `${handler.name} ${handler.path}`)).toEqual([
      'Slow.__call__ undefined',
      'pay pay',
      'List.get list',
    ]);
    const call = handlers[1]?.calls.find(each => each.name === 'requests.get');
    expect(plain(call?.keywords.get('timeout') ?? { name: '', origin: 'default', known: false, why: '' })).toBe(20);
    expect(call?.texts?.get('0')).toMatchObject([{ of: 'request.build_absolute_uri()' }]);
  });

  test('the settings module that the environment names, and one that is not there', async () => {
    const named = await entry(files, 'mysite.wsgi', { env: { DJANGO_SETTINGS_MODULE: 'mysite.prod' } });
    expect(named.settingsModule).toMatchObject({ known: true, value: 'mysite.prod', origin: 'environment' });
    expect(named.settingsMissing).toMatchObject({ why: 'mysite has no module prod' });
    const quoted = await entry(files, 'mysite.wsgi', { env: { DJANGO_SETTINGS_MODULE: '"mysite.settings"' } });
    expect(quoted.settingsMissing).toMatchObject({ near: ['mysite.settings'] });
  });

  test('settings that an open environment may replace are not known', async () => {
    const found = await entry(files, 'mysite.wsgi', { open: true });
    expect(found.settingsModule?.known).toBe(false);
    expect(found.settings.get('ALLOWED_HOSTS')?.known).toBe(false);
    expect(found.settingsOpen).toContain('DJANGO_SETTINGS_MODULE');
  });

  test('settings behind local ones are not known, but the views are still found', async () => {
    const local = {
      ...files,
      'mysite/settings.py': `${files['mysite/settings.py']}try:\n    from .local_settings import *\nexcept ImportError:\n    pass\n`,
      '.gitignore': 'local_settings.py\n',
    };
    const found = await entry(local, 'mysite.wsgi');
    expect(found.settings.get('ALLOWED_HOSTS')?.known).toBe(false);
    expect(found.missingImports).toEqual([]);
    expect(found.handlers.map(handler => handler.name)).toContain('pay');
  });
});

describe('other frameworks and bare callables', () => {
  test('FastAPI: endpoints, dependencies, websockets', async () => {
    const text = `
import time, httpx
from fastapi import FastAPI, APIRouter, Depends
app = FastAPI()
router = APIRouter(prefix="/api")
def database():
    time.sleep(1)
@router.get("/items")
async def items(db=Depends(database)):
    async with httpx.AsyncClient(timeout=None) as client:
        await client.get("u")
    time.sleep(5)
@app.websocket("/ws")
async def ws(socket): ...
app.include_router(router)
`;
    const { handlers, features } = await entry({ 'app.py': text }, 'app:app');
    expect(handlers.map(handler => `${handler.name} ${handler.asynchronous} ${handler.path}`)).toEqual([
      'items true /items',
      'ws true /ws',
    ]);
    expect(shown(handlers[0]?.calls ?? [], /./)).toEqual([
      'httpx.AsyncClient app.py:10',
      'httpx.AsyncClient.get app.py:11',
      'time.sleep app.py:12',
      'time.sleep app.py:7',
    ]);
    expect([...features]).toEqual(['websocket']);
  });

  test('a bare WSGI callable: what it returns, and whether it starts a response', async () => {
    const bad = await entry(
      { 'hello.py': 'def application(environ, start_response):\n    return ["hello"]\n' },
      'hello',
    );
    expect(bad.handlers).toMatchObject([{ framework: 'wsgi', name: 'application', startsResponse: false }]);
    expect(bad.handlers[0]?.returns?.map(plain)).toEqual([['hello']]);
    const good = await entry(
      {
        'hello.py':
          'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"hello"]\n',
      },
      'hello',
    );
    expect(good.handlers[0]).toMatchObject({
      startsResponse: true,
      returns: [{ value: { items: [{ value: { type: 'bytes' } }] } }],
    });
    expect(shown(good.handlers[0]?.calls ?? [], /./)).toEqual(['wsgi.start_response hello.py:2']);
  });

  test('names of the entry module', async () => {
    const { names } = await entry({ 'jobs.py': `${flask}application = app\napplications = {"cook": []}\n` }, 'jobs');
    expect(names?.get('applications')).toMatchObject({ known: true, value: { kind: 'dict' } });
    expect(place(names?.get('applications')?.span)).toBe('jobs.py:5');
  });
});

describe('a program', () => {
  const files = {
    'run.py': `${flask}import os\nif __name__ == "__main__":\n    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))\n`,
    'pkg/__init__.py': '',
    'pkg/__main__.py': 'import uvicorn\nfrom pkg.web import app\nuvicorn.run(app, port=9000)\n',
    'pkg/web.py': 'from fastapi import FastAPI\napp = FastAPI()\n',
    'tools/serve.py': 'from helper import go\ngo()\n',
    'tools/helper.py': 'import waitress\ndef go():\n    waitress.serve(None, port=1)\n',
    'lib.py': 'def main(): ...\n',
  };

  test.each([
    [{ file: 'run.py' }, ['flask.Flask.run run.py:6']],
    [{ file: '/srv/run.py' }, ['flask.Flask.run run.py:6']],
    [{ module: 'pkg' }, ['uvicorn.run pkg/__main__.py:3']],
    [{ module: 'run' }, ['flask.Flask.run run.py:6']],
    [{ file: 'tools/serve.py' }, ['waitress.serve tools/helper.py:3']],
    [{ file: 'lib.py' }, []],
  ])('%j starts servers with its guard true', async (started, expected) => {
    const found = await program(files, started as { file: string }, { env: { PORT: '8080' } });
    expect(found.state === 'found' && shown(found.starts, /./)).toEqual(expected);
  });

  test('arguments of the start', async () => {
    const found = await program(files, { file: 'run.py' }, { env: { PORT: '8080' } });
    expect(
      found.state === 'found' && [...(found.starts[0]?.keywords ?? [])].map(([name, value]) => [name, plain(value)]),
    ).toEqual([
      ['host', '0.0.0.0'],
      ['port', 8080],
    ]);
  });

  test('a program that is not there, and one that may be installed', async () => {
    expect(await program(files, { file: 'missing.py' })).toMatchObject({ state: 'missing' });
    expect(await program(files, { module: 'gunicorn' })).toMatchObject({ state: 'unknown' });
  });
});
