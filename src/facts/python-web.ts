import { once } from './once.js';
import table from './python-web-entry.json' with { type: 'json' };

/** How a call blocks and what limits it. `default`: seconds, null for no limit. */
export interface BlockingCall {
  /** Null: there is no such parameter. */
  readonly timeoutParameter: string | null;
  readonly default: number | string | null | Readonly<Record<string, number | null>>;
  /** Index of the parameter when it is given by position. */
  readonly position?: number;
  readonly connect?: number;
  readonly readTimeout?: string;
  readonly queryTimeout?: string;
  /** The values are milliseconds. */
  readonly milliseconds?: boolean;
  readonly note?: string;
}

/** What can be loaded by a server. `other`: needs a worker of its own; `none`: not callable by a server. */
export interface ApplicationKind {
  readonly interface: 'wsgi' | 'asgi' | 'other' | 'none';
  /** Kind of application that it takes. */
  readonly wraps?: 'wsgi' | 'asgi';
}

const blocking = once(
  (): ReadonlyMap<string, BlockingCall> =>
    new Map(Object.entries(table.blocking as unknown as Readonly<Record<string, BlockingCall>>)),
);
/** Packages of which every call waits, without the `.*` of the table. */
const blockingPackages = once(
  (): ReadonlyMap<string, BlockingCall> =>
    new Map(
      [...blocking()].flatMap(([name, call]) => (name.endsWith('.*') ? [[name.slice(0, -2), call] as const] : [])),
    ),
);
const applications = once(() => table.applications as unknown as Readonly<Record<string, ApplicationKind>>);

/** What is known of a call that waits, by qualified name. */
export function blockingCall(name: string): BlockingCall | undefined {
  const known = blocking().get(name);
  if (known || blockingPackages().size === 0) return known;
  const dot = name.indexOf('.');
  return blockingPackages().get(dot < 0 ? name : name.slice(0, dot));
}

/** What is known of the object that a call of this name returns, where that is an application. */
export function applicationKind(name: string): ApplicationKind | undefined {
  return Object.hasOwn(applications(), name) ? applications()[name] : undefined;
}

/**
 * The name under which the fact tables know a thing that can be imported from several modules. Where a package re-exports
 * it: flask/__init__.py, fastapi/__init__.py, starlette/applications.py; six.moves from six.py; the standard library's os.py, asyncio/__init__.py.
 */
