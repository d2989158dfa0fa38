import type { NginxScope, Route, VirtualServer } from '../../model/gateway.js';
import type { Word } from '../../model/word.js';
import { serverOf } from './levels.js';
import { destination, type PassReading } from './pass.js';
import { effectiveHeaders, effectiveHttpVersion, effectiveSeconds, type Levels } from './settings.js';

/** One route per `*_pass` of http. */
export function routesOf(
  readings: readonly PassReading[],
  servers: ReadonlyMap<NginxScope, VirtualServer>,
  levels: Levels,
  groupsOpen: boolean,
): readonly Route[] {
  return readings.map(reading => {
    const { scope, form } = reading;
    const { pass, protocol, to, unresolved } = destination(reading, groupsOpen);
    const { headers, complete } = effectiveHeaders(scope, form.family, levels);
    const owner = serverOf(scope);
    const server = owner && servers.get(owner);
    const location = locationOf(scope);
    return {
      title: titleOf(scope),
      modifier: location.modifier,
      path: location.path,
      ...(server && { server }),
      pass,
      protocol,
      to,
      ...(unresolved !== undefined && { unresolved }),
      readTimeout: effectiveSeconds(scope, `${form.family}_read_timeout`, levels),
      connectTimeout: effectiveSeconds(scope, `${form.family}_connect_timeout`, levels),
      sendTimeout: effectiveSeconds(scope, `${form.family}_send_timeout`, levels),
      ...(form.family === 'proxy' && { httpVersion: effectiveHttpVersion(scope, levels) }),
      headers,
      headersComplete: complete,
      span: reading.directive.span,
      scope,
    };
  });
}

export interface LocationName {
  readonly modifier: Route['modifier'];
  readonly path: string;
  /** The word that holds the path. */
  readonly word?: Word;
}

/** Modifier and path of the location that a scope is or lies in. A fragment that stands in an unknown location has no path. */
export function locationOf(scope: NginxScope): LocationName {
  for (let at: NginxScope | undefined = scope; at; at = at.parent) {
    if (at.context === 'location') return at.opener ? locationName(at.opener.args) : { modifier: '', path: '' };
  }
  return { modifier: '', path: '' };
}

/** nginx takes the modifier as a word of its own or at the front of the path (`=/x`, `~\.php$`). */
export function locationName(args: readonly Word[]): LocationName {
  const [first, second] = args;
  if (!first) return { modifier: '', path: '' };
  if (second) return { modifier: modifierOf(first.text) ?? '', path: second.text, word: second };
  const glued = /^(?:=|\^~|~\*?|@)/.exec(first.text)?.[0] ?? '';
  return { modifier: modifierOf(glued) ?? '', path: first.text.slice(glued.length), word: first };
}

export function modifierOf(text: string): Route['modifier'] | undefined {
  return text === '' || text === '=' || text === '~' || text === '~*' || text === '^~' || text === '@'
    ? text
    : undefined;
}

function titleOf(scope: NginxScope): string {
  if (scope.context === 'location') {
    const { modifier, path } = locationOf(scope);
    return `location ${modifier}${modifier === '' || modifier === '@' ? '' : ' '}${path}`.trim();
  }
  const words = scope.opener
    ? [scope.opener.name, ...scope.opener.args.map(word => word.text)].join(' ')
    : scope.context;
  return scope.parent ? `${words} in ${titleOf(scope.parent)}` : words;
}
