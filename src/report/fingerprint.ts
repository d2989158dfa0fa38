import type { Diagnostic } from '../lint/rule.js';
import { lineAt } from '../text/lines.js';
import { maskSecrets } from './secrets.js';

/** What tells a finding from others and stays when lines move or a message gets other words. Secrets are masked in it. */
export interface Identity {
  readonly rule: string;
  readonly file: string;
  /** The first line of its place, without indentation and double spaces. */
  readonly code: string;
  /** The file of its other end; absent where both ends are in one. */
  readonly with?: string;
}

/** Longer lines are cut: data, not something a person reviews. */
const longestCode = 200;

/** @param shown the path of a file as it is to be written. */
export function identityOf({ rule, span, related }: Diagnostic, shown = (path: string): string => path): Identity {
  const { start, end } = lineAt(span.file.text, span.start);
  const line = span.file.text.slice(Math.max(start, span.start - 2000), Math.min(end, span.start + 2000));
  const code = maskSecrets(line)
    .replace(/^\ufeff/, '')
    .trim()
    .replace(/\s+/g, ' ')
    .slice(0, longestCode);
  const other = related.find(step => step.span.file.path !== span.file.path)?.span.file.path;
  return { rule, file: shown(span.file.path), code, ...(other !== undefined && { with: shown(other) }) };
}

export function identityKey({ rule, file, code, with: other }: Identity): string {
  return JSON.stringify([rule, file, code, other ?? null]);
}

/** For each finding a short name that stays from run to run, different from that of every other finding of the report. */
export function fingerprints(diagnostics: readonly Diagnostic[]): readonly string[] {
  const seen = new Map<string, number>();
  return diagnostics.map(one => {
    const key = identityKey(identityOf(one));
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return hash(`${key}${count}`);
  });
}

/** FNV-1a of 64 bits over UTF-16 units, in hexadecimal: for telling apart, not for secrecy. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++)
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return value.toString(16).padStart(16, '0');
}
