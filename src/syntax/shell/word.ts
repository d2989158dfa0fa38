import { type Cursor, continuation, maximumDepth, peek, problem, skipBalanced } from './cursor.js';
import type { ParameterOperator, ShellPart, ShellWord } from './tree.js';

/** What ends a word: blanks and operators in a command, the closing brace in the operand of `${X:-...}`. */
export type WordEnd = 'command' | 'brace';

const commandEnds = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>', '']);

/** Scans one word at the cursor; empty (no parts) where none begins there. */
export function scanWord(cursor: Cursor, until: WordEnd = 'command', quoted = false): ShellWord {
  const start = cursor.at;
  const parts: ShellPart[] = [];
  let from = cursor.at;
  let plain = '';
  const flush = (): void => {
    if (plain !== '') parts.push({ kind: 'text', text: plain, quoted, start: from, end: cursor.at });
    plain = '';
  };
  for (;;) {
    const char = peek(cursor);
    if (char === '' || endsWord(cursor, char, until)) break;
    const skip = continuation(cursor);
    if (skip > 0) {
      flush();
      cursor.at += skip;
      continue;
    }
    const special = specialPart(cursor, char, quoted, parts.length === 0 && plain === '', flush);
    if (special === undefined) {
      if (plain === '') from = cursor.at;
      plain += char;
      cursor.at++;
    } else parts.push(...special);
  }
  flush();
  return { parts, start, end: cursor.at };
}

function endsWord(cursor: Cursor, char: string, until: WordEnd): boolean {
  if (until === 'brace') return char === '}';
  if (char === '\r') return peek(cursor, 1) === '\n' || cursor.at + 1 >= cursor.end;
  return commandEnds.has(char) && !isProcessSubstitution(cursor, char);
}

function isProcessSubstitution(cursor: Cursor, char: string): boolean {
  return (char === '<' || char === '>') && peek(cursor, 1) === '(';
}

