import type { LexicalProblem, LogicalLine } from './lines.js';

/** Columns of an indentation as CPython counts them (Parser/tokenizer.c): tabs to eight, and tabs to one to find mixtures. */
interface Columns {
  readonly wide: number;
  readonly narrow: number;
}

function columnsOf(indentation: string): Columns {
  let wide = 0;
  let narrow = 0;
  for (const character of indentation) {
    if (character === ' ') {
      wide++;
      narrow++;
    } else if (character === '\t') {
      wide = (Math.floor(wide / 8) + 1) * 8;
      narrow++;
    } else if (character === '\f') {
      wide = 0;
      narrow = 0;
    }
  }
  return { wide, narrow };
}

/** The first fault of indentation that Python would report. */
export function checkIndentation(text: string, lines: readonly LogicalLine[]): LexicalProblem | undefined {
  const stack: Columns[] = [{ wide: 0, narrow: 0 }];
  let opener: LogicalLine | undefined;
  for (const line of lines) {
    if (line.continued) return undefined;
    const columns = columnsOf(text.slice(line.start, line.first));
    const message = step(stack, columns, opener !== undefined);
    if (message !== undefined) {
      const expected = message === 'expected an indented block' && opener;
      const at = { start: line.first, end: line.end };
      return expected ? { ...at, message: `${message} after ${keywordOf(text, expected)}` } : { ...at, message };
    }
    opener = line.opens ? line : undefined;
  }
  if (!opener) return undefined;
  return {
    start: opener.first,
    end: opener.end,
    message: `expected an indented block after ${keywordOf(text, opener)}`,
  };
}

function step(stack: Columns[], columns: Columns, opened: boolean): string | undefined {
  const top = stack.at(-1) ?? { wide: 0, narrow: 0 };
  const mixed = 'inconsistent use of tabs and spaces in indentation';
  if (columns.wide === top.wide) {
    if (columns.narrow !== top.narrow) return mixed;
    return opened ? 'expected an indented block' : undefined;
  }
  if (columns.wide > top.wide) {
    if (columns.narrow <= top.narrow) return mixed;
    if (!opened) return 'unexpected indent';
    stack.push(columns);
    return undefined;
  }
  if (opened) return 'expected an indented block';
  while ((stack.at(-1)?.wide ?? 0) > columns.wide) stack.pop();
  const level = stack.at(-1) ?? { wide: 0, narrow: 0 };
  if (level.wide !== columns.wide) return 'unindent does not match any outer indentation level';
  return level.narrow === columns.narrow ? undefined : mixed;
}

function keywordOf(text: string, line: LogicalLine): string {
  const words = /^(?:async\s+)?\w+/.exec(text.slice(line.first, line.first + 40))?.[0] ?? 'the colon';
  const keyword = words.replace(/^async\s+/, '');
  if (keyword === 'def') return 'the function definition';
  if (keyword === 'class') return 'the class definition';
  return `"${keyword}"`;
}
