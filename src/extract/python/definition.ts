import type { PyClass, PyExpression, PyFunction } from '../../syntax/python/tree.js';
import { defaultsOf, evaluate, spanOf } from './expression.js';
import { type Frame, type Machine, newStore, noNames } from './machine.js';
import { bindName } from './names.js';
import { type ClassData, type Data, type FunctionData, nothingGiven, type Value } from './values.js';

/** Decorators that leave a function as it is when it is called. */
const plain = new Set([
  'functools.lru_cache',
  'functools.cache',
  'functools.wraps',
  'staticmethod',
  'classmethod',
  'property',
  'functools.cached_property',
  'django.utils.functional.cached_property',
  'contextlib.contextmanager',
  'contextlib.asynccontextmanager',
  'abc.abstractmethod',
  'typing.overload',
  'typing.override',
  'typing.final',
  'typing.no_type_check',
]);

/** Methods of applications and routers that note a function and give it back (flask/sansio/scaffold.py, fastapi/routing.py). */
const registering =
  /^(?:flask\.(?:Flask|Blueprint)|quart\.(?:Quart|Blueprint)|fastapi\.(?:FastAPI|APIRouter)|starlette\.applications\.Starlette|sanic\.(?:Sanic|Blueprint)|bottle\.Bottle|falcon\.\w+|flask_socketio\.SocketIO|flask_login\.LoginManager|flask_restx?\.\w+|sqlalchemy\.event|django\.dispatch|django\.contrib\.admin|pyramid\.view)\.\w+$/;

/** `def`: binds the function; its body runs only where it is called. */
export function defineFunction(machine: Machine, frame: Frame, statement: PyFunction): void {
  const defaults = defaultsOf(machine, frame, statement.parameters);
  const decorators = statement.decorators.map(each => ({ value: evaluate(machine, frame, each), each }));
  const owner = frame.scope.isClass ? frame.building : undefined;
  let data: FunctionData = {
    kind: 'function',
    name: statement.name,
    definition: statement,
    scope: frame.scope,
    module: frame.module,
    defaults,
    ...(owner && { owner }),
    wrapped: false,
  };
  if (owner && statement.name === '__new__') data = { ...data, binding: 'static' };
  let value: Value = { data };
  for (const { value: decorator, each } of decorators.toReversed()) {
    value = decorate(machine, frame, decorator, each, value);
  }
  bindName(machine, frame, statement.name, { value, at: spanOf(frame, statement.header) });
}

function decorate(machine: Machine, frame: Frame, decorator: Value, expression: PyExpression, target: Value): Value {
  const site = spanOf(frame, expression);
  machine.hooks.decorated?.(machine, decorator, target, site);
  const name = nameOf(decorator.data);
  if (name !== undefined && (plain.has(name) || registering.test(name))) return bound(name, target);
  if (name !== undefined && /\.(?:setter|deleter|getter)$/.test(name)) return target;
  if (decorator.data.kind === 'function' || decorator.data.kind === 'instance') {
    const given = { ...nothingGiven, positional: [{ value: target, at: site }] };
    const result = machine.evaluator.call(machine, frame, decorator, given, site);
    return result.data.kind === 'function' || result.data.kind === 'class' || result.data.kind === 'made'
      ? result
      : wrapped(target);
  }
  return wrapped(target);
}

function nameOf(data: Data): string | undefined {
  return data.kind === 'external' || data.kind === 'made' ? data.name : undefined;
}

function bound(name: string, target: Value): Value {
  if (target.data.kind !== 'function') return target;
  if (name === 'staticmethod') return { data: { ...target.data, binding: 'static' } };
  if (name === 'classmethod') return { data: { ...target.data, binding: 'class' } };
  if (/(?:^|[._])property$/.test(name)) return { data: { ...target.data, binding: 'property' } };
  return target;
}

function wrapped(target: Value): Value {
  if (target.data.kind === 'function' || target.data.kind === 'class')
    return { data: { ...target.data, wrapped: true } };
  return target;
}

/** `class`: runs its body at once and binds it. */
export function defineClass(machine: Machine, frame: Frame, statement: PyClass): void {
  const bases: Value[] = [];
  for (const argument of statement.arguments) {
    const value = evaluate(machine, frame, argument.value);
    if (argument.name === undefined) bases.push(value);
  }
  const decorators = statement.decorators.map(each => ({
    value: evaluate(machine, frame, each),
    site: spanOf(frame, each),
  }));
  const data: ClassData = {
    kind: 'class',
    name: statement.name,
    definition: statement,
    module: frame.module,
    bases,
    store: newStore(machine),
    wrapped: decorators.length > 0,
  };
  const scope = { store: data.store, parent: frame.scope, isClass: true };
  const { statement: outer } = machine;
  machine.evaluator.block(
    machine,
    { ...frame, scope, building: data, globals: noNames, nonlocals: noNames, returns: [] },
    statement.body,
  );
  machine.statement = outer;
  const value: Value = { data };
  machine.hooks.classMade?.(machine, data);
  for (const { value: decorator, site } of decorators.toReversed())
    machine.hooks.decorated?.(machine, decorator, value, site);
  bindName(machine, frame, statement.name, { value, at: spanOf(frame, statement.header) });
}
