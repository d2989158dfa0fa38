import { textsOf } from '../../model/application.js';
import type { Handler, PyCall } from '../../model/entry.js';
import type { Known, Setting } from '../../model/setting.js';
import { loadDjango } from './django.js';
import { settle } from './expression.js';
import { configCall } from './flask.js';
import { type CallEvent, type Hooks, type Machine, type MissingImport, makeDict, write } from './machine.js';
import { toSetting } from './settings.js';
import { external, type Given, type LoadingModule, type MadeData, textOf, type Value } from './values.js';

/** A function or class that was given to a framework to handle requests. */
export interface HandlerSeed {
  readonly framework: Handler['framework'];
  readonly target: Value;
  readonly path?: string;
  readonly methods?: readonly string[];
}

/** What is learnt while an entry module is followed. */
export interface Observed {
  readonly handlers: HandlerSeed[];
  readonly features: Set<'websocket' | 'sse' | 'streaming'>;
  readonly missing: MissingImport[];
  readonly frameworks: string[];
  readonly modules: Map<LoadingModule, PyCall['during']>;
  readonly flask: MadeData[];
  django:
    | {
        readonly settingsModule: Setting<string>;
        readonly settings?: LoadingModule;
        /** The settings are only likely to be these. */
        readonly assumed?: string;
        /** The one value that the code proposes (`setdefault`), where the environment may have another. */
        readonly proposed?: Known<string>;
        /** The applications are loaded. */
        ready: boolean;
        middleware: boolean;
      }
    | undefined;
  /** Requests are followed: what is loaded now is not loaded at import. */
  serving: boolean;
}

export function createObserved(): Observed {
  return {
    handlers: [],
    features: new Set(),
    missing: [],
    frameworks: [],
    modules: new Map(),
    flask: [],
    django: undefined,
    serving: false,
  };
}

const frameworks = new Set([
  'flask',
  'django',
  'fastapi',
  'starlette',
  'pyramid',
  'bottle',
  'falcon',
  'quart',
  'sanic',
  'tornado',
  'aiohttp',
  'litestar',
  'channels',
  'dash',
  'connexion',
  'cherrypy',
  'flask_socketio',
  'socketio',
  'werkzeug',
  'webpy',
  'web',
  'gradio',
  'rest_framework',
]);

export function observe(observed: Observed): Hooks {
  return {
    called: (machine, event) => called(machine, observed, event),
    objectMade: (machine, made) => objectMade(machine, observed, made),
    decorated: (_machine, decorator, target) => decorated(observed, decorator, target),
    imported: (_machine, name) => {
      const top = name.split('.', 1)[0] ?? name;
      if (frameworks.has(top) && !observed.frameworks.includes(top)) observed.frameworks.push(top);
    },
    loading: (machine, module) => {
      if (!observed.serving && !observed.modules.has(module)) observed.modules.set(module, machine.during);
    },
    missing: (_machine, missing) => {
      if (!observed.serving) observed.missing.push(missing);
    },
    external: (machine, name) => knownExternal(machine, observed, name),
  };
}

/** Values of installed objects that stand for something of ours: Django's settings, Flask's current application. */
function knownExternal(_machine: Machine, observed: Observed, name: string): Value | undefined {
  const setting = /^django\.conf\.settings\.([A-Z][A-Z0-9_]*)$/.exec(name)?.[1];
  const { django } = observed;
  if (setting !== undefined && django?.settings && django.assumed === undefined) {
    const slot = django.settings.store.slots.get(setting);
    return slot && !slot.maybe ? slot.value : undefined;
  }
  const [app] = observed.flask;
  if (name === 'flask.current_app' && app && observed.flask.length === 1) return { data: app };
  return undefined;
}

