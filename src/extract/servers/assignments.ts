import { type Setting, withValue } from '../../model/setting.js';
import { literalPlace } from './context.js';

/** The process's variables with those that the server's own settings add (`NAME=value`); nothing where there are none. */
export function withAssignments(
  environment: ReadonlyMap<string, Setting<string>>,
  assignments: readonly Setting<string>[],
): { readonly environment?: ReadonlyMap<string, Setting<string>> } {
  const own = assignments.filter(one => one.known && one.value.includes('='));
  if (own.length === 0) return {};
  const all = new Map(environment);
  for (const assignment of own) {
    if (!assignment.known) continue;
    const equals = assignment.value.indexOf('=');
    const value = assignment.value.slice(equals + 1);
    const place = assignment.span && literalPlace(assignment.span, assignment.value);
    const span = place ? { ...place, start: place.start + equals + 1 } : assignment.span;
    all.set(assignment.value.slice(0, equals), { ...withValue(assignment, value), ...(span && { span }) });
  }
  return { environment: all };
}
