import type { Span } from '../text/source.js';
import { constantOf } from './application.js';
import type { Handler, PyValue } from './entry.js';
import type { Setting } from './setting.js';

/** What a bare WSGI callable says in Content-Length, and what it gives, both in bytes. */
export interface AnswerLength {
  readonly announced: number;
  readonly sent: number;
  /** The value of the header. */
  readonly span: Span;
  readonly body: Span;
}

/** Undefined unless the only answer of the callable is seen whole: one certain call of start_response, one body of known bytes that is not empty. */
export function answerLength({ calls, returns = [] }: Handler): AnswerLength | undefined {
  const [body, ...more] = returns;
  const [start, ...others] = calls.filter(call => call.name.startsWith('wsgi.start_response'));
  const headers = start?.positional[1];
  const status = constantOf(start?.positional[0]);
  if (!body || !start?.certain || others.length > 0 || more.length > 0) return undefined;
  // Answers without a body tell the length of one that is not sent.
  if (typeof status !== 'string' || /^(?:1|204|304)/.test(status)) return undefined;
  if (!headers?.known || headers.value.kind !== 'list') return undefined;
  const [told, ...again] = headers.value.items.flatMap(header => lengthIn(header) ?? []);
  const sent = bytesIn(body);
  if (!sent || !told || again.length > 0 || !/^\d{1,15}$/.test(told.value)) return undefined;
  return { announced: Number(told.value), sent, span: told.span ?? start.span, body: body.span ?? start.span };
}

function lengthIn(header: Setting<PyValue>): { readonly value: string; readonly span: Span | undefined } | undefined {
  if (!header.known || header.value.kind !== 'list' || header.value.items.length !== 2) return undefined;
  const [name, value] = header.value.items;
  const text = constantOf(value);
  if (String(constantOf(name)).toLowerCase() !== 'content-length') return undefined;
  return typeof text === 'string' ? { value: text, span: value?.span ?? header.span } : undefined;
}

/** The number of bytes in a list of bytes. */
function bytesIn(setting: Setting<PyValue>): number | undefined {
  if (!setting.known || setting.value.kind !== 'list') return undefined;
  let sum = 0;
  for (const item of setting.value.items) {
    const value = constantOf(item);
    if (!item.known || item.value.kind !== 'constant' || item.value.type !== 'bytes' || typeof value !== 'string')
      return undefined;
    sum += value.length;
  }
  return sum;
}
