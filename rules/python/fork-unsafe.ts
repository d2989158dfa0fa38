import type { Finding, Rule } from '../../src/lint/rule.js';
import { mentions } from '../../src/model/application.js';
import type { PyCall } from '../../src/model/entry.js';
import type { AppServer, SettingValue } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import type { Step } from '../../src/text/source.js';

/**
 * The application is loaded in the master and the workers are forked from it (preload_app of gunicorn, master without lazy-apps of uWSGI). A
 * thread that the import starts does not exist in the workers; a database connection that it opens is shared by all of them. Schedulers are left
 * out: loading first is a known way to have only one.
 */
export const rule: Rule = {
  id: 'python/fork-unsafe',
  summary: 'A thread or connection is made at import, before the workers are forked',
  severity: 'warning',
  symptom: 'wrong reply',
  fix: 'none',
  proof: ['background-thread-lost-in-fork', 'preload-thread-lost-after-fork'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const loaded = loadedBeforeFork(server);
        if (!loaded || !server.entry || isPrepared(server)) continue;
        for (const call of server.entry.importCalls) {
          if (!call.certain || call.during === 'urls') continue;
          if (threads.has(call.name)) report(lost(server, call, loaded));
          else if (connections.has(call.name) && several(server)) report(shared(server, call, loaded));
        }
      }
    }
  },
};

const threads: ReadonlySet<string> = new Set(['threading.Thread.start', 'threading.Timer.start']);
const connections: ReadonlySet<string> = new Set([
  'psycopg2.connect',
  'psycopg.connect',
  'pymysql.connect',
  'MySQLdb.connect',
  'mysql.connector.connect',
]);

interface Loaded {
  readonly why: string;
  readonly step?: Step;
}

function loadedBeforeFork({ kind, settings }: AppServer): Loaded | undefined {
  if (kind === 'gunicorn') {
    const preload = settings.get('preload_app');
    if (!preload?.known || preload.value !== true) return undefined;
    return {
      why: 'preload_app',
      ...(preload.span && { step: { span: preload.span, message: 'the application is loaded before the fork' } }),
    };
  }
  if (kind !== 'uwsgi') return undefined;
  const master = settings.get('master');
  if (!isOn(master) || [...settings.keys()].some(name => /^(?:lazy-apps|lazy|include|inherit|emperor)$/.test(name)))
    return undefined;
  return {
    why: 'master without lazy-apps',
    ...(master?.span && { step: { span: master.span, message: 'the master loads the application, then forks' } }),
  };
}

function isOn(setting: Setting<SettingValue> | undefined): boolean {
  return setting?.known === true && (setting.value === true || setting.value === '1' || setting.value === 'true');
}

/** Somebody has thought of the fork: what is needed may be made again in each worker. */
function isPrepared({ entry, configFiles }: AppServer): boolean {
  return (
    (entry !== undefined && mentions(entry, ['postfork', 'post_fork', 'register_at_fork', 'import uwsgi'])) ||
    configFiles.some(({ text }) => /post_fork|post_worker_init|\blazy/.test(text))
  );
}

function several({ worker: { processes } }: AppServer): boolean {
  return processes.known && processes.value > 1;
}

function evidence(server: AppServer, call: PyCall, { step }: Loaded): Pick<Finding, 'span' | 'related'> {
  return {
    span: call.span,
    related: [...(step ? [step] : []), { span: server.span, message: `${server.kind} is started here` }, ...call.chain],
  };
}

function lost(server: AppServer, call: PyCall, loaded: Loaded): Finding {
  return {
    ...evidence(server, call, loaded),
    message:
      `This thread is started while ${server.kind} loads the application in its master (${loaded.why}), and the workers are forked from it afterwards: ` +
      'threads do not survive a fork, so in the workers, which answer the requests, it never runs. What waits for it hangs or grows stale.',
  };
}

function shared(server: AppServer, call: PyCall, loaded: Loaded): Finding {
  return {
    ...evidence(server, call, loaded),
    symptom: '500',
    message:
      `${call.name}() opens a connection while ${server.kind} loads the application in its master (${loaded.why}), and all workers inherit this one connection. ` +
      "When two of them use it at once, they read each other's answers or lose the connection.",
  };
}
