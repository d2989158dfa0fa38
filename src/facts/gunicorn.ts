import table from './gunicorn-settings.json' with { type: 'json' };
import { once } from './once.js';

/** A Gunicorn setting, known to any release from 18.0 on. */
export interface GunicornSetting {
  readonly name: string;
  /** Flags, short and long; empty: configuration file only. */
  readonly flags: readonly string[];
  /** `auto_int`, `int`, or null for text. */
  readonly type: string | null;
  /** Check that is applied to any value: `pos_int`, `bool`, `string`, `list_string`, `class`, `callable(1)` ... */
  readonly validator: string;
  /** argparse's action; absent: store. */
  readonly action?: string;
  readonly optionalValue: boolean;
  /** As the table has it; null too where it is computed at start. */
  readonly default: unknown;
  /** Environment variable that feeds the default. */
  readonly env?: string;
  readonly hook: boolean;
  /** Known to 20.1.0 already. */
  readonly old: boolean;
  /** First release that knows it; absent for those that 18.0 knew. */
  readonly since?: string;
}

interface Row {
  readonly cli: readonly string[];
  readonly type: string | null;
  readonly validator: string;
  readonly action?: string;
  readonly nargs?: string;
  readonly default: unknown;
  readonly env?: string;
  readonly hook?: readonly string[];
  readonly 'in20.1': boolean;
  readonly since?: string | null;
}

// A run without Gunicorn does not make its table ready.
const settings = once(
  (): ReadonlyMap<string, GunicornSetting> =>
    new Map(
      Object.entries(table.settings as unknown as Readonly<Record<string, Row>>).map(([name, row]) => [
        name,
        {
          name,
          flags: row.cli,
          type: row.type,
          validator: row.validator,
          ...(row.action !== undefined && { action: row.action }),
          optionalValue: row.nargs === '?',
          default: row.default,
          ...(row.env !== undefined && { env: row.env }),
          hook: row.hook !== undefined,
          old: row['in20.1'],
          ...(row.since && /^\d/.test(row.since) && { since: row.since }),
        },
      ]),
    ),
);

/** Every setting of every release, in the order of the table. Source: the table's own `source` and `commit`. */
export const gunicornSettings: Pick<ReadonlyMap<string, GunicornSetting>, 'get' | 'has' | 'values'> = {
  get: name => settings().get(name),
  has: name => settings().has(name),
  values: () => settings().values(),
};

/** Settings that releases before the named one knew. */
export const removedGunicornSettings = once(
  (): ReadonlyMap<string, { readonly removed: string; readonly flags: readonly string[] }> =>
    new Map(Object.entries(table.removed).map(([name, row]) => [name, { removed: row.removed, flags: row.cli }])),
);

export interface WorkerClass {
  readonly interface: 'wsgi' | 'asgi';
  readonly concurrency: 'sync' | 'threads' | 'async';
  /** Package that must be installed beside Gunicorn. */
  readonly needs?: string;
  /** First release that no longer has it, and the first that has it. */
  readonly removed?: string;
  readonly since?: string;
}

interface WorkerRow {
  readonly protocol?: string;
  readonly concurrency?: number | string;
  readonly needs?: string;
  readonly package?: string;
  readonly removed?: string;
  readonly since?: string;
}

/**
 * Class paths behind the short names: gunicorn/workers/__init__.py (`SUPPORTED_WORKERS`) of 20.1.0 and 26.1.0, and the workers of
 * other packages: uvicorn/workers.py, aiohttp/worker.py.
 */
const classPaths: Readonly<Record<string, string>> = {
  'gunicorn.workers.sync.SyncWorker': 'sync',
  'gunicorn.workers.gthread.ThreadWorker': 'gthread',
  'gunicorn.workers.ggevent.GeventWorker': 'gevent',
  'gunicorn.workers.ggevent.GeventPyWSGIWorker': 'gevent_pywsgi',
  'gunicorn.workers.ggevent.PyWSGIWorker': 'gevent_wsgi',
  'gunicorn.workers.geventlet.EventletWorker': 'eventlet',
  'gunicorn.workers.gtornado.TornadoWorker': 'tornado',
  'gunicorn.workers.gasgi.ASGIWorker': 'asgi',
};

/** The short name of a worker class, where it has one. */
export function shortWorkerName(name: string): string {
  const plain = name.startsWith('egg:gunicorn#') ? name.slice('egg:gunicorn#'.length) : name;
  return Object.hasOwn(classPaths, plain) ? (classPaths[plain] ?? plain) : plain;
}

const workerRows = once(() => table.workerClasses as unknown as Readonly<Record<string, WorkerRow>>);

/** What is known of a worker class by its short name or class path; undefined for another package's class. */
export function workerClass(name: string): WorkerClass | undefined {
  if (!Object.hasOwn(workerRows(), name)) return undefined;
  const row = workerRows()[name];
  const needs = row?.needs ?? row?.package;
  return {
    interface: row?.protocol === 'asgi' ? 'asgi' : 'wsgi',
    concurrency: row?.concurrency === 1 ? 'sync' : row?.concurrency === 'threads' ? 'threads' : 'async',
    ...(needs !== undefined && { needs }),
    ...(row?.removed !== undefined && { removed: row.removed }),
    ...(row?.since !== undefined && { since: row.since }),
  };
}

/** Short names that Gunicorn resolves itself. */
export const workerNames = once((): readonly string[] => Object.keys(workerRows()).filter(name => !name.includes('.')));

/** Port of a bind without one: gunicorn/util.py (`parse_address`). */
export const defaultPort = 8000;
