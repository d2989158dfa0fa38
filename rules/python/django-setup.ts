import { removeStatement } from '../../src/edits/python.js';
import type { Finding, Rule } from '../../src/lint/rule.js';
import { likelySetting } from '../../src/model/application.js';
import type { EntryPoint, PyCall, PyValue } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import { type Setting, valueOf } from '../../src/model/setting.js';

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
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { entry } = server;
        if (!entry) continue;
        entry.importCalls.forEach((call, index) => {
          if (call.name !== 'django.setup' || !call.certain) return;
          const found = call.during ? whileLoading(server, entry, call) : beside(server, entry, call, index);
          if (found) report(found);
        });
      }
    }
  },
};

function whileLoading(server: AppServer, entry: EntryPoint, call: PyCall): Finding | undefined {
  const common = {
    span: call.span,
    related: [...call.chain, { span: server.span, message: `${server.kind} is started here` }],
  };
  if (call.during === 'urls')
    return silenced(
      entry,
      common,
      'Django loads this module when it is already set up, and django.setup() does it again',
    );
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

/** A first-party import between the two may need what the first one fills. */
function needsRegistry(entry: EntryPoint, call: PyCall, maker: PyCall, before: boolean): boolean {
  if (!before) return false;
  return entry.modules.some(({ chain: [first] }) => {
    return (
      first !== undefined &&
      first.span.file.path === call.span.file.path &&
      first.span.start > call.span.start &&
      first.span.start < maker.span.start
    );
  });
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

/** Undefined where logging is not configured or cannot be read. */
function keepsLoggers(logging: Setting<PyValue> | undefined): boolean | undefined {
  const value = valueOf(logging);
  if (value?.kind !== 'dict' || value.entries.size === 0) return undefined;
  const keep = value.entries.get('disable_existing_loggers');
  if (!keep) return false;
  const set = valueOf(keep);
  return set?.kind === 'constant' ? set.value === false : undefined;
}
