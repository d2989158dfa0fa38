import type { SourceFile } from '../../text/source.js';
import { type Cursor, maximumDepth, type PendingBody, peek, problem, skipBalanced, skipBlanks } from './cursor.js';
import { isBare, type ShellAssignment, type ShellNode, type ShellRedirect, type ShellTree, type ShellWord, wordText } from './tree.js';
import { scanWord } from './word.js';

/**
 * Parses a POSIX shell or bash script, or a range of a file that holds one. Never throws; time is linear in the size of the
 * text. What is odd or nested too deeply becomes an opaque node.
 */
export function parseShell(file: SourceFile, start = 0, end = file.text.length): ShellTree {
  const cursor: Cursor = {
    file,
    text: file.text,
    at: start,
    end: Math.min(end, file.text.length),
    depth: 0,
    problems: [],
    pending: [],
    commands: within => parseList(within, new Set()),
  };
  if (file.text.charCodeAt(start) === 0xfeff) cursor.at++;
  const nodes: ShellNode[] = [];
  while (cursor.at < cursor.end) {
    nodes.push(...parseList(cursor, new Set()));
    if (cursor.at < cursor.end) {
      problem(cursor, cursor.at, cursor.at + 1, 'this bracket closes nothing');
      cursor.at++;
    }
  }
  return { file, nodes, problems: cursor.problems };
}

/**
 * Commands up to one of the reserved words in `stop`, `;;`, a closing parenthesis (none of them consumed) or the end.
 */
function parseList(cursor: Cursor, stop: ReadonlySet<string>): ShellNode[] {
  const nodes: ShellNode[] = [];
  if (cursor.depth > maximumDepth) {
    nodes.push({ kind: 'opaque', why: 'it is nested too deeply', start: cursor.at, end: cursor.end });
    cursor.at = cursor.end;
    return nodes;
  }
  cursor.depth++;
  while (moveToCommand(cursor)) {
    const char = peek(cursor);
    if (char === ')') break;
    if (char === ';') {
      if (stop.has('esac')) break;
      cursor.at += 2;
      continue;
    }
    const word = reservedWord(cursor);
    if (stop.has(word)) break;
    if (closers.has(word)) {
      problem(cursor, cursor.at, cursor.at + word.length, `"${word}" closes nothing`);
      cursor.at += word.length;
      continue;
    }
    const node = parseAndOr(cursor);
    skipBlanks(cursor);
    if (peek(cursor) === '&' && peek(cursor, 1) !== '&') {
      cursor.at++;
      nodes.push({ kind: 'background', node, start: node.start, end: cursor.at });
    } else nodes.push(node);
  }
  cursor.depth--;
  return nodes;
}

const closers = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

/** Skips blanks, line ends, single semicolons and comments. False at the end of the text. */
function moveToCommand(cursor: Cursor): boolean {
  for (;;) {
    skipBlanks(cursor);
    const char = peek(cursor);
    if (char === '') return false;
    if (char === '\n') newline(cursor);
    else if (char === '#') skipComment(cursor);
    else if (char === ';' && !';&'.includes(peek(cursor, 1) || ' ')) cursor.at++;
    else return true;
  }
}

function skipComment(cursor: Cursor): void {
  while (cursor.at < cursor.end && peek(cursor) !== '\n') cursor.at++;
}

/** Consumes a line end, and the bodies of the here-documents that wait for it. */
function newline(cursor: Cursor): void {
  cursor.at++;
  const pending = cursor.pending;
  cursor.pending = [];
  for (const body of pending) {
    const start = cursor.at;
    let end = cursor.end;
    while (cursor.at < cursor.end) {
      const found = cursor.text.indexOf('\n', cursor.at);
      const lineEnd = found < 0 || found > cursor.end ? cursor.end : found;
      let line = cursor.text.slice(cursor.at, lineEnd).replace(/\r$/, '');
      if (body.stripTabs) line = line.replace(/^\t+/, '');
      const at = cursor.at;
      cursor.at = Math.min(lineEnd + 1, cursor.end);
      if (line === body.delimiter) {
        end = at;
        break;
      }
    }
    body.fill(start, end);
  }
}

