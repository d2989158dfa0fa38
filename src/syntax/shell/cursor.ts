import type { Problem, SourceFile } from '../../text/source.js';
import type { ShellNode } from './tree.js';

/** Deeper nesting of commands, substitutions and expansions than this is not looked into. */
export const maximumDepth = 60;

export interface PendingBody {
  readonly delimiter: string;
  readonly stripTabs: boolean;
  readonly literal: boolean;
  fill(start: number, end: number): void;
}

/** Where the parser stands. It only ever moves forward, which keeps the whole of it linear in the size of the text. */
export interface Cursor {
  readonly file: SourceFile;
  readonly text: string;
  at: number;
  end: number;
  depth: number;
  readonly problems: Problem[];
  /** Here-documents whose bodies begin behind the next line end. */
  pending: PendingBody[];
  /** Parses commands up to a closing parenthesis (not consumed) or the end. */
  readonly commands: (cursor: Cursor) => ShellNode[];
}

export function problem(cursor: Cursor, start: number, end: number, message: string): void {
  if (cursor.problems.length < 100) cursor.problems.push({ span: { file: cursor.file, start, end }, message });
}

/** The character at the cursor plus `ahead`, or the empty text behind the end. */
export function peek(cursor: Cursor, ahead = 0): string {
  const at = cursor.at + ahead;
  return at < cursor.end ? (cursor.text[at] ?? '') : '';
}

/** Length of a backslash and line end at the cursor (0 where there is none): the two are as if not there. */
export function continuation(cursor: Cursor): number {
  if (peek(cursor) !== '\\') return 0;
  if (peek(cursor, 1) === '\n') return 2;
  return peek(cursor, 1) === '\r' && peek(cursor, 2) === '\n' ? 3 : 0;
}

/** Skips spaces, tabs, continued lines and the carriage return of a Windows line end. */
export function skipBlanks(cursor: Cursor): void {
  for (;;) {
    const char = peek(cursor);
    if (char === ' ' || char === '\t' || (char === '\r' && (peek(cursor, 1) === '\n' || cursor.at + 1 === cursor.end)))
      cursor.at++;
    else {
      const skip = continuation(cursor);
      if (skip === 0) return;
      cursor.at += skip;
    }
  }
}

/** Moves behind the bracket that closes the one before the cursor; quotes are stepped over. To the end where there is none. */
export function skipBalanced(cursor: Cursor, open: string, close: string): void {
  let depth = 1;
  while (cursor.at < cursor.end) {
    const char = peek(cursor);
    if (char === '\\') cursor.at++;
    else if (char === "'") {
      const quote = cursor.text.indexOf("'", cursor.at + 1);
      cursor.at = quote < 0 || quote >= cursor.end ? cursor.end : quote;
    } else if (char === open) depth++;
    else if (char === close && --depth === 0) {
      cursor.at++;
      return;
    }
    cursor.at++;
  }
  cursor.at = cursor.end;
}
