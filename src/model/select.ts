import type { Gateway, NginxDirective, NginxScope, VirtualServer } from './gateway.js';

/** Where nginx goes with a request: a location, nowhere but the server block itself, or not to be told. */
export type Selected = NginxScope | 'none' | 'unknown';

/**
 * The location that serves a path, as nginx selects it (ngx_http_core_find_location): an exact one, else the longest prefix and in it
 * its own locations, else the first regular expression that matches, unless the prefix says `^~`. `path` is decoded and without a query.
 * Unknown where the server block or an expression cannot be read.
 */
export function locationFor(server: NginxScope, path: string): Selected {
  if (path.length > longestPath) return 'unknown';
  const found = locationIn(server, path, 0);
  return found === 'unknown' ? found : (found.scope ?? 'none');
}

/** Longer paths are not matched against expressions, which may take time that grows faster than the path. */
const longestPath = 300;
const deepest = 20;

interface Location {
  readonly modifier: string;
  /** Undefined where a template writes it. */
  readonly path: string | undefined;
  readonly scope: NginxScope;
}

/** A location by `=` or by an expression is final; what only a prefix found still gives way to an expression of the level around it. */
interface Found {
  readonly scope?: NginxScope;
  readonly final: boolean;
}

function locationIn(level: NginxScope, path: string, depth: number): Found | 'unknown' {
  if (level.open || depth > deepest) return 'unknown';
  const locations = level.directives.flatMap(locationOf);
  if (locations.some(one => one.path === undefined)) return 'unknown';
  const exact = locations.find(({ modifier, path: text }) => modifier === '=' && text === path);
  if (exact) return { scope: exact.scope, final: true };
  const longest = longestPrefix(locations, path);
  const inner = longest ? locationIn(longest.scope, path, depth + 1) : { final: false };
  if (inner === 'unknown' || inner.final) return inner;
  const expressions = longest?.modifier === '^~' ? [] : locations.filter(({ modifier }) => modifier.startsWith('~'));
  for (const { modifier, path: pattern = '', scope } of expressions) {
    const matches = matchesPattern(pattern, path, modifier === '~*');
    if (matches === undefined) return 'unknown';
    if (!matches) continue;
    const within = locationIn(scope, path, depth + 1);
    return within === 'unknown' ? within : { scope: within.scope ?? scope, final: true };
  }
  const scope = inner.scope ?? longest?.scope;
  return { ...(scope && { scope }), final: false };
}

function longestPrefix(locations: readonly Location[], path: string): Location | undefined {
  let best: Location | undefined;
  for (const one of locations) {
    const fits = /^(?:\^~)?$/.test(one.modifier) && one.path !== undefined && path.startsWith(one.path);
    if (fits && (one.path?.length ?? 0) > (best?.path?.length ?? -1)) best = one;
  }
  return best;
}

function locationOf({ name, args, block }: NginxDirective): readonly Location[] {
  if (name !== 'location' || !block) return [];
  if (args.some(word => !word.known)) return [{ modifier: '', path: undefined, scope: block }];
  const [first, second] = args;
  if (second) return [{ modifier: first?.text ?? '', path: second.text, scope: block }];
  const glued = /^(?:=|\^~|~\*?|@)/.exec(first?.text ?? '')?.[0] ?? '';
  return [{ modifier: glued, path: (first?.text ?? '').slice(glued.length), scope: block }];
}

/** The block that is asked for a host on a socket (ngx_http_find_virtual_server): its name, a wildcard, an expression, the default. */
export function serverFor(gateway: Gateway, port: number, host: string): VirtualServer | 'unknown' | undefined {
  const on = gateway.servers.filter(({ listens }) =>
    listens.some(({ address }) => address.known && address.value.kind === 'tcp' && address.value.port === port),
  );
  if (gateway.servers.some(({ listens, scope }) => scope?.open || listens.some(({ address }) => !address.known)))
    return 'unknown';
  if (on.some(({ names }) => names.some(name => !name.known || name.text.includes('$hostname')))) return 'unknown';
  const name = host.toLowerCase();
  const named = (is: (text: string) => boolean) =>
    on.find(({ names }) => names.some(({ text }) => is(text.toLowerCase())));
  const exact = named(text => text === name || (text.startsWith('.') && text.slice(1) === name));
  if (exact) return exact;
  const wildcard = longestOf(on, text => (/^(?:\*\.|\.)/.test(text) ? name.endsWith(text.replace(/^\*/, '')) : false));
  if (wildcard) return wildcard;
  const trailing = longestOf(on, text => text.endsWith('.*') && name.startsWith(text.slice(0, -1)));
  if (trailing) return trailing;
  for (const server of on) {
    for (const { text } of server.names) {
      if (!text.startsWith('~')) continue;
      const matches = matchesPattern(text.slice(1), name, true);
      if (matches !== false) return matches ? server : 'unknown';
    }
  }
  return on.find(({ listens }) => listens.some(({ defaultServer }) => defaultServer)) ?? on[0];
}

function longestOf(servers: readonly VirtualServer[], is: (text: string) => boolean): VirtualServer | undefined {
  let best: { readonly server: VirtualServer; readonly length: number } | undefined;
  for (const server of servers) {
    for (const { text } of server.names) {
      if (is(text.toLowerCase()) && text.length > (best?.length ?? 0)) best = { server, length: text.length };
    }
  }
  return best?.server;
}

/**
 * Whether an expression of nginx matches a text; undefined for one that is not plain: only literals, classes, groups without a repetition and
 * at most two `*` or `+`, which mean the same to PCRE and here, and cannot take more than quadratic time.
 */
function matchesPattern(pattern: string, text: string, ignoreCase: boolean): boolean | undefined {
  if (pattern.length > 500 || /\(\?(?!:)|\)[*+?{]|[*+?][*+?]|[{}]|\[\[:|\\(?![.dwsDWS/_\-+*?()[\]|^$\\])/.test(pattern))
    return undefined;
  if ((pattern.match(/[*+]/g) ?? []).length > 2 || text.length > longestPath) return undefined;
  try {
    return new RegExp(pattern, ignoreCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}
