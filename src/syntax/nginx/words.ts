import { clip, endsLine } from './layout.js';
import {
  commentOverflows,
  isSpace,
  mayFollowQuote,
  overflowsBuffer,
  type ScannedWord,
  scanWord,
  valueOf,
  wordOverflows,
} from './lexer.js';
import { type Pass, refuse, report } from './pass.js';
import type { NginxPlaceholder } from './tree.js';

export const endInDirective = 'unexpected end of file, expecting ";" or "}"';

/** Reads the word at the present place into the pending directive. */
export function readWord(pass: Pass): void {
  const start = pass.at;
  const scanned = scanWord(pass.text, start);
  checkLength(pass, start, scanned);
  if (scanned.quote === undefined) {
    readBare(pass, start, scanned);
    return;
  }
  if (!scanned.closed) {
    refuse(pass, endInDirective, pass.text.length);
    readOpenQuote(pass, start, scanned, endInDirective);
    return;
  }
  const { end } = scanned;
  if (!mayFollowQuote(pass.text, end) && pass.text[end] !== '}') {
    const nginx = `unexpected "${String.fromCodePoint(pass.text.codePointAt(end) ?? 0)}"`;
    refuse(pass, nginx, end);
    if (pass.text.slice(start, end).includes('\n')) {
      readOpenQuote(pass, start, scanned, nginx);
      return;
    }
    const message = `After the closing ${scanned.quote} there must be white space, ";" or "{"`;
    report(pass, 'quote', end, end + 1, message, { nginx });
  }
  push(pass, start, end, scanned);
}

function push(pass: Pass, start: number, end: number, scanned: ScannedWord): void {
  const { quote } = scanned;
  const value = once(pass, valueOf(pass.file.text, start, end, scanned));
  const masked = placeholdersIn(pass, start, end);
  pass.words.push(masked ? { value, start, end, quote, masked } : { value, start, end, quote });
  pass.at = end;
}

/** Longer words hardly ever repeat. */
const longestShared = 60;

/** The same string for the same word: names and values repeat in every block, and a slice of its own for each would be kept. */
function once({ spellings }: Pass, word: string): string {
  if (word.length > longestShared) return word;
  const known = spellings.get(word);
  if (known !== undefined) return known;
  spellings.set(word, word);
  return word;
}

function readBare(pass: Pass, start: number, scanned: ScannedWord): void {
  let end = scanned.end;
  if (pass.mode.recover) {
    end = quantifierEnd(pass, start, end);
    // `return 200}`: for nginx the brace is a part of the word, and the block goes on.
    if (
      end - start > 1 &&
      pass.text[end - 1] === '}' &&
      endsLine(pass.text, end) &&
      !pass.text.slice(start, end).includes('{')
    )
      end--;
  }
  push(pass, start, end, scanned);
}

/** `^/x{2}$`: nginx ends the word at the brace. Reads on over the quantifiers of the regular expression. */
function quantifierEnd(pass: Pass, start: number, wordEnd: number): number {
  const quantifier = /\{\d{1,5}(?:,\d{0,5})?\}/y;
  let end = wordEnd;
  for (;;) {
    quantifier.lastIndex = end;
    const found = end > start && quantifier.exec(pass.text);
    if (!found) break;
    const next = quantifier.lastIndex;
    const code = pass.text.charCodeAt(next);
    end =
      next >= pass.text.length || isSpace(code) || code === 59 || code === 123 ? next : scanWord(pass.text, next).end;
  }
  if (end === wordEnd) return end;
  const raw = pass.text.slice(start, end);
  const quote = raw.includes('"') ? "'" : '"';
  report(
    pass,
    'brace-in-word',
    start,
    end,
    `nginx ends the word at "{": an expression with braces must stand in quotes`,
    {
      heuristic: true,
      ...(!raw.includes(quote) && {
        repair: { title: 'Put the expression in quotes', start, end, text: quote + raw + quote },
      }),
    },
  );
  return end;
}

/**
 * A quote that is opened and not closed where it should be: what follows on its line is taken as the word, and the rest of the file
 * is read as if it were closed there.
 */
function readOpenQuote(pass: Pass, start: number, scanned: ScannedWord, nginx: string): void {
  const { text } = pass;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  const line = text.slice(start, lineEnd);
  const comment = line.search(/[;{][ \t]+#/);
  let length = comment > 0 ? comment + 1 : line.trimEnd().length;
  if (length > 1 && /[;{]/.test(line[length - 1] ?? '')) length--;
  const kept = Math.max(1, line.slice(0, length).trimEnd().length);
  const end = start + kept;
  const single = kept > 1 && text[end] === ';' && !/[\s"']/.test(line.slice(1, kept));
  report(pass, 'quote', start, end, `The ${scanned.quote} that opens here is never closed`, {
    nginx,
    ...(single && { repair: { title: 'Close the quote', start: end, end, text: scanned.quote ?? '"' } }),
  });
  push(pass, start, end, { ...scanned, closed: false });
}

function checkLength(pass: Pass, start: number, scanned: ScannedWord): void {
  const { end, quote, closed } = scanned;
  const content = quote ? start + 1 : start;
  if (!wordOverflows(pass.text, start, scanned)) return;
  const open = quote && (!closed || overflowsBuffer(pass.text, content, end - 1));
  const nginx = open
    ? `too long parameter, probably missing terminating "${quote}" character`
    : `too long parameter "${clip(pass.text.slice(content, content + 10))}..." started`;
  refuse(pass, nginx, start);
  if (closed) reportLength(pass, start, nginx, 'word');
}

/** Reports a comment that is too long for nginx. */
export function checkComment(pass: Pass, start: number, end: number): void {
  if (!commentOverflows(pass.text, start, end)) return;
  const nginx = `too long parameter "${clip(pass.text.slice(start, Math.min(end, start + 10)))}..." started`;
  refuse(pass, nginx, start);
  reportLength(pass, start, nginx, 'comment');
}

function reportLength(pass: Pass, start: number, nginx: string, what: string): void {
  report(
    pass,
    'too-long',
    start,
    Math.min(start + 40, pass.text.length),
    `This ${what} is too long for nginx, which reads at most 4095 bytes in one piece`,
    { nginx },
  );
}

function placeholdersIn(pass: Pass, start: number, end: number): readonly NginxPlaceholder[] | undefined {
  const { marks } = pass;
  let next = pass.nextMark;
  while (next > 0 && (marks[next - 1]?.end ?? 0) > start) next--;
  while (next < marks.length && (marks[next]?.end ?? 0) <= start) next++;
  let found: NginxPlaceholder[] | undefined;
  for (let mark = marks[next]; mark && mark.start < end; mark = marks[++next]) {
    if (mark.start < start || mark.end > end) continue;
    found ??= [];
    found.push(mark);
    pass.used.push(mark);
  }
  pass.nextMark = next;
  return found;
}