const flaskRoutes = /^(?:flask\.(?:Flask|Blueprint)|quart\.(?:Quart|Blueprint))\.(\w+)$/;
const fastapiRoutes = /^fastapi\.(?:FastAPI|APIRouter)\.(\w+)$/;
const verbs = new Set(['route', 'get', 'post', 'put', 'delete', 'patch', 'options', 'head', 'trace', 'api_route']);
const flaskSteps = new Set([
  'before_request',
  'after_request',
  'before_app_request',
  'teardown_request',
  'errorhandler',
  'context_processor',
]);

function decorated(observed: Observed, decorator: Value, target: Value): void {
  const { data } = decorator;
  if (data.kind !== 'external' && data.kind !== 'made') return;
  const given = data.kind === 'made' ? data.given : undefined;
  const path = given && pathIn(given);
  const methods = given && methodsIn(data.name, given);
  const add = (framework: Handler['framework']): void =>
    void observed.handlers.push({
      framework,
      target,
      ...(path !== undefined && { path }),
      ...(methods && { methods }),
    });
  const flask = flaskRoutes.exec(data.name)?.[1];
  if (flask && (verbs.has(flask) || flaskSteps.has(flask))) add('flask');
  const fastapi = fastapiRoutes.exec(data.name)?.[1];
  if (fastapi && (verbs.has(fastapi) || fastapi === 'middleware')) add('fastapi');
  if (fastapi === 'websocket' || fastapi === 'websocket_route' || data.name === 'flask_sock.Sock.route') {
    observed.features.add('websocket');
    add(fastapi ? 'fastapi' : 'flask');
  }
  if (/^starlette\.applications\.Starlette\.(?:route|websocket_route)$/.test(data.name)) add('starlette');
  if (data.name === 'flask_socketio.SocketIO.on' || data.name === 'flask_socketio.SocketIO.event') add('flask');
  if (/^bottle\.(?:Bottle\.)?(?:route|get|post|put|delete|patch)$/.test(data.name)) add('other');
  if (data.name === 'pyramid.view.view_config') add('pyramid');
}

/** The methods of HTTP that a route decorator takes: by its name, by its list, or GET. */
function methodsIn(name: string, given: Given): readonly string[] | undefined {
  const verb = /\.(get|post|put|delete|patch|options|head)$/.exec(name)?.[1];
  if (verb) return [verb.toUpperCase()];
  if (!/\.(?:route|api_route)$/.test(name) || given.open) return undefined;
  const listed = given.keywords.get('methods');
  return listed ? textsOf(toSetting('methods', listed))?.map(text => text.toUpperCase()) : ['GET'];
}

function pathIn(given: Given): string | undefined {
  return textOf((given.positional[0] ?? given.keywords.get('path') ?? given.keywords.get('rule'))?.value);
}

function called(machine: Machine, observed: Observed, event: CallEvent): Value | undefined {
  const { name, given, self } = event;
  stream(observed, name, given);
  if (observed.serving) workOff(machine, event);
  if (name.startsWith('flask.Config.') && self?.data.kind === 'dict')
    return configCall(machine, event, self.data.store);
  if (name === 'django.setup' || /^django\.core\.[wa]sgi\.get_[wa]sgi_application$/.test(name)) {
    loadDjango(machine, observed, event);
    return undefined;
  }
  if (name === 'django.urls.include') includeUrls(machine, event);
  const registered = registration(name, given);
  if (registered) observed.handlers.push(registered);
  return undefined;
}

/** Flask works a generator off in the worker that holds the request. Starlette hands one that is not asynchronous to a thread. */
function workOff(machine: Machine, { name, given, frame, span }: CallEvent): void {
  const flask = /^(?:flask\.(?:wrappers\.)?Response|flask\.(?:helpers\.)?stream_with_context)$/.test(name);
  if (!flask && !/^(?:starlette|fastapi)\.responses\.StreamingResponse$/.test(name)) return;
  const body = (given.positional[0] ?? given.keywords.get('response') ?? given.keywords.get('content'))?.value;
  if (body?.data.kind !== 'deferred' || body.data.type !== 'generator') return;
  const { definition } = body.data.of;
  if (flask || (definition.kind === 'function' && definition.asynchronous)) settle(machine, frame, body, span);
}

