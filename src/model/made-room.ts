import type { HeadGate } from './inherit.js';
import type { AppServer } from './server.js';

/** Somebody gave Gunicorn room, by this setting, for all that the gateway lets through. A line is cut to 8190, so only 0 is room for one. */
export function madeRoom({ settings }: AppServer, name: string, gate: HeadGate): boolean {
  const setting = settings.get(name);
  if (!setting?.known || setting.origin === 'default' || typeof setting.value !== 'number') return false;
  return setting.value <= 0 || (name !== 'limit_request_line' && setting.value >= gate.bytes);
}
