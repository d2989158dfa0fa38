import type { Fault } from '../../../../model/fault.js';
import { fault, type ServerContext } from '../../context.js';
import { endOfFirstProcess } from '../../manager.js';
import type { Settings } from '../settings.js';

/** `daemonize` where whoever starts uWSGI takes the end of the first process for the end of the server. */
export function daemonFaults(context: ServerContext, settings: Settings): readonly Fault[] {
  const daemonize = settings.text('daemonize') ?? settings.text('daemonize2');
  if (!daemonize?.known || !daemonize.span) return [];
  const consequence = endOfFirstProcess(context);
  if (consequence === undefined) return [];
  const message = `uWSGI goes into the background (${daemonize.name}), and ${consequence}. logto writes the same log without that`;
  return [fault('process/cannot-start', daemonize.span, message)];
}
