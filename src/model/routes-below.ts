import type { Gateway, NginxScope, Route } from './gateway.js';

/** Every level with the routes below it; levels with something unreadable below them are left out. */
export function routesBelow(gateway: Gateway): ReadonlyMap<NginxScope, readonly Route[]> {
  const found = new Map<NginxScope, Route[]>();
  for (const route of gateway.routes) {
    for (let at = route.scope; at; at = at.parent) {
      const known = found.get(at);
      if (known) known.push(route);
      else found.set(at, [route]);
    }
  }
  if (gateway.root) dropOpen(gateway.root, found);
  return found;
}

function dropOpen(scope: NginxScope, found: Map<NginxScope, Route[]>): boolean {
  let open = scope.open;
  for (const directive of scope.directives) if (directive.block && dropOpen(directive.block, found)) open = true;
  if (open) found.delete(scope);
  return open;
}
