/** Words that are never names in Python 3. */
// biome-ignore format: a table
const keywords = [
  'False', 'None', 'True', 'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except',
  'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while',
  'with', 'yield',
] as const;

// biome-ignore format: a table
const operators = [
  '+', '-', '*', '/', '%', '@', '&', '|', '^', '~', '<', '>', '(', ')', '[', ']', '{', '}', ',', ':', '.', ';', '=', '**', '//', '>>', '<<', '<=',
  '>=', '==', '!=', '->', ':=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '@=', '**=', '//=', '>>=', '<<=', '...',
] as const;

export type Operator = (typeof operators)[number];

/**
 * Keywords and operators are their own kinds. An f-string: `f-start`, then `text`, fields and format specifications, and `f-end`; a field
 * stands between `field` and `field end`.
 */
export type TokenKind =
  | (typeof keywords)[number]
  | Operator
  | 'name'
  | 'number'
  | 'string'
  | 'newline'
  | 'indent'
  | 'dedent'
  | 'end'
  | 'f-start'
  | 'text'
  | 'f-end'
  | 'field'
  | 'field ='
  | 'conversion'
  | 'specification'
  | 'field end';

/** One place in all three lists for each token. What has no text of its own (`newline`, `dedent`) ends where the token before it does. */
export interface Tokens {
  readonly kinds: TokenKind[];
  readonly starts: number[];
  readonly ends: number[];
}

const keywordOf = new Map<string, TokenKind>(keywords.map(word => [word, word]));
const longestKeyword = 8;

/** By their first two characters, as one number. */
const pairOf = new Map<number, Operator>();
const singleOf: (Operator | undefined)[] = Array(128).fill(undefined);
for (const operator of operators) {
  if (operator.length === 1) singleOf[operator.charCodeAt(0)] = operator;
  else if (operator.length === 2) pairOf.set(pair(operator.charCodeAt(0), operator.charCodeAt(1)), operator);
}

function pair(first: number, second: number): number {
  return first * 128 + second;
}

const isWord: boolean[] = Array(128).fill(false);
for (const [first, last] of ['09', 'AZ', '__', 'az'])
  isWord.fill(true, first?.charCodeAt(0), (last?.charCodeAt(0) ?? 0) + 1);

/** An f-string, or a format specification in it, that is open. */
interface OpenText {
  readonly quote: number;
  readonly triple: boolean;
  readonly raw: boolean;
  readonly specification: boolean;
}

interface Scanner {
  readonly text: string;
  readonly tokens: Tokens;
  at: number;
  /**
   * Where what has no text of its own ends: behind the last token that has some, and behind a comment on its line. The grammar counts that comment,
   * and those below it that stand as far to the right as the block, to the block.
   */
  end: number;
  /** Lines of nothing but a comment since the last line with code. */
  readonly comments: { readonly width: number; readonly end: number }[];
  /** Open brackets by their code; 0: a field of an f-string. */
  readonly brackets: number[];
  readonly texts: OpenText[];
  readonly indentations: number[];
  /** What all indentation of this file is made of: blanks or tabs. */
  indentedBy: number;
}

/** A scanner's answer where it found something that it does not know for sure. */
const doubt = -1;

/** Splits a text into Python's tokens; undefined where anything in it is unusual or wrong. */
export function tokenize(text: string): Tokens | undefined {
  // Python takes no NUL, and the lone carriage return for the end of a line.
  if (/\0|\r(?!\n)/.test(text)) return undefined;
  const tokens: Tokens = { kinds: [], starts: [], ends: [] };
  const scanner: Scanner = {
    text,
    tokens,
    at: 0,
    end: 0,
    comments: [],
    brackets: [],
    texts: [],
    indentations: [0],
    indentedBy: 0,
  };
  let fresh = true;
  while (scanner.at < text.length) {
    if (fresh) {
      const found = indentation(scanner);
      if (found === doubt) return undefined;
      fresh = found === 0;
      continue;
    }
    const code = text.charCodeAt(scanner.at);
    if (code === 32 || code === 9) scanner.at++;
    else if (code === 10 || code === 13) {
      const after = lineEnd(text, scanner.at);
      if (after === doubt || scanner.texts.length > 0) return undefined;
      fresh = scanner.brackets.length === 0;
      if (fresh) push(scanner, 'newline', scanner.end, scanner.end);
      scanner.at = after;
    } else if (code === 35) {
      if (scanner.texts.length > 0) return undefined;
      scanner.at = commentEnd(text, scanner.at);
      if (scanner.brackets.length === 0) scanner.end = scanner.at;
    } else if (code === 92) {
      const after = lineEnd(text, scanner.at + 1);
      if (after === doubt || after >= text.length || scanner.texts.length > 0) return undefined;
      scanner.at = after;
    } else if (!token(scanner, code)) return undefined;
  }
  if (scanner.brackets.length > 0 || scanner.texts.length > 0) return undefined;
  if (!fresh) push(scanner, 'newline', scanner.end, scanner.end);
  dedent(scanner, 0);
  push(scanner, 'end', scanner.end, scanner.end);
  return tokens;
}

