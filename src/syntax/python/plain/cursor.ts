import type { TokenKind, Tokens } from './tokens.js';

/** Where the quick reading stands in a module, and what is around it. */
export interface Cursor {
  readonly text: string;
  readonly tokens: Tokens;
  at: number;
  /** The innermost function: what may stand in it is told by it. */
  function: 'none' | 'plain' | 'async' | 'lambda';
  loop: boolean;
  /** A `yield` was met in this function. */
  yields: boolean;
  /** Parentheses around one expression that were met so far. */
  groups: number;
  /** Expressions, and blocks, that are open. */
  depth: number;
  /** See `spareLinks`. */
  spareLinks: number;
  /** Names that were met: each is one text, wherever it stands in the module. */
  readonly names: Map<string, string>;
}

/** Thrown, and caught in plain.ts, where a text holds what the quick reading does not know for sure. */
export const doubt = new Error('not plain');

/**
 * Levels of blocks and expressions, and links of chains (`a + b + c`, `a.b().c()`), that are read quickly: fewer than the levels that the
 * careful reading keeps, so that both see the same.
 */
const maxDepth = 24;
const freeLinks = 5;
/** Links beyond the free ones that all chains of one statement may have together. */
export const spareLinks = 40;

export function kindOf({ tokens, at }: Cursor): TokenKind {
  return tokens.kinds[at] ?? 'end';
}

export function kindAfter({ tokens, at }: Cursor): TokenKind {
  return tokens.kinds[at + 1] ?? 'end';
}

export function startOf({ tokens, at }: Cursor): number {
  return tokens.starts[at] ?? 0;
}

/** Behind the last token that was taken. */
export function endOf({ tokens, at }: Cursor): number {
  return tokens.ends[at - 1] ?? 0;
}

/** Where the last token that was taken begins. */
export function lastStart({ tokens, at }: Cursor): number {
  return tokens.starts[at - 1] ?? 0;
}

/** Text of the last token that was taken. */
export function lastText(cursor: Cursor): string {
  return cursor.text.slice(lastStart(cursor), endOf(cursor));
}

/** A list to keep: one that grew has room for sixteen more than it needs. */
export function kept<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? [] : list.slice();
}

export function accept(cursor: Cursor, kind: TokenKind): boolean {
  if (kindOf(cursor) !== kind) return false;
  cursor.at++;
  return true;
}

export function expect(cursor: Cursor, kind: TokenKind): void {
  if (kindOf(cursor) !== kind) throw doubt;
  cursor.at++;
}

export function takeName(cursor: Cursor): string {
  expect(cursor, 'name');
  return lastName(cursor);
}

/** The name that was taken last. */
export function lastName(cursor: Cursor): string {
  const text = lastText(cursor);
  const known = cursor.names.get(text);
  if (known === undefined) cursor.names.set(text, text);
  return known ?? text;
}

export function deeper<T>(cursor: Cursor, read: (cursor: Cursor) => T): T {
  if (++cursor.depth > maxDepth) throw doubt;
  const found = read(cursor);
  cursor.depth--;
  return found;
}

/** Counts a link of a chain. */
export function link(cursor: Cursor, links: number): number {
  if (links >= freeLinks && --cursor.spareLinks < 0) throw doubt;
  return links + 1;
}
