import type { Span } from '../text/source.js';
import { constantOf } from './application.js';
import type { EntryPoint, PyCall, PyValue } from './entry.js';
import { showBytes } from './inherit.js';
import { oncePer } from './once.js';
import type { Setting } from './setting.js';

/** The head of an answer as a view writes it. */
export interface Head {
  readonly bytes: number;
  /** For messages: `index writes 5.2 KB of headers`. */
  readonly what: string;
  /** The call that adds most. */
  readonly span: Span;
}

/** The largest head that a view writes whatever is asked: only texts that are known, in calls that are certain. */
export const largestHead = oncePer((entry: EntryPoint): Head | undefined => {
  let largest: Head | undefined;
  for (const { name, calls } of entry.handlers) {
    const parts = calls.map(call => ({ span: call.span, bytes: call.certain ? headBytes(call) : 0 }));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const [first] = parts.filter(part => part.bytes > 0).sort((a, b) => b.bytes - a.bytes);
    if (first && bytes > (largest?.bytes ?? 0))
      largest = { span: first.span, bytes, what: `${name} writes ${showBytes(bytes)} of headers` };
  }
  return largest;
});

/** What one call adds to the head of the answer, as far as it is known: `Set-Cookie: NAME=VALUE`, or `NAME: VALUE` of a list. */
function headBytes({ name, positional, keywords }: PyCall): number {
  if (name.endsWith('.set_cookie')) {
    const key = constantOf(keywords.get('key') ?? positional[0]);
    const value = constantOf(keywords.get('value') ?? positional[1]);
    return typeof value === 'string' && typeof key === 'string' ? key.length + value.length + 15 : 0;
  }
  if (name === 'wsgi.start_response') return listedBytes(positional[1]);
  return /(?:Response|response)$/.test(name) ? listedBytes(keywords.get('headers')) : 0;
}

function listedBytes(setting: Setting<PyValue> | undefined): number {
  if (!setting?.known) return 0;
  const { value } = setting;
  const size = (name: unknown, text: unknown) =>
    typeof name === 'string' && typeof text === 'string' ? name.length + text.length + 4 : 0;
  if (value.kind === 'dict')
    return [...value.entries].reduce((sum, [name, text]) => sum + size(name, constantOf(text)), 0);
  if (value.kind !== 'list') return 0;
  return value.items.reduce((sum, item) => {
    const pair = item.known && item.value.kind === 'list' ? item.value.items : [];
    return sum + size(constantOf(pair[0]), constantOf(pair[1]));
  }, 0);
}

export interface LargeCookie {
  readonly what: string;
  readonly span: Span;
}

/** A cookie of that length is large: a few of them outgrow a page. */
const long = 1024;

/** A cookie that the code sets with a long literal value. */
export const largeCookie = oncePer((entry: EntryPoint): LargeCookie | undefined => {
  for (const { calls } of entry.handlers) {
    for (const call of calls) {
      if (!call.name.endsWith('set_cookie')) continue;
      const value = constantOf(call.keywords.get('value') ?? call.positional[1]);
      if (typeof value === 'string' && value.length >= long)
        return { what: `a view sets cookies of ${showBytes(value.length)} each`, span: call.span };
    }
  }
  return undefined;
});

/** Sessions that Django keeps in the cookie itself. */
export function signedSession(entry: EntryPoint): LargeCookie | undefined {
  const engine = entry.settings.get('SESSION_ENGINE');
  return engine?.span && constantOf(engine) === 'django.contrib.sessions.backends.signed_cookies'
    ? { what: 'Django keeps whole sessions in the cookie (SESSION_ENGINE)', span: engine.span }
    : undefined;
}
