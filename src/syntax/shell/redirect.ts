import { type Cursor, type PendingBody, peek, skipBlanks } from './cursor.js';
import { isBare, type ShellRedirect, wordText } from './tree.js';
import { scanWord } from './word.js';

export function parseRedirects(cursor: Cursor): ShellRedirect[] {
  const found: ShellRedirect[] = [];
  for (;;) {
    skipBlanks(cursor);
    const redirect = parseRedirect(cursor);
    if (!redirect) return found;
    found.push(redirect);
  }
}

const redirectOperators = ['<<<', '<<-', '&>>', '<<', '>>', '&>', '>&', '<&', '<>', '>|', '<', '>'];

export function parseRedirect(cursor: Cursor): ShellRedirect | undefined {
  const start = cursor.at;
  let digits = '';
  while (digits.length < 4 && /[0-9]/.test(peek(cursor, digits.length))) digits += peek(cursor, digits.length);
  const at = start + digits.length;
  const operator = redirectOperators.find(candidate => cursor.text.startsWith(candidate, at));
  if (operator === undefined || at + operator.length > cursor.end || (digits !== '' && operator.startsWith('&')))
    return undefined;
  if ((operator === '<' || operator === '>') && cursor.text[at + 1] === '(') return undefined;
  cursor.at = at + operator.length;
  skipBlanks(cursor);
  const target = scanWord(cursor);
  const redirect = { ...(digits !== '' && { descriptor: digits }), operator, target, start, end: cursor.at };
  if (operator !== '<<' && operator !== '<<-') return redirect;
  const body = { start: cursor.at, end: cursor.at, literal: !isBare(target) };
  const pending: PendingBody = {
    delimiter: wordText(target) ?? cursor.text.slice(target.start, target.end),
    stripTabs: operator === '<<-',
    literal: body.literal,
    fill(from, to) {
      body.start = from;
      body.end = to;
    },
  };
  cursor.pending.push(pending);
  return { ...redirect, body };
}
