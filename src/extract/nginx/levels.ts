import type { NginxDirective, NginxScope } from '../../model/gateway.js';

/** The directives of every scope by name, so that a server with thousands of locations is not searched for each of them. */
export type NamedDirectives = ReadonlyMap<NginxScope, ReadonlyMap<string, readonly NginxDirective[]>>;

export function nameDirectives(scopes: readonly NginxScope[]): NamedDirectives {
  const named = new Map<NginxScope, Map<string, NginxDirective[]>>();
  for (const scope of scopes) {
    const byName = new Map<string, NginxDirective[]>();
    for (const directive of scope.directives) {
      const known = byName.get(directive.name);
      if (known) known.push(directive);
      else byName.set(directive.name, [directive]);
    }
    named.set(scope, byName);
  }
  return named;
}

const nothing: readonly NginxDirective[] = [];

export function directivesAt(named: NamedDirectives, scope: NginxScope, name: string): readonly NginxDirective[] {
  return named.get(scope)?.get(name) ?? nothing;
}

/** Those of the innermost level that has any, as nginx inherits. */
export function effectiveAt(named: NamedDirectives, scope: NginxScope, name: string): readonly NginxDirective[] {
  for (let level: NginxScope | undefined = scope; level; level = level.parent) {
    const found = directivesAt(named, level, name);
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
