/** Character codes that mean something to nginx's tokenizer. */
const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const doubleQuote = 34;
const dollar = 36;
const singleQuote = 39;
const closeParenthesis = 41;
const semicolon = 59;
const backslash = 92;
const openBrace = 123;

/** The white space of nginx's configuration: space, tab, CR and LF. VT, FF, NBSP and NUL are characters of a word. */
export function isSpace(code: number): boolean {
  return code === space || code === tab || code === lineFeed || code === carriageReturn;
}

/** Offset of the first character from `at` on that is not white space. */
export function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** End of a comment that starts at `at`: the line end (LF or CRLF; a lone CR does not end it) is not part of it. */
export function commentEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  if (newline < 0) return text.length;
  return text.charCodeAt(newline - 1) === carriageReturn && newline - 1 > at ? newline - 1 : newline;
}

export interface ScannedWord {
  /** Behind the word, its closing quote included. */
  readonly end: number;
  readonly quote: '"' | "'" | undefined;
  /** A backslash stands in it, so that it has to be decoded. */
  readonly escaped: boolean;
  /** For a quoted word: the closing quote is there. */
  readonly closed: boolean;
}

/** Scans the word that starts at `at`, which must be no white space, `;`, `{`, `}` or `#`. As ngx_conf_read_token() does. */
export function scanWord(text: string, at: number): ScannedWord {
  const first = text.charCodeAt(at);
  return first === doubleQuote || first === singleQuote ? scanQuoted(text, at, first) : scanBare(text, at);
}

function scanQuoted(text: string, at: number, quote: number): ScannedWord {
  const mark = quote === doubleQuote ? '"' : "'";
  let escaped = false;
  let i = at + 1;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === backslash) {
      escaped = true;
      i += 2;
    } else if (code === quote) {
      return { end: i + 1, quote: mark, escaped, closed: true };
    } else {
      i++;
    }
  }
  return { end: text.length, quote: mark, escaped, closed: false };
}

function scanBare(text: string, at: number): ScannedWord {
  let escaped = false;
  let variable = false;
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    // Letters, of which words mostly consist.
    if (code > semicolon && code !== backslash && code !== openBrace) {
      variable = false;
      i++;
      continue;
    }
    if (code === openBrace && variable) {
      i++;
      continue;
    }
    variable = code === dollar;
    if (code === backslash) {
      escaped = true;
      i += 2;
      continue;
    }
    if (i > at && (isSpace(code) || code === semicolon || code === openBrace)) break;
    i++;
  }
  return { end: Math.min(i, text.length), quote: undefined, escaped, closed: true };
}

/** True for what may follow a closing quote: white space, `;`, `{`, `)`, or the end of the text. */
export function mayFollowQuote(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return isSpace(code) || code === semicolon || code === openBrace || code === closeParenthesis;
}

const decoded: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** What nginx makes of the inside of a word: six escapes are decoded, any other backslash stays. */
export function decodeWord(raw: string): string {
  return raw.replace(/\\(["'\\trn])/g, (_, letter: string) => decoded[letter] ?? letter);
}

/** What nginx gets of the word from `start` to `end`, its quotes included. */
export function valueOf(
  text: string,
  start: number,
  end: number,
  { quote, closed, escaped }: Omit<ScannedWord, 'end'>,
): string {
  const raw = text.slice(quote ? start + 1 : start, quote && closed ? end - 1 : end);
  return escaped ? decodeWord(raw) : raw;
}

/** Size of nginx's configuration buffer in bytes (NGX_CONF_BUFFER, src/core/ngx_conf_file.c). */
const bufferBytes = 4096;

/**
 * True when a token is too long for nginx's buffer: the byte that ends it is not among the 4,096 from its start on, and the
 * file goes on there. `content` is the offset behind an opening quote. A comment is such a token too.
 */
export function overflowsBuffer(text: string, content: number, end: number): boolean {
  if (end - content < bufferBytes / 3 - 2) return false;
  let bytes = 0;
  for (let i = content; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800 || (code >= 0xd800 && code <= 0xdfff)) bytes += 2;
    else bytes += 3;
    if (bytes > bufferBytes) return true;
  }
  return bytes === bufferBytes && end < text.length;
}

/** The same for a word and its quotes: white space behind it does not end its stay in the buffer, only the character behind that does. */
export function wordOverflows(
  text: string,
  start: number,
  { end, quote }: Pick<ScannedWord, 'end' | 'quote'>,
): boolean {
  return overflowsBuffer(text, quote ? start + 1 : start, isSpace(text.charCodeAt(end)) ? end + 1 : end);
}

/** The same for a comment, which nginx reads into the same buffer up to its line feed. `end`: as `commentEnd` gives it. */
export function commentOverflows(text: string, start: number, end: number): boolean {
  return overflowsBuffer(text, start, text.charCodeAt(end) === carriageReturn ? end + 1 : end);
}
