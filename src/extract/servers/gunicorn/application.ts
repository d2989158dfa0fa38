import type { AppTarget, SettingValue } from '../../../model/server.js';
import { type Setting, unknownFrom, withValue } from '../../../model/setting.js';
import type { Word } from '../../../model/word.js';
import { wordSetting } from '../words.js';
import type { Ranked } from './ranking.js';

/**
 * What Gunicorn is told to load: the first positional word, else `wsgi_app` of the configuration. Undefined where neither is given
 * (Gunicorn then refuses to start) or a Paste file decides.
 */
export function application(positionals: readonly Word[], ranked: Ranked): Setting<AppTarget> | undefined {
  const paste = ranked.settings.get('paste');
  if (paste && (!paste.known || paste.value !== null)) return undefined;
  const first = positionals[0];
  if (first) {
    const given = wordSetting('the application', first, 'command line');
    return given.known ? withValue(given, readTarget(given.value)) : unknownFrom(given, given.why);
  }
  const setting = ranked.settings.get('wsgi_app');
  return setting && !ranked.unset.has('wsgi_app') ? fromSetting(setting) : undefined;
}

function fromSetting(setting: Setting<SettingValue>): Setting<AppTarget> | undefined {
  if (!setting.known) return unknownFrom(setting, setting.why);
  return typeof setting.value === 'string' ? withValue(setting, readTarget(setting.value)) : undefined;
}

/** `module`, `module:name`, `module:factory()`; source: gunicorn/util.py (`import_app`) of 20.1.0. */
export function readTarget(text: string): AppTarget {
  const colon = text.indexOf(':');
  if (colon < 0) return { text, module: text, attribute: 'application', called: false, implied: true };
  const written = text.slice(colon + 1).trim();
  const call = /^([A-Za-z_]\w*)\s*\(/.exec(written);
  return {
    text,
    module: text.slice(0, colon),
    attribute: call?.[1] ?? written,
    called: call !== null && written.endsWith(')'),
    implied: false,
  };
}
