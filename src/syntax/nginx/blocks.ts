import type { NginxNames } from './tree.js';

/**
 * What may stand in a block: contexts in nginx's terms (more than one where the block around it is not known), `free` for
 * lines of the block's own form, `pairs` for lines of exactly two words, undefined where nothing is known.
 */
export type Inside = readonly string[] | 'free' | 'pairs' | undefined;

type Opening = readonly [outer: string, inside: string];

/** Blocks of open source nginx: in which context they open which one (the module tables of nginx's source, see src/facts). */
const openings: Readonly<Record<string, readonly Opening[]>> = {
  events: [['main', 'events']],
  http: [['main', 'http']],
  mail: [['main', 'mail']],
  stream: [['main', 'stream']],
  server: [
    ['http', 'server'],
    ['stream', 'stream/server'],
    ['mail', 'mail/server'],
  ],
  upstream: [
    ['http', 'upstream'],
    ['stream', 'stream/upstream'],
  ],
  location: [
    ['server', 'location'],
    ['location', 'location'],
  ],
  if: [
    ['server', 'if in server'],
    ['location', 'if in location'],
  ],
  limit_except: [['location', 'limit_except']],
};

/** Blocks with lines of their own form; the value says which. */
const freeForms: Readonly<Record<string, 'free' | 'pairs'>> = {
  types: 'free',
  geo: 'pairs',
  map: 'pairs',
  split_clients: 'pairs',
  charset_map: 'pairs',
};

/** What may stand inside the block `name`, opened where `outer` may stand. */
export function insideOf(name: string, outer: Inside): Inside {
  if (Object.hasOwn(freeForms, name)) return freeForms[name];
  const rows = Object.hasOwn(openings, name) ? openings[name] : undefined;
  if (!rows) return undefined;
  const fitting = typeof outer === 'object' ? rows.filter(([context]) => outer.includes(context)) : rows;
  return (fitting.length > 0 ? fitting : rows).map(([, inside]) => inside);
}

/** True where a directive of this name is a block and nothing else. `server` in an `upstream` is none. */
export function opensBlock(name: string, outer: Inside): boolean {
  if (Object.hasOwn(freeForms, name)) return true;
  const rows = Object.hasOwn(openings, name) ? openings[name] : undefined;
  if (!rows) return false;
  return typeof outer !== 'object' || rows.some(([context]) => outer.includes(context));
}

/** Whether the directive may stand there; undefined where that cannot be said. */
export function allowedIn(name: string, inside: Inside, names: NginxNames | undefined): boolean | undefined {
  if (typeof inside !== 'object' || !names?.contextsOf) return undefined;
  const contexts = names.contextsOf(name);
  if (contexts.length === 0) return undefined;
  return contexts.includes('any') || contexts.some(context => inside.includes(context));
}
