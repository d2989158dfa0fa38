import { addToSection } from '../../src/edits/ini.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { originOf, seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';

/**
 * To a master of uWSGI SIGTERM means "reload" unless die-on-term is set: a stop begins with a restart and ends with SIGKILL. Seen with uWSGI
 * 2.0.21; without a master the process ends.
 */
export const rule: Rule = {
  id: 'uwsgi/stop-signal',
  summary: 'uWSGI takes the signal that should stop it for a reload',
  severity: 'info',
  symptom: 'downtime',
  fix: 'safe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const manager = managerOf(server);
        if (server.kind !== 'uwsgi' || manager === undefined || !reloadsOnTerm(server)) continue;
        const wait = server.launch.stopTimeout;
        const until =
          wait?.known && Number.isFinite(wait.value)
            ? `after ${seconds(wait.value)} (${waitName(wait)})`
            : 'in the end';
        report({
          span: server.span,
          message:
            `${manager} stops uWSGI with SIGTERM, which uWSGI takes for "reload": running requests are cut, the workers start again, and ${until} ` +
            'everything is killed. Each stop and each deployment takes that long and drops requests. die-on-term makes it stop.',
          fixes: dying(server),
          log: '...gracefully killing workers...',
        });
      }
    }
  },
};

function waitName(wait: Setting<number>): string {
  return wait.origin === 'default' ? `the default of ${wait.name}` : originOf(wait);
}

function managerOf({ launch }: AppServer): string | undefined {
  switch (launch.kind) {
    case 'systemd':
      // A unit may stop it by other means.
      return /^[ \t]*(?:ExecStop|KillMode)\s*=/m.test(launch.span.file.text) ? undefined : 'systemd';
    case 'supervisor':
      return 'supervisor';
    case 'dockerfile':
    case 'compose':
      return 'Docker';
    case 'kubernetes':
      return 'Kubernetes';
    default:
      return undefined;
  }
}

function reloadsOnTerm({ settings, launch, command }: AppServer): boolean {
  const signal = launch.stopSignal;
  if (signal && (!signal.known || signal.value !== 'SIGTERM')) return false;
  const master = settings.get('master');
  if (!master?.known || master.value !== true || !command.certain) return false;
  return ![...settings.keys()].some(name => /^(?:die-on-term|exit-on-reload|emperor|hook-.*)$/.test(name));
}

function dying({ configFiles }: AppServer): readonly Fix[] {
  const [file, ...more] = configFiles;
  if (!file || more.length > 0 || !/\.ini$/.test(file.path)) return [];
  const edit = addToSection(file, 'uwsgi', ['die-on-term = true']);
  return edit ? [{ title: 'Add die-on-term = true', safety: 'safe', edits: [edit] }] : [];
}
