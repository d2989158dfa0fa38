import { reportFaults } from '../../src/lint/faults.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { withSteps } from '../../src/lint/together.js';
import type { AppServer, AppTarget } from '../../src/model/server.js';
import { spanText } from '../../src/text/source.js';

/** The module that the server is told to load, or a first-party module that it imports at its top, is not there. */
export const rule: Rule = {
  id: 'python/missing-module',
  summary: 'The module that the server is told to load is not where it looks',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',

  check(deployment, report) {
    reportFaults(deployment, this.id, report);
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const target = missingTarget(server);
        if (target) report(target);
        const told = new Map<string, Finding>();
        for (const missing of server.entry?.missingImports ?? []) {
          if (!missing.certain) continue;
          const asked = nameOfFrom(missing);
          // Each module that imports it is another place of one cause.
          const same = told.get(missing.name);
          if (same) {
            told.set(
              missing.name,
              withSteps(same, [{ span: missing.span, message: `${missing.name} is imported here too` }]),
            );
            continue;
          }
          told.set(missing.name, {
            span: missing.span,
            message: `${missing.name} is imported while ${server.kind} loads the application, but there is no such ${asked === undefined ? 'module' : 'name or module'}${hint(missing.near)}. ${outcome(server)}`,
            related: [...missing.chain, { span: server.span, message: `${server.kind} is started here` }],
            ...outcomeFacts(server),
            log: asked ?? `ModuleNotFoundError: No module named '${missing.name}'`,
          });
        }
        for (const finding of told.values()) report(finding);
      }
    }
  },
};

function missingTarget(server: AppServer): Finding | undefined {
  const { entry, app } = server;
  if (entry?.module.state !== 'missing' || !app?.known) return undefined;
  const { why, near } = entry.module;
  return {
    span: app.span ?? server.span,
    message: `${server.kind} is told to load ${app.value.text}, but ${why}${hint(near)}. ${outcome(server)}`,
    related: [
      { span: server.span, message: `${server.kind} is started here` },
      ...(server.searchPath.via ?? []),
      ...(app.via ?? []),
    ],
    fixes: rename(app.span, app.value.module ?? app.value.file, near),
    ...outcomeFacts(server),
    log: logOf(server, app.value, why),
  };
}

/** What Python says of `from shop import plans` where the package shop is there; undefined for another form of import. */
function nameOfFrom({ name, span }: { readonly name: string; readonly span: Finding['span'] }): string | undefined {
  const dot = name.lastIndexOf('.');
  if (dot < 0 || spanText(span) !== name.slice(dot + 1)) return undefined;
  return `ImportError: cannot import name '${name.slice(dot + 1)}' from '${name.slice(0, dot)}'`;
}

function hint(near: readonly string[]): string {
  const [only] = near;
  return near.length === 1 ? ` (${only} is meant?)` : '';
}

/** uvicorn catches the exception for the module itself, and only for that (`import_from_string`). A package that is not there is named alone. */
function logOf({ kind }: AppServer, { module, text }: AppTarget, why: string): string {
  if (module === undefined && kind === 'uwsgi') return `failed to open python file ${text}`;
  const dotted = module ?? text;
  const inside = / has no module (\w+)$/.exec(why)?.[1];
  const parts = dotted.split('.');
  const missing = inside === undefined ? parts.slice(0, 1) : parts.slice(0, parts.indexOf(inside, 1) + 1);
  const name = missing.join('.');
  return kind === 'uvicorn' && name === dotted
    ? `Error loading ASGI app. Could not import module "${dotted}".`
    : `ModuleNotFoundError: No module named '${name}'`;
}

function outcome(server: AppServer): string {
  return server.kind === 'uwsgi'
    ? 'uWSGI starts without an application: every request is answered with 500.'
    : `${server.kind} does not start, and the gateway answers with 502.`;
}

function outcomeFacts(server: AppServer): Pick<Finding, 'symptom'> {
  return { symptom: server.kind === 'uwsgi' ? '500' : '502' };
}

function rename(
  span: Finding['span'] | undefined,
  module: string | undefined,
  near: readonly string[],
): readonly Fix[] {
  const [only] = near;
  if (!span || !module || near.length !== 1 || !only) return [];
  const at = spanText(span).indexOf(module);
  if (at < 0 || spanText(span).indexOf(module, at + 1) >= 0) return [];
  const edit = { span: { ...span, start: span.start + at, end: span.start + at + module.length }, text: only };
  return [{ title: `Load ${only}`, safety: 'safe', edits: [edit] }];
}