const aliases: Readonly<Record<string, string>> = {
  'flask.app.Flask': 'flask.Flask',
  'flask.blueprints.Blueprint': 'flask.Blueprint',
  'flask.globals.request': 'flask.request',
  'fastapi.applications.FastAPI': 'fastapi.FastAPI',
  'fastapi.routing.APIRouter': 'fastapi.APIRouter',
  'fastapi.responses.StreamingResponse': 'starlette.responses.StreamingResponse',
  'fastapi.middleware.trustedhost.TrustedHostMiddleware': 'starlette.middleware.trustedhost.TrustedHostMiddleware',
  'fastapi.middleware.httpsredirect.HTTPSRedirectMiddleware':
    'starlette.middleware.httpsredirect.HTTPSRedirectMiddleware',
  'fastapi.staticfiles.StaticFiles': 'starlette.staticfiles.StaticFiles',
  'quart.app.Quart': 'quart.Quart',
  'sanic.app.Sanic': 'sanic.Sanic',
  'falcon.app.App': 'falcon.App',
  'waitress.server.create_server': 'waitress.create_server',
  'uvicorn.main.run': 'uvicorn.run',
  'uvicorn.server.Server': 'uvicorn.Server',
  'uvicorn.config.Config': 'uvicorn.Config',
  'hypercorn.asyncio.run.serve': 'hypercorn.asyncio.serve',
  'aiohttp.web.run_app': 'aiohttp.web.run_app',
  'werkzeug.serving.run_simple': 'werkzeug.serving.run_simple',
  'werkzeug.run_simple': 'werkzeug.serving.run_simple',
  'werkzeug.contrib.fixers.ProxyFix': 'werkzeug.middleware.proxy_fix.ProxyFix',
  'werkzeug.wsgi.DispatcherMiddleware': 'werkzeug.middleware.dispatcher.DispatcherMiddleware',
  'gevent.wsgi.WSGIServer': 'gevent.pywsgi.WSGIServer',
  'gevent.pywsgi.pywsgi.WSGIServer': 'gevent.pywsgi.WSGIServer',
  'flask_socketio.SocketIO': 'flask_socketio.SocketIO',
  'flask.ext.socketio.SocketIO': 'flask_socketio.SocketIO',
  'cheroot.wsgi.WSGIServer': 'cheroot.wsgi.Server',
  'tornado.httpserver.HTTPServer': 'tornado.httpserver.HTTPServer',
  'six.moves.urllib.request.urlopen': 'urllib.request.urlopen',
  'requests.sessions.Session': 'requests.Session',
  'requests.session': 'requests.Session',
  'requests.api.get': 'requests.get',
  'requests.api.post': 'requests.post',
  'redis.client.Redis': 'redis.Redis',
  'redis.client.StrictRedis': 'redis.StrictRedis',
  'pymongo.mongo_client.MongoClient': 'pymongo.MongoClient',
  'celery.app.base.Celery': 'celery.Celery',
  'sqlalchemy.engine.create_engine': 'sqlalchemy.create_engine',
  'os.environ.get': 'os.environ.get',
  'posix._exit': 'os._exit',
  'builtins.exit': 'exit',
  'builtins.quit': 'quit',
  'socketserver.ThreadingTCPServer': 'socketserver.TCPServer',
  'asyncio.runners.run': 'asyncio.run',
  'asyncio.events.get_event_loop': 'asyncio.get_event_loop',
  'twisted.internet.reactor.run': 'twisted.internet.reactor.run',
  'connexion.App': 'connexion.FlaskApp',
  'connexion.apps.flask.FlaskApp': 'connexion.FlaskApp',
  'django.urls.conf.path': 'django.urls.path',
  'django.urls.conf.re_path': 'django.urls.re_path',
  'django.urls.conf.include': 'django.urls.include',
  'django.conf.urls.include': 'django.urls.include',
  'django.conf.urls.url': 'django.urls.re_path',
  'concurrent.futures.thread.ThreadPoolExecutor': 'concurrent.futures.ThreadPoolExecutor',
};

/**
 * What a call returns, where that is not an object of the called name: factories and classes that inherit the methods the
 * tables list under another name (socketserver.py, http/server.py, wsgiref/simple_server.py, asyncio/events.py, werkzeug/serving.py).
 */
const results: Readonly<Record<string, string>> = {
  'asyncio.get_event_loop': 'asyncio.loop',
  'asyncio.new_event_loop': 'asyncio.loop',
  'asyncio.get_running_loop': 'asyncio.loop',
  'uvloop.new_event_loop': 'asyncio.loop',
  'tornado.ioloop.IOLoop.current': 'tornado.ioloop.IOLoop',
  'tornado.ioloop.IOLoop.instance': 'tornado.ioloop.IOLoop',
  'socket.create_connection': 'socket.socket',
  'socket.create_server': 'socket.socket',
  'logging.getLogger': 'logging.Logger',
  'concurrent.futures.ThreadPoolExecutor.submit': 'concurrent.futures.Future',
  'concurrent.futures.ProcessPoolExecutor.submit': 'concurrent.futures.Future',
};

const servers = [
  'http.server.HTTPServer',
  'http.server.ThreadingHTTPServer',
  'socketserver.TCPServer',
  'socketserver.UDPServer',
  'socketserver.UnixStreamServer',
  'xmlrpc.server.SimpleXMLRPCServer',
  'wsgiref.simple_server.make_server',
  'wsgiref.simple_server.WSGIServer',
  'werkzeug.serving.make_server',
];

export function canonicalName(name: string): string {
  const known = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (known !== undefined) return known;
  const dot = name.lastIndexOf('.');
  const method = name.slice(dot + 1);
  if ((method === 'serve_forever' || method === 'handle_request') && servers.includes(name.slice(0, dot))) {
    return `socketserver.BaseServer.${method}`;
  }
  return name;
}

/** Name of the type of what a call returns. */
export function resultName(name: string): string {
  return (Object.hasOwn(results, name) ? results[name] : undefined) ?? name;
}
