import { removeStatement } from '../../src/edits/python.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { likelySetting } from '../../src/model/application.js';
import { handlerCalls, makesCall } from '../../src/model/calls.js';
import { originOf } from '../../src/model/describe.js';
import { keepsLoggers, needsRegistry } from '../../src/model/django.js';
import type { EntryPoint, PyCall } from '../../src/model/entry.js';
import { scriptName } from '../../src/model/prefix.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';

/**
 * django.setup() in code that the web server loads. Django sets itself up when the application is made; a call while it loads the
 * applications fails, a second one silences the loggers made since the first. Where the call is what fills the registry (nothing else does
 * before it is needed) deleting it would break the application, so the rule is silent.
 */
export const rule: Rule = {
  id: 'python/django-setup',
  summary: 'django.setup() runs in code that the web server loads, where Django does it itself',
  severity: 'error',
  symptom: 'start',
  fix: 'safe',
  proof: ['django-setup-in-wsgi-silences-logs', 'django-setup-reentrant'],

  check(deployment, report) {
    for (const { servers, hops } of deployment.stacks) {
      for (const server of servers) {
        const { entry } = server;
        if (!entry || !makesCall(entry, 'django.setup')) continue;
        const prefix = scriptName(hops, server);
        for (const call of handlerCalls(entry, 'django.setup'))
          if (call.certain) report(again(server, entry, call, prefix));
        entry.importCalls.forEach((call, index) => {
          if (call.name !== 'django.setup' || !call.certain) return;
          const found = call.during ? whileLoading(server, entry, call, prefix) : beside(server, entry, call, index);
          if (found) report(found);
        });
      }
    }
  },
};

/** A set-up while requests are served. */
function again(server: AppServer, entry: EntryPoint, call: PyCall, prefix: Setting<string> | undefined): Finding {
  const related = [...call.chain, { span: server.span, message: `${server.kind} is started here` }];
  const what = `Django ${call.during ? 'loads this module when it is already set up' : 'is set up when a request comes'}, and django.setup() does it again`;
  const found = silenced(entry, { span: call.span, related }, what);
  // django/__init__.py: setup(set_prefix=True)
  if (found.severity === 'error' || !prefix?.known || entry.settings.has('FORCE_SCRIPT_NAME')) return found;
  return {
    ...found,
    severity: 'warning',
    symptom: 'wrong reply',
    message:
      `${what}. That puts the prefix back to / in the middle of a request, while the site lies below ${prefix.value} ` +
      `(${originOf(prefix)}): links and redirects of that request lead nowhere.`,
  };
}

function whileLoading(
  server: AppServer,
  entry: EntryPoint,
  call: PyCall,
  prefix: Setting<string> | undefined,
): Finding | undefined {
  if (call.during === 'urls') return again(server, entry, call, prefix);
  const common = {
    span: call.span,
    related: [...call.chain, { span: server.span, message: `${server.kind} is started here` }],
  };
  return {
    ...common,
    message:
      `Django imports this module while it ${call.during === 'apps' ? 'loads the applications' : 'reads the settings'}, and django.setup() starts that over: ` +
      `the import fails, and ${server.kind === 'uwsgi' ? 'every request is answered with 500' : `${server.kind} does not start, so the gateway answers with 502`}.`,
    symptom: server.kind === 'uwsgi' ? '500' : '502',
    log:
      call.during === 'apps'
        ? "RuntimeError: populate() isn't reentrant"
        : 'django.core.exceptions.ImproperlyConfigured',
  };
}

const makers = new Set(['django.core.wsgi.get_wsgi_application', 'django.core.asgi.get_asgi_application']);

/** In the entry file or what it imports: done twice only if the application is made by Django too, with nothing between that needs the registry. */
function beside(server: AppServer, entry: EntryPoint, call: PyCall, index: number): Finding | undefined {
  const made = entry.importCalls.findIndex(other => makers.has(other.name) && other.certain);
  const maker = entry.importCalls[made];
  if (!maker || maker.span.file.path !== call.span.file.path || needsRegistry(entry, call, maker, index < made))
    return undefined;
  const edits = removeStatement(call.statement);
  const common = {
    span: call.span,
    related: [
      { span: maker.span, message: `${maker.name.split('.').pop()}() sets Django up here` },
      ...call.chain,
      { span: server.span, message: `${server.kind} is started here` },
    ],
    ...(edits && { fixes: [{ title: 'Delete the call', safety: 'safe' as const, edits }] }),
  };
  return silenced(entry, common, `${maker.name.split('.').pop()}() sets Django up as well, so it happens twice`);
}

function silenced(entry: EntryPoint, common: Omit<Finding, 'message'>, what: string): Finding {
  const logging = likelySetting(entry, 'LOGGING');
  const silences = keepsLoggers(logging) === false;
  return {
    ...common,
    severity: silences ? 'error' : 'info',
    symptom: 'logs',
    message: silences
      ? `${what}. LOGGING does not set disable_existing_loggers to False, so the second set-up switches off every logger made since the first: the log falls silent.`
      : `${what}. The second time has no use.`,
    related: [
      ...(common.related ?? []),
      ...(silences && logging?.span ? [{ span: logging.span, message: 'logging is configured here' }] : []),
    ],
  };
}
