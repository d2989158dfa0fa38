import type { AppServer, AppTarget } from '../model/server.js';
import type { Known } from '../model/setting.js';
import { type Edit, spanText } from '../text/source.js';

/** Another name behind the module of `shop.wsgi:app`. Undefined where the file does not show the target letter by letter. */
export function nameInTarget({ span, value }: Known<AppTarget>, name: string): Edit | undefined {
  if (!span || spanText(span) !== value.text) return undefined;
  const colon = value.text.indexOf(':');
  if (colon >= 0) return { span: { ...span, start: span.start + colon + 1 }, text: name };
  return value.module === undefined ? undefined : { span: { ...span, start: span.end }, text: `:${name}` };
}

/** Makes the server call the factory: Gunicorn and uWSGI call `module:factory()`; granian wants --factory instead. */
export function callTarget(server: AppServer, { span, value }: Known<AppTarget>): Edit | undefined {
  if (!span || spanText(span) !== value.text) return undefined;
  if (server.kind === 'granian') return { span: { ...span, start: span.end }, text: ' --factory' };
  if (server.kind !== 'gunicorn' && server.kind !== 'uwsgi') return undefined;
  const quoted = /["']/.test(span.file.text[span.start - 1] ?? '');
  const shell =
    !quoted &&
    server.command.span.file.path === span.file.path &&
    server.launch.kind !== 'supervisor' &&
    server.launch.kind !== 'systemd';
  const config = server.configFiles.some(file => file.path === span.file.path);
  return { span, text: shell && !config ? `'${value.text}()'` : `${value.text}()` };
}
