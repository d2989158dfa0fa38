import { once } from '../../../../facts/once.js';
import { type UwsgiOption, uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault } from '../../../../model/fault.js';
import { editDistance } from '../../../../text/near.js';
import { spanText } from '../../../../text/source.js';
import { fault, replacement, type ServerContext } from '../../context.js';
import type { Entry, Loaded } from '../load.js';
import { truth } from '../settings.js';

const largestFile = 200_000;
/** Different unknown keys that are looked at; more is no configuration for uWSGI. */
const mostKeys = 300;

/**
 * Keys of files that are no options: uWSGI takes them for placeholders without a word, so a slip has no effect at all. Keys that
 * `%(key)`, a condition or the application's `uwsgi.opt` use are meant as they are.
 */
export function unknownOptions(context: ServerContext, loaded: Loaded): readonly Fault[] {
  const candidates = loaded.entries.filter(entry => isCandidate(loaded, entry));
  if (candidates.length === 0) return [];
  const strict = strictLine(loaded) >= 0;
  const own = new Set(
    loaded.entries
      .filter(entry => entry.key.startsWith('declare-option'))
      .map(entry => (entry.value ?? '').split('=', 1)[0] ?? ''),
  );
  const others = new Set<string>();
  const used = usedKeys(loaded);
  const faults: Fault[] = [];
  for (const entry of candidates) {
    if (own.has(entry.key) || others.has(entry.key) || others.size >= mostKeys) continue;
    others.add(entry.key);
    if (entry.key === 'else') faults.push(elseFault(entry));
    else if (strict) faults.push(strictFault(entry));
    else if (!used.has(entry.key)) faults.push(...plainFault(context, loaded, entry));
  }
  return faults;
}

/** Place among the entries of the line that makes uWSGI refuse what it does not know; -1 where none does for sure, or the last one says no. */
export function strictLine({ entries, blanks }: Loaded): number {
  const at = entries.findLastIndex(entry => entry.key === 'strict');
  const { doubt, value = '' } = entries[at] ?? {};
  return doubt === undefined && blanks.reason(value) === undefined && truth(value) ? at : -1;
}

function isCandidate(loaded: Loaded, entry: Entry): boolean {
  if (entry.origin !== 'config file' || entry.derived) return false;
  const option = uwsgiOptions.get(entry.key);
  if (option && !(option.unreleased && entry.key === 'else')) return false;
  return /^[A-Za-z][\w.-]*$/.test(entry.key) && loaded.blanks.reason(entry.key) === undefined;
}

function elseFault(entry: Entry): Fault {
  const message = 'No release of uWSGI knows "else": the lines behind it belong to the condition above';
  return fault('uwsgi/unknown-option', entry.keySpan, message, { severity: 'warning' });
}

function strictFault(entry: Entry): Fault {
  const { text, repairs } = suggestion(entry);
  const message = `uWSGI has no option ${entry.key}, and with "strict" it does not start${text}`;
  return fault('uwsgi/unknown-option', entry.keySpan, message, {
    repairs,
    log: `[strict-mode] unknown config directive: ${entry.key}`,
  });
}

function plainFault(context: ServerContext, loaded: Loaded, entry: Entry): readonly Fault[] {
  const near = nearOption(entry.key);
  if (near === undefined) return [];
  const taken = loaded.entries.some(other => other.key === near);
  if (taken && normal(near) !== normal(entry.key)) return [];
  if (usedByApplication(context, entry.key)) return [];
  const { text, repairs } = suggestion(entry);
  const message = `uWSGI has no option ${entry.key} and ignores the line without a word${text}`;
  return [fault('uwsgi/unknown-option', entry.keySpan, message, { repairs })];
}

function suggestion(entry: Entry): { readonly text: string; readonly repairs: NonNullable<Fault['repairs']> } {
  const near = nearOption(entry.key);
  if (near === undefined) return { text: '', repairs: [] };
  const verbatim = spanText(entry.keySpan) === entry.key;
  return {
    text: `; did you mean ${near}?`,
    repairs: verbatim ? [replacement(`Write ${near}`, entry.keySpan, near)] : [],
  };
}

/** Keys that stand in a `%(key)` or that a condition asks for. */
function usedKeys(loaded: Loaded): ReadonlySet<string> {
  const used = new Set<string>();
  for (const entry of loaded.entries) {
    const raw = entry.raw ?? entry.value ?? '';
    if (/^if-(?:not-)?opt$/.test(entry.key)) used.add(raw.split('=', 1)[0] ?? '');
    for (let at = raw.indexOf('%('); at >= 0; at = raw.indexOf('%(', at + 2)) {
      const end = raw.indexOf(')', at);
      if (end < 0) break;
      for (const word of raw.slice(at + 2, Math.min(end, at + 1000)).split(' ')) used.add(word);
    }
  }
  return used;
}

/** The application reads `uwsgi.opt`, which holds every key of the file. */
function usedByApplication(context: ServerContext, key: string): boolean {
  return context.reader.files().some(path => {
    if (!path.endsWith('.py')) return false;
    const file = context.reader.file(path);
    return (
      file !== undefined && file.text.length < largestFile && file.text.includes('uwsgi.opt') && file.text.includes(key)
    );
  });
}

const normalNames = once((): readonly (readonly [UwsgiOption, string])[] =>
  [...uwsgiOptions.values()].filter(option => !option.unreleased).map(option => [option, normal(option.name)]),
);

/** The option that is most likely meant; undefined where none is near, or two that mean different things are equally near. */
function nearOption(key: string): string | undefined {
  const plain = normal(key);
  const limit = plain.length < 5 ? 0 : plain.length < 9 ? 1 : 2;
  let best: string | undefined;
  let least = limit + 1;
  for (const [option, name] of normalNames()) {
    if (Math.abs(name.length - plain.length) > limit) continue;
    const distance = name === plain ? 0 : editDistance(plain, name, limit);
    if (distance > limit || distance > least) continue;
    if (distance < least) {
      best = option.name;
      least = distance;
    } else if (best !== undefined && best !== '' && !option.aliases.includes(best)) best = '';
  }
  return best === '' ? undefined : best;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, '');
}
