import { callTarget, nameInTarget } from '../../src/edits/target.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import type { AttributeState } from '../../src/model/entry.js';
import type { AppServer, AppTarget } from '../../src/model/server.js';
import type { Known } from '../../src/model/setting.js';
import { mayCallFactories } from '../../src/model/uvicorn.js';
import type { Edit, Span } from '../../src/text/source.js';

/** The module is there, but the name in it that the server asks for is not, or is a factory that nobody calls. */
export const rule: Rule = {
  id: 'python/missing-callable',
  summary: 'The module has no application of the name that the server asks for',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
  proof: ['applications-dict-shadows-application', 'factory-not-called', 'missing-application-attribute'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { entry, app } = server;
        if (!entry || !app?.known || entry.module.state !== 'found') continue;
        const shadowed = shadow(server, app);
        if (shadowed) report(shadowed);
        else if (entry.attribute.state === 'missing') report(missing(server, app, entry.attribute));
        else if (entry.attribute.state === 'found' && entry.attribute.kind === 'factory')
          if (!app.value.called && !mayCallFactories(server)) report(uncalled(server, app, entry.attribute.span));
      }
    }
  },
};

type Absent = Extract<AttributeState, { readonly state: 'missing' }>;
type App = Known<AppTarget>;

/**
 * uWSGI looks for a dict `applications` in a module before any callable, named or not, and on Python 3 wants bytes as its keys: plugins/python/pyloader.c
 * (uwsgi_uwsgi_loader) of 2.0.21. Not so for `wsgi-file`.
 */
function shadow(server: AppServer, { value }: App): Finding | undefined {
  const dict = server.entry?.names?.get('applications');
  if (server.kind !== 'uwsgi' || value.module === undefined || value.called) return undefined;
  if (!dict?.known || !dict.span || dict.value.kind !== 'dict') return undefined;
  const keys = [...dict.value.entries.keys()];
  if (keys.some(key => /^b['"]/.test(key))) return undefined;
  return {
    span: dict.span,
    message:
      `uWSGI takes a dict named "applications" in ${server.entry?.file?.path ?? value.module} for its table of applications, before it looks for a callable, ` +
      `and this one has ${keys.length === 0 ? 'none' : `the keys ${keys.slice(0, 3).join(', ')}, which are no paths in bytes`}. ` +
      'It loads no application: every request is answered with 500. Any other name will do.',
    related: [{ span: server.span, message: 'uwsgi is started here' }],
    symptom: '500',
    log: 'the app mountpoint must be a string',
  };
}

function missing(server: AppServer, app: App, { candidates, guarded }: Absent): Finding {
  const { attribute = 'application', implied, module, file } = app.value;
  const [only] = candidates;
  const asked = implied ? `names no callable, so ${server.kind} looks for "${attribute}"` : `asks for "${attribute}"`;
  return {
    span: app.span ?? server.span,
    message:
      `${app.value.text} ${asked}, but ${server.entry?.file?.path ?? module ?? file} has no such name` +
      `${candidates.length === 1 && only ? `; it has "${only.name}"` : ''}. ${outcome(server)}`,
    related: [
      ...(guarded
        ? [
            {
              span: guarded.guard,
              message: `${attribute} is set under this condition only, which does not hold at import`,
            },
          ]
        : []),
      ...candidates.map(one => ({ span: one.span, message: `${one.name} is defined here` })),
      { span: server.span, message: `${server.kind} is started here` },
    ],
    fixes: repaired(`Load ${only?.name}`, candidates.length === 1 && only && nameInTarget(app, only.name)),
    symptom: server.kind === 'uwsgi' ? '500' : '502',
    log:
      server.kind === 'uwsgi'
        ? module === undefined
          ? 'unable to find "application" callable'
          : 'callable not found or import error'
        : `Failed to find attribute '${attribute}' in '${module ?? file}'.`,
  };
}

function uncalled(server: AppServer, app: App, at: Span): Finding {
  const { attribute = '' } = app.value;
  return {
    span: app.span ?? server.span,
    message:
      `${app.value.text} names a function that makes the application, not an application: ${server.kind} calls ${attribute}() with each request's ` +
      `data. Every request is answered with ${server.kind === 'uwsgi' ? '502' : '500'}.`,
    related: [
      { span: at, message: `${attribute} is defined here` },
      { span: server.span, message: `${server.kind} is started here` },
    ],
    fixes: repaired(
      server.kind === 'granian' ? 'Add --factory' : `Call the factory: ${app.value.text}()`,
      callTarget(server, app),
    ),
    symptom: server.kind === 'uwsgi' ? '502' : '500',
    log: `TypeError: ${attribute}() takes`,
  };
}

function outcome(server: AppServer): string {
  return server.kind === 'uwsgi'
    ? 'uWSGI starts without an application: every request is answered with 500.'
    : `${server.kind} does not start, and the gateway answers with 502.`;
}

function repaired(title: string, edit: Edit | false | undefined): readonly Fix[] {
  return edit ? [{ title, safety: 'safe', edits: [edit] }] : [];
}
