import { uwsgiOptions } from '../../facts/uwsgi.js';
import type { SourceFile } from '../../text/source.js';

/** Options that nearly every uWSGI file has one of; none of them is a key of another program that uses such files. */
const telling =
  /^(?:module|wsgi-file|wsgi|callable|socket|uwsgi-socket|http|http-socket|master|processes|workers|harakiri|chmod-socket|vacuum|die-on-term|need-app|plugins?|emperor|virtualenv|buffer-size|lazy-apps)$/;

/** Content test for a uWSGI configuration: a section or top key `uwsgi`, or an ini of any section with several of uWSGI's options. */
export function looksLikeUwsgi(file: SourceFile): boolean {
  const { text } = file;
  if (text.length > 1_000_000) return false;
  if (/^\s*<\?xml|^\s*<uwsgi[\s>]/.test(text)) return /<uwsgi[\s>]/.test(text);
  if (/\.ya?ml$/i.test(file.path)) return /^uwsgi\s*:/m.test(text);
  if (/^\s*\{/.test(text)) return /^\s*\{\s*"uwsgi"\s*:/.test(text);
  // What follows looks at every line, and most files are those of other programs.
  if (!text.includes('[')) return false;
  // Profiles of uWSGI's own build (uwsgiconfig.py) have the same section.
  if (/^[ \t]*(?:bin_name|embedded_plugins|main_plugin)\s*=/m.test(text)) return false;
  if (/^\uFEFF?\[uwsgi\]?/im.test(text)) return true;
  return /^[ \t]*\[/m.test(text) && countOptions(text) >= 3;
}

function countOptions(text: string): number {
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/, 400)) {
    const key = /^\s*([a-z][a-z0-9-]*)\s*(?:=|$)/.exec(line.slice(0, 200))?.[1];
    if (key && telling.test(key) && uwsgiOptions.has(key)) found.add(key);
  }
  return found.size;
}
