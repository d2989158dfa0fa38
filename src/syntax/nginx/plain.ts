import type { SourceFile } from '../../text/source.js';
import { type Inside, insideOf } from './blocks.js';
import { mainBlocks } from './frame.js';
import { commentEnd, commentOverflows, isSpace, mayFollowQuote, scanWord, valueOf, wordOverflows } from './lexer.js';
import { isLuaBlock, scanLua } from './lua.js';
import { wordsBetween } from './plain-words.js';
import { splitStatements } from './statements.js';
import { isInstallersName } from './tags.js';
import type { NginxComment, NginxNames, NginxNode, NginxPlaceholder, NginxWord } from './tree.js';

/** What a text holds of which nothing needs a second look. */
export interface PlainReading {
  readonly nodes: readonly NginxNode[];
  readonly comments: readonly NginxComment[];
  /** Placeholders that stand in words. */
  readonly used: readonly NginxPlaceholder[];
}

/** Offsets of all directives of a text, blocks before what they hold: four numbers each, since objects would take ten times the memory. */
interface Table {
  readonly file: SourceFile;
  readonly marks: readonly NginxPlaceholder[];
  readonly rows: Int32Array;
}

/** In a row: where the directive starts, its `;` or `{`, its `}` (0: no block; negative: of Lua), the row behind all that it holds. */
const width = 4;

/**
 * Reads a text that nginx's tokenizer accepts and in which nothing looks like a slip of the hand; undefined for any other, which
 * is then read with care (read.ts), with the same tree for what both read. Words are made when they are asked for.
 */
export function readPlain(
  file: SourceFile,
  marks: readonly NginxPlaceholder[],
  names: NginxNames | undefined,
): PlainReading | undefined {
  const { text } = file;
  if (text.startsWith('\ufeff')) return undefined;
  const comments: NginxComment[] = [];
  const used: NginxPlaceholder[] = [];
  const insideOnce = remembered();
  const open: { readonly row: number; readonly inside: Inside }[] = [];
  let rows = new Int32Array(width * Math.max(64, text.length >> 5));
  let count = 0;
  let inside: Inside;
  let nextMark = 0;
  // Of the directive being read: where it starts, its words so far, and whether one of them needs a look once it is whole.
  let start = 0;
  let words = 0;
  let wrapped = false;
  let closing = false;
  let newline = false;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      newline ||= code === 10 || code === 13;
      at++;
    } else if (code === 59 || code === 123) {
      if (words === 0 || (closing && words > 2 && names)) return undefined;
      if (wrapped && names && !isWhole(text, names, inside, wordsBetween(file, marks, start, at), code))
        return undefined;
      if ((count + 1) * width > rows.length) rows = grown(rows);
      const row = count++ * width;
      rows[row] = start;
      rows[row + 1] = at;
      rows[row + 3] = count;
      words = 0;
      wrapped = closing = false;
      if (code === 123) {
        const name = firstWord(file, start);
        if (isLuaBlock(name)) {
          const block = scanLua(text, at);
          if (!block.closed) return undefined;
          rows[row + 2] = -block.closeAt;
          at = block.closeAt;
        } else {
          // No block stands in a `map` or its like.
          if (typeof inside === 'string' && names) return undefined;
          if (open.length === 0 && mainBlocks.has(name)) inside = ['main'];
          open.push({ row, inside });
          inside = insideOnce(name, inside);
        }
      }
      at++;
    } else if (code === 125) {
      const block = open.pop();
      if (words > 0 || !block) return undefined;
      rows[block.row + 2] = at++;
      rows[block.row + 3] = count;
      inside = block.inside;
    } else if (code === 35) {
      const end = commentEnd(text, at);
      if (commentOverflows(text, at, end)) return undefined;
      comments.push({ start: at, end });
      at = end;
    } else {
      const end = endOfWord(text, at);
      if (end < 0) return undefined;
      const last = text.charCodeAt(end - 1);
      const before = used.length;
      for (let mark = marks[nextMark]; mark && mark.start < end; mark = marks[++nextMark]) {
        if (mark.start >= at && mark.end <= end) used.push(mark);
        else if (mark.end > end) break;
      }
      if (words === 0) {
        start = at;
        // It may stand for whole directives.
        if (
          typeof inside !== 'string' &&
          (used.length > before || (isCapital(code) && isInstallersName(text.slice(at, end))))
        )
          return undefined;
      } else {
        wrapped ||= newline;
        closing ||= (last === 34 || last === 39) && code !== 34 && code !== 39;
      }
      words++;
      // A line end behind a backslash is a part of the word before it.
      newline = last === 10 || last === 13;
      at = end;
    }
  }
  if (words > 0 || open.length > 0) return undefined;
  const table: Table = { file, marks, rows: rows.slice(0, count * width) };
  return { nodes: nodesBetween(table, 0, count), comments, used };
}

