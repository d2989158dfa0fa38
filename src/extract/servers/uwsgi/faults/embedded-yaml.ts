import { uwsgiOptions } from '../../../../facts/uwsgi.js';
import type { Fault } from '../../../../model/fault.js';
import { type YamlEntry, type YamlTree, yamlGet } from '../../../../syntax/yaml/tree.js';
import type { SourceFile } from '../../../../text/source.js';
import { span } from '../../../../text/source.js';
import { fault, replacement, type ServerContext } from '../../context.js';

/** Options without which nothing is served; `buffer-size` and the like only change how. */
const vital =
  /^(?:module|wsgi|wsgi-file|file|mount|callable|pyargv|chdir|pythonpath|python-path|virtualenv|venv|home|env|plugins?|(?:uwsgi-|http11-|http-|https-|fastcgi-|scgi-|fast)?socket|https?)$/;

/**
 * What the small YAML reader of a uWSGI that pip built loses: it stops at the first list item and at the first line without `: value`,
 * and keeps quotes. Only a build profile that says `yaml = libyaml` has another reader; whether the headers of libyaml are there plays no part.
 * Source: core/yaml.c, uwsgiconfig.py and buildconf/base.ini of the branch uwsgi-2.0.
 */
export function embeddedYamlFaults(
  context: ServerContext,
  file: SourceFile,
  tree: YamlTree,
  name: string,
): readonly Fault[] {
  const section = yamlGet(tree.documents[0], name);
  if (section?.kind !== 'map') return [];
  const unsure = ownProfile(context) ? ('info' as const) : undefined;
  const stop = stopLine(file, section.span.start, section.span.end);
  const lost = stop === undefined ? [] : section.entries.filter(entry => losesValue(entry, stop)).map(({ key }) => key);
  const faults: Fault[] = [];
  if (stop && lost.length > 0) {
    const what = stop.list ? 'at the first list' : 'at a line without a value';
    const message = `The YAML reader of a uWSGI that pip builds stops ${what}: it does not see ${listed(lost)}${consequence(lost)}`;
    const severity = unsure ?? (lost.some(key => vital.test(key)) ? undefined : 'warning');
    faults.push(fault('uwsgi/syntax', span(file, stop.start, stop.end), message, { ...(severity && { severity }) }));
  }
  for (const { key, value } of section.entries) {
    if (value.kind !== 'scalar' || (value.style !== 'single' && value.style !== 'double')) continue;
    if (value.contentStart === undefined || harmlessQuotes(key, value.text)) continue;
    if (stop && value.span.start > stop.start) break;
    const message = `The YAML reader of a uWSGI that pip builds keeps the quotes: ${key} becomes ${file.text.slice(value.span.start, value.span.end)}`;
    const repairs = /^[\w./:@-]+$/.test(value.text) ? [replacement('Remove the quotes', value.span, value.text)] : [];
    const severity = unsure ?? (vital.test(key) ? undefined : 'warning');
    faults.push(fault('uwsgi/syntax', value.span, message, { repairs, ...(severity && { severity }) }));
  }
  return faults;
}

/** Somebody builds uWSGI in a way of their own. */
function ownProfile({ reader }: ServerContext): boolean {
  return reader.files().some(path => {
    if (!/dockerfile|containerfile|\.sh$|\.ya?ml$|\.env$/i.test(path)) return false;
    return /UWSGI_PROFILE|libyaml/.test(reader.file(path)?.text ?? '');
  });
}

/** An entry behind the place where the reader stops, or the list at which it stops. */
function losesValue({ keySpan, value }: YamlEntry, stop: Stop): boolean {
  return keySpan.start > stop.start || (value.kind === 'list' && value.span.end > stop.start);
}

/** Anything but a few words switches on, with quotes or without. */
function harmlessQuotes(key: string, text: string): boolean {
  return uwsgiOptions.get(key)?.type === 'bool' && /^(?:true|yes|on|1)$/i.test(text);
}

function consequence(lost: readonly string[]): string {
  if (lost.some(key => /socket$|^https?$/.test(key))) return ', so it has no socket and ends at once';
  return lost.some(key => /^(?:module|wsgi|wsgi-file|mount)$/.test(key))
    ? ', so it loads no application and answers every request with 500'
    : '';
}

function listed(keys: readonly string[]): string {
  const shown = [...new Set(keys)];
  return shown.length > 4 ? `${shown.slice(0, 3).join(', ')} and ${shown.length - 3} more` : shown.join(', ');
}

interface Stop {
  readonly start: number;
  readonly end: number;
  readonly list: boolean;
}

function stopLine(file: SourceFile, start: number, end: number): Stop | undefined {
  let at = file.text.lastIndexOf('\n', start - 1) + 1;
  while (at < end) {
    const next = file.text.indexOf('\n', at);
    const lineEnd = next < 0 ? file.text.length : next;
    const line = (file.text.slice(at, lineEnd).split('#', 1)[0] ?? '').replace(/\r$/, '');
    const key = line.trimStart();
    const from = at + line.length - key.length;
    if (key.trim() !== '') {
      const list = /^[-[{]/.test(key);
      if (list || !/:[ \t]/.test(key)) {
        // The key of a list stands on a line of its own: the list behind it is what the user would change.
        const nextKey = file.text.slice(lineEnd + 1, end).trimStart();
        if (list || !nextKey.startsWith('-')) return { start: from, end: at + line.trimEnd().length, list };
      }
    }
    at = lineEnd + 1;
  }
  return undefined;
}
