import type { Fault } from '../../../model/fault.js';
import type { Span } from '../../../text/source.js';
import { fault, replacement, type ServerContext } from '../context.js';
import type { Ranked } from './ranking.js';

/**
 * `daemon` where whoever starts Gunicorn takes the end of the first process for the end of the server. A script that does more
 * after starting it may be fine, so only a command that is the whole launch counts.
 */
export function daemonFaults(context: ServerContext, ranked: Ranked): readonly Fault[] {
  const daemon = ranked.settings.get('daemon');
  if (!daemon?.known || daemon.value !== true || !daemon.span) return [];
  const { launch, command } = context;
  if (
    launch.commands.length !== 1 ||
    launch.unresolved.length > 0 ||
    !command.certain ||
    !standsInLaunch(launch.span, command.span)
  )
    return [];
  const consequence = consequenceOf(context);
  if (consequence === undefined) return [];
  const repairs = [
    daemon.origin === 'config file'
      ? replacement('Set it to False', daemon.span, 'False')
      : replacement(`Remove ${daemon.name}`, withSpace(daemon.span), ''),
  ];
  return [
    fault('gunicorn/daemon', daemon.span, `Gunicorn goes into the background (${daemon.name}), and ${consequence}`, {
      repairs,
    }),
  ];
}

function standsInLaunch(launch: Span, command: Span): boolean {
  return launch.file.path === command.file.path && command.start >= launch.start && command.end <= launch.end;
}

function consequenceOf({ launch }: ServerContext): string | undefined {
  switch (launch.kind) {
    case 'systemd': {
      const type = launch.serviceType;
      if (type && (!type.known || type.value === 'forking' || type.value === 'oneshot')) return undefined;
      return 'systemd takes the end of the first process for the end of the service and stops the rest';
    }
    case 'supervisor':
      return 'supervisor takes the end of the first process for a crash and starts it again and again';
    case 'compose':
    case 'dockerfile':
    case 'kubernetes':
      return 'the container ends with its first process';
    default:
      return undefined;
  }
}

/** The flag with one of the blanks around it, where it is a word of its own. */
function withSpace(span: Span): Span {
  const before = span.file.text[span.start - 1];
  return before === ' ' ? { ...span, start: span.start - 1 } : span;
}