function includeUrls(machine: Machine, { given, frame, span }: CallEvent): void {
  const text = textOf(given.positional[0]?.value);
  if (text === undefined || !/^\w+(?:\.\w+)*$/.test(text)) return;
  machine.evaluator.call(
    machine,
    frame,
    external('importlib.import_module'),
    { ...given, positional: given.positional.slice(0, 1) },
    span,
  );
}

/** Calls that give a handler to a framework. */
function registration(name: string, given: Given): HandlerSeed | undefined {
  const argument = (index: number, keyword: string): Value | undefined =>
    (given.keywords.get(keyword) ?? given.positional[index])?.value;
  const seed = (framework: Handler['framework'], target: Value | undefined): HandlerSeed | undefined => {
    const path = pathIn(given);
    return target && { framework, target, ...(path !== undefined && { path }) };
  };
  if (/^(?:flask\.(?:Flask|Blueprint)|quart\.Quart)\.add_url_rule$/.test(name))
    return seed('flask', argument(2, 'view_func'));
  if (/^flask_rest(?:ful|x|plus)\.Api\.add_resource$/.test(name))
    return given.positional[0] && { framework: 'flask', target: given.positional[0].value };
  if (/^fastapi\.(?:FastAPI|APIRouter)\.add_(?:api_route|route|api_websocket_route)$/.test(name))
    return seed('fastapi', argument(1, 'endpoint'));
  if (/^starlette\.(?:routing\.(?:Route|WebSocketRoute)|applications\.Starlette\.add_route)$/.test(name))
    return seed('starlette', argument(1, 'endpoint'));
  if (name === 'django.urls.path' || name === 'django.urls.re_path') return seed('django', argument(1, 'view'));
  if (/^rest_framework\.routers\.\w+\.register$/.test(name)) return seed('django', argument(1, 'viewset'));
  if (name === 'pyramid.config.Configurator.add_view') return seed('pyramid', argument(0, 'view'));
  if (/^falcon\.(?:\w+\.)?(?:App|API)\.add_route$/.test(name)) return seed('other', argument(1, 'resource'));
  if (/^aiohttp\.web\.Application\.router\.add_\w+$/.test(name))
    return seed('other', argument(name.endsWith('.add_route') ? 2 : 1, 'handler'));
  return undefined;
}

/** Websockets and responses that are sent piece by piece. */
function stream(observed: Observed, name: string, given: Given): void {
  const { features } = observed;
  const type = textOf(
    (given.keywords.get('mimetype') ?? given.keywords.get('media_type') ?? given.keywords.get('content_type'))?.value,
  );
  // EventSourceResponse of sse_starlette and FastAPI sends X-Accel-Buffering: no by itself.
  if (type?.startsWith('text/event-stream') && !name.endsWith('EventSourceResponse')) features.add('sse');
  if (
    /^(?:starlette\.responses\.StreamingResponse|django\.http\.(?:response\.)?StreamingHttpResponse|flask\.stream_with_context)$/.test(
      name,
    )
  )
    features.add('streaming');
  if (
    /^(?:flask_socketio\.SocketIO|flask_sock\.Sock|starlette\.routing\.WebSocketRoute|socketio\.(?:AsyncServer|ASGIApp|Server)|fastapi\.(?:FastAPI|APIRouter)\.add_api_websocket_route)$/.test(
      name,
    )
  ) {
    features.add('websocket');
  }
  const routes = given.positional[0]?.value.data;
  if (name === 'channels.routing.ProtocolTypeRouter' && routes?.kind === 'dict' && routes.store.slots.has('websocket'))
    features.add('websocket');
}

function objectMade(machine: Machine, observed: Observed, made: Value & { readonly data: MadeData }): void {
  const { data } = made;
  if (data.name !== 'flask.Flask') return;
  if (!observed.serving) observed.flask.push(data);
  write(machine, data.store, 'config', { value: makeDict(machine, [], 'flask.Config') });
}
