import type { NginxDirective, NginxScope } from '../../model/gateway.js';
import { directivesAt } from '../../model/inherit.js';

/** Those of the innermost level that has any, as nginx inherits. */
export function effectiveAt(scope: NginxScope, name: string): readonly NginxDirective[] {
  for (let level: NginxScope | undefined = scope; level; level = level.parent) {
    const found = directivesAt(level, name);
    if (found.length > 0) return found;
  }
  return [];
}

/** The scope and everything around it, innermost first. */
export function chain(scope: NginxScope): readonly NginxScope[] {
  const levels: NginxScope[] = [];
  for (let at: NginxScope | undefined = scope; at; at = at.parent) levels.push(at);
  return levels;
}

export function serverOf(scope: NginxScope): NginxScope | undefined {
  let level: NginxScope | undefined = scope;
  while (level && level.context !== 'server') level = level.parent;
  return level;
}
