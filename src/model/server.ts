import type { SourceFile, Span } from '../text/source.js';
import type { Listener } from './endpoint.js';
import type { EntryPoint } from './entry.js';
import type { Fault } from './fault.js';
import type { Command, Launch } from './launch.js';
import type { Place } from './place.js';
import type { Setting } from './setting.js';

export type ServerKind =
  | 'gunicorn'
  | 'uwsgi'
  | 'uvicorn'
  | 'hypercorn'
  | 'daphne'
  | 'waitress'
  | 'granian'
  | 'gevent'
  | 'eventlet'
  | 'tornado'
  | 'aiohttp'
  | 'cheroot'
  | 'mod_wsgi'
  | 'runserver'
  | 'flask'
  | 'werkzeug'
  | 'fastapi'
  | 'other';

/** What the server is told to load. `module` is dotted; for a file (`wsgi-file`, `python run.py`) `file` is its path inside. */
export interface AppTarget {
  /** As written: `shop.wsgi:application`, `shop:create_app()`. */
  readonly text: string;
  readonly module?: string;
  readonly file?: string;
  /** Attribute path behind the colon, or the server's default name; absent where the server needs none. */
  readonly attribute?: string;
  /** The attribute is called to get the application (`create_app()`, `--factory`). */
  readonly called: boolean;
  /** The attribute is the server's default, not written by the user. */
  readonly implied: boolean;
}

export interface WorkerModel {
  /** The class as the server resolves it: `sync`, `gthread`, `uvicorn.workers.UvicornWorker`, `uwsgi`. */
  readonly class: Setting<string>;
  /** `sync`: one request at a time. `threads`, `async`: several; the server's timeout is then no limit per request. */
  readonly concurrency: 'sync' | 'threads' | 'async' | 'unknown';
  readonly processes: Setting<number>;
  readonly threads: Setting<number>;
}

export interface AppServer {
  readonly kind: ServerKind;
  /** Of the server, where files or the user tell it; a rule asks `isAtLeast`. */
  readonly version?: Setting<string>;
  /** Meant for development only: runserver, flask run, app.run(). */
  readonly development: boolean;
  readonly launch: Launch;
  readonly command: Command;
  readonly place: Place;
  /** What starts it: the program's word on its command line. */
  readonly span: Span;
  readonly listens: readonly Listener[];
  /** False when it may listen elsewhere too, or elsewhere instead (an unknown option, an unreadable config file). */
  readonly listensComplete: boolean;
  /** Interfaces of application that it can run. */
  readonly interfaces: readonly ('wsgi' | 'asgi')[];
  readonly app?: Setting<AppTarget>;
  /** uWSGI: what answers where `app` cannot be loaded (`wsgi-file` beside `module`). */
  readonly secondApp?: Setting<AppTarget>;
  /** Folders on the module search path, inside the place, in order. Not known: a chdir or pythonpath that cannot be read. */
  readonly searchPath: Setting<readonly string[]>;
  readonly entry?: EntryPoint;
  /**
   * Variables that the application sees, where the server sets some itself (`raw_env` of Gunicorn, `env` of uWSGI); else those of
   * the command.
   */
  readonly environment?: ReadonlyMap<string, Setting<string>>;
  readonly worker: WorkerModel;
  /** Seconds until one request is ended by the server; `none` where nothing ends it. */
  readonly requestLimit: Setting<number | 'none'>;
  /** Seconds that a worker may take to import the application; `none` where nothing ends it. */
  readonly bootLimit: Setting<number | 'none'>;
  /** Seconds an idle connection is kept open; 0: never kept. */
  readonly keepAlive: Setting<number>;
  /** Seconds running requests get at a stop. */
  readonly gracefulTimeout: Setting<number | 'none'>;
  /** Every setting by the server's canonical name (`forwarded_allow_ips`, `buffer-size`), defaults included where known. */
  readonly settings: ReadonlyMap<string, Setting<SettingValue>>;
  /** What it starts by itself: the vassals of uWSGI's Emperor. */
  readonly starts?: readonly Launch[];
  /** Configuration files that it reads. */
  readonly configFiles: readonly SourceFile[];
  /** What the server itself would refuse or misread. */
  readonly faults: readonly Fault[];
}

export type SettingValue = string | number | boolean | null | readonly string[];
