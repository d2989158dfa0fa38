import type { SourceFile } from '../../text/source.js';

/** Sections of HAProxy's, and a line that only it writes in this shape. */
export function looksLikeHaproxy({ path, text }: SourceFile): boolean {
  if (text.length > 1_000_000 || /\.(?:j2|jinja2?|tpl|tmpl|template|in|erb|example|sample|dist)$/i.test(path))
    return false;
  return (
    /^[ \t]*(?:backend|listen)[ \t]+[\w.:-]+[ \t]*(?:#.*)?\r?$/m.test(text) &&
    /^[ \t]+server[ \t]+[\w.:-]+[ \t]+[^\s;{]+/m.test(text) &&
    /^[ \t]*(?:frontend[ \t]|listen[ \t]|defaults\b|global\b)/m.test(text) &&
    !/\{\{|\{%|<%/.test(text)
  );
}
