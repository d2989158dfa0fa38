import type { Route } from './gateway.js';
import { inheritance } from './inherit.js';

/** The words that keep nginx from trying the next server of a group after a failure (`proxy_next_upstream off`); undefined where it tries, or where there is no other. */
export function nextUpstream({ pass, scope, to }: Route): string | undefined {
  if (to.length < 2) return undefined;
  const name = pass.directive.replace(/_pass$/, '_next_upstream');
  const lines = inheritance()(scope, name);
  return lines?.some(({ args }) => args.some(({ text }) => text === 'off')) ? `${name} off` : undefined;
}
