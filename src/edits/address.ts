import type { Address } from '../model/endpoint.js';
import type { Edit, Span } from '../text/source.js';
import { spanText } from '../text/source.js';

/**
 * Rewrites an address where it stands, keeping what the user wrote around it: scheme, quotes, the `unix:` prefix, a URI behind it.
 * Undefined where the text does not show the address letter by letter (a variable, a default, another kind of address), and where the new one
 * has marks in it that would end or change what it is written into.
 */
export function replaceAddress(span: Span, from: Address, to: Address): Edit | undefined {
  const text = spanText(span);
  if (!isPlain(to.kind === 'tcp' ? to.host : to.path)) return undefined;
  if (from.kind === 'tcp' && to.kind === 'tcp') {
    if (from.port === to.port) return replaceLast(span, inBrackets(from.host), inBrackets(to.host));
    return replaceLast(span, String(from.port), String(to.port));
  }
  if (from.kind === 'unix' && to.kind === 'unix') {
    const at = text.indexOf(from.path);
    if (at < 0 || text.indexOf(from.path, at + 1) >= 0) return undefined;
    return { span: { ...span, start: span.start + at, end: span.start + at + from.path.length }, text: to.path };
  }
  return undefined;
}

/** A host or path that stands as it is in nginx, ini files, YAML, Python strings and on command lines alike. */
function isPlain(name: string): boolean {
  return !/[\s\0-\x1f\x7f'"`\\;{}#$|&<>()=,]/.test(name);
}

/** An address of IPv6 as it stands in front of a port. */
function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The last occurrence of `old` that is not part of a longer number or name. */
function replaceLast(span: Span, old: string, text: string): Edit | undefined {
  if (old === '') return undefined;
  const within = spanText(span);
  for (let at = within.lastIndexOf(old); at >= 0; at = at === 0 ? -1 : within.lastIndexOf(old, at - 1)) {
    const before = within[at - 1] ?? '';
    const after = within[at + old.length] ?? '';
    if (/[0-9A-Za-z]/.test(before) || /[0-9A-Za-z]/.test(after)) continue;
    return { span: { ...span, start: span.start + at, end: span.start + at + old.length }, text };
  }
  return undefined;
}
