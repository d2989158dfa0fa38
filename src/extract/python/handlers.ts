import type { Handler, PyCall, PyValue } from '../../model/entry.js';
import type { Setting } from '../../model/setting.js';
import { findInClass } from './attribute.js';
import { spanOf } from './expression.js';
import { type Frame, fork, type Machine } from './machine.js';
import type { HandlerSeed, Observed } from './observe.js';
import { toSetting } from './settings.js';
import { type ClassData, external, type FunctionData, type Item, noKeywords, unknown, type Value } from './values.js';

/** Statements that are followed for one handler, and handlers of one application. */
const handlerBudget = 4_000;
const maxHandlers = 2_000;

/** Methods of classes that frameworks call: Flask's and Django's views, Django REST framework's, Django's middleware, Falcon's resources. */
const methods = [
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'dispatch',
  'dispatch_request',
  'list',
  'retrieve',
  'create',
  'update',
  'partial_update',
  'destroy',
  'get_queryset',
  'get_context_data',
  'form_valid',
  'perform_create',
  'perform_update',
  '__call__',
  'process_request',
  'process_view',
  'process_response',
  'on_get',
  'on_post',
  'on_put',
  'on_patch',
  'on_delete',
];

/** Follows every handler that was registered, as if a request came, and notes the calls it makes. */
export function followHandlers(machine: Machine, frame: Frame, observed: Observed): readonly Handler[] {
  observed.serving = true;
  const out: Handler[] = [];
  const seen = new Set<object>();
  for (const seed of observed.handlers) {
    for (const { data, wsgi } of functionsOf(seed)) {
      if (seen.has(data.definition) || out.length >= maxHandlers) continue;
      seen.add(data.definition);
      out.push(follow(machine, frame, seed, data, wsgi));
    }
  }
  return out;
}

interface Function {
  readonly data: FunctionData;
  /** It is called as the server calls an application. */
  readonly wsgi: boolean;
}

function functionsOf(seed: HandlerSeed): readonly Function[] {
  const { data } = seed.target;
  const bare = seed.framework === 'wsgi' || seed.framework === 'asgi';
  if (data.kind === 'function') return [{ data, wsgi: bare }];
  if (data.kind === 'choice') return data.options.flatMap(target => functionsOf({ ...seed, target }));
  if (data.kind === 'made') return data.self ? functionsOf({ ...seed, target: data.self }) : [];
  if (data.kind === 'class')
    return methodsOf(data, { data: { kind: 'instance', of: data, store: { slots: new Map(), birth: 0 } } }, bare);
  return data.kind === 'instance' ? methodsOf(data.of, seed.target, bare) : [];
}

function methodsOf(of: ClassData, self: Value, bare: boolean): readonly Function[] {
  return (bare ? ['__call__'] : methods).flatMap(name => {
    const found = findInClass(of, name);
    const data = found && 'slot' in found ? found.slot.value.data : undefined;
    return data?.kind === 'function' ? [{ data: { ...data, self }, wsgi: bare }] : [];
  });
}

function follow(machine: Machine, frame: Frame, seed: HandlerSeed, data: FunctionData, bare: boolean): Handler {
  const { definition } = data;
  const calls: PyCall[] = [];
  const returns: Setting<PyValue>[] = [];
  const outer = { ...machine };
  machine.calls = calls;
  machine.background = [];
  machine.chain = [];
  machine.certain = true;
  machine.dead = false;
  machine.topLevel = undefined;
  machine.during = undefined;
  machine.catching = { imports: true, exit: false };
  machine.budget = handlerBudget;
  machine.returned = (from, item) => {
    if (from.running?.definition === definition) returns.push(toSetting('return', item));
  };
  const site = spanOf(
    { ...frame, module: data.module },
    definition.kind === 'function' ? definition.header : definition,
  );
  fork(machine, () => {
    const positional = argumentsOf(seed, data);
    const given = { positional, keywords: noKeywords, open: false, settled: true, byServer: true };
    machine.evaluator.call(machine, frame, { data: { ...data, wrapped: false } }, given, site);
    for (const dependency of dependencies(data)) machine.evaluator.call(machine, frame, dependency, given, site);
  });
  Object.assign(machine, { ...outer, returned: undefined });
  const asynchronous = definition.kind === 'function' && definition.asynchronous;
  return {
    name: data.owner ? `${data.owner.name}.${data.name}` : data.name,
    asynchronous,
    span: site,
    framework: seed.framework,
    ...(seed.path !== undefined && { path: seed.path }),
    ...(seed.methods && { methods: seed.methods }),
    calls,
    ...(bare && seed.framework === 'wsgi' && { returns, startsResponse: mentionsSecond(data) }),
  };
}

/** What the server or the framework passes. */
function argumentsOf(seed: HandlerSeed, data: FunctionData): readonly Item[] {
  if (seed.framework === 'wsgi')
    return [{ value: external('wsgi.environ') }, { value: external('wsgi.start_response') }];
  if (seed.framework === 'asgi')
    return [{ value: external('asgi.scope') }, { value: external('asgi.receive') }, { value: external('asgi.send') }];
  const [first] = data.definition.parameters.slice(data.self ? 1 : 0);
  if (first && /^(?:request|req)$/.test(first.name))
    return [{ value: unknown('it comes with the request', undefined, 'request') }];
  return [];
}

/** Functions that FastAPI runs for the parameters of an endpoint. */
function dependencies(data: FunctionData): readonly Value[] {
  return [...data.defaults.values()].flatMap(({ value }) => {
    if (value.data.kind !== 'made' || !/^fastapi\.(?:params\.)?Depends$/.test(value.data.name)) return [];
    const target = value.data.given.positional[0]?.value;
    return target?.data.kind === 'function' ? [target] : [];
  });
}

/** The body mentions `start_response`, or whatever the second parameter is called. */
function mentionsSecond(data: FunctionData): boolean {
  const { definition, module } = data;
  const second = definition.parameters.slice(data.self ? 1 : 0)[1];
  if (second?.kind !== 'plain' || definition.kind !== 'function') return true;
  const body = module.tree.file.text.slice(definition.header.end, definition.end);
  return body.split(/\W+/).includes(second.name);
}
