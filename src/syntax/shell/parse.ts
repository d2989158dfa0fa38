import type { SourceFile } from '../../text/source.js';
import { type Cursor, maximumDepth, peek, problem, skipBalanced, skipBlanks } from './cursor.js';
import { moveOverLines, newline, skipComment } from './lines.js';
import { parseRedirects } from './redirect.js';
import { parseSimple } from './simple.js';
import { type ShellNode, type ShellTree, type ShellWord, wordText } from './tree.js';
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
      return parseSimple(cursor, (name, from) => parseFunction(cursor, name, from));
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
    parseRedirects(cursor);
    return { kind: 'if', branches, ...(otherwise && { otherwise }), start, end: cursor.at };
  }
}

function parseBody(cursor: Cursor, opener: number): ShellNode[] {
  moveToCommand(cursor);
  expect(cursor, 'do', opener);
  const body = parseList(cursor, new Set(['done']));
  expect(cursor, 'done', opener);
  parseRedirects(cursor);
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
    return {
      kind: 'while',
      until: false,
      condition: [{ kind: 'opaque', why: 'it is computed', start, end: start }],
      body,
      start,
      end: cursor.at,
    };
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
    parseRedirects(cursor);
  }
  return { kind: 'case', word, arms, start, end: cursor.at };
}

function parseFunction(cursor: Cursor, name: string, start: number): ShellNode {
  moveOverLines(cursor);
  if (cursor.depth > maximumDepth || cursor.at >= cursor.end) {
    const node: ShellNode = {
      kind: 'opaque',
      why: 'this function has no body that could be read',
      start,
      end: cursor.end,
    };
    cursor.at = cursor.end;
    return node;
  }
  cursor.depth++;
  const body = parseCommand(cursor);
  cursor.depth--;
  return { kind: 'function', name, body: [body], start, end: cursor.at };
}
