import { nearest } from '../text/near.js';
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

/** The groups of these rules, in their order. */
export function groupsOf(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map(id => id.slice(0, id.indexOf('/'))))];
}

/** Says that there is no such rule or group, and which one may be meant. */
export function unknownSelector(name: string, ids: readonly string[]): string {
  const near = nearest(name, [...ids, ...groupsOf(ids)]);
  const meant = near ?? ids.find(id => nearest(name, [id.slice(id.indexOf('/') + 1)]) !== undefined);
  return `there is no rule or group ${name}${meant === undefined ? '; gwlint rules lists them' : `; did you mean ${meant}?`}`;
}
