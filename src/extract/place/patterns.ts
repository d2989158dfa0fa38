import { oncePer } from '../../model/once.js';
import { folderOf } from '../../model/place.js';

/** How one pattern is read: `.dockerignore` (each pattern from the context's root) or `.gitignore` of one folder. */
export type PatternStyle = 'docker' | 'git';

type Token =
  | { readonly kind: 'character'; readonly text: string }
  /** `maybe`: the two tokens behind it, or nothing. */
  | { readonly kind: 'one' | 'some' | 'any' | 'maybe' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] };

function classToken(pattern: string, start: number): { readonly token: Token; readonly end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === '^' || pattern[at] === '!';
  if (negated) at++;
  const ranges: (readonly [number, number])[] = [];
  for (let first = true; at < pattern.length; first = false) {
    if (pattern[at] === ']' && !first) return { token: { kind: 'class', negated, ranges }, end: at + 1 };
    if (pattern[at] === '\\') at++;
    const low = pattern.charCodeAt(at++);
    let high = low;
    if (pattern[at] === '-' && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      high = pattern.charCodeAt(at + 1);
      at += 2;
    }
    ranges.push([low, high]);
  }
  return undefined;
}

/** `**` crosses folders; a `**` that fills a whole part also matches no folder at all. */
function tokens(pattern: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] as string;
    if (character === '*') {
      const start = at;
      while (pattern[at] === '*') at++;
      const whole = at - start > 1 && (start === 0 || pattern[start - 1] === '/');
      if (whole && pattern[at] === '/') {
        found.push({ kind: 'maybe' }, { kind: 'any' }, { kind: 'character', text: '/' });
        at++;
      } else found.push({ kind: at - start > 1 ? 'any' : 'some' });
      continue;
    }
    const bracket = character === '[' ? classToken(pattern, at) : undefined;
    if (bracket) {
      found.push(bracket.token);
      at = bracket.end;
      continue;
    }
    if (character === '\\' && at + 1 < pattern.length) at++;
    found.push(character === '?' ? { kind: 'one' } : { kind: 'character', text: pattern[at] as string });
    at++;
  }
  return found;
}

function accepts(token: Token, character: string): boolean {
  if (token.kind === 'maybe') return false;
  if (token.kind === 'character') return token.text === character;
  if (token.kind === 'any') return true;
  if (character === '/') return false;
  if (token.kind !== 'class') return true;
  const code = character.charCodeAt(0);
  return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.negated;
}

/** Tells the texts that a pattern matches. */
type Matcher = (text: string) => boolean;

/** The commonest shapes without a table: a literal path, a name in any folder, an ending in any folder. */
function plainMatcher(pattern: string): Matcher | undefined {
  const anywhere = pattern.startsWith('**/');
  const body = anywhere ? pattern.slice(3) : pattern;
  const below = `/${body}`;
  if (!/[*?[\\]/.test(body)) return text => text === body || (anywhere && text.endsWith(below));
  const end = body.slice(1);
  return anywhere && /^\*\.[\w.-]+$/.test(body) ? text => text.endsWith(end) : undefined;
}

/** Takes a pattern apart once for many texts. */
function matcherOf(pattern: string): Matcher {
  const plain = plainMatcher(pattern);
  if (plain) return plain;
  const head = /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
  const list = tokens(pattern);
  return text => text.startsWith(head) && runs(list, text);
}

/** Whole-text match of a glob pattern; time is the product of both lengths, whatever the pattern. */
export function globMatches(pattern: string, text: string): boolean {
  return matcherOf(pattern)(text);
}

function runs(list: readonly Token[], text: string): boolean {
  const size = list.length + 1;
  const close = (states: Uint8Array) => {
    for (let i = 0; i < list.length; i++) {
      if (states[i] === 0) continue;
      const kind = list[i]?.kind;
      if (kind === 'some' || kind === 'any' || kind === 'maybe') states[i + 1] = 1;
      if (kind === 'maybe') states[i + 3] = 1;
    }
  };
  let now = new Uint8Array(size);
  let next = new Uint8Array(size);
  now[0] = 1;
  close(now);
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    next.fill(0);
    for (let i = 0; i < list.length; i++) {
      const token = list[i] as Token;
      if (now[i] === 1 && accepts(token, character))
        next[token.kind === 'some' || token.kind === 'any' ? i : i + 1] = 1;
    }
    close(next);
    [now, next] = [next, now];
  }
  return now[list.length] === 1;
}

