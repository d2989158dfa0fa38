import type { Listener } from '../model/endpoint.js';
import type { Repair } from '../model/fault.js';
import { spanText } from '../text/source.js';
import { insertBehind } from './nginx.js';

/** Opens a unix socket of uWSGI to every user: the mode that is written, else a line behind the socket's in an ini file; nothing elsewhere. */
export function openedSocket({ address, socketMode }: Listener): readonly Repair[] {
  const written = socketMode?.origin === 'default' ? undefined : socketMode;
  if (written?.span && /^[0-7]{3}$/.test(spanText(written.span)) && /chmod/.test(written.name))
    return [{ title: 'Set chmod-socket to 666', safety: 'unsafe', edits: [{ span: written.span, text: '666' }] }];
  if (written || !address.span || !/\.ini$/.test(address.span.file.path)) return [];
  const edits = [insertBehind(address.span, 'chmod-socket = 666')];
  return [{ title: 'Add chmod-socket = 666', safety: 'unsafe', edits }];
}