/** A reserved word at the cursor, or the empty text. */
function reservedWord(cursor: Cursor): string {
  let word = '';
  for (let ahead = 0; ahead < 10; ahead++) {
    const char = peek(cursor, ahead);
    if (!/[a-z!{}[]/.test(char)) return char === '' || /[\s;&|()<>]/.test(char) ? word : '';
    word += char;
  }
  return '';
}

function parseAndOr(cursor: Cursor): ShellNode {
  const first = parsePipeline(cursor);
  const rest: { operator: '&&' | '||'; node: ShellNode }[] = [];
  for (;;) {
    skipBlanks(cursor);
    const two = peek(cursor) + peek(cursor, 1);
    if (two !== '&&' && two !== '||') break;
    cursor.at += 2;
    moveOverLines(cursor);
    rest.push({ operator: two, node: parsePipeline(cursor) });
  }
  return rest.length === 0 ? first : { kind: 'and-or', first, rest, start: first.start, end: cursor.at };
}

function moveOverLines(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor);
    if (peek(cursor) === '\n') newline(cursor);
    else if (peek(cursor) === '#') skipComment(cursor);
    else return;
  }
}

function parsePipeline(cursor: Cursor): ShellNode {
  const start = cursor.at;
  let negated = false;
  while (reservedWord(cursor) === '!') {
    negated = !negated;
    cursor.at++;
    skipBlanks(cursor);
  }
  const stages = [parseCommand(cursor)];
  for (;;) {
    skipBlanks(cursor);
    if (peek(cursor) !== '|' || peek(cursor, 1) === '|') break;
    cursor.at += peek(cursor, 1) === '&' ? 2 : 1;
    moveOverLines(cursor);
    stages.push(parseCommand(cursor));
  }
  const only = stages[0];
  return stages.length === 1 && !negated && only ? only : { kind: 'pipeline', negated, stages, start, end: cursor.at };
}

function parseCommand(cursor: Cursor): ShellNode {
  const start = cursor.at;
  if (peek(cursor) === '(') {
    cursor.at++;
    if (peek(cursor) === '(') {
      skipBalanced(cursor, '(', ')');
      return { kind: 'opaque', why: 'it is computed', start, end: cursor.at };
    }
    const body = parseList(cursor, new Set());
    expect(cursor, ')', start);
    return { kind: 'subshell', body, redirects: parseRedirects(cursor), start, end: cursor.at };
  }
  switch (reservedWord(cursor)) {
    case '{': {
      cursor.at++;
      const body = parseList(cursor, new Set(['}']));
      expect(cursor, '}', start);
      return { kind: 'group', body, redirects: parseRedirects(cursor), start, end: cursor.at };
    }
    case 'if':
      return parseIf(cursor);
    case 'while':
    case 'until':
      return parseWhile(cursor);
    case 'for':
    case 'select':
      return parseFor(cursor);
    case 'case':
      return parseCase(cursor);
    case 'function': {
      cursor.at += 8;
      skipBlanks(cursor);
      const name = wordText(scanWord(cursor)) ?? '';
      skipBlanks(cursor);
      if (peek(cursor) === '(') {
        cursor.at++;
        skipBlanks(cursor);
        expect(cursor, ')', start);
      }
      return parseFunction(cursor, name, start);
    }
    default:
      return parseSimple(cursor);
  }
}

/** Consumes a reserved word or closing character; notes a problem where it is not there. */
function expect(cursor: Cursor, word: string, opener: number): boolean {
  if (cursor.text.startsWith(word, cursor.at) && cursor.at + word.length <= cursor.end) {
    cursor.at += word.length;
    return true;
  }
  problem(cursor, opener, Math.min(opener + 1, cursor.end), `"${word}" is missing for what begins here`);
  return false;
}

function parseIf(cursor: Cursor): ShellNode {
  const start = cursor.at;
  const branches: { condition: ShellNode[]; body: ShellNode[] }[] = [];
  let otherwise: ShellNode[] | undefined;
  cursor.at += 2;
  for (;;) {
    const condition = parseList(cursor, new Set(['then', 'fi', 'elif', 'else']));
    const then = expect(cursor, 'then', start);
    branches.push({ condition, body: parseList(cursor, new Set(['fi', 'elif', 'else'])) });
    const word = reservedWord(cursor);
    if (word === 'elif' && then) {
      cursor.at += 4;
      continue;
    }
    if (word === 'else') {
      cursor.at += 4;
      otherwise = parseList(cursor, new Set(['fi']));
    }
    expect(cursor, 'fi', start);
    skipRedirects(cursor);
    return { kind: 'if', branches, ...(otherwise && { otherwise }), start, end: cursor.at };
  }
}

function parseBody(cursor: Cursor, opener: number): ShellNode[] {
  moveToCommand(cursor);
  expect(cursor, 'do', opener);
  const body = parseList(cursor, new Set(['done']));
  expect(cursor, 'done', opener);
  skipRedirects(cursor);
  return body;
}

