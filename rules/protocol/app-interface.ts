import type { Fix, Rule } from '../../src/lint/rule.js';
import { originOf } from '../../src/model/describe.js';
import type { AppServer } from '../../src/model/server.js';
import type { Step } from '../../src/text/source.js';

/**
 * The server calls the application in another way than it wants to be called. It starts without complaint: the first request shows it.
 */
export const rule: Rule = {
  id: 'protocol/app-interface',
  summary: 'An ASGI application under a WSGI server, or the other way round',
  severity: 'error',
  symptom: '500',
  fix: 'unsafe',
  proof: ['asgi-app-under-uwsgi'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        const { app, entry } = server;
        const interfaces = interfacesOf(server);
        const found = entry?.attribute;
        if (!app?.known || found?.state !== 'found' || (found.kind !== 'wsgi' && found.kind !== 'asgi')) continue;
        if (interfaces.length === 0 || interfaces.includes(found.kind)) continue;
        report({
          span: app.span ?? server.span,
          symptom: server.kind === 'uwsgi' ? '502' : '500',
          message:
            `${how(server)} calls applications by ${interfaces.map(name => name.toUpperCase()).join(' and ')}, but ${app.value.text} is ` +
            `${found.kind === 'asgi' ? 'an ASGI' : 'a WSGI'} application${found.made ? ` (${found.made})` : ''}. ` +
            `The server starts, and every request is answered with ${server.kind === 'uwsgi' ? '502' : '500'}.`,
          related: [{ span: found.span, message: `the ${found.kind.toUpperCase()} application` }, ...classStep(server)],
          fixes: otherWorker(server, found.kind),
          log:
            found.kind === 'asgi'
              ? "TypeError: __call__() missing 1 required positional argument: 'send'"
              : 'TypeError: __call__() takes 3 positional arguments but 4 were given',
        });
      }
    }
  },
};

/** `--interface` makes Uvicorn call applications by WSGI; a value that is not known may be either. */
function interfacesOf({ kind, interfaces, settings }: AppServer): AppServer['interfaces'] {
  const chosen = kind === 'uvicorn' ? settings.get('interface') : undefined;
  if (!chosen || (chosen.known && /^(?:auto|asgi[23])$/.test(String(chosen.value)))) return interfaces;
  return chosen.known && chosen.value === 'wsgi' ? ['wsgi'] : [];
}

function how({ kind, worker }: AppServer): string {
  return kind === 'gunicorn' && worker.class.known
    ? `gunicorn with its ${worker.class.value} worker (${originOf(worker.class)})`
    : kind;
}

function classStep({ kind, worker }: AppServer): readonly Step[] {
  return kind === 'gunicorn' && worker.class.span ? [{ span: worker.class.span, message: 'the worker class' }] : [];
}

const uvicornWorker = 'uvicorn.workers.UvicornWorker';

function otherWorker(server: AppServer, kind: 'wsgi' | 'asgi'): readonly Fix[] {
  const { span, worker } = server;
  if (server.kind === 'gunicorn' && kind === 'asgi' && worker.class.known) {
    const title = `Run it with ${uvicornWorker} (package uvicorn)`;
    const written = worker.class.span;
    if (written && worker.class.origin !== 'default') {
      const text = written.file.text.slice(written.start, written.end);
      const at = text.lastIndexOf(worker.class.value);
      if (at < 0) return [];
      const start = written.start + at;
      const edit = { span: { ...written, start, end: start + worker.class.value.length }, text: uvicornWorker };
      return [{ title, safety: 'unsafe', edits: [edit] }];
    }
    return appendOption(span, 'gunicorn', `-k ${uvicornWorker}`, title);
  }
  if (server.kind === 'uvicorn' && kind === 'wsgi')
    return appendOption(span, 'uvicorn', '--interface wsgi', 'Call it by WSGI (--interface wsgi)');
  return [];
}

/** Only where the command stands as plain words: a list in JSON or YAML wants other marks between them. */
function appendOption(span: AppServer['span'], program: string, option: string, title: string): readonly Fix[] {
  const { text } = span.file;
  if (!text.slice(span.start, span.end).endsWith(program) || !/^[ \t]$/.test(text[span.end] ?? '')) return [];
  return [{ title, safety: 'unsafe', edits: [{ span: { ...span, start: span.end }, text: ` ${option}` }] }];
}
