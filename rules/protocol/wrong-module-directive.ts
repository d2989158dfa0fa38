import { nginxDirective } from '../../src/facts/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import { effective, type Gateway, type NginxDirective, type NginxScope, type Route } from '../../src/model/gateway.js';

/**
 * A directive of one module at a level whose requests are all passed by another: nginx accepts it without a word and it does
 * nothing. Inheritance decides: a level that serves several families is fine, and so is one with an include that cannot be read.
 */
export const rule: Rule = {
  id: 'protocol/wrong-module-directive',
  summary: 'A directive of another module than the one that passes the request on has no effect',
  severity: 'error',
  symptom: '504',
  fix: 'safe',

  check(deployment, report) {
    for (const { gateways } of deployment.stacks) {
      for (const gateway of gateways) {
        if (!gateway.root) continue;
        const passed = routesBelow(gateway);
        walk(gateway.root, scope => {
          const routes = passed.get(scope);
          if (!routes || (scope.context === 'http' && !gateway.whole)) return;
          for (const directive of scope.directives) {
            // A snippet that several levels include may be meant for another of them.
            if (scope.opener && directive.span.file.path !== scope.opener.span.file.path) continue;
            const found = judge(directive, routes);
            if (found) report(found);
          }
        });
      }
    }
  },
};

const families = ['proxy', 'uwsgi', 'fastcgi', 'scgi', 'grpc'] as const;
type Family = (typeof families)[number];

/** Definitions that other files may use, and words that only look like a family. */
const neutral = /^(?:proxy_protocol.*|\w+_cache_path|\w+_temp_path|\w+_pass)$/;

function familyOf(name: string): Family | undefined {
  return neutral.test(name) ? undefined : families.find(family => name.startsWith(`${family}_`));
}

/** Every level with the routes below it; levels with something unreadable below them are left out. */
function routesBelow(gateway: Gateway): ReadonlyMap<NginxScope, readonly Route[]> {
  const found = new Map<NginxScope, Route[]>();
  for (const route of gateway.routes) {
    for (let at = route.scope; at; at = at.parent) {
      const known = found.get(at);
      if (known) known.push(route);
      else found.set(at, [route]);
    }
  }
  if (gateway.root) dropOpen(gateway.root, found);
  return found;
}

function dropOpen(scope: NginxScope, found: Map<NginxScope, Route[]>): boolean {
  let open = scope.open;
  for (const directive of scope.directives) if (directive.block && dropOpen(directive.block, found)) open = true;
  if (open) found.delete(scope);
  return open;
}

function walk(scope: NginxScope, visit: (scope: NginxScope) => void): void {
  if (/^(?:stream|mail)/.test(scope.context)) return;
  visit(scope);
  for (const directive of scope.directives) if (directive.block) walk(directive.block, visit);
}

function judge(directive: NginxDirective, routes: readonly Route[]): Finding | undefined {
  const family = familyOf(directive.name);
  if (!family || directive.stock || directive.args.some(arg => !arg.known)) return undefined;
  const used = [...new Set(routes.map(route => route.pass.directive.replace(/_pass$/, '')))];
  const [other] = used;
  if (!other || used.includes(family) || used.some(name => !families.some(one => one === name))) return undefined;
  const [first] = routes;
  if (!first) return undefined;
  const twin = used.length === 1 ? `${other}_${directive.name.slice(family.length + 1)}` : undefined;
  const exists = twin !== undefined && nginxDirective(twin) !== undefined;
  const unset = exists && routes.every(route => effective(route.scope, twin).length === 0);
  const weighty = /_(?:read|send|connect)_timeout$|_buffer(?:s|_size)$|_busy_buffers_size$/.test(directive.name);
  const passes = used.map(name => `${name}_pass`).join(' and ');
  return {
    span: directive.span,
    severity: weighty ? 'error' : 'warning',
    symptom: /timeout/.test(directive.name) ? '504' : /buffer/.test(directive.name) ? '502' : 'wrong reply',
    message:
      `${directive.name} has no effect here: requests are handed on by ${passes} (${where(first.pass.span)}), which reads ${other}_* directives only. ` +
      (exists
        ? `${unset ? `${twin} is not set, so its default holds` : `${twin} is what counts`}.`
        : `What it is meant to do does not happen.`),
    related: [{ span: first.pass.span, message: `${first.title} is passed on by ${first.pass.directive}` }],
    fixes:
      exists && unset
        ? [{ title: `Rename to ${twin}`, safety: 'safe', edits: [{ span: directive.nameSpan, text: twin }] }]
        : [],
  };
}
