import type { PyExpression } from './tree.js';

/** What stands in a target, one by one: `a`, `b` and `c` in `(a, [b, c])`. */
export function flatTargets(expression: PyExpression): readonly PyExpression[] {
  return expression.kind === 'tuple' || expression.kind === 'list'
    ? expression.items.flatMap(flatTargets)
    : [expression];
}
