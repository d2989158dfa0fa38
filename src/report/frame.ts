import { lineAt } from '../text/lines.js';
import type { Span } from '../text/source.js';
import type { Range } from './report.js';
import { secretRanges } from './secrets.js';
import { displayWidth, visibleCharacter } from './visible.js';

export interface FrameOptions {
  /** Columns for the line of code, without the gutter. */
  readonly width: number;
  /** Width of the line number. */
  readonly gutter: number;
  readonly mark: '^' | '-';
  readonly paintMark: (text: string) => string;
  readonly paintGutter: (text: string) => string;
}

/** Longer lines are cut before anything else is done with them; data, not something a person reads. */
const longestLine = 4000;

/** The first line of a span and a second one that points at it. */
export function frame(span: Span, range: Range, options: FrameOptions): readonly string[] {
  const { code, from, size } = pointedLine(span, options.width);
  const number = String(range.start.line).padStart(options.gutter);
  const mark = options.paintMark(options.mark.repeat(Math.max(1, size)));
  return [
    `${options.paintGutter(`${number} |`)} ${code}`,
    `${options.paintGutter(`${' '.repeat(options.gutter)} |`)} ${' '.repeat(from)}${mark}`,
  ];
}

/** The line as printed, and where in it (in columns) the span lies. Leading white space is kept, secrets are not. */
function pointedLine(
  span: Span,
  width: number,
): { readonly code: string; readonly from: number; readonly size: number } {
  const { text } = span.file;
  const line = boundedLine(text, span.start);
  const end = Math.max(span.start, Math.min(span.end, line.end));
  const cells = cellsOf(text.slice(line.start, line.end));
  const before = cells.filter(cell => cell.at < span.start - line.start);
  const inside = cells.filter(cell => cell.at >= span.start - line.start && cell.at < end - line.start);
  const from = widthOf(before);
  const size = widthOf(inside);
  const total = widthOf(cells);
  // A mark behind the last character takes a column too.
  if (Math.max(total, from + 1) <= width) return { code: textOf(cells), from, size };
  const first = from + Math.min(size, width / 2) <= width - 4 ? 0 : Math.max(0, from - Math.floor(width / 3));
  return clipped(cells, first, width, from, size);
}

function boundedLine(text: string, offset: number): { readonly start: number; readonly end: number } {
  const near = { start: Math.max(0, offset - longestLine), end: Math.min(text.length, offset + longestLine) };
  const line = lineAt(text.slice(near.start, near.end), offset - near.start);
  return { start: near.start + line.start, end: near.start + line.end };
}

interface Cell {
  /** Offset in the line. */
  readonly at: number;
  readonly text: string;
  readonly width: number;
}

function cellsOf(line: string): readonly Cell[] {
  const secrets = secretRanges(line);
  const cells: Cell[] = [];
  let at = 0;
  for (const character of line) {
    const masked = secrets.some(({ start, end }) => at >= start && at < end);
    const text = masked ? '*' : character === '\ufeff' && at === 0 ? '' : visibleCharacter(character);
    cells.push({ at, text, width: displayWidth(text) });
    at += character.length;
  }
  return cells;
}

/** The cells from column `first` on that fit, with dots where something is left out. */
function clipped(cells: readonly Cell[], first: number, width: number, from: number, size: number) {
  const dots = '...';
  const start = first > 0 ? dots : '';
  let column = 0;
  let skipped = 0;
  let shown = start;
  let used = start.length;
  for (const cell of cells) {
    if (column < first + start.length) skipped = column + cell.width;
    else if (used + cell.width > width - dots.length) {
      shown += dots;
      break;
    } else {
      shown += cell.text;
      used += cell.width;
    }
    column += cell.width;
  }
  const at = from - skipped + start.length;
  return { code: shown, from: at, size: Math.max(1, Math.min(size, width - at)) };
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

function textOf(cells: readonly Cell[]): string {
  return cells.map(cell => cell.text).join('');
}
