import type { Fault } from '../../../../model/fault.js';
import { type YamlTree, yamlGet } from '../../../../syntax/yaml/tree.js';
import type { SourceFile } from '../../../../text/source.js';
import { span } from '../../../../text/source.js';
import { fault, replacement, type ServerContext } from '../../context.js';

/**
 * What the small YAML reader of a uWSGI without libyaml (the usual `pip install` on a slim image) loses: it stops at the first list item
 * and at the first line without `: value`, and keeps quotes. Source: core/yaml.c of 2.0.30 without UWSGI_LIBYAML.
 */
export function embeddedYamlFaults(
  context: ServerContext,
  file: SourceFile,
  tree: YamlTree,
  name: string,
): readonly Fault[] {
  const section = yamlGet(tree.documents[0], name);
  if (section?.kind !== 'map') return [];
  const image = context.place.image;
  const slim = image?.known === true && /slim|alpine/.test(image.value);
  const severity = slim ? 'warning' : 'info';
  const stop = stopLine(file, section.span.start, section.span.end);
  const behind = stop === undefined ? undefined : section.entries.find(entry => entry.keySpan.start > stop.start);
  const faults: Fault[] = [];
  if (stop && (behind || stop.list)) {
    const lost = behind ? `: it does not see ${behind.key}` : '';
    const what = stop.list ? 'at the first list' : 'at a line without a value';
    const message = `A uWSGI built without libyaml, as pip builds it where libyaml's headers are not installed, stops reading ${what}${lost}`;
    faults.push(fault('uwsgi/syntax', span(file, stop.start, stop.end), message, { severity }));
  }
  for (const { key, value } of section.entries) {
    if (
      value.kind !== 'scalar' ||
      (value.style !== 'single' && value.style !== 'double') ||
      value.contentStart === undefined
    )
      continue;
    if (stop && value.span.start > stop.start) break;
    const message = `A uWSGI built without libyaml, as pip builds it where libyaml's headers are not installed, keeps the quotes: ${key} becomes ${file.text.slice(value.span.start, value.span.end)}`;
    const plain = /^[\w./:@-]+$/.test(value.text) ? [replacement('Remove the quotes', value.span, value.text)] : [];
    faults.push(fault('uwsgi/syntax', value.span, message, { severity, repairs: plain }));
  }
  return faults;
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
