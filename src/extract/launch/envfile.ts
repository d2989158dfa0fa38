import { afterRewrites } from '../../model/rewrite.js';
import type { Setting } from '../../model/setting.js';
import { parseShell } from '../../syntax/shell/parse.js';
import { wordText } from '../../syntax/shell/tree.js';
import type { SourceFile } from '../../text/source.js';
import { expandVariables } from '../place/expand.js';
import type { Reader } from '../reader.js';
import { rewritesOf } from '../rewrite/rewrites.js';

/**
 * Variables of a file of `NAME=value` lines. The flavours differ: `systemd` (EnvironmentFile=) removes quotes and expands nothing,
 * `compose` (env_file, .env) knows `export`, comments behind a value and `${VAR:-x}`, `shell` is a script that is sourced.
 * Sources: systemd.exec(5); the compose specification, "env_file" and "Interpolation".
 */
export function envFile(
  reader: Reader,
  file: SourceFile,
  flavour: 'compose' | 'systemd' | 'shell',
): ReadonlyMap<string, Setting<string>> {
  reader.note(file, 'environment', []);
  const rewrites = rewritesOf(reader);
  const stated = flavour === 'shell' ? shellFile(file) : lineFile(file, flavour);
  if (!rewrites.has(file.path)) return stated;
  return new Map([...stated].map(([name, setting]) => [name, afterRewrites(rewrites, setting)]));
}

function lineFile(file: SourceFile, flavour: 'compose' | 'systemd'): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  let expansion = 0;
  const { text } = file;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    const start = skipSpace(text, at, lineEnd);
    const comment = text[start] === '#' || (flavour === 'systemd' && text[start] === ';');
    if (start === lineEnd || comment) {
      at = lineEnd + 1;
      continue;
    }
    const key = keyAt(text, start, lineEnd, flavour);
    if (!key) {
      at = lineEnd + 1;
      continue;
    }
    const value = flavour === 'systemd' ? systemdValue(text, key.end) : composeValue(text, key.end);
    const from = value.start;
    const base = {
      name: key.name,
      origin: 'environment' as const,
      span: { file, start: from, end: Math.max(from, value.end) },
    };
    if (value.expands && flavour === 'compose') {
      const setting = expand(base, value.text, found);
      expansion += setting.known ? setting.value.length : 0;
      found.set(
        key.name,
        expansion > longestExpansion ? { ...base, known: false, why: 'it grows too long to be followed' } : setting,
      );
    } else found.set(key.name, { ...base, known: true, value: value.text });
    at = endOfLine(text, value.next) + 1;
  }
  return found;
}

/** Lines that fill in one another could otherwise double their length again and again. */
const longestExpansion = 200_000;

interface RawValue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where to look for the end of the line. */
  readonly next: number;
  readonly expands: boolean;
}

function endOfLine(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

function skipSpace(text: string, at: number, end: number): number {
  let start = at;
  while (start < end && /[ \t\r]/.test(text[start] ?? '')) start++;
  return start;
}

function keyAt(
  text: string,
  start: number,
  end: number,
  flavour: string,
): { readonly name: string; readonly end: number } | undefined {
  let from = start;
  if (flavour === 'compose' && /^export[ \t]/.test(text.slice(from, from + 7))) from = skipSpace(text, from + 6, end);
  let at = from;
  while (at < end && /[A-Za-z0-9_.-]/.test(text[at] ?? '')) at++;
  const name = text.slice(from, at);
  at = skipSpace(text, at, end);
  const separator = text[at] === '=' || (flavour === 'compose' && text[at] === ':');
  return name === '' || !separator || at >= end ? undefined : { name, end: at + 1 };
}

function systemdValue(text: string, begin: number): RawValue {
  const start = skipSpace(text, begin, text.length);
  let value = '';
  let quote = '';
  let kept = 0;
  // systemd takes a quote for one only before any plain character (env-file.c, PRE_VALUE).
  let before = true;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\n' && quote === '') break;
    if (char === '\\' && quote !== "'") {
      const next = text[at + 1] ?? '';
      at++;
      if (next === '\n') continue;
      before = false;
      value += quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next;
      kept = value.length;
    } else if (quote === char && quote !== '') {
      quote = '';
      before = true;
    } else if (before && quote === '' && (char === '"' || char === "'")) quote = char;
    else if (!before || quote !== '' || !/\s/.test(char)) {
      if (quote === '') before = false;
      value += char;
      if (quote !== '' || !/\s/.test(char)) kept = value.length;
    }
  }
  return { text: value.slice(0, kept), start, end: trimmedEnd(text, start, at), next: at, expands: false };
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = Math.min(end, text.length);
  while (at > start && /\s/.test(text[at - 1] ?? '')) at--;
  return at;
}

/** An escaped dollar sign is left to the expansion, which knows it doubled. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function composeValue(text: string, begin: number): RawValue {
  const lineEnd = endOfLine(text, begin);
  const start = skipSpace(text, begin, lineEnd);
  const quote = text[start];
  if (quote === "'" || quote === '"') {
    let value = '';
    let at = start + 1;
    for (; at < text.length && text[at] !== quote; at++) {
      if (text[at] === '\\' && quote === '"') {
        at++;
        value += escapes[text[at] ?? ''] ?? `\\${text[at] ?? ''}`;
      } else value += text[at];
    }
    if (at < text.length)
      return { text: value, start, end: at + 1, next: at, expands: quote === '"' && value.includes('$') };
  }
  const line = text.slice(start, lineEnd);
  const comment = /\s#/.exec(line);
  const end = trimmedEnd(text, start, comment ? start + comment.index : lineEnd);
  const value = text.slice(start, end);
  return { text: value, start, end, next: lineEnd, expands: value.includes('$') };
}

/** Variables from the lines above; one that no line sets comes from outside, unless the value says what holds without it. */
function expand(
  base: { readonly name: string; readonly origin: 'environment'; readonly span: Setting<string>['span'] & object },
  text: string,
  above: ReadonlyMap<string, Setting<string>>,
): Setting<string> {
  const style = { doubled: true, unset: (name: string) => `$${name} comes from the environment` };
  const { parts } = expandVariables(text, style, name => above.get(name));
  const unknown = parts.find(part => !part.known);
  if (unknown && !unknown.known) return { ...base, known: false, why: unknown.why };
  return { ...base, known: true, value: parts.map(part => part.text).join('') };
}

function shellFile(file: SourceFile): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const node of parseShell(file).nodes) {
    if (node.kind !== 'simple') continue;
    for (const assignment of node.assignments) {
      const text = assignment.items ? undefined : wordText(assignment.value);
      const span = { file, start: assignment.value.start, end: assignment.value.end };
      const base = { name: assignment.name, origin: 'environment' as const, span };
      found.set(
        assignment.name,
        text === undefined
          ? { ...base, known: false, why: 'it is put together by the shell' }
          : { ...base, known: true, value: text },
      );
    }
    if (wordText(node.words[0] ?? { parts: [], start: 0, end: 0 }) !== 'export') continue;
    for (const word of node.words.slice(1)) {
      const match = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(file.text.slice(word.start, word.end));
      if (!match) continue;
      const text = wordText(word);
      const span = { file, start: word.start + match[0].length, end: word.end };
      const base = { name: match[1] ?? '', origin: 'environment' as const, span };
      found.set(
        base.name,
        text === undefined
          ? { ...base, known: false, why: 'it is put together by the shell' }
          : { ...base, known: true, value: text.slice(match[0].length) },
      );
    }
  }
  return found;
}