/** Lines of a `.dockerignore` that are patterns, cleaned as Docker does: `!` first, no leading or trailing slash. */
export function dockerignorePatterns(text: string): readonly string[] {
  const patterns: string[] = [];
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    if (raw.startsWith('#')) continue;
    let line = raw.trim();
    const negated = line.startsWith('!');
    if (negated) line = line.slice(1).trim();
    const parts: string[] = [];
    for (const part of line.split('/')) {
      if (part === '' || part === '.') continue;
      if (part === '..') parts.pop();
      else parts.push(part);
    }
    if (parts.length > 0) patterns.push((negated ? '!' : '') + parts.join('/'));
  }
  return patterns;
}

interface Pattern {
  readonly negated: boolean;
  readonly matches: Matcher;
}

/** Patterns taken apart, and what was found of folders: most paths that are asked for lie in a few of them. */
interface Patterns<Found> {
  readonly list: readonly Pattern[];
  readonly folders: Map<string, Found>;
}

const dockerPatterns = oncePer((patterns: readonly string[]): Patterns<readonly boolean[]> => {
  const list = patterns.map(pattern => {
    const negated = pattern.startsWith('!');
    return { negated, matches: matcherOf(negated ? pattern.slice(1) : pattern) };
  });
  return { list, folders: new Map() };
});

/** True when `.dockerignore` keeps `path` (relative to the context) out of the context; the last pattern that matches decides. */
export function dockerIgnores(patterns: readonly string[], path: string): boolean {
  const compiled = dockerPatterns(patterns);
  const { list } = compiled;
  // Of each pattern, whether it matches a folder above.
  const above = inFolders(compiled, folderOf(path), [], (higher, folder) =>
    list.map(({ matches }, i) => higher[i] === true || matches(folder)),
  );
  let ignored = false;
  list.forEach(({ negated, matches }, i) => {
    if (negated === ignored && (above[i] || matches(path))) ignored = !negated;
  });
  return ignored;
}

/** Folders of which is kept what was found. */
const mostFolders = 2000;

/** What holds of a folder, told from the folder above it; `top` of the one that is at the root. */
function inFolders<Found>(
  { folders }: Patterns<Found>,
  folder: string,
  top: Found,
  tell: (above: Found, folder: string) => Found,
): Found {
  if (folder === '') return top;
  const known = folders.get(folder);
  if (known !== undefined) return known;
  let found = top;
  for (let slash = folder.indexOf('/'); ; slash = folder.indexOf('/', slash + 1)) {
    const one = slash < 0 ? folder : folder.slice(0, slash);
    found = folders.get(one) ?? tell(found, one);
    if (folders.size < mostFolders) folders.set(one, found);
    if (slash < 0) return found;
  }
}

export interface GitRule {
  readonly negated: boolean;
  readonly pattern: string;
}

/** The patterns of a `.gitignore`, in order. */
export function gitRules(text: string): readonly GitRule[] {
  return text.split(/\r\n|\n|\r/).flatMap(raw => {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) return [];
    const negated = line.startsWith('!');
    const body = (negated ? line.slice(1) : line).replace(/\/$/, '');
    const anchored = body.includes('/');
    return [{ negated, pattern: anchored ? body.replace(/^\//, '') : `**/${body}` }];
  });
}

const gitPatterns = oncePer((rules: readonly GitRule[]): Patterns<boolean> => {
  const list = rules.map(({ negated, pattern }) => ({ negated, matches: matcherOf(pattern) }));
  return { list, folders: new Map() };
});

/** True when the `.gitignore` of the folder that `path` is relative to keeps it, or a folder above it, out of the repository. */
export function gitIgnores(rules: readonly GitRule[], path: string): boolean {
  const patterns = gitPatterns(rules);
  const above = inFolders(patterns, folderOf(path), false, (higher, folder) => higher || ignoresOne(patterns, folder));
  return above || ignoresOne(patterns, path);
}

function ignoresOne({ list }: Patterns<boolean>, path: string): boolean {
  let ignored = false;
  for (const { negated, matches } of list) if (negated === ignored && matches(path)) ignored = !ignored;
  return ignored;
}
