import { nginxDirective, passFamily } from '../../src/facts/nginx.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { where } from '../../src/model/describe.js';
import type { NginxDirective, NginxScope, Route } from '../../src/model/gateway.js';
import { effective, isSetBelow } from '../../src/model/inherit.js';
import { routesBelow } from '../../src/model/routes-below.js';

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
          const used = passesOf(routes);
          const found = scope.directives
            // A snippet that several levels include may be meant for another of them.
            .filter(({ span }) => !scope.opener || span.file.path === scope.opener.span.file.path)
            .flatMap(directive => judge(directive, scope, routes, used) ?? []);
          for (const one of asOne(found)) report(one);
        });
      }
    }
  },
};

/** Definitions that other files may use, and words that only look like a family. */
const neutral = /^(?:proxy_protocol.*|\w+_cache_path|\w+_temp_path|\w+_pass)$/;

/** What passes the requests on, without `_pass`. */
function passesOf(routes: readonly Route[]): readonly string[] {
  return [...new Set(routes.map(route => route.pass.directive))].map(name => name.replace(/_pass$/, ''));
}

function walk(scope: NginxScope, visit: (scope: NginxScope) => void): void {
  if (/^(?:stream|mail)/.test(scope.context)) return;
  visit(scope);
  for (const directive of scope.directives) if (directive.block) walk(directive.block, visit);
}

/** A directive that does nothing, and what it takes to speak about several of them at once. */
interface Judged extends Finding {
  readonly name: string;
  /** Nothing else could be written in its place, so that all of its kind have the same cause: the pass of another module. */
  readonly lost: boolean;
}

/** Directives at one level that nothing replaces are one mistake. */
function asOne(found: readonly Judged[]): readonly Finding[] {
  const [first, ...others] = found.filter(one => one.lost);
  if (!first || others.length === 0) return found.map(plain);
  const names = [...new Set([first, ...others].map(one => one.name))];
  const several =
    names.length === 1
      ? `each ${names[0]} is without effect here`
      : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} have no effect here`;
  const message = first.message
    .replace(`${first.name} has no effect here`, several)
    .replace('What it is meant', 'What they are meant');
  const more = others.map(({ span, name }) => ({ span, message: `${name} is without effect too` }));
  const merged: Finding = { ...plain(first), message, related: [...(first.related ?? []), ...more] };
  return [merged, ...found.filter(one => !one.lost).map(plain)];
}

const plain = ({ name: _, lost: __, ...finding }: Judged): Finding => finding;

function judge(
  directive: NginxDirective,
  scope: NginxScope,
  routes: readonly Route[],
  used: readonly string[],
): Judged | undefined {
  const family = passFamily(directive.name);
  const [other] = used;
  if (!family || used.includes(family) || neutral.test(directive.name)) return undefined;
  if (directive.stock || directive.args.some(arg => !arg.known)) return undefined;
  const [first] = routes;
  if (!first || !other || used.some(name => passFamily(`${name}_`) !== name)) return undefined;
  const twin = used.length === 1 ? `${other}_${directive.name.slice(family.length + 1)}` : undefined;
  const exists = twin !== undefined && nginxDirective(twin) !== undefined;
  // Where all have the twin as well, nothing is missing: one text for several modules. A twin further out is what this was to replace.
  const owning = exists ? routes.filter(route => isSetBelow(route.scope, scope, twin)) : [];
  const outer = exists ? effective(scope.parent, twin).at(-1) : undefined;
  const unset = exists && owning.length === 0;
  const weighty = /_(?:read|send|connect)_timeout$|_buffer(?:s|_size)$|_busy_buffers_size$/.test(directive.name);
  const harmless = owning.length === routes.length || (unset && !outer && isAsByDefault(directive));
  return {
    name: directive.name,
    lost: !exists && !weighty,
    span: directive.span,
    severity: harmless ? 'info' : weighty ? 'error' : 'warning',
    symptom: /timeout/.test(directive.name) ? '504' : /buffer/.test(directive.name) ? '502' : 'wrong reply',
    message:
      `${directive.name} has no effect here: requests are handed on by ${used.map(name => `${name}_pass`).join(' and ')} (${where(first.pass.span)}), which ${used.length > 1 ? 'read' : 'reads'} ${used.map(name => `${name}_*`).join(' and ')} directives only. ` +
      (exists
        ? `${twin} ${!unset ? 'is what counts' : outer ? `of ${where(outer.span)} holds` : 'is not set, so its default holds'}.`
        : `What it is meant to do does not happen.`),
    related: [{ span: first.pass.span, message: `${first.title} is passed on by ${first.pass.directive}` }],
    fixes: unset
      ? [{ title: `Rename to ${twin}`, safety: 'safe', edits: [{ span: directive.nameSpan, text: twin }] }]
      : [],
  };
}

/** The default of the other module is the same, or comes to the same: the operating system ends a wait for a connection long before. */
function isAsByDefault({ name, args }: NginxDirective): boolean {
  return name.endsWith('_connect_timeout') || (name.endsWith('_timeout') && /^(?:60s?|1m)$/.test(args[0]?.text ?? ''));
}
