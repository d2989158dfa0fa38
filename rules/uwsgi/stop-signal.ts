import { addToSection } from '../../src/edits/ini.js';
import type { Fix, Rule } from '../../src/lint/rule.js';
import { originOf, seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { lineAt } from '../../src/text/lines.js';
import { spanText } from '../../src/text/source.js';

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
  if (!master?.known || master.value !== true || !command.certain || staysBehindShell({ launch, command }))
    return false;
  return ![...settings.keys()].some(name => /^(?:die-on-term|exit-on-reload|emperor|hook-.*)$/.test(name));
}

/** A shell that waits for uWSGI is what gets the signal, unless it was replaced by `exec`; systemd sends it to all processes. */
function staysBehindShell({ launch, command }: Pick<AppServer, 'launch' | 'command'>): boolean {
  if (launch.kind === 'systemd') return false;
  const { file, start } = command.span;
  if (file.path !== launch.span.file.path) return !isReplaced(file.text.slice(lineAt(file.text, start).start, start));
  // The command was read from a copy in which everything else is blank, and text over several lines has one place for all its words.
  const text = spanText(launch.span);
  const before = text.slice(0, Math.max(start - launch.span.start, text.search(/\buwsgi\b/), 0));
  const inShell =
    command.via.some(({ message }) => message.startsWith('a shell runs it')) ||
    /\b(?:ba|da|a)?sh\b[^\n]{0,40}?\s["']?-\w{0,4}c\b/.test(before);
  return inShell && !isReplaced(before);
}

function isReplaced(before: string): boolean {
  return /\bexec\b/.test(before.split(/[;&|\n]/).at(-1) ?? '');
}

function dying({ configFiles }: AppServer): readonly Fix[] {
  const [file, ...more] = configFiles;
  if (!file || more.length > 0 || !/\.ini$/.test(file.path)) return [];
  const edit = addToSection(file, 'uwsgi', ['die-on-term = true']);
  return edit ? [{ title: 'Add die-on-term = true', safety: 'safe', edits: [edit] }] : [];
}
