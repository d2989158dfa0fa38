import type { Fault } from '../../../model/fault.js';
import type { Span } from '../../../text/source.js';
import { fault, replacement, type ServerContext } from '../context.js';
import { endOfFirstProcess } from '../manager.js';
import type { Ranked } from './ranking.js';

/** `daemon` where whoever starts Gunicorn takes the end of the first process for the end of the server. */
export function daemonFaults(context: ServerContext, ranked: Ranked): readonly Fault[] {
  const daemon = ranked.settings.get('daemon');
  if (!daemon?.known || daemon.value !== true || !daemon.span) return [];
  const consequence = endOfFirstProcess(context);
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

/** The flag with one of the blanks around it, where it is a word of its own. */
function withSpace(span: Span): Span {
  const before = span.file.text[span.start - 1];
  return before === ' ' ? { ...span, start: span.start - 1 } : span;
}
