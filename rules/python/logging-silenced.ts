import { firstKey } from '../../src/edits/python.js';
import type { Finding, Fix, Rule } from '../../src/lint/rule.js';
import { constantOf, likelySetting } from '../../src/model/application.js';
import { where } from '../../src/model/describe.js';
import type { PyValue } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';

/**
 * Django hands LOGGING to logging.config.dictConfig, which by default switches off every logger that is there already and that it does not name:
 * gunicorn's own, which the worker made before it loaded the application. A warning where the access log was asked for and stays empty.
 */
export const rule: Rule = {
  id: 'python/logging-silenced',
  summary: "LOGGING switches off the server's own loggers",
  severity: 'info',
  symptom: 'logs',
  fix: 'safe',
  proof: ['logging-config-silences-access-log'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const found = judge(server);
        if (found) report(found);
      }
    }
  },
};

function judge(server: AppServer): Finding | undefined {
  const { entry, kind, settings, worker } = server;
  if (kind !== 'gunicorn' || !entry?.settingsModule || !worker.class.known || /uvicorn/i.test(worker.class.value))
    return undefined;
  if (!entry.importCalls.some(call => call.certain && /get_[wa]sgi_application$/.test(call.name))) return undefined;
  if (likelySetting(entry, 'LOGGING_CONFIG')) return undefined;
  const logging = likelySetting(entry, 'LOGGING');
  if (!logging?.known || logging.value.kind !== 'dict' || !logging.span || silences(logging.value) !== true)
    return undefined;
  const access = settings.get('accesslog');
  const log = access?.known && typeof access.value === 'string' ? access : undefined;
  const asked = log !== undefined && log.origin !== 'default';
  return {
    span: logging.span,
    ...(asked && { severity: 'warning' as const }),
    message:
      'LOGGING does not set disable_existing_loggers to False, so Django switches off the loggers that gunicorn has made by then. ' +
      (log
        ? `The access log (${log.name}${log.span ? ` in ${where(log.span)}` : ''}) stays empty, and gunicorn's messages about failed requests are lost.`
        : "gunicorn's messages about failed requests are lost."),
    related: [
      ...(log?.span ? [{ span: log.span, message: 'the access log is asked for here' }] : []),
      { span: server.span, message: 'gunicorn is started here' },
    ],
    fixes: fix(logging),
  };
}

/** Undefined where it cannot be told, or where gunicorn's loggers are named. */
function silences(value: PyValue): boolean | undefined {
  if (value.kind !== 'dict' || !value.entries.has('version')) return undefined;
  const { entries } = value;
  if (entries.has('incremental')) return undefined;
  const loggers = entries.get('loggers');
  if (loggers) {
    if (!loggers.known || loggers.value.kind !== 'dict') return undefined;
    if ([...loggers.value.entries.keys()].some(name => name.startsWith('gunicorn'))) return undefined;
  }
  const keep = entries.get('disable_existing_loggers');
  return keep === undefined || constantOf(keep) === true ? true : undefined;
}

function fix({ span, ...logging }: Setting<PyValue>): readonly Fix[] {
  const value = logging.known && logging.value.kind === 'dict' ? logging.value : undefined;
  const written = value?.entries.get('disable_existing_loggers')?.span;
  const title = 'Keep the loggers that are there';
  if (written) return [{ title, safety: 'unsafe', edits: [{ span: written, text: 'False' }] }];
  const edit = span && firstKey(span, 'disable_existing_loggers', 'False');
  return edit ? [{ title, safety: 'safe', edits: [edit] }] : [];
}
