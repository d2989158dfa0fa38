import type { Rule } from '../../src/lint/rule.js';
import { isTied, mentions } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import { showAddress } from '../../src/model/endpoint.js';
import type { Gateway, VirtualServer } from '../../src/model/gateway.js';
import type { Word } from '../../src/model/word.js';

/**
 * Requests that never reach the application: a second server block with the same name and port, which nginx leaves out with a warning, or a
 * location for `/` alone where the application has more pages.
 */
export const rule: Rule = {
  id: 'routing/unreachable',
  summary: 'A server block or a page that no request can reach',
  severity: 'warning',
  symptom: '404',
  fix: 'none',
  proof: ['location-exact-only'],

  check(deployment, report) {
    for (const { gateways, hops } of deployment.stacks) {
      for (const gateway of gateways) {
        for (const { first, second, name, socket } of conflicts(gateway)) {
          report({
            span: second.span,
            message:
              `${name.text || 'the empty name'} on ${socket} belongs to the server block at ${where(first.span)} already: nginx warns and ` +
              'gives no request for it to this one.',
            related: [{ span: first.span, message: 'requests with this name go here' }],
            log: `conflicting server name "${name.text}" on ${socket}, ignored`,
          });
        }
      }
      for (const { route, server, gateway } of hops.filter(isTied)) {
        const { entry } = server;
        const scope = route.server?.scope;
        if (route.modifier !== '=' || route.path !== '/' || !scope || scope.open || !entry) continue;
        const inside = scope.directives.filter(({ name }) => name === 'location' || name === 'if');
        if (
          inside.length !== 1 ||
          scope.directives.some(({ name }) => /^(?:root|rewrite|return|try_files|error_page|alias)$/.test(name))
        )
          continue;
        const others = entry.handlers.flatMap(({ path }) => (path?.startsWith('/') && path !== '/' ? [path] : []));
        if (others.length === 0 || mentions(entry, ['url_prefix'])) continue;
        report({
          span: scope.directives.find(one => one.block === route.scope)?.nameSpan ?? route.pass.span,
          message:
            `location = / is the only one here and matches / alone. The application has more pages (${others.slice(0, 3).join(', ')}): ` +
            `${gateway.kind} looks for them in its own html folder and answers 404.`,
          related: [{ span: server.span, message: 'this application has the other pages' }],
        });
      }
    }
  },
};

interface Conflict {
  readonly first: Word;
  readonly second: Word;
  readonly name: Word;
  readonly socket: string;
}

/** Only files that are certainly read together: two files in one folder may be alternatives. */
function conflicts(gateway: Gateway): readonly Conflict[] {
  const seen = new Map<string, { readonly server: VirtualServer; readonly name: Word }>();
  const found: Conflict[] = [];
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
