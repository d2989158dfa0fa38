import type { Finding, Rule } from '../../src/lint/rule.js';
import { originOf, seconds } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import type { Span, Step } from '../../src/text/source.js';

/**
 * Gunicorn lets running requests end for `graceful_timeout` seconds, but whoever stops it kills everything sooner. Speaks where one of the two
 * is written down: the defaults of Docker (10 s) and Gunicorn (30 s) differ everywhere, and nobody has promised anything there.
 */
export const rule: Rule = {
  id: 'timeout/graceful-stop',
  summary: 'Running requests get less time at a stop than the server is told to give them',
  severity: 'warning',
  symptom: 'downtime',
  fix: 'unsafe',

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const finding = cutShort(server);
        if (finding) report(finding);
      }
    }
  },
};

function cutShort(server: AppServer): Finding | undefined {
  const { kind, launch, settings, command, span } = server;
  const grace = settings.get('graceful_timeout');
  const wait = launch.stopTimeout;
  if (kind !== 'gunicorn' || !grace?.known || typeof grace.value !== 'number' || !wait?.known) return undefined;
  // Only SIGTERM asks Gunicorn to let requests end.
  const signal = launch.stopSignal;
  if (!command.certain || (signal && (!signal.known || signal.value !== 'SIGTERM'))) return undefined;
  if (grace.value <= wait.value || (grace.origin === 'default' && wait.origin === 'default')) return undefined;
  const written = grace.origin !== 'default';
  const value = String(Math.ceil(grace.value) + 5);
  const edit = wait.span && /^\d+s?$/.test(textOf(wait.span)) ? wait.span : undefined;
  return {
    span: (written ? grace.span : wait.span) ?? span,
    severity: written ? 'warning' : 'info',
    message:
      `At a stop Gunicorn gives running requests ${seconds(grace.value)} (${sourceOf(grace)}), but ${managerOf(server)} kills it after ` +
      `${seconds(wait.value)} (${sourceOf(wait)}). Requests that need longer are cut off at every deployment: the gateway answers them with 502.`,
    related: [written ? limitOf(wait, wait.value, launch.span) : { span, message: 'gunicorn is started here' }],
    fixes: edit
      ? [
          {
            title: `Set ${wait.name} to ${value} s`,
            safety: 'unsafe',
            edits: [{ span: edit, text: textOf(edit).endsWith('s') ? `${value}s` : value }],
          },
        ]
      : [],
  };
}

function limitOf(wait: Setting<number>, value: number, launch: Span): Step {
  return wait.span
    ? { span: wait.span, message: `${wait.name} is ${seconds(value)}` }
    : { span: launch, message: `${wait.name} is not set here, so it is ${seconds(value)}` };
}

function sourceOf(setting: Setting<unknown>): string {
  return setting.origin === 'default' ? `the default of ${setting.name}` : originOf(setting);
}

function textOf(span: Finding['span']): string {
  return span.file.text.slice(span.start, span.end);
}

function managerOf({ launch }: AppServer): string {
  const names: Readonly<Record<string, string>> = {
    systemd: 'systemd',
    supervisor: 'supervisor',
    kubernetes: 'Kubernetes',
  };
  return names[launch.kind] ?? 'Docker';
}
