import type { NginxScope } from '../../model/gateway.js';

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
