import type { Hop } from './deployment.js';
import type { EntryPoint, PyValue } from './entry.js';
import { oncePer } from './once.js';
import type { AppServer } from './server.js';
import type { Setting } from './setting.js';

/** A constant of Python that is known; undefined for everything else. */
export function constantOf(setting: Setting<PyValue> | undefined): string | number | boolean | null | undefined {
  return setting?.known && setting.value.kind === 'constant' ? setting.value.value : undefined;
}

/** The texts of a list of which all items are known; undefined otherwise. */
export function textsOf(setting: Setting<PyValue> | undefined): readonly string[] | undefined {
  if (!setting?.known || setting.value.kind !== 'list') return undefined;
  const texts = setting.value.items.map(constantOf);
  return texts.every(text => typeof text === 'string') ? texts : undefined;
}

/** True when one of the first-party modules loaded at import holds one of the words: the application may deal with it itself. */
export function mentions(entry: EntryPoint, words: readonly string[]): boolean {
  const known = mentionsOf(entry);
  return words.some(word => {
    let found = known.get(word);
    if (found === undefined) {
      found = entry.modules.some(({ file }) => file.text.includes(word));
      known.set(word, found);
    }
    return found;
  });
}

/** Whole modules are searched for a word once, whichever rules and routes ask for it. */
const mentionsOf = oncePer((_: EntryPoint) => new Map<string, boolean>());

/**
 * A setting of the framework. Of a settings module that only the code proposes, where no other is to be seen, its value there: right unless
 * the environment names a module from elsewhere, so not for a rule that development settings would set off.
 */
export function likelySetting(entry: EntryPoint, name: string): Setting<PyValue> | undefined {
  const known = entry.settings.get(name);
  return known?.known ? known : (entry.proposed?.get(name) ?? known);
}

/** Django sends what did not come by https to https (SECURE_SSL_REDIRECT), and nothing of the application's own looks at the scheme. */
export function redirectsToHttps(entry: EntryPoint): boolean {
  const middleware = textsOf(likelySetting(entry, 'MIDDLEWARE'));
  return (
    constantOf(likelySetting(entry, 'SECURE_SSL_REDIRECT')) === true &&
    middleware?.includes('django.middleware.security.SecurityMiddleware') === true &&
    !mentions(entry, ['url_scheme', 'X_FORWARDED_SSL', 'ProxyHeaders'])
  );
}

export function isDjango(entry: EntryPoint | undefined): boolean {
  return entry?.frameworks.includes('django') === true || entry?.settingsModule !== undefined;
}

/** A server that is proved to be behind a route. */
export type TiedHop = Hop & { readonly server: NonNullable<Hop['server']> };

export function isTied(hop: Hop): hop is TiedHop {
  return hop.match === 'address' && hop.server !== undefined;
}

/** True where somebody sets the option; the defaults that a server's settings list do not count. */
export function isWritten({ settings }: AppServer, name: string): boolean {
  const setting = settings.get(name);
  return setting !== undefined && setting.origin !== 'default';
}

/** True for a route to files of the application, such as style sheets, which read no headers. */
export function servesFiles({ route }: Hop): boolean {
  return /\/(?:static|media|assets|uploads|favicon)(?:[/.]|$)/.test(route.path);
}

/**
 * True for a location that asks for a WebSocket each time, and that is named for them or stands beside one that takes the pages of the same
 * application: it sees no form, and nothing that is made there is a link or a redirect.
 */
export function takesOnlyWebsockets({ route, server }: TiedHop, tied: readonly TiedHop[]): boolean {
  const connection = route.headers.get('connection');
  if (!route.headers.has('upgrade') || !connection?.known || connection.value.toLowerCase() !== 'upgrade') return false;
  if (/(?:^|[\s/^])(?:wss?|web-?sockets?|socket\.io)(?:[/$]|$)/i.test(route.title)) return true;
  return tied.some(
    other => other.server === server && other.route.server === route.server && !other.route.headers.has('upgrade'),
  );
}
