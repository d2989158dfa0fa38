import type { DeclaredStack } from '../../model/assumptions.js';
import { joinParts, type StackParts } from '../../model/parts.js';

export function declaredId({ name }: DeclaredStack): string {
  return `stack:${name}`;
}

/**
 * Joins what the user counts to one stack: its containers, by their first file, and its files on a host. One that has only one part stays as
 * it is.
 */
export function joinDeclared(stacks: readonly StackParts[], declared: readonly DeclaredStack[]): readonly StackParts[] {
  let all = stacks;
  for (const one of declared) {
    const parts = all.filter(stack => stack.id === declaredId(one) || one.has(stack.members[0]?.path ?? ''));
    const [first, ...rest] = parts;
    if (!first || rest.length === 0) continue;
    const joined = rest.reduce(joinParts, first);
    all = [
      ...all.filter(stack => !parts.includes(stack)),
      { ...joined, id: declaredId(one), title: one.name, aside: false, declared: true },
    ];
  }
  return all;
}
