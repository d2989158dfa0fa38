import type { Gateway, NginxDirective, NginxScope } from './gateway.js';
import { scopesOf } from './inherit.js';

/** What changes how a request is handed on, and does nothing with it by itself. */
const only =
  /^(?:(?:proxy|uwsgi|fastcgi|scgi|grpc)_(?!pass$)\w+|client_\w+|limit_(?:req|conn|rate)\w*|keepalive_\w+|send_timeout|access_log|add_header|gzip\w*)$/;

/**
 * Locations inside one that passes requests on which do nothing with theirs: a pass is not inherited, so nginx looks for a file (the content
 * handler belongs to one location: ngx_http_core_module). Silent where a `root` tells of files.
 */
export function unhandledLocations(
  gateway: Gateway,
): readonly { readonly opener: NginxDirective; readonly pass: NginxDirective }[] {
  return scopesOf(gateway).flatMap(scope => {
    const { opener, parent } = scope;
    const pass = parent?.directives.find(({ name }) => /^(?:proxy|uwsgi|fastcgi|scgi|grpc)_pass$/.test(name));
    if (scope.context !== 'location' || parent?.context !== 'location' || !opener || !pass) return [];
    const served = scope.open || scope.directives.some(({ name }) => !only.test(name)) || hasRoot(scope);
    return served ? [] : [{ opener, pass }];
  });
}

function hasRoot(scope: NginxScope): boolean {
  for (let at = scope.parent; at; at = at.parent)
    if (at.open || at.directives.some(({ name }) => name === 'root' || name === 'alias')) return true;
  return false;
}
