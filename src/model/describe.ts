import { lineStarts, positionAt } from '../text/lines.js';
import type { Span, Step } from '../text/source.js';
import type { Listener } from './endpoint.js';
import type { AppServer } from './server.js';
import type { Setting } from './setting.js';

/** `deploy/nginx.conf:8`, as messages name a place. */
export function where(span: Span): string {
  return `${span.file.path}:${lineOf(span)}`;
}

/** Counts without a list of all lines, since a rule may name thousands of places in one large file. */
function lineOf({ file: { text }, start }: Span): number {
  if (text.includes('\r')) return positionAt(lineStarts(text), start).line;
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Where a value comes from, for the brackets behind it: `the default`, `gunicorn.conf.py:3`, `--timeout in Procfile:1`. */
export function originOf(setting: Setting<unknown>): string {
  if (setting.origin === 'default' || !setting.span)
    return setting.origin === 'default' ? 'the default' : `from the ${setting.origin}`;
  const place = where(setting.span);
  if (setting.origin === 'command line') return `${setting.name} in ${place}`;
  if (setting.origin === 'environment') return `${setting.name}, environment, ${place}`;
  return `${setting.name} in ${place}`;
}

/** The user's word for a value and where it comes from, said once: `proxy_read_timeout, the default`, `backlog in gunicorn.conf.py:3`. */
export function sourceOf(setting: Setting<unknown>): string {
  const origin = originOf(setting);
  return origin.startsWith(setting.name) ? origin : `${setting.name}, ${origin}`;
}

/** The steps that led to a value, for the related places of a finding. */
export function history(setting: Setting<unknown>): readonly Step[] {
  return setting.via ?? [];
}

/** Where a server binds: the place, what led to the value, and weaker settings that it hides. */
export function bindSteps(server: AppServer, { address, span }: Listener): readonly Step[] {
  const byDefault = address.origin === 'default';
  const hidden = (address.hides ?? []).flatMap(({ span: at, name }) =>
    at ? [{ span: at, message: `this ${name} has no effect: ${address.name} of the ${address.origin} wins` }] : [],
  );
  const bind = byDefault
    ? `${server.kind} starts here without a bind, so its default holds`
    : `${server.kind} listens here`;
  return [{ span, message: bind }, ...history(address), ...hidden];
}

/** Seconds as people write them: `90 s`, `1.5 s`, `200 ms`. */
export function seconds(value: number): string {
  return value !== 0 && Math.abs(value) < 1 ? `${Math.round(value * 1000)} ms` : `${Number(value.toFixed(3))} s`;
}
