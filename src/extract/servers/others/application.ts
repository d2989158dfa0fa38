import type { AppTarget } from '../../../model/server.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import type { Word } from '../../../model/word.js';
import { upTo } from '../../../text/ends.js';
import { wordSetting } from '../words.js';

/** The application that a word of the command line names: `module:attr`, `module:factory()`, a file where the server takes one. */
export function targetOf(
  word: Word | undefined,
  defaultAttribute: string | null,
  called: boolean,
): Setting<AppTarget> | undefined {
  if (!word) return undefined;
  const text = wordSetting('the application', word, 'command line');
  return text.known ? withValue(text, readTarget(text.value, defaultAttribute, called)) : unknownFrom(text, text.why);
}

export function readTarget(text: string, defaultAttribute: string | null, called: boolean): AppTarget {
  const plain = text.replace(/^(?:asgi|wsgi):(?=.*:)/, '');
  const colon = plain.indexOf(':');
  const where = colon < 0 ? plain : plain.slice(0, colon);
  const behind = colon < 0 ? undefined : plain.slice(colon + 1);
  const call = behind?.includes('(') === true && behind.trimEnd().endsWith(')');
  const attribute = (behind === undefined ? defaultAttribute : upTo(behind, '(')) ?? undefined;
  const file = where.endsWith('.py') || where.includes('/');
  return {
    text,
    ...(file ? { file: where } : { module: where }),
    ...(attribute !== undefined && { attribute }),
    called: called || call,
    implied: behind === undefined,
  };
}
