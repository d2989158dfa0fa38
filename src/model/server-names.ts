import { showAddress } from './endpoint.js';
import type { Gateway, VirtualServer } from './gateway.js';
import type { Word } from './word.js';

/** Two server blocks that want the same name on the same socket. */
export interface NameConflict {
  readonly first: Word;
  readonly second: Word;
  readonly name: Word;
  readonly socket: string;
}

/**
 * The pairs of server blocks of which nginx leaves out the second. Only files that are certainly read together: two files in one folder may be
 * alternatives.
 */
export function nameConflicts(gateway: Gateway): readonly NameConflict[] {
  const seen = new Map<string, { readonly server: VirtualServer; readonly name: Word }>();
  const found: NameConflict[] = [];
  for (const server of gateway.servers) {
    for (const listen of server.listens) {
      if (!listen.address.known) continue;
      const socket = showAddress(listen.address.value);
      for (const name of server.names) {
        // `_` and the like are matched by no request; a block that has them is found by being the default one.
        if (!name.known || !/^[A-Za-z0-9*]/.test(name.text) || name.text.includes('$')) continue;
        const key = JSON.stringify([socket, name.text.toLowerCase()]);
        const before = seen.get(key);
        if (!before) seen.set(key, { server, name });
        else if (before.server !== server && together(gateway, before.name, name) && found.at(-1)?.second !== name)
          found.push({ first: before.name, second: name, name, socket });
      }
    }
  }
  return found;
}

function together(gateway: Gateway, a: Word, b: Word): boolean {
  // Branches of a template: only one of them comes out.
  if ([a, b].some(({ span }) => /\{%|<%|\{\{/.test(span.file.text))) return false;
  return gateway.whole || a.span.file.path === b.span.file.path;
}