function push({ tokens }: Scanner, kind: TokenKind, start: number, end: number): void {
  tokens.kinds.push(kind);
  tokens.starts.push(start);
  tokens.ends.push(end);
}

/** A token with text. */
function take(scanner: Scanner, kind: TokenKind, end: number): true {
  push(scanner, kind, scanner.at, end);
  scanner.at = scanner.end = end;
  return true;
}

/** Reads what a line begins with. 0: the line holds no code, and the next one begins; 1: code follows. */
function indentation(scanner: Scanner): number {
  const { text, indentations } = scanner;
  let at = scanner.at;
  let width = 0;
  let code = text.charCodeAt(at);
  const by = code;
  let mixed = false;
  for (; code === 32 || code === 9; code = text.charCodeAt(++at)) {
    mixed ||= code !== by;
    width += code === 9 ? tabWidth : 1;
  }
  if (code === 35) {
    at = commentEnd(text, at);
    scanner.comments.push({ width, end: at });
  }
  if (at >= text.length || code === 10 || code === 13 || code === 35) {
    const after = at >= text.length ? at : lineEnd(text, at);
    if (after === doubt) return doubt;
    scanner.at = after;
    return 0;
  }
  scanner.at = at;
  if (code === 92) return doubt;
  if (width > 0) {
    if (mixed || (scanner.indentedBy !== 0 && scanner.indentedBy !== by)) return doubt;
    scanner.indentedBy = by;
  }
  if (width > (indentations.at(-1) ?? 0)) {
    indentations.push(width);
    push(scanner, 'indent', at, at);
  } else if (!dedent(scanner, width)) return doubt;
  scanner.comments.length = 0;
  return 1;
}

/** Ends the blocks that stand further to the right; false where none of those around them stands at the width. */
function dedent(scanner: Scanner, width: number): boolean {
  const { indentations, comments } = scanner;
  let counted = 0;
  for (let level = indentations.at(-1) ?? 0; width < level; level = indentations.at(-1) ?? 0) {
    for (let next = comments[counted]; next && next.width >= level; next = comments[++counted]) scanner.end = next.end;
    indentations.pop();
    push(scanner, 'dedent', scanner.end, scanner.end);
  }
  return width === (indentations.at(-1) ?? 0);
}

/** Behind a line end, which stands at the offset; a lone carriage return is in doubt. */
function lineEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 10) return at + 1;
  return code === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : doubt;
}

/** As tree-sitter's grammar counts. */
const tabWidth = 8;

/** Behind a comment; before a line feed stands a carriage return that the grammar counts to it. */
function commentEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function token(scanner: Scanner, code: number): boolean {
  const { text, at } = scanner;
  if (code > 127) return false;
  if (isWord[code]) return code >= 48 && code <= 57 ? number(scanner) : word(scanner);
  if (code === 34 || code === 39) return string(scanner, at);
  const next = text.charCodeAt(at + 1);
  if (code === 46 && next >= 48 && next <= 57) return number(scanner);
  if (scanner.brackets.at(-1) === 0) {
    const found = inField(scanner, code, next);
    if (found !== undefined) return found;
  }
  if (code === 40 || code === 91 || code === 123) scanner.brackets.push(code);
  else if (code === 41 || code === 93 || code === 125) {
    // An opening bracket and its closing one: 40 and 41, 91 and 93, 123 and 125.
    const open = scanner.brackets.pop();
    if (open === undefined || open !== code - (code === 41 ? 1 : 2)) return false;
  }
  if (code === 46) return text.startsWith('...', at) ? take(scanner, '...', at + 3) : take(scanner, '.', at + 1);
  const two = next < 128 ? pairOf.get(pair(code, next)) : undefined;
  if (!two) {
    const one = singleOf[code];
    return one !== undefined && take(scanner, one, at + 1);
  }
  if (code === next && code !== 61 && text.charCodeAt(at + 2) === 61)
    return take(scanner, `${two}=` as Operator, at + 3);
  return take(scanner, two, at + 2);
}

export function word(scanner: Scanner): boolean {
  const { text, at } = scanner;
  let end = at + 1;
  let code = text.charCodeAt(end);
  for (; code < 128 && isWord[code]; code = text.charCodeAt(++end));
  if (code > 127) return false;
  if ((code === 34 || code === 39) && end - at <= 2) return string(scanner, end);
  const kind = end - at <= longestKeyword ? keywordOf.get(text.slice(at, end)) : undefined;
  return take(scanner, kind ?? 'name', end);
}

