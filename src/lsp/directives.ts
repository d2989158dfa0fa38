import type { NginxDirective, NginxScope } from '../model/gateway.js';
import { scopesOf } from '../model/inherit.js';
import type { Judged } from './project.js';
import { covers } from './view.js';

/** A directive at a place, in one of the levels that it stands in: an included file may stand in several. */
export interface Standing {
  readonly directive: NginxDirective;
  readonly scope: NginxScope;
}

/** The directives whose name, or whose text, a place belongs to: the innermost, once for each level that it stands in. */
export function directivesAt(judged: Judged, path: string, offset: number): readonly Standing[] {
  let found: Standing[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const scope of allScopes(judged)) {
    for (const directive of scope.directives) {
      const { span } = directive;
      if (directive.stock || span.file.path !== path || !covers(span, offset)) continue;
      const size = span.end - span.start;
      if (size < least) found = [];
      if (size > least) continue;
      least = size;
      found.push({ directive, scope });
    }
  }
  return found;
}

function allScopes({ deployment }: Judged): readonly NginxScope[] {
  return deployment.stacks.flatMap(({ gateways }) => gateways.flatMap(scopesOf));
}

/** The level at whose top the lines of a file stand, where it is a file of a gateway. */
export function levelOfFile(judged: Judged, path: string): NginxScope | undefined {
  for (const scope of allScopes(judged)) {
    if (scope.directives.some(({ span, stock }) => !stock && span.file.path === path)) {
      return scope.opener?.span.file.path === path ? undefined : scope;
    }
  }
  return undefined;
}
