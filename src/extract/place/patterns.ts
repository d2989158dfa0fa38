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

/** The commonest shapes without a table: a literal path, a name in any folder, an ending in any folder. */
function plainMatch(pattern: string, text: string): boolean | undefined {
  const anywhere = pattern.startsWith('**/');
  const body = anywhere ? pattern.slice(3) : pattern;
  if (!/[*?[\\]/.test(body)) return text === body || (anywhere && text.endsWith(`/${body}`));
  if (!anywhere || !/^\*\.[\w.-]+$/.test(body)) return undefined;
  return text.endsWith(body.slice(1));
}

/** Whole-text match of a glob pattern; time is the product of both lengths, whatever the pattern. */
export function globMatches(pattern: string, text: string): boolean {
  const plain = plainMatch(pattern, text);
  if (plain !== undefined) return plain;
  const list = tokens(pattern);
  const size = list.length + 1;
  const close = (states: boolean[]) => {
    for (let i = 0; i < list.length; i++) {
      if (!states[i]) continue;
      const kind = list[i]?.kind;
      if (kind === 'some' || kind === 'any' || kind === 'maybe') states[i + 1] = true;
      if (kind === 'maybe') states[i + 3] = true;
    }
    return states;
  };
  let now = close([true, ...new Array<boolean>(size - 1).fill(false)]);
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    const next = new Array<boolean>(size).fill(false);
    list.forEach((token, i) => {
      if (now[i] && accepts(token, character)) next[token.kind === 'some' || token.kind === 'any' ? i : i + 1] = true;
    });
    now = close(next);
  }
  return now[list.length] === true;
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

/** The path itself and the folders above it, outermost first. */
function prefixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** True when `.dockerignore` keeps `path` (relative to the context) out of the context; the last pattern that matches decides. */
export function dockerIgnores(patterns: readonly string[], path: string): boolean {
  let ignored = false;
  const candidates = prefixes(path);
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (negated !== ignored) continue;
    const body = negated ? pattern.slice(1) : pattern;
    if (candidates.some(candidate => globMatches(body, candidate))) ignored = !negated;
  }
  return ignored;
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

/** True when the `.gitignore` of the folder that `path` is relative to keeps it, or a folder above it, out of the repository. */
export function gitIgnores(rules: readonly GitRule[], path: string): boolean {
  return prefixes(path).some(candidate => {
    let ignored = false;
    for (const rule of rules) if (rule.negated === ignored && globMatches(rule.pattern, candidate)) ignored = !ignored;
    return ignored;
  });
}