const numbers =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:(?:0(?:_?0)*|[1-9](?:_?[0-9])*)(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?[jJ]?)/y;

export function number(scanner: Scanner): boolean {
  numbers.lastIndex = scanner.at;
  if (!numbers.test(scanner.text)) return false;
  const end = numbers.lastIndex;
  const code = scanner.text.charCodeAt(end);
  // `1if`, `10L`, `1.real`
  if (code > 127 || isWord[code] || (code === 46 && end > scanner.at)) return false;
  return take(scanner, 'number', end);
}

const prefixes = new Set(['', 'r', 'b', 'u', 'f', 'rb', 'br', 'rf', 'fr']);

/** A literal whose quotes stand at an offset, behind its prefix. */
export function string(scanner: Scanner, quoteAt: number): boolean {
  const { text, at, texts } = scanner;
  const prefix = text.slice(at, quoteAt).toLowerCase();
  if (!prefixes.has(prefix)) return false;
  const quote = text.charCodeAt(quoteAt);
  const triple = text.charCodeAt(quoteAt + 1) === quote && text.charCodeAt(quoteAt + 2) === quote;
  // Up to Python 3.11 a quote in a field ends the text around it.
  if (texts.some(open => open.quote === quote && (!open.triple || triple))) return false;
  const start = quoteAt + (triple ? 3 : 1);
  const raw = prefix.includes('r');
  if (!prefix.includes('f')) {
    const end = stringEnd(text, start, quote, triple);
    return end !== doubt && take(scanner, 'string', end);
  }
  take(scanner, 'f-start', start);
  texts.push({ quote, triple, raw, specification: false });
  return formatted(scanner);
}

function stringEnd(text: string, start: number, quote: number, triple: boolean): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) {
      if (text.charCodeAt(++at) === 13 && text.charCodeAt(at + 1) === 10) at++;
    } else if (code === quote) {
      if (!triple) return at + 1;
      if (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote) return at + 3;
    } else if (!triple && (code === 10 || code === 13)) return doubt;
  }
  return doubt;
}

/** Text of an f-string or of a format specification, up to the next field or the end. */
function formatted(scanner: Scanner): boolean {
  const { text, texts, brackets } = scanner;
  const open = texts.at(-1);
  if (!open) return false;
  for (let at = scanner.at; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (code === 92) {
      // `\{`, `\N{...}`, and a quote that a raw text goes on behind.
      if (next === 123 || next === 125 || next === 78 || next === 13 || open.specification) return false;
      if (open.raw && (next === open.quote || next === 92)) return false;
      if (!open.raw) at++;
    } else if (code === 123) {
      if (next === 123 && !open.specification) at++;
      else {
        textUpTo(scanner, at);
        brackets.push(0);
        return next !== 123 && take(scanner, 'field', at + 1);
      }
    } else if (code === 125) {
      if (open.specification) {
        textUpTo(scanner, at);
        texts.pop();
        return fieldEnd(scanner);
      }
      if (next !== 125) return false;
      at++;
    } else if (code === open.quote) {
      if (open.specification) return false;
      const ends = !open.triple || (next === code && text.charCodeAt(at + 2) === code);
      if (!ends) continue;
      textUpTo(scanner, at);
      texts.pop();
      return take(scanner, 'f-end', at + (open.triple ? 3 : 1));
    } else if ((code === 10 || code === 13) && (!open.triple || open.specification)) return false;
  }
  return false;
}

function textUpTo(scanner: Scanner, end: number): void {
  if (end > scanner.at) take(scanner, 'text', end);
}

function fieldEnd(scanner: Scanner): boolean {
  scanner.brackets.pop();
  take(scanner, 'field end', scanner.at + 1);
  return formatted(scanner);
}

/** What only has a meaning directly in a field; undefined where it has none. */
function inField(scanner: Scanner, code: number, next: number): boolean | undefined {
  const { text, at, texts } = scanner;
  const around = texts.at(-1);
  if (!around) return false;
  if (code === 125) return fieldEnd(scanner);
  if (code === 58) {
    // To the grammar `:=` is a walrus here; to Python it is a colon and a text.
    if (next === 61) return false;
    take(scanner, 'specification', at + 1);
    texts.push({ ...around, specification: true });
    return formatted(scanner);
  }
  if (code === 33 && next !== 61) {
    const after = text.charCodeAt(at + 2);
    return (
      (next === 114 || next === 115 || next === 97) &&
      (after === 58 || after === 125) &&
      take(scanner, 'conversion', at + 2)
    );
  }
  if (code === 61 && next !== 61) {
    return (next === 33 || next === 58 || next === 125) && take(scanner, 'field =', at + 1);
  }
  return undefined;
}
