import { addToSection } from '../../src/edits/ini.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { originOf, seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';

/**
 * Without a master each worker sets an alarm for itself: the first request that is too slow ends the process, with exit status 0, and nobody
 * starts it again. Whether a manager does is not in the files of uWSGI, so only what has none is an error.
 */
export const rule: Rule = {
  id: 'timeout/harakiri-without-master',
  summary: 'uWSGI ends its worker after a slow request and has no master that starts it again',
  severity: 'error',
  symptom: '502',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { kind, settings, launch } = server;
        const harakiri = settings.get('harakiri');
        const master = settings.get('master');
        // What starts a file that nobody is seen to start may set the master.
        if (kind !== 'uwsgi' || launch.kind === 'information' || settings.has('emperor')) continue;
        if (!harakiri?.known || typeof harakiri.value !== 'number' || harakiri.value <= 0 || !harakiri.span) continue;
        if (!master?.known || master.value !== false) continue;
        const managed = launch.kind !== 'script';
        report({
          span: harakiri.span,
          severity: managed ? 'warning' : 'error',
          message:
            `uWSGI ends a request after ${seconds(harakiri.value)} (${originOf(harakiri)}) by ending its process, and there is no master to start it again ` +
            `(${master.origin === 'default' ? 'master is not set' : originOf(master)}). It exits with status 0, as if all were well: ` +
            (managed
              ? `unless whoever starts it starts it again after that too, ${later(server)} answered with 502.`
              : `${later(server)} answered with 502.`),
          related: [{ span: server.span, message: 'uWSGI is started here' }],
          fixes: withMaster(server),
        });
      }
    }
  },
};

function later({ worker: { processes } }: AppServer): string {
  return processes.known && processes.value === 1
    ? 'every later request is'
    : 'once all workers are gone, every request is';
}

/** With a master SIGTERM means another thing, so that goes with it. */
function withMaster({ settings, configFiles }: AppServer): readonly Fix[] {
  const master = settings.get('master');
  const [file, ...more] = configFiles;
  if (master?.origin !== 'default' || !file || more.length > 0 || !/\.ini$/.test(file.path)) return [];
  const lines = ['master = true', ...(settings.has('die-on-term') ? [] : ['die-on-term = true'])];
  const edit = addToSection(file, 'uwsgi', lines);
  return edit ? [{ title: `Add ${lines.join(' and ')}`, safety: 'safe', edits: [edit] }] : [];
}
