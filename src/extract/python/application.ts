import { applicationKind } from '../../facts/python-web.js';
import { isAtLeast } from '../../model/version.js';
import type { PyParameter } from '../../syntax/python/tree.js';
import type { Span } from '../../text/source.js';
import { pinnedVersion } from '../servers/version.js';
import { findInClass } from './attribute.js';
import { type Frame, fork, type Machine } from './machine.js';
import { type ClassData, type FunctionData, nothingGiven, type Value } from './values.js';

export interface Classified {
  readonly kind: 'wsgi' | 'asgi' | 'factory' | 'unknown';
  /** Qualified name of what made it. */
  readonly made?: string;
}

/** What a server would get if it loaded this value. */
export function classify(machine: Machine, frame: Frame, value: Value, site: Span): Classified {
  const { data } = value;
  switch (data.kind) {
    case 'made':
      return made(machine, data.name);
    case 'instance':
      return ofClass(machine, data.of);
    case 'function':
      return ofFunction(machine, frame, data, site);
    case 'class': {
      const start = findInClass(data, '__init__');
      const function_ =
        start && 'slot' in start && start.slot.value.data.kind === 'function' ? start.slot.value.data : undefined;
      if (function_ && isWsgi(function_.definition.parameters.slice(1))) return { kind: 'wsgi' };
      return ofClass(machine, data).kind === 'unknown'
        ? { kind: 'unknown' }
        : { ...ofClass(machine, data), kind: 'factory' };
    }
    case 'choice': {
      const all = data.options.map(option => classify(machine, frame, option, site));
      const [first] = all;
      return first && all.every(each => each.kind === first.kind) ? first : { kind: 'unknown' };
    }
    default:
      return { kind: 'unknown' };
  }
}

function made(machine: Machine, name: string): Classified {
  if (name === 'connexion.FlaskApp') return { kind: connexionKind(machine), made: name };
  const known = applicationKind(name);
  if (known?.interface === 'wsgi' || known?.interface === 'asgi') return { kind: known.interface, made: name };
  return { kind: 'unknown', made: name };
}

/** It became an ASGI application with 3.0. */
function connexionKind({ reader }: Machine): Classified['kind'] {
  const since = isAtLeast(pinnedVersion(reader, 'connexion'), '3.0');
  return since === undefined ? 'unknown' : since ? 'asgi' : 'wsgi';
}

/** An object of a class of ours: by what it inherits, or by how it can be called. */
function ofClass(machine: Machine, of: ClassData): Classified {
  const call = findInClass(of, '__call__');
  if (call && 'external' in call) return made(machine, call.external);
  const data = call?.slot.value.data;
  return data?.kind === 'function' ? callable(data, data.definition.parameters.slice(1)) : { kind: 'unknown' };
}

function ofFunction(machine: Machine, frame: Frame, data: FunctionData, site: Span): Classified {
  const parameters = data.definition.parameters.slice(data.self ? 1 : 0);
  const direct = callable(data, parameters);
  if (direct.kind !== 'unknown' || data.wrapped) return direct;
  if (parameters.some(({ kind, default: fallback }) => kind !== '*' && kind !== '**' && !fallback)) return direct;
  const { result } = fork(machine, () =>
    quietly(machine, () => machine.evaluator.call(machine, frame, { data }, { ...nothingGiven, settled: true }, site)),
  );
  if (result.data.kind === 'function' || result.data.kind === 'class') return direct;
  const given = classify(machine, frame, result, site);
  return given.kind === 'wsgi' || given.kind === 'asgi'
    ? { kind: 'factory', ...(given.made !== undefined && { made: given.made }) }
    : direct;
}

/** Runs something whose calls are nobody's concern. */
export function quietly<T>(machine: Machine, run: () => T): T {
  const { calls, background, dead, certain, hooks } = machine;
  machine.hooks = {};
  machine.calls = [];
  machine.background = [];
  const result = run();
  machine.hooks = hooks;
  machine.calls = calls;
  machine.background = background;
  machine.dead = dead;
  machine.certain = certain;
  return result;
}

function callable(data: FunctionData, parameters: readonly PyParameter[]): Classified {
  if (data.wrapped) return { kind: 'unknown' };
  const asynchronous = data.definition.kind === 'function' && data.definition.asynchronous;
  if (!asynchronous && isWsgi(parameters)) return { kind: 'wsgi' };
  const required = parameters.filter(({ kind, default: fallback }) => kind === 'plain' && !fallback);
  return asynchronous && required.length === 3 && /^(?:_*scope|receive|send)/.test(required[0]?.name ?? '')
    ? { kind: 'asgi' }
    : { kind: 'unknown' };
}

/** (environ, start_response), under whatever names begin like these. */
function isWsgi(parameters: readonly PyParameter[]): boolean {
  const plain = parameters.filter(({ kind }) => kind === 'plain');
  const [first, second] = plain;
  if (!first || !second || plain.slice(2).some(each => !each.default) || first.default || second.default) return false;
  return /^_*env/i.test(first.name) || /^_*start/i.test(second.name);
}
