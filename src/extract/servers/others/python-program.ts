import { serverStart } from '../../../facts/server-starts.js';
import type { Listener } from '../../../model/endpoint.js';
import type { PyCall, PyValue } from '../../../model/entry.js';
import type { AppServer, ServerKind } from '../../../model/server.js';
import { defaultSetting, type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { programServers } from '../../python/program.js';
import { type ServerContext, startFolder } from '../context.js';
import { searchFolders } from '../search-path.js';
import { boundText, socketAddress, tcpAddress } from './address.js';
import { readTarget } from './application.js';
import { plainServer } from './build.js';

/** Kinds by the first part of the call's qualified name. */
const kinds: Readonly<Record<string, ServerKind>> = {
  uvicorn: 'uvicorn',
  hypercorn: 'hypercorn',
  daphne: 'daphne',
  waitress: 'waitress',
  granian: 'granian',
  gevent: 'gevent',
  eventlet: 'eventlet',
  cheroot: 'cheroot',
  tornado: 'tornado',
  aiohttp: 'aiohttp',
  flask: 'flask',
  werkzeug: 'werkzeug',
};

/** A Python program that starts a server by itself (`python run.py`): read from the calls that it reaches with its main guard true. */
export function pythonProgramOf(context: ServerContext): AppServer | undefined {
  const { program, reader, place, command } = context;
  const { script } = program;
  if (!script) return undefined;
  const found = programServers({
    reader,
    place,
    program: 'path' in script ? { file: script.path } : { module: script.module },
    workingDirectory: startFolder(context),
    environment: { variables: command.environment, open: command.environmentOpen },
  });
  if (found.state !== 'found') return undefined;
  const serving = found.starts.filter(call => {
    const facts = serverStart(call.name);
    return (
      facts !== undefined &&
      (facts.kind === 'server' || facts.kind === 'development' || facts.kind === 'framework') &&
      !/^django\.core\./.test(call.name)
    );
  });
  const [first] = serving;
  if (!first) return undefined;
  const facts = serverStart(first.name);
  const app = appOf(first);
  return plainServer(context, {
    kind: kinds[first.name.split('.', 1)[0] ?? ''] ?? 'other',
    development: facts?.kind === 'development',
    listens: serving.map(listenerOf(context, found.calls)),
    listensComplete: serving.every(call => call.certain) && serving.length === 1,
    interfaces: ['wsgi', 'asgi'],
    ...(app && { app }),
    searchPath:
      found.searchPath.length > 0
        ? defaultSetting('the module search path', found.searchPath)
        : searchFolders(context, []),
    concurrency: facts?.kind === 'development' ? 'threads' : 'async',
    ...(first.name.startsWith('uvicorn.') && { keepAlive: defaultSetting<number>('keep alive', 5) }),
  });
}

/** `uvicorn.run("pkg.main:app")` names the module that is loaded; an object in the program itself needs no looking up. */
function appOf(call: PyCall): AppServer['app'] {
  const given = call.keywords.get('app') ?? call.positional[0];
  if (!given?.known || given.value.kind !== 'constant' || typeof given.value.value !== 'string') return undefined;
  if (!/^[\w.]+:[\w.]+$/.test(given.value.value)) return undefined;
  return withValue(given, readTarget(given.value.value, null, false));
}

function listenerOf(context: ServerContext, calls: readonly PyCall[]): (call: PyCall) => Listener {
  return call => {
    const maker = makerOf(call, calls);
    const address = maker ? pairAddress(maker) : addressOf(context, call);
    const named = ['ssl_certfile', 'certfile', 'ssl_context', 'ssl_keyfile'];
    const secure = named.some(name => call.keywords.has(name) || maker?.keywords.has(name) === true);
    return { address, protocol: secure ? 'https' : 'http', role: 'app', span: address.span ?? call.span };
  };
}

/** The call that is given the address, of servers that are made first and started by another call. */
const makers: Readonly<Record<string, string>> = {
  'gevent.pywsgi.WSGIServer.serve_forever': 'gevent.pywsgi.WSGIServer',
  'gevent.pywsgi.WSGIServer.start': 'gevent.pywsgi.WSGIServer',
  'cheroot.wsgi.Server.start': 'cheroot.wsgi.Server',
  'cheroot.wsgi.Server.safe_start': 'cheroot.wsgi.Server',
  'eventlet.wsgi.server': 'eventlet.listen',
};

/** Undefined where there are several, so that it cannot be told which one it is. */
function makerOf({ name }: PyCall, calls: readonly PyCall[]): PyCall | undefined {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  const made = maker === undefined ? [] : calls.filter(call => call.name === maker);
  return made.length === 1 && made[0]?.open === false ? made[0] : undefined;
}

/** `(host, port)` as the first argument; an empty host means all addresses. */
function pairAddress(maker: PyCall): Listener['address'] {
  const name = `${maker.name.split('.').at(-1)}()`;
  const given = maker.positional[0] ?? maker.keywords.get('bind_addr') ?? maker.keywords.get('listener');
  const unknown: Listener['address'] = {
    name,
    origin: 'config file',
    span: given?.span ?? maker.span,
    known: false,
    why: given && !given.known ? given.why : 'the address is no pair of host and port',
  };
  if (!given?.known || given.value.kind !== 'list' || given.value.items.length !== 2) return unknown;
  const [host, port] = given.value.items.map(text);
  if (!host || !port) return unknown;
  return tcpAddress(host.known && host.value === '' ? withValue(host, '0.0.0.0') : host, port, name);
}

function addressOf(context: ServerContext, call: PyCall): Listener['address'] {
  const facts = serverStart(call.name);
  const short = `${call.name.split('.').slice(-2).join('.')}()`;
  const unknown = (why: string): Listener['address'] => ({
    name: short,
    origin: 'config file',
    span: call.span,
    known: false,
    why,
  });
  if (!facts || (!facts.host && !facts.port && !facts.listen)) return unknown('the address is not read from this call');
  if (call.open) return unknown('arguments are passed on that are not seen here');
  const uds = facts.uds ? text(call.keywords.get(facts.uds)) : undefined;
  if (uds) return socketAddress(uds, startFolder(context));
  const listen = facts.listen ? text(call.keywords.get(facts.listen)) : undefined;
  if (listen) return boundText(listen, startFolder(context), { host: '0.0.0.0', port: 8080, bare: 'port' });
  const [host = '127.0.0.1', port = '8000'] = split(facts.defaultBind);
  const places = positions[call.name];
  const given = (name: string | undefined, at: number | undefined): Setting<string> | undefined =>
    text((name ? call.keywords.get(name) : undefined) ?? (at === undefined ? undefined : call.positional[at]));
  return tcpAddress(
    given(facts.host, places?.host) ?? defaultSetting(facts.host ?? 'host', host),
    given(facts.port, places?.port) ?? defaultSetting(facts.port ?? 'port', port),
    short,
  );
}

/** Arguments that are usually given by position: Flask.run(host, port), run_simple(hostname, port), uvicorn.run takes keywords only. */
const positions: Readonly<Record<string, { readonly host: number; readonly port: number }>> = {
  'flask.Flask.run': { host: 0, port: 1 },
  'quart.Quart.run': { host: 0, port: 1 },
  'sanic.Sanic.run': { host: 0, port: 1 },
  'werkzeug.serving.run_simple': { host: 0, port: 1 },
  'werkzeug.serving.make_server': { host: 0, port: 1 },
  'wsgiref.simple_server.make_server': { host: 0, port: 1 },
  'flask_socketio.SocketIO.run': { host: 1, port: 2 },
};

function split(bind: string | null | undefined): readonly string[] {
  const colon = bind?.lastIndexOf(':') ?? -1;
  return bind && colon >= 0 ? [bind.slice(0, colon), bind.slice(colon + 1)] : [];
}

/** A constant as text; None counts as not given. */
function text(setting: Setting<PyValue> | undefined): Setting<string> | undefined {
  if (!setting) return undefined;
  if (!setting.known) return unknownFrom(setting, setting.why);
  if (setting.value.kind !== 'constant') return unknownFrom(setting, 'it is no plain value');
  if (setting.value.value === null) return undefined;
  return withValue(setting, String(setting.value.value));
}