/** What may stand in a block, looked up once for each kind of block: most are servers and locations. */
function remembered(): typeof insideOf {
  const known = new Map<Inside, Map<string, Inside>>();
  return (name, outer) => {
    const names = known.get(outer) ?? new Map<string, Inside>();
    known.set(outer, names);
    if (!names.has(name)) names.set(name, insideOf(name, outer));
    return names.get(name);
  };
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function grown(rows: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}

/** One directive and not several that were run together, for want of a `;` or `{`. */
function isWhole(
  text: string,
  names: NginxNames,
  inside: Inside,
  words: readonly NginxWord[],
  terminator: number,
): boolean {
  const reading = { text, mode: { names }, cut: false, frame: { inside } };
  return splitStatements(reading, words, terminator === 59 ? ';' : '{').length === 1;
}

/** Behind the word, or -1 where nginx refuses it. */
function endOfWord(text: string, at: number): number {
  const scanned = scanWord(text, at);
  const { end, quote, closed } = scanned;
  if (quote !== undefined && (!closed || !mayFollowQuote(text, end))) return -1;
  return wordOverflows(text, at, scanned) ? -1 : end;
}

function firstWord({ text }: SourceFile, start: number): string {
  const scanned = scanWord(text, start);
  return valueOf(text, start, scanned.end, scanned);
}

/** The directives of one block: those of the rows from the first one on, each behind all that the one before it holds. */
function nodesBetween(table: Table, from: number, to: number): readonly NginxNode[] {
  const nodes: NginxNode[] = [];
  for (let row = from; row < to; row = table.rows[row * width + 3] ?? to) nodes.push(new PlainNode(table, row));
  return nodes.slice();
}

/** A directive of a table. A class, since fields that are worked out when asked for must not be kept for each. */
class PlainNode implements NginxNode {
  readonly #table: Table;
  readonly #row: number;

  constructor(table: Table, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get start(): number {
    return this.#table.rows[this.#row * width] ?? 0;
  }

  get terminatorAt(): number {
    return this.#table.rows[this.#row * width + 1] ?? -1;
  }

  get closeAt(): number {
    const close = this.#table.rows[this.#row * width + 2] ?? 0;
    return close === 0 ? -1 : Math.abs(close);
  }

  get end(): number {
    return Math.max(this.closeAt, this.terminatorAt) + 1;
  }

  get terminator(): ';' | '{' | 'lua' {
    const close = this.#table.rows[this.#row * width + 2] ?? 0;
    return close === 0 ? ';' : close < 0 ? 'lua' : '{';
  }

  get name(): string {
    return firstWord(this.#table.file, this.start);
  }

  get words(): readonly NginxWord[] {
    return wordsBetween(this.#table.file, this.#table.marks, this.start, this.terminatorAt);
  }

  get children(): readonly NginxNode[] | undefined {
    if (this.terminator !== '{') return undefined;
    const next = this.#table.rows[this.#row * width + 3] ?? 0;
    return nodesBetween(this.#table, this.#row + 1, next);
  }
}
