import type { Rule } from './rule.js';

/** True when `selector` names the rule by its id or by its group (`timeout`). */
export function matchesSelector(selector: string, id: string): boolean {
  return selector === id || id.startsWith(`${selector}/`);
}

/** The rules that are named by `select` (all, where it is empty) and not by `ignore`. */
export function selectRules(
  rules: readonly Rule[],
  select: readonly string[],
  ignore: readonly string[],
): readonly Rule[] {
  return rules.filter(
    ({ id }) =>
      (select.length === 0 || select.some(one => matchesSelector(one, id))) &&
      !ignore.some(one => matchesSelector(one, id)),
  );
}