/** Parts for a character that is not plain text; undefined for one that is. The cursor stands behind what was read. */
function specialPart(
  cursor: Cursor,
  char: string,
  quoted: boolean,
  first: boolean,
  flush: () => void,
): ShellPart[] | undefined {
  const start = cursor.at;
  switch (char) {
    case '\\': {
      flush();
      const text = peek(cursor, 1);
      cursor.at += text === '' ? 1 : 2;
      if (quoted && !'$`"\\}'.includes(text))
        return [{ kind: 'text', text: `\\${text}`, quoted, start, end: cursor.at }];
      return [{ kind: 'text', text, quoted: true, start, end: cursor.at }];
    }
    case "'": {
      if (quoted) return undefined;
      flush();
      return [singleQuoted(cursor)];
    }
    case '"':
      flush();
      return doubleQuoted(cursor);
    case '`':
      flush();
      return [backticks(cursor, quoted)];
    case '$': {
      const next = peek(cursor, 1);
      if (!quoted && next === "'") {
        flush();
        return [ansiQuoted(cursor)];
      }
      if (!quoted && next === '"') {
        flush();
        cursor.at++;
        return doubleQuoted(cursor);
      }
      if (!/[A-Za-z0-9_{(@*#?$!-]/.test(next)) return undefined;
      flush();
      return [dollar(cursor, quoted)];
    }
    case '*':
    case '?':
    case '+':
    case '@':
      if (quoted) return undefined;
      if (peek(cursor, 1) === '(') {
        // bash's extended patterns: +([0-9]), @(a|b).
        flush();
        cursor.at += 2;
        skipBalanced(cursor, '(', ')');
        return [{ kind: 'opaque', why: 'it is a pattern', quoted: true, start, end: cursor.at }];
      }
      if (char === '+' || char === '@') return undefined;
      flush();
      cursor.at++;
      return [{ kind: 'glob', text: char, quoted: false, start, end: cursor.at }];
    case '{': {
      const length = placeholderLength(cursor);
      if (length === 0) return undefined;
      flush();
      cursor.at += length;
      return [{ kind: 'opaque', why: 'a template fills it in', quoted: true, start, end: cursor.at }];
    }
    case '~':
      if (quoted || !first) return undefined;
      cursor.at++;
      return [{ kind: 'tilde', text: char, quoted: false, start, end: cursor.at }];
    case '<':
    case '>':
      if (quoted || !isProcessSubstitution(cursor, char)) return undefined;
      flush();
      cursor.at += 2;
      skipBalanced(cursor, '(', ')');
      return [{ kind: 'opaque', why: 'it is the output of a command', quoted: true, start, end: cursor.at }];
    default:
      return undefined;
  }
}

/** Length of `{{ x }}` at the cursor, which is no shell: the script is rendered before it runs. 0 where there is none. */
function placeholderLength(cursor: Cursor): number {
  if (peek(cursor, 1) !== '{') return 0;
  const found = /^\{\{[^{}\r\n]{1,300}\}\}/.exec(cursor.text.slice(cursor.at, Math.min(cursor.end, cursor.at + 304)));
  return found ? found[0].length : 0;
}

function singleQuoted(cursor: Cursor): ShellPart {
  const start = cursor.at;
  const close = cursor.text.indexOf("'", start + 1);
  const closed = close >= 0 && close < cursor.end;
  const end = closed ? close : cursor.end;
  if (!closed) problem(cursor, start, start + 1, 'this quote is never closed');
  cursor.at = closed ? end + 1 : end;
  return { kind: 'text', text: cursor.text.slice(start + 1, end), quoted: true, start, end: cursor.at };
}

const ansiEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

function ansiQuoted(cursor: Cursor): ShellPart {
  const start = cursor.at;
  let text = '';
  let codes = false;
  for (cursor.at += 2; cursor.at < cursor.end && peek(cursor) !== "'"; cursor.at++) {
    let char = peek(cursor);
    if (char === '\\') {
      cursor.at++;
      char = peek(cursor);
      if (/[0-9xuUc]/.test(char)) codes = true;
      char = ansiEscapes[char] ?? char;
    }
    text += char;
  }
  if (cursor.at < cursor.end) cursor.at++;
  if (codes) return { kind: 'opaque', why: 'it is written with character codes', quoted: true, start, end: cursor.at };
  return { kind: 'text', text, quoted: true, start, end: cursor.at };
}

function doubleQuoted(cursor: Cursor): ShellPart[] {
  const start = cursor.at;
  const parts: ShellPart[] = [];
  let text = '';
  let from = start;
  cursor.at++;
  const flush = (end: number): void => {
    if (text !== '' || (end === cursor.end && parts.length === 0))
      parts.push({ kind: 'text', text, quoted: true, start: from, end });
    text = '';
  };
  for (;;) {
    const char = peek(cursor);
    if (char === '') {
      problem(cursor, start, start + 1, 'this quote is never closed');
      flush(cursor.at);
      return parts;
    }
    if (char === '"') {
      cursor.at++;
      if (text !== '' || parts.length === 0)
        parts.push({ kind: 'text', text, quoted: true, start: from, end: cursor.at });
      return parts;
    }
    if (char === '\\') {
      const skip = continuation(cursor);
      const next = peek(cursor, 1);
      if (skip > 0) cursor.at += skip;
      else {
        text += '$`"\\'.includes(next) ? next : `\\${next}`;
        cursor.at += next === '' ? 1 : 2;
      }
    } else if (char === '`' || (char === '$' && /[A-Za-z0-9_{(@*#?$!-]/.test(peek(cursor, 1)))) {
      flush(cursor.at);
      parts.push(char === '`' ? backticks(cursor, true) : dollar(cursor, true));
      from = cursor.at;
    } else {
      text += char;
      cursor.at++;
    }
  }
}

function backticks(cursor: Cursor, quoted: boolean): ShellPart {
  const start = cursor.at;
  let escaped = false;
  cursor.at++;
  while (cursor.at < cursor.end && peek(cursor) !== '`') {
    if (peek(cursor) === '\\') {
      escaped = true;
      cursor.at++;
    }
    cursor.at++;
  }
  const inner = Math.min(cursor.at, cursor.end);
  cursor.at = Math.min(inner + 1, cursor.end);
  if (escaped || cursor.depth >= maximumDepth || inner >= cursor.end)
    return { kind: 'opaque', why: 'it is the output of a command', quoted, start, end: cursor.at };
  const body = nested(cursor, start + 1, inner);
  return { kind: 'substitution', body, quoted, start, end: cursor.at };
}

/** Commands between two offsets that were already stepped over. */
function nested(cursor: Cursor, start: number, end: number) {
  const sub: Cursor = { ...cursor, at: start, end, depth: cursor.depth + 1, pending: [] };
  const nodes = [];
  while (sub.at < sub.end) {
    nodes.push(...cursor.commands(sub));
    sub.at++;
  }
  return nodes;
}

/** What begins with a dollar sign that is followed by a character that makes it special. */
function dollar(cursor: Cursor, quoted: boolean): ShellPart {
  const start = cursor.at;
  const next = peek(cursor, 1);
  if (next === '(') return peek(cursor, 2) === '(' ? arithmetic(cursor, quoted) : substitution(cursor, quoted);
  if (next === '{') return braces(cursor, quoted);
  cursor.at += 2;
  let name = next;
  if (/[A-Za-z_]/.test(next)) {
    while (/[A-Za-z0-9_]/.test(peek(cursor))) {
      name += peek(cursor);
      cursor.at++;
    }
  }
  return { kind: 'parameter', name, operator: '', quoted, start, end: cursor.at };
}

function arithmetic(cursor: Cursor, quoted: boolean): ShellPart {
  const start = cursor.at;
  cursor.at += 2;
  skipBalanced(cursor, '(', ')');
  return { kind: 'opaque', why: 'it is computed', quoted, start, end: cursor.at };
}

function substitution(cursor: Cursor, quoted: boolean): ShellPart {
  const start = cursor.at;
  cursor.at += 2;
  if (cursor.depth >= maximumDepth) {
    skipBalanced(cursor, '(', ')');
    return { kind: 'opaque', why: 'it is nested too deeply', quoted, start, end: cursor.at };
  }
  cursor.depth++;
  const body = cursor.commands(cursor);
  cursor.depth--;
  if (peek(cursor) === ')') cursor.at++;
  else problem(cursor, start, start + 2, 'this $( is never closed');
  return { kind: 'substitution', body, quoted, start, end: cursor.at };
}

const operators: readonly ParameterOperator[] = [
  ':-',
  ':=',
  ':?',
  ':+',
  '##',
  '%%',
  '//',
  '-',
  '=',
  '?',
  '+',
  '#',
  '%',
  '/',
];

function braces(cursor: Cursor, quoted: boolean): ShellPart {
  const start = cursor.at;
  cursor.at += 2;
  const opaque = (why: string): ShellPart => {
    skipBalanced(cursor, '{', '}');
    return { kind: 'opaque', why, quoted, start, end: cursor.at };
  };
  if (cursor.depth >= maximumDepth) return opaque('it is nested too deeply');
  const length = peek(cursor) === '#' && peek(cursor, 1) !== '}';
  if (length) cursor.at++;
  const name = parameterName(cursor);
  if (name === '') return opaque('this form of expansion is not read');
  const subscript = peek(cursor) === '[' ? bracketed(cursor) : undefined;
  const base = { kind: 'parameter', name, ...(subscript !== undefined && { subscript }), quoted, start } as const;
  if (peek(cursor) === '}') {
    cursor.at++;
    return { ...base, operator: length ? 'length' : '', end: cursor.at };
  }
  const operator = operators.find(candidate => cursor.text.startsWith(candidate, cursor.at));
  if (operator === undefined || length) {
    skipBalanced(cursor, '{', '}');
    return { ...base, operator: 'other', end: cursor.at };
  }
  cursor.at += operator.length;
  cursor.depth++;
  // A pattern keeps its meaning inside double quotes: "${0%/*}".
  const operand = scanWord(cursor, 'brace', quoted && !/[#%/]/.test(operator));
  cursor.depth--;
  if (peek(cursor) === '}') cursor.at++;
  else problem(cursor, start, start + 2, 'this ${ is never closed');
  return { ...base, operator, operand, end: cursor.at };
}

function parameterName(cursor: Cursor): string {
  let name = '';
  if (/[@*#?$!-]/.test(peek(cursor)) && !(peek(cursor) === '!' && /[A-Za-z_]/.test(peek(cursor, 1)))) {
    name = peek(cursor);
    cursor.at++;
    return name;
  }
  while (/[A-Za-z0-9_]/.test(peek(cursor))) {
    name += peek(cursor);
    cursor.at++;
  }
  return name;
}

function bracketed(cursor: Cursor): string {
  const start = ++cursor.at;
  while (cursor.at < cursor.end && peek(cursor) !== ']') cursor.at++;
  const text = cursor.text.slice(start, cursor.at);
  if (cursor.at < cursor.end) cursor.at++;
  return text;
}