function parseWhile(cursor: Cursor): ShellNode {
  const start = cursor.at;
  const until = reservedWord(cursor) === 'until';
  cursor.at += 5;
  const condition = parseList(cursor, new Set(['do', 'done']));
  const body = parseBody(cursor, start);
  return { kind: 'while', until, condition, body, start, end: cursor.at };
}

function parseFor(cursor: Cursor): ShellNode {
  const start = cursor.at;
  cursor.at += reservedWord(cursor).length;
  skipBlanks(cursor);
  if (peek(cursor) === '(' && peek(cursor, 1) === '(') {
    cursor.at++;
    skipBalanced(cursor, '(', ')');
    const body = parseBody(cursor, start);
    return { kind: 'while', until: false, condition: [{ kind: 'opaque', why: 'it is computed', start, end: start }], body, start, end: cursor.at };
  }
  const name = wordText(scanWord(cursor)) ?? '';
  moveOverLines(cursor);
  let words: ShellWord[] | undefined;
  if (reservedWord(cursor) === 'in') {
    cursor.at += 2;
    words = [];
    for (;;) {
      skipBlanks(cursor);
      const word = scanWord(cursor);
      if (word.parts.length === 0) break;
      words.push(word);
    }
  }
  const body = parseBody(cursor, start);
  return { kind: 'for', name, ...(words && { words }), body, start, end: cursor.at };
}

function parseCase(cursor: Cursor): ShellNode {
  const start = cursor.at;
  const arms: { patterns: ShellWord[]; body: ShellNode[] }[] = [];
  cursor.at += 4;
  skipBlanks(cursor);
  const word = scanWord(cursor);
  moveOverLines(cursor);
  if (expect(cursor, 'in', start)) {
    while (moveToCommand(cursor) && reservedWord(cursor) !== 'esac') {
      if (peek(cursor) === '(') cursor.at++;
      const patterns: ShellWord[] = [];
      do {
        if (peek(cursor) === '|') cursor.at++;
        skipBlanks(cursor);
        patterns.push(scanWord(cursor));
        skipBlanks(cursor);
      } while (peek(cursor) === '|');
      if (!expect(cursor, ')', start)) break;
      arms.push({ patterns, body: parseList(cursor, new Set(['esac'])) });
      for (let count = 0; count < 3 && /[;&]/.test(peek(cursor)); count++) cursor.at++;
    }
    expect(cursor, 'esac', start);
    skipRedirects(cursor);
  }
  return { kind: 'case', word, arms, start, end: cursor.at };
}

function parseFunction(cursor: Cursor, name: string, start: number): ShellNode {
  moveOverLines(cursor);
  if (cursor.depth > maximumDepth || cursor.at >= cursor.end) {
    const node: ShellNode = { kind: 'opaque', why: 'this function has no body that could be read', start, end: cursor.end };
    cursor.at = cursor.end;
    return node;
  }
  cursor.depth++;
  const body = parseCommand(cursor);
  cursor.depth--;
  return { kind: 'function', name, body: [body], start, end: cursor.at };
}

function skipRedirects(cursor: Cursor): void {
  parseRedirects(cursor);
}

function parseRedirects(cursor: Cursor): ShellRedirect[] {
  const found: ShellRedirect[] = [];
  for (;;) {
    skipBlanks(cursor);
    const redirect = parseRedirect(cursor);
    if (!redirect) return found;
    found.push(redirect);
  }
}

const redirectOperators = ['<<<', '<<-', '&>>', '<<', '>>', '&>', '>&', '<&', '<>', '>|', '<', '>'];

function parseRedirect(cursor: Cursor): ShellRedirect | undefined {
  const start = cursor.at;
  let digits = '';
  while (digits.length < 4 && /[0-9]/.test(peek(cursor, digits.length))) digits += peek(cursor, digits.length);
  const at = start + digits.length;
  const operator = redirectOperators.find(candidate => cursor.text.startsWith(candidate, at));
  if (operator === undefined || at + operator.length > cursor.end || (digits !== '' && operator.startsWith('&'))) return undefined;
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

function parseSimple(cursor: Cursor): ShellNode {
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
      return parseFunction(cursor, wordText(only) ?? '', start);
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
  if (assignment.items || assignment.element) return { parts: [{ kind: 'text', text, quoted: true, start, end }], start, end };
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
      words.push({ parts: [{ kind: 'text', text: operator, quoted: false, start, end: cursor.at }], start, end: cursor.at });
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
