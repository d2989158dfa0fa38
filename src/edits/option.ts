import { lineAt, lineEnd } from '../text/lines.js';
import type { Edit, SourceFile, Span } from '../text/source.js';

/**
 * One more option behind the word at `span` on a command line, as that line is written: bare, as items of a list in brackets, or as lines of a
 * YAML list. Undefined where the word stands in a way that is not known.
 */
export function addOptionBehind(span: Span, flag: string, value: string): Edit | undefined {
  const { file, start, end } = withoutQuotes(span);
  const { text } = file;
  const quote = text[end] ?? '';
  const at = (offset: number): Span => ({ file, start: offset, end: offset });
  if (quote !== '"' && quote !== "'") {
    const before = text[start - 1] ?? '\n';
    const after = text[end] ?? '\n';
    const dashed = /^[ \t]*- [ \t]*$/.test(text.slice(lineAt(text, start).start, start));
    if (dashed || !/[\s=]/.test(before) || !/[\s\\;&|"']/.test(after))
      return dashed ? yamlLines(file, end, '', flag, value) : undefined;
    return { span: at(end), text: ` ${flag} ${value}` };
  }
  // `"--max-requests=100"` begins with its quote somewhere to the left on the same line.
  const line = lineAt(text, start);
  const open = text.lastIndexOf(quote, start - 1);
  if (open < line.start || !/^[\w=-]*$/.test(text.slice(open + 1, start))) return undefined;
  const head = text.slice(line.start, open);
  if (/^[ \t]*-[ \t]+$/.test(head)) return yamlLines(file, end + 1, quote, flag, value);
  if (!/[[,][ \t]*$/.test(head)) return undefined;
  const gap = /^\s*,(\s*)/.exec(text.slice(end + 1, end + 40))?.[1] ?? ' ';
  const next = /[\r\n]/.test(gap) ? gap : gap === '' ? '' : ' ';
  return { span: at(end + 1), text: `,${next}${quote}${flag}${quote},${next}${quote}${value}${quote}` };
}

function withoutQuotes(span: Span): Span {
  const { file, start, end } = span;
  const quote = file.text[start];
  const quoted = end - start > 1 && (quote === '"' || quote === "'") && file.text[end - 1] === quote;
  return quoted ? { file, start: start + 1, end: end - 1 } : span;
}

function yamlLines(file: SourceFile, end: number, quote: string, flag: string, value: string): Edit | undefined {
  const line = lineAt(file.text, end - 1);
  const head = /^[ \t]*-[ \t]+/.exec(file.text.slice(line.start, line.end))?.[0];
  if (head === undefined || file.text.slice(end, line.end).trim() !== '') return undefined;
  const feed = lineEnd(file.text);
  return {
    span: { file, start: end, end },
    text: `${feed}${head}${quote}${flag}${quote}${feed}${head}${quote}${value}${quote}`,
  };
}

/** A line `name = value` behind the one line that holds the statement at `span`, spaced like that line. */
export function addSettingBehind({ file, end, start }: Span, name: string, value: string): Edit | undefined {
  const line = lineAt(file.text, start);
  const own = file.text.slice(line.start, line.end);
  const written = /^([ \t]*)[A-Za-z_]\w*([ \t]*=[ \t]*)/.exec(own);
  if (!written || end > line.end || /\\$|[([{]\s*$/.test(own.trimEnd())) return undefined;
  const [, indent = '', equals = ' = '] = written;
  return {
    span: { file, start: line.end, end: line.end },
    text: `${lineEnd(file.text)}${indent}${name}${/^\s*=\s*$/.test(equals) && equals.trim() === equals ? '=' : ' = '}${value}`,
  };
}

/** A line `name = value` at the end of a Python configuration file. */
export function addSettingAtEnd(file: SourceFile, name: string, value: string): Edit {
  const { text } = file;
  const feed = lineEnd(text);
  const end = text.length;
  const lead = text === '' || /[\r\n]$/.test(text) ? '' : feed;
  return { span: { file, start: end, end }, text: `${lead}${name} = ${value}${feed}` };
}
