import { canonicalOption, uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault } from '../../../../model/fault.js';
import { withoutEnd } from '../../../../text/ends.js';
import { fault, type ServerContext } from '../../context.js';
import { buildOf } from '../build.js';
import type { Entry, Loaded } from '../load.js';
import { strictLine } from './names.js';

/** Options that are set more than once, where the one that loses looks as if it should win. */
export function orderFaults(context: ServerContext, loaded: Loaded): readonly Fault[] {
  const faults: Fault[] = [];
  const last = new Map<string, Entry>();
  for (const entry of loaded.entries) {
    const option = uwsgiOptions.get(entry.key);
    if (!option || option.repeats || entry.immediate || entry.doubt !== undefined || !isScalar(option.type)) continue;
    const name = canonicalOption(entry.key);
    const before = last.get(name);
    last.set(name, entry);
    if (!before || before.value === entry.value || sameLine(before, entry)) continue;
    // What is filled in from outside may be the same value.
    if (isFilledIn(loaded, before) || isFilledIn(loaded, entry)) continue;
    const message = losing(before, entry);
    if (message === undefined) continue;
    const related = [{ span: entry.span, message: `${entry.key} = ${shown(loaded, entry)} wins here` }];
    faults.push(fault('uwsgi/option-order', before.span, message(shown(loaded, before)), { related }));
  }
  return [...faults, ...pluginsTooLate(context, loaded)];
}

function isFilledIn(loaded: Loaded, { value }: Entry): boolean {
  return value !== undefined && loaded.blanks.shown(value) !== value;
}

function isScalar(type: string): boolean {
  return ['int', 'bool', 'string', 'megabytes', 'user', 'group'].includes(type);
}

function sameLine(a: Entry, b: Entry): boolean {
  return a.span.file.path === b.span.file.path && a.span.start === b.span.start;
}

function shown(loaded: Loaded, entry: Entry): string {
  return loaded.blanks.shown(entry.value ?? '(no value)');
}

/** Variables are meant to be defaults; two files, or a file and the command line, only where the order surprises. */
function losing(before: Entry, entry: Entry): ((value: string) => string) | undefined {
  if (before.origin === 'command line' && entry.origin === 'config file') {
    return value =>
      `--${before.key} ${value} stands before the file on the command line, so the file's ${entry.key} wins`;
  }
  if (before.origin !== 'config file' || entry.origin !== 'config file') return undefined;
  if (before.file?.path === entry.file?.path) {
    return before.via.length === entry.via.length
      ? value => `${before.key} = ${value} has no effect: ${entry.key} is set again below`
      : undefined;
  }
  if (inheritedBy(entry, before)) {
    return value => `${before.key} = ${value} has no effect: the file that "inherit" names is read last and wins`;
  }
  return undefined;
}

/** The winner stands in a file that an `inherit` line of the loser's file brought in. */
function inheritedBy(entry: Entry, before: Entry): boolean {
  const named = entry.via.at(-1)?.span;
  if (!named || named.file.path !== before.file?.path) return false;
  const line = named.file.text.slice(0, named.start);
  return /inherit(?:\s+|\s*[=:]\s*)?["']?$/.test(line.slice(Math.max(0, line.length - 40)));
}

/**
 * With `strict`, an option of a plugin is unknown above the line that loads the plugin. What pip builds has Python and most other plugins in
 * itself and knows their options from the start.
 */
function pluginsTooLate(context: ServerContext, loaded: Loaded): readonly Fault[] {
  const strict = strictLine(loaded);
  if (strict < 0) return [];
  const late = loaded.entries.some(
    (entry, index) => canonicalOption(entry.key) === 'plugins' && entry.doubt === undefined && index > strict,
  );
  if (!late || buildOf(context).kind !== 'debian') return [];
  const faults: Fault[] = [];
  loaded.entries.forEach((entry, index) => {
    if (canonicalOption(entry.key) !== 'plugins' || entry.doubt !== undefined || index < strict) return;
    for (const plugin of (entry.value ?? '').split(',').map(name => withoutEnd(name.trim(), '0123456789'))) {
      const early = loaded.entries.slice(strict, index).find(other => {
        const option = uwsgiOptions.get(other.key);
        return plugin !== 'core' && option?.plugins.every(name => name === plugin) === true;
      });
      if (!early) continue;
      const message = `With "strict", ${early.key} must stand below the line that loads its plugin: uWSGI does not start`;
      const related = [{ span: entry.span, message: `${entry.value} is loaded here` }];
      const log = `[strict-mode] unknown config directive: ${early.key}`;
      faults.push(fault('uwsgi/option-order', early.span, message, { related, severity: 'error', log }));
    }
  });
  return faults;
}
