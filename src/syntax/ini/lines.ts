import type { Problem, SourceFile, Span } from '../../text/source.js';
import { span } from '../../text/source.js';
import type { IniEntry, IniSection, IniTree } from './tree.js';

/** One line without its line end; offsets in the file. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

/** Lines as a tool splits them; `ends` lists the characters that end a line (CR LF counts once where both do). */
export function splitLines(text: string, ends: '\n' | '\r\n'): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') {
      lines.push({ start, end: at });
      start = at + 1;
    } else if (char === '\r' && ends === '\r\n') {
      lines.push({ start, end: at });
      start = at + 1;
      if (text[at + 1] === '\n') start = ++at + 1;
    }
  }
  if (start < text.length) lines.push({ start, end: text.length });
  return lines;
}

/** The line without the given white space at both ends. */
export function trimLine(text: string, line: Line, blank: (char: string) => boolean): Line {
  let { start, end } = line;
  while (start < end && blank(text[start] ?? '')) start++;
  while (end > start && blank(text[end - 1] ?? '')) end--;
  return { start, end };
}

interface OpenSection {
  readonly name: string | undefined;
  readonly nameSpan?: Span;
  readonly start: number;
  end: number;
  readonly entries: IniEntry[];
}

/** Collects what the dialects find, in order. */
export interface IniBuilder {
  section(name: string, nameSpan: Span, line: Line): void;
  entry(entry: IniEntry): void;
  comment(line: Line): void;
  problem(line: Line, message: string): void;
  finish(): IniTree;
}

export function iniBuilder(file: SourceFile): IniBuilder {
  let current: OpenSection = { name: undefined, start: 0, end: 0, entries: [] };
  const sections: OpenSection[] = [current];
  const comments: Span[] = [];
  const problems: Problem[] = [];
  return {
    section(name, nameSpan, line) {
      current = { name, nameSpan, start: line.start, end: line.end, entries: [] };
      sections.push(current);
    },
    entry(entry) {
      current.entries.push(entry);
      current.end = entry.span.end;
    },
    comment: line => void comments.push(span(file, line.start, line.end)),
    problem: (line, message) => void problems.push({ span: span(file, line.start, line.end), message }),
    finish() {
      const kept = sections.filter(section => section.name !== undefined || section.entries.length > 0);
      return { sections: kept.map(section => closed(file, section)), comments, problems };
    },
  };
}

function closed(file: SourceFile, section: OpenSection): IniSection {
  const { name, nameSpan, start, end, entries } = section;
  const from = name === undefined ? (entries[0]?.span.start ?? start) : start;
  return { name, ...(nameSpan && { nameSpan }), entries, span: span(file, from, Math.max(from, end)) };
}

/** Splits `key <delimiter> value` inside one line; `at` is the offset of the delimiter, or -1. */
export function keyAndValue(
  file: SourceFile,
  line: Line,
  at: number,
  blank: (char: string) => boolean,
): Pick<IniEntry, 'keySpan' | 'valueSpan' | 'value' | 'separator'> {
  const keyEnd = at < 0 ? line.end : at;
  const key = trimLine(file.text, { start: line.start, end: keyEnd }, blank);
  const value = trimLine(file.text, { start: at < 0 ? line.end : at + 1, end: line.end }, blank);
  return {
    keySpan: span(file, key.start, key.end),
    valueSpan: span(file, value.start, value.end),
    value: file.text.slice(value.start, value.end),
    separator: at >= 0,
  };
}
