import type { Listener } from '../../../model/endpoint.js';
import type { AppServer, AppTarget, ServerKind, SettingValue } from '../../../model/server.js';
import { defaultSetting, type Setting } from '../../../model/setting.js';
import type { ServerContext } from '../context.js';

export interface Traits {
  readonly kind: ServerKind;
  readonly development?: boolean;
  readonly listens: readonly Listener[];
  readonly listensComplete?: boolean;
  readonly interfaces: AppServer['interfaces'];
  readonly app?: Setting<AppTarget>;
  readonly searchPath: Setting<readonly string[]>;
  readonly concurrency: AppServer['worker']['concurrency'];
  readonly processes?: Setting<number>;
  readonly threads?: Setting<number>;
  readonly keepAlive?: Setting<number>;
  readonly settings?: ReadonlyMap<string, Setting<SettingValue>>;
}

/** A server that sets no limit on a request: true of all of them but Gunicorn and uWSGI (see the tables). */
export function plainServer(context: ServerContext, traits: Traits): AppServer {
  const { launch, command, place, program } = context;
  const unlimited: Setting<'none'> = defaultSetting('request limit', 'none');
  return {
    kind: traits.kind,
    development: traits.development ?? false,
    launch,
    command,
    place,
    span: program.word.span,
    listens: traits.listens,
    listensComplete: traits.listensComplete ?? true,
    interfaces: traits.interfaces,
    ...(traits.app && { app: traits.app }),
    searchPath: traits.searchPath,
    worker: {
      class: defaultSetting('worker class', traits.kind),
      concurrency: traits.concurrency,
      processes: traits.processes ?? defaultSetting('workers', 1),
      threads: traits.threads ?? defaultSetting('threads', 1),
    },
    requestLimit: unlimited,
    bootLimit: unlimited,
    keepAlive: traits.keepAlive ?? {
      name: 'keep alive',
      origin: 'default',
      known: false,
      why: 'its default is not stated',
    },
    gracefulTimeout: { name: 'graceful timeout', origin: 'default', known: false, why: 'its default is not stated' },
    settings: traits.settings ?? new Map(),
    configFiles: [],
    faults: [],
  };
}
