import { type Cursor, peek, problem, skipBalanced, skipBlanks } from './cursor.js';
import { moveOverLines, skipComment } from './lines.js';
import { parseRedirect } from './redirect.js';
import { isBare, type ShellAssignment, type ShellNode, type ShellRedirect, type ShellWord, wordText } from './tree.js';
import { scanWord } from './word.js';

/** A simple command; `asFunction` takes over behind `name ()`. */
export function parseSimple(cursor: Cursor, asFunction: (name: string, start: number) => ShellNode): ShellNode {
  const start = cursor.at;
  const assignments: ShellAssignment[] = [];
  const words: ShellWord[] = [];
  const redirects: ShellRedirect[] = [];
  let end = start;
  for (;;) {
    skipBlanks(cursor);
    if (peek(cursor) === '#') skipComment(cursor);
    const before = cursor.at;
    const redirect = parseRedirect(cursor);
    if (redirect) redirects.push(redirect);
    else {
      const assignment = assignsAt(cursor, words) ? parseAssignment(cursor) : undefined;
      if (assignment && words.length === 0) assignments.push(assignment);
      else if (assignment) words.push(assignmentWord(cursor, assignment));
      else {
        const word = scanWord(cursor);
        if (word.parts.length > 0) words.push(word);
      }
    }
    if (cursor.at === before) break;
    end = cursor.at;
    const only = words.length === 1 ? words[0] : undefined;
    if (only && wordIs(only, '[[')) {
      parseTest(cursor, words);
      end = cursor.at;
    } else if (only && assignments.length === 0 && functionFollows(cursor)) {
      return asFunction(wordText(only) ?? '', start);
    }
  }
  if (cursor.at === start) {
    // Nothing here begins a command: step over it, so that the parser always moves on.
    if (peek(cursor) !== '' && !'\n;)'.includes(peek(cursor))) cursor.at++;
    return { kind: 'opaque', why: 'this is no command', start, end: cursor.at };
  }
  if (peek(cursor) === '(') {
    problem(cursor, cursor.at, cursor.at + 1, 'a bracket cannot stand here');
    cursor.at++;
    skipBalanced(cursor, '(', ')');
  }
  return { kind: 'simple', assignments, words, redirects, start, end };
}

function wordIs(word: ShellWord | undefined, text: string): boolean {
  return word !== undefined && isBare(word) && wordText(word) === text;
}

/** Commands whose arguments may be assignments, arrays included. */
const declaring = new Set(['export', 'declare', 'local', 'readonly', 'typeset']);

function assignsAt(cursor: Cursor, words: readonly ShellWord[]): boolean {
  const first = words[0];
  if (first && !declaring.has(wordText(first) ?? '')) return false;
  return /[A-Za-z_]/.test(peek(cursor));
}

/** An array in `declare x=(a b)` is a word whose value cannot be told; a plain assignment there stays an ordinary word. */
function assignmentWord(cursor: Cursor, assignment: ShellAssignment): ShellWord {
  const { start, end } = assignment;
  const nameEnd = assignment.items || assignment.element ? end : assignment.value.start;
  const text = cursor.text.slice(start, nameEnd);
  if (assignment.items || assignment.element)
    return { parts: [{ kind: 'text', text, quoted: true, start, end }], start, end };
  return { parts: [{ kind: 'text', text, quoted: false, start, end: nameEnd }, ...assignment.value.parts], start, end };
}

function parseAssignment(cursor: Cursor): ShellAssignment | undefined {
  const start = cursor.at;
  let ahead = 0;
  while (/[A-Za-z0-9_]/.test(peek(cursor, ahead))) ahead++;
  const name = cursor.text.slice(start, start + ahead);
  let element = false;
  if (peek(cursor, ahead) === '[') {
    const limit = ahead + 80;
    while (ahead < limit && !/[\]\s]/.test(peek(cursor, ahead)) && peek(cursor, ahead) !== '') ahead++;
    if (peek(cursor, ahead) !== ']') return undefined;
    ahead++;
    element = true;
  }
  const append = peek(cursor, ahead) === '+';
  if (append) ahead++;
  if (peek(cursor, ahead) !== '=') return undefined;
  cursor.at = start + ahead + 1;
  if (peek(cursor) !== '(') {
    const value = scanWord(cursor);
    return { name, append, value, element, start, end: cursor.at };
  }
  const open = cursor.at++;
  const items: ShellWord[] = [];
  for (;;) {
    moveOverLines(cursor);
    const word = scanWord(cursor);
    if (word.parts.length === 0) break;
    items.push(word);
  }
  if (peek(cursor) === ')') cursor.at++;
  else skipBalanced(cursor, '(', ')');
  return { name, append, value: { parts: [], start: open, end: cursor.at }, items, element, start, end: cursor.at };
}

/** Words of `[[ ... ]]`, where operators and brackets do not end the command. */
function parseTest(cursor: Cursor, words: ShellWord[]): void {
  for (;;) {
    moveOverLines(cursor);
    const start = cursor.at;
    const two = peek(cursor) + peek(cursor, 1);
    const operator = two === '&&' || two === '||' ? two : /[()<>]/.test(peek(cursor)) ? peek(cursor) : '';
    if (operator !== '') {
      cursor.at += operator.length;
      words.push({
        parts: [{ kind: 'text', text: operator, quoted: false, start, end: cursor.at }],
        start,
        end: cursor.at,
      });
      continue;
    }
    const word = scanWord(cursor);
    if (word.parts.length === 0 || cursor.at === start) return;
    words.push(word);
    if (wordIs(word, ']]')) return;
  }
}

function functionFollows(cursor: Cursor): boolean {
  let ahead = 0;
  while (peek(cursor, ahead) === ' ' || peek(cursor, ahead) === '\t') ahead++;
  if (peek(cursor, ahead) !== '(') return false;
  ahead++;
  while (peek(cursor, ahead) === ' ' || peek(cursor, ahead) === '\t') ahead++;
  if (peek(cursor, ahead) !== ')') return false;
  cursor.at += ahead + 1;
  return true;
}
