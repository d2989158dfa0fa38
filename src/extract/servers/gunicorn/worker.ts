import { shortWorkerName, workerClass } from '../../../facts/gunicorn.js';
import type { AppServer, SettingValue, WorkerModel } from '../../../model/server.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import { type ServerContext, variableOf } from '../context.js';
import { pythonInt } from '../python-numbers.js';
import type { Ranked } from './ranking.js';

export interface Workers {
  readonly model: WorkerModel;
  readonly interfaces: AppServer['interfaces'];
  readonly requestLimit: AppServer['requestLimit'];
  readonly bootLimit: AppServer['bootLimit'];
  readonly keepAlive: AppServer['keepAlive'];
  readonly gracefulTimeout: AppServer['gracefulTimeout'];
}

/**
 * How Gunicorn works off requests. A sync class with more than one thread is gthread: gunicorn/config.py (`worker_class`). Only
 * the sync class has a limit for one request; elsewhere `timeout` is the heartbeat of the whole worker.
 */
export function workers(context: ServerContext, ranked: Ranked): Workers {
  const get = (name: string): Setting<SettingValue> =>
    ranked.settings.get(name) ?? { name, origin: 'default', known: false, why: 'Gunicorn has no such setting' };
  const threads = numberOf(get('threads'));
  const resolved = resolvedClass(get('worker_class'), threads);
  const facts = resolved.known ? workerClass(resolved.value) : undefined;
  const sync = facts?.concurrency === 'sync';
  const timeout = limitOf(get('timeout'));
  return {
    model: {
      class: resolved,
      concurrency: facts?.concurrency ?? 'unknown',
      processes: processes(context, ranked),
      threads: facts && facts.concurrency !== 'threads' ? withValue(threads, 1) : threads,
    },
    interfaces: facts ? [facts.interface] : ['wsgi', 'asgi'],
    requestLimit: facts
      ? sync
        ? timeout
        : withValue(resolved, 'none')
      : unknownFrom(resolved, unknownClass(resolved)),
    bootLimit: bootLimit(get('preload_app'), timeout),
    keepAlive: facts
      ? sync
        ? withValue(resolved, 0)
        : numberOf(get('keepalive'))
      : unknownFrom(resolved, unknownClass(resolved)),
    gracefulTimeout: numberOf(get('graceful_timeout')),
  };
}

function unknownClass(resolved: Setting<string>): string {
  return resolved.known ? `the worker class ${resolved.value} is not known` : resolved.why;
}

function resolvedClass(setting: Setting<SettingValue>, threads: Setting<number>): Setting<string> {
  if (!setting.known) return unknownFrom(setting, setting.why);
  if (typeof setting.value !== 'string')
    return unknownFrom(setting, 'it is a class that only running the file would make');
  const short = shortWorkerName(setting.value);
  if (short !== 'sync' && !short.endsWith('SyncWorker')) return withValue(setting, short);
  if (!threads.known)
    return unknownFrom(
      setting,
      `more than one thread would make it gthread, and the number of threads is not known: ${threads.why}`,
    );
  if (threads.value > 1) return withValue(threads, 'gthread');
  return withValue(setting, short);
}

function processes(context: ServerContext, ranked: Ranked): Setting<number> {
  const setting = ranked.settings.get('workers');
  if (setting && !ranked.unset.has('workers')) return numberOf(setting);
  const variable = variableOf(context, 'WEB_CONCURRENCY');
  if (variable.state === 'absent') return { name: 'workers', origin: 'default', known: true, value: 1 };
  if (variable.state === 'unknown') return { name: 'workers', origin: 'default', known: false, why: variable.why };
  const given = { ...variable.setting, origin: 'environment' as const };
  if (!given.known) return unknownFrom(given, given.why);
  const number = pythonInt(given.value);
  return number === undefined ? unknownFrom(given, `"${given.value}" is no whole number`) : withValue(given, number);
}

function numberOf(setting: Setting<SettingValue>): Setting<number> {
  if (!setting.known) return unknownFrom(setting, setting.why);
  if (typeof setting.value !== 'number') return unknownFrom(setting, 'it is no number');
  const { hides } = setting;
  const weaker = hides?.map(numberOf);
  return { ...withValue(setting, setting.value), ...(weaker && { hides: weaker }) };
}

/** Seconds, 0 standing for no limit. */
function limitOf(setting: Setting<SettingValue>): Setting<number | 'none'> {
  const number = numberOf(setting);
  if (!number.known) return number;
  return number.value === 0 ? withValue(number, 'none') : number;
}

/** The master watches a worker that imports the application; with preload_app the master imports it itself. */
function bootLimit(preload: Setting<SettingValue>, timeout: Setting<number | 'none'>): Setting<number | 'none'> {
  if (!preload.known) return unknownFrom(preload, preload.why);
  return preload.value === true ? withValue(preload, 'none') : timeout;
}
