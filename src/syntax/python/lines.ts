/** A logical line: what Python reads as one, brackets and continuation lines joined. Comments and blank lines are none. */
export interface LogicalLine {
  /** Where its first physical line begins. */
  readonly start: number;
  /** First character behind the indentation. */
  readonly first: number;
  /** Behind its last token. */
  readonly end: number;
  /** Its last token is a colon outside brackets: a block must follow. */
  readonly opens: boolean;
  /** A colon stands somewhere outside brackets. */
  readonly colon: boolean;
  /** A backslash stands in its indentation, so that its columns cannot be compared. */
  readonly continued: boolean;
}

export interface LexicalProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface ScannedLines {
  readonly lines: readonly LogicalLine[];
  /** What is left open or closed twice, the first place first. */
  readonly problems: readonly LexicalProblem[];
  /** Line ends and comments inside brackets, and continued lines' ends: blanks to Python. */
  readonly blanks: readonly { readonly start: number; readonly end: number }[];
}

/** Brackets, and f-strings with their replacement fields, that are open. `spec`: behind the colon of a field. */
interface Open {
  readonly kind: 'bracket' | 'text' | 'field' | 'spec';
  readonly at: number;
  /** The bracket, or the quotes that end the text. */
  readonly mark: string;
  readonly raw: boolean;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

interface Scanner {
  readonly text: string;
  readonly open: Open[];
  readonly problems: LexicalProblem[];
  readonly blanks: { start: number; end: number }[];
  at: number;
}

/** Splits a module into logical lines as Python's tokenizer does, without judging what stands in them. */
export function scanLines(text: string): ScannedLines {
  const lines: LogicalLine[] = [];
  const scanner: Scanner = { text, open: [], problems: [], blanks: [], at: text.charCodeAt(0) === 0xfeff ? 1 : 0 };
  while (scanner.at < text.length) {
    const line = scanLine(scanner);
    if (line) lines.push(line);
  }
  const left = scanner.open.find(each => each.kind === 'bracket');
  if (left) scanner.problems.push({ start: left.at, end: left.at + 1, message: `'${left.mark}' was never closed` });
  return { lines, problems: scanner.problems, blanks: scanner.blanks };
}

function scanLine(scanner: Scanner): LogicalLine | undefined {
  const { text } = scanner;
  const start = scanner.at;
  while (/[ \t\f]/.test(text.charAt(scanner.at))) scanner.at++;
  const first = scanner.at;
  const state = { end: first, opens: false, colon: false, continued: text[first] === '\\' };
  while (scanner.at < text.length) {
    const character = text.charAt(scanner.at);
    const top = scanner.open.at(-1);
    if (top?.kind === 'text' || top?.kind === 'spec') {
      scanText(scanner, top);
      state.end = scanner.at;
      state.opens = false;
      continue;
    }
    if (character === '\n' || character === '\r') {
      const end = scanner.at + (character === '\r' && text[scanner.at + 1] === '\n' ? 2 : 1);
      if (scanner.open.length > 0) scanner.blanks.push({ start: scanner.at, end });
      scanner.at = end;
      if (scanner.open.length === 0) break;
      continue;
    }
    if (character === '#') {
      const comment = scanner.at;
      while (scanner.at < text.length && !/[\r\n]/.test(text.charAt(scanner.at))) scanner.at++;
      if (scanner.open.length > 0) scanner.blanks.push({ start: comment, end: scanner.at });
      continue;
    }
    if (character === '\\' && /[\r\n]/.test(text.charAt(scanner.at + 1))) {
      const end = scanner.at + (text.startsWith('\r\n', scanner.at + 1) ? 3 : 2);
      scanner.blanks.push({ start: scanner.at, end });
      scanner.at = end;
      continue;
    }
    if (character === ' ' || character === '\t' || character === '\f') {
      scanner.at++;
      continue;
    }
    const colon = character === ':' && scanner.open.length === 0 && text[scanner.at + 1] !== '=';
    scanToken(scanner, character);
    state.end = scanner.at;
    state.opens = colon;
    state.colon ||= colon;
  }
  return state.end > first ? { start, first, ...state } : undefined;
}

/** One token, or one character of it, in code. */
function scanToken(scanner: Scanner, character: string): void {
  const { text, open } = scanner;
  if (/[A-Za-z_\u0080-\uffff]/.test(character)) {
    const start = scanner.at;
    while (scanner.at < text.length && /[\w\u0080-\uffff]/.test(text.charAt(scanner.at))) scanner.at++;
    const quote = text.charAt(scanner.at);
    if (
      (quote === '"' || quote === "'") &&
      scanner.at - start <= 3 &&
      /^(?:[rbuft]|br|rb|fr|rf|tr|rt)$/i.test(text.slice(start, scanner.at))
    ) {
      scanString(scanner, text.slice(start, scanner.at).toLowerCase());
    }
    return;
  }
  if (character === '"' || character === "'") {
    scanString(scanner, '');
    return;
  }
  if (character === '(' || character === '[' || character === '{') {
    open.push({ kind: 'bracket', at: scanner.at, mark: character, raw: false });
    scanner.at++;
    return;
  }
  if (character === ')' || character === ']' || character === '}') {
    closeBracket(scanner, character);
    return;
  }
  const top = open.at(-1);
  if (top?.kind === 'field' && character === ':') open.push({ ...top, kind: 'spec' });
  scanner.at++;
}

function closeBracket(scanner: Scanner, character: string): void {
  const { open, problems, at } = scanner;
  const top = open.at(-1);
  scanner.at++;
  if (top?.kind === 'field' && character === '}') {
    open.pop();
    return;
  }
  if (top?.kind !== 'bracket') {
    problems.push({ start: at, end: at + 1, message: `unmatched '${character}'` });
    return;
  }
  open.pop();
  if (closing[top.mark] === character) return;
  problems.push({
    start: at,
    end: at + 1,
    message: `closing parenthesis '${character}' does not match opening parenthesis '${top.mark}'`,
  });
}

/** A string literal; for an f-string only its quotes, as its text is scanned piece by piece. */
function scanString(scanner: Scanner, prefix: string): void {
  const { text } = scanner;
  const start = scanner.at;
  const quote = text.charAt(start);
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  scanner.at = start + mark.length;
  if (/[ft]/.test(prefix)) {
    scanner.open.push({ kind: 'text', at: start, mark, raw: prefix.includes('r') });
    return;
  }
  while (scanner.at < text.length) {
    const character = text.charAt(scanner.at);
    if (character === '\\') {
      scanner.at += text.startsWith('\r\n', scanner.at + 1) ? 3 : 2;
      continue;
    }
    if (text.startsWith(mark, scanner.at)) {
      scanner.at += mark.length;
      return;
    }
    if (mark.length === 1 && (character === '\n' || character === '\r')) break;
    scanner.at++;
  }
  if (scanner.at > text.length) scanner.at = text.length;
  scanner.problems.push({
    start,
    end: scanner.at,
    message: `unterminated ${mark.length === 3 ? 'triple-quoted ' : ''}string literal`,
  });
}

/** Text of an f-string up to the next field or its end. */
function scanText(scanner: Scanner, top: Open): void {
  const { text, open } = scanner;
  while (scanner.at < text.length) {
    const character = text.charAt(scanner.at);
    if (character === '\\' && !top.raw) scanner.at++;
    else if (character === '{') {
      if (text[scanner.at + 1] === '{' && top.kind === 'text') scanner.at++;
      else {
        open.push({ kind: 'field', at: scanner.at, mark: top.mark, raw: top.raw });
        scanner.at++;
        return;
      }
    } else if (character === '}' && top.kind === 'spec') {
      open.splice(-2);
      scanner.at++;
      return;
    } else if (text.startsWith(top.mark, scanner.at)) {
      const begin = open.findLastIndex(each => each.kind === 'text');
      open.length = Math.max(0, begin);
      scanner.at += top.mark.length;
      return;
    } else if (top.mark.length === 1 && (character === '\n' || character === '\r')) break;
    scanner.at++;
  }
  scanner.at = Math.min(scanner.at, text.length);
  const begin = open.findLastIndex(each => each.kind === 'text');
  scanner.problems.push({
    start: open[begin]?.at ?? top.at,
    end: scanner.at,
    message: 'unterminated f-string literal',
  });
  open.length = Math.max(0, begin);
}

/** The same text, of the same length, with every logical line on one line. */
export function unfold(text: string, { blanks }: ScannedLines): string {
  let out = '';
  let at = 0;
  for (const { start, end } of blanks) {
    out += text.slice(at, start) + ' '.repeat(end - start);
    at = end;
  }
  return out + text.slice(at);
}
