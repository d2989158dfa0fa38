import type { Gateway, NginxDirective, NginxScope } from './gateway.js';
import { scopesOf } from './inherit.js';

/** What changes how a request is handed on, and does nothing with it by itself. */
const only =
  /^(?:(?:proxy|uwsgi|fastcgi|scgi|grpc)_(?!pass$)\w+|client_\w+|limit_(?:req|conn|rate)\w*|keepalive_\w+|send_timeout|access_log|add_header|gzip\w*)$/;

interface Level {
  /** Of a location that passes requests on. */
  readonly pass: NginxDirective | undefined;
  /** Here or further out `root` tells of files, or something is not known. */
  readonly rooted: boolean;
}

/**
 * Locations inside one that passes requests on which do nothing with theirs: a pass is not inherited, so nginx looks for a file (the content
 * handler belongs to one location: ngx_http_core_module). Silent where a `root` tells of files.
 */
export function unhandledLocations(
  gateway: Gateway,
): readonly { readonly opener: NginxDirective; readonly pass: NginxDirective }[] {
  const levels = new Map<NginxScope, Level>();
  return scopesOf(gateway).flatMap(scope => {
    const { opener, parent } = scope;
    if (scope.context !== 'location' || parent?.context !== 'location' || !opener || scope.open) return [];
    const { pass, rooted } = levelOf(levels, parent);
    if (!pass || rooted || scope.directives.some(({ name }) => !only.test(name))) return [];
    return [{ opener, pass }];
  });
}

/** Each level is looked at once: there may be thousands of locations below it. */
function levelOf(levels: Map<NginxScope, Level>, scope: NginxScope): Level {
  const known = levels.get(scope);
  if (known) return known;
  const level: Level = {
    pass: scope.directives.find(({ name }) => /^(?:proxy|uwsgi|fastcgi|scgi|grpc)_pass$/.test(name)),
    rooted:
      scope.open ||
      scope.directives.some(({ name }) => name === 'root' || name === 'alias') ||
      (scope.parent !== undefined && levelOf(levels, scope.parent).rooted),
  };
  levels.set(scope, level);
  return level;
}
