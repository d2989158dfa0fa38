import type { Finding, Rule } from '../../src/lint/rule.js';
import { withSteps } from '../../src/lint/together.js';
import { constantOf, isDjango, isTied, isWritten, likelySetting, type TiedHop } from '../../src/model/application.js';
import { mayBeDevelopment } from '../../src/model/development.js';
import type { AppServer, SettingValue } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';
import { spanText } from '../../src/text/source.js';

/**
 * DEBUG, or reloading at every change of a file, in what a server for production runs behind a gateway. Silent wherever anything says that the
 * stack is the one for development.
 */
export const rule: Rule = {
  id: 'python/debug-in-production',
  summary: 'Debugging or automatic reloading is on behind the gateway',
  severity: 'warning',
  symptom: 'security',
  fix: 'unsafe',

  check(deployment, report) {
    for (const stack of deployment.stacks) {
      const told = new Map<string, Finding>();
      for (const hop of stack.hops.filter(isTied)) {
        if (hop.server.development || mayBeDevelopment(deployment, stack, hop, hop.server)) continue;
        const found = debugging(hop) ?? reloading(hop.server, hop.gateway.kind, evidence(hop));
        if (!found) continue;
        // Several servers load one line (daphne beside gunicorn).
        const key = `${found.span.file.path}:${found.span.start}`;
        const same = told.get(key);
        told.set(key, same ? withSteps(same, found.related ?? []) : found);
      }
      for (const finding of told.values()) report(finding);
      const reached = new Set(stack.hops.map(hop => hop.server));
      for (const server of stack.servers) {
        if (reached.has(server) || server.development || !isForProduction(server)) continue;
        const found = reloading(server, undefined, [{ span: server.span, message: `${server.kind} is started here` }]);
        if (found) report(found);
      }
    }
  },
};

function evidence({ server, route }: TiedHop): NonNullable<Finding['related']> {
  return [
    { span: server.span, message: `${server.kind} is started here` },
    { span: route.pass.span, message: 'the gateway passes requests to it' },
  ];
}

/** Django only: what Flask's DEBUG does behind a server is to show less than Django's. */
function debugging(hop: TiedHop): Finding | undefined {
  const { entry, kind } = hop.server;
  if (!entry || !isDjango(entry)) return undefined;
  const debug = likelySetting(entry, 'DEBUG');
  if (!debug?.span || constantOf(debug) !== true) return undefined;
  return {
    span: debug.span,
    message: `DEBUG is True in the settings that ${kind} loads behind ${hop.gateway.kind}. Every error shows visitors the source, the variables and the settings of the site.`,
    related: evidence(hop),
    fixes:
      spanText(debug.span) === 'True'
        ? [{ title: 'Set DEBUG to False', safety: 'unsafe', edits: [{ span: debug.span, text: 'False' }] }]
        : [],
  };
}

/** Seconds between two looks at the files. */
function isInterval(setting: Setting<SettingValue> | undefined): boolean {
  return setting?.known === true && Number(setting.value) > 0;
}

/** The names of the files that start it say so: nobody needs to see the gateway. */
function isForProduction({ launch, span, place }: AppServer): boolean {
  const names = [launch.span.file.path, span.file.path, place.id];
  return (
    names.some(name => /(?:^|[._/-])prod(?:uction)?(?![a-z])/i.test(name)) &&
    !names.some(name =>
      /(?:^|[^a-z])(?:dev|develop|development|local|test|tests|debug|example|examples)(?![a-z])/i.test(name),
    )
  );
}

function reloading(
  server: AppServer,
  gateway: string | undefined,
  related: NonNullable<Finding['related']>,
): Finding | undefined {
  // Another branch of the script may start it without.
  if (!server.command.certain) return undefined;
  const name = server.kind === 'uwsgi' ? 'py-autoreload' : 'reload';
  const reload = server.settings.get(name);
  if (!/^(?:gunicorn|uvicorn|hypercorn|granian|uwsgi)$/.test(server.kind) || !isWritten(server, name)) return undefined;
  const on =
    name === 'reload' ? reload?.known && (reload.value === true || reload.value === 'true') : isInterval(reload);
  if (!reload || !on) return undefined;
  return {
    span: reload.span ?? server.span,
    symptom: '502',
    message:
      `${server.kind} reloads the application whenever a file changes (${reload.name})${gateway === undefined ? ', in what is named for production' : `, behind ${gateway}`}. While files are copied at a deployment it loads them half written, ` +
      'and requests in flight may end in 502.',
    related,
  };
}
