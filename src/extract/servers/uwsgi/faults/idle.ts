import type { Fault } from '../../../../model/fault.js';
import type { Launch } from '../../../../model/launch.js';
import { fault, type ServerContext } from '../../context.js';
import { type Settings, truth } from '../settings.js';

/**
 * `die-on-idle` ends the whole uWSGI after `idle` seconds without a request, with status 0 (core/master_checks.c of 2.0.21). It is made for those whom
 * an Emperor or a socket of systemd's starts again.
 */
export function idleFaults(context: ServerContext, settings: Settings): readonly Fault[] {
  const { launch } = context;
  const dies = settings.text('die-on-idle');
  const idle = settings.number('idle');
  if (!dies?.known || !truth(dies.value) || !dies.span || !idle.known || idle.value <= 0) return [];
  const nobody = settings.lists('emperor').length > 0 ? undefined : afterTheEnd(launch);
  if (nobody === undefined) return [];
  const message = `uWSGI ends itself after ${idle.value} s without a request (${dies.name}, ${idle.name}), and ${nobody}`;
  const related = idle.span ? [{ span: idle.span, message: 'after so many seconds' }] : [];
  return [
    fault('uwsgi/ends-when-idle', dies.span, message, { related, log: 'workers have been inactive for more than' }),
  ];
}

/** Why it stays away; undefined where something may start it again. */
function afterTheEnd({ kind, span, passedSockets, place, unresolved }: Launch): string | undefined {
  const { text } = span.file;
  if (passedSockets.length > 0 || unresolved.length > 0) return undefined;
  switch (kind) {
    case 'systemd':
      return /^(?:no|on-(?:failure|abnormal|abort|watchdog))?$/.test(valueIn(text, 'Restart'))
        ? 'systemd does not start a service again that ends with status 0'
        : undefined;
    case 'supervisor':
      return /^(?:unexpected|false)?$/i.test(valueIn(text, 'autorestart'))
        ? 'supervisor does not start a program again that ends with status 0'
        : undefined;
    case 'script':
      return place.kind !== 'host' || /\b(?:while|until|for)\b|respawn|restart/.test(text)
        ? undefined
        : 'nothing starts it again';
    default:
      return undefined;
  }
}

/** What the file gives to the key, last of all; empty where it does not name it. */
function valueIn(text: string, key: string): string {
  const lines = text.split(/[\r\n]+/).filter(line => line.split('=', 1)[0]?.trim() === key);
  const last = lines.at(-1) ?? '';
  return last.slice(last.indexOf('=') + 1).trim();
}
