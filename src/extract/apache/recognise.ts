import type { SourceFile } from '../../text/source.js';

/** A virtual host or a directive of mod_proxy's, in the shape that only Apache writes. */
export function looksLikeApache({ path, text }: SourceFile): boolean {
  if (text.length > 1_000_000 || /\.(?:j2|jinja2?|tpl|tmpl|template|in|erb|example|sample|dist|sh|bash)$/i.test(path))
    return false;
  if (/\{\{|\{%|<%|^#!/.test(text)) return false;
  return (
    /^[ \t]*ProxyPass[ \t]+[^\s=;{]/im.test(text) &&
    /^[ \t]*(?:<VirtualHost\b|<Location\b|Proxy|ServerName\b)/im.test(text)
  );
}
