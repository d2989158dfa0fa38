import { constantOf, likelySetting, mentions, type TiedHop, textsOf } from './application.js';
import { isLoopback } from './endpoint.js';
import type { EntryPoint } from './entry.js';

/** The header that Django reads, in lower case; `none` where it reads none, undefined where that cannot be told. */
export function schemeHeader(entry: EntryPoint): string | undefined {
  const setting = likelySetting(entry, 'SECURE_PROXY_SSL_HEADER');
  if (!setting)
    return (entry.settingsOpen === undefined || entry.proposed) && !mentions(entry, ['HTTP_X_']) ? 'none' : undefined;
  if (constantOf(setting) === null) return 'none';
  const name = textsOf(setting)?.[0];
  return name?.startsWith('HTTP_') ? name.slice('HTTP_'.length).replaceAll('_', '-').toLowerCase() : undefined;
}

/** The gateway has an address of its own (another container), while the server believes its own host only. */
export function comesFromElsewhere({ gateway, server }: TiedHop, trusted: readonly string[]): boolean {
  return (
    gateway.place.id !== server.place.id &&
    gateway.place.networkMode === undefined &&
    server.place.networkMode === undefined &&
    trusted.every(isLoopback)
  );
}
