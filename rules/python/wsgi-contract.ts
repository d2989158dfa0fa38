import type { Finding, Rule } from '../../src/lint/rule.js';
import { answerLength } from '../../src/model/answer-length.js';
import { where } from '../../src/model/describe.js';
import type { Handler, PyValue } from '../../src/model/entry.js';
import type { AppServer } from '../../src/model/server.js';
import type { Setting } from '../../src/model/setting.js';

/**
 * A bare WSGI callable that breaks PEP 3333: it gives text instead of bytes, never calls start_response, or announces a length that is not the body's. Speaks of Gunicorn and uWSGI, whose
 * answers were seen.
 */
export const rule: Rule = {
  id: 'python/wsgi-contract',
  summary: 'A WSGI callable gives text instead of bytes, never calls start_response, or tells a wrong Content-Length',
  severity: 'error',
  symptom: 'wrong reply',
  fix: 'none',
  proof: ['start-response-not-called', 'wsgi-returns-str', 'content-length-too-large'],

  check(deployment, report) {
    for (const { servers } of deployment.stacks) {
      for (const server of servers) {
        if (server.kind !== 'gunicorn' && server.kind !== 'uwsgi') continue;
        if (!server.worker.class.known || !server.interfaces.includes('wsgi')) continue;
        for (const handler of server.entry?.handlers ?? []) {
          if (handler.framework !== 'wsgi' || handler.asynchronous) continue;
          for (const finding of judge(server, handler)) report(finding);
        }
      }
    }
  },
};

function judge(server: AppServer, handler: Handler): readonly Finding[] {
  const returns = handler.returns ?? [];
  const related = [
    { span: handler.span, message: 'the application is defined here' },
    { span: server.span, message: `${server.kind} is started here` },
  ];
  // Without a body of its own it may hand on to another application in a way that cannot be seen.
  if (handler.startsResponse === false && returns.length > 0 && returns.every(isBody)) {
    return [
      {
        span: handler.span,
        symptom: server.kind === 'uwsgi' ? '502' : 'wrong reply',
        message:
          `${handler.name} gives a body without ever calling start_response, so the answer has no status and no headers. ` +
          (server.kind === 'uwsgi'
            ? 'uWSGI sends the bare body, which is no answer: behind uwsgi_pass it is a 502.'
            : 'Gunicorn sends the bare body, nginx takes it for HTTP/0.9, and browsers show an error.'),
        related: related.slice(1),
        log:
          server.kind === 'uwsgi'
            ? 'upstream prematurely closed connection while reading response header from upstream'
            : 'upstream sent no valid HTTP/1.0 header while reading response header from upstream',
      },
    ];
  }
  const texts = returns.filter(isText);
  const length = texts.length === 0 ? wrongLength(server, handler) : undefined;
  if (length) return [length];
  return texts.map(setting => ({
    span: setting.span ?? handler.span,
    message:
      `${handler.name} gives text, but WSGI wants bytes: ${server.kind} sends the status and the headers and then nothing. ` +
      'The visitor gets a blank page with status 200.',
    related,
    log: server.kind === 'uwsgi' ? '[ERROR] Unhandled object from iterator' : 'is not a byte',
  }));
}

/** The body is not as long as its Content-Length says. */
function wrongLength(server: AppServer, handler: Handler): Finding | undefined {
  const told = answerLength(handler);
  if (!told || told.announced === told.sent) return undefined;
  const { announced, sent, span, body } = told;
  const short = announced > sent;
  return {
    span,
    message:
      `${handler.name} announces ${announced} bytes in Content-Length and gives ${sent} (${where(body)}). ` +
      (short
        ? 'nginx and the browser wait for the rest, which never comes: the page is cut off, with status 200.'
        : `${server.kind === 'uwsgi' ? 'Whoever reads the answer' : 'Gunicorn'} cuts the body off there: visitors get a part of the page, with status 200.`),
    related: [
      { span: body, message: `${sent} bytes are given here` },
      { span: server.span, message: `${server.kind} is started here` },
    ],
    ...(short && { log: 'upstream prematurely closed connection while reading upstream' }),
  };
}

/** A text, or a list that has one. */
function isText({ known, ...rest }: Setting<PyValue>): boolean {
  if (!known || !('value' in rest)) return false;
  const { value } = rest;
  if (value.kind === 'list') return value.items.some(isText);
  return value.kind === 'constant' && typeof value.value === 'string' && value.value !== '' && value.type !== 'bytes';
}

/** Bytes or text, or a list of them. */
function isBody(setting: Setting<PyValue>): boolean {
  if (!setting.known) return false;
  const { value } = setting;
  if (value.kind === 'list') return value.items.every(item => item.known && item.value.kind === 'constant');
  return value.kind === 'constant' && typeof value.value === 'string';
}
