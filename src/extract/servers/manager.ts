import type { Span } from '../../text/source.js';
import type { ServerContext } from './context.js';

/**
 * What follows where the first process of a server ends because it puts itself into the background; undefined where nobody takes that for the end of
 * the server, or where it cannot be told. A script that does more after starting it may be fine, so only a command that is the whole launch counts.
 */
export function endOfFirstProcess({ launch, command }: ServerContext): string | undefined {
  const whole = launch.commands.length === 1 && launch.unresolved.length === 0 && command.certain;
  if (!whole || !standsInLaunch(launch.span, command.span)) return undefined;
  switch (launch.kind) {
    case 'systemd': {
      const type = launch.serviceType;
      if (type && (!type.known || type.value === 'forking' || type.value === 'oneshot')) return undefined;
      // What the first process left behind stays.
      const mode = launch.killMode;
      if (mode && (!mode.known || mode.value === 'process' || mode.value === 'none')) return undefined;
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

/** Nothing is started behind it, which would be the process that stays. */
function standsInLaunch(launch: Span, command: Span): boolean {
  if (launch.file.path !== command.file.path || command.start < launch.start || command.end > launch.end) return false;
  return !/&&|[|]|;|&\s/.test(launch.file.text.slice(command.start, launch.end));
}
