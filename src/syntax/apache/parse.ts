import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import type { ApacheNode, ApacheTree, ApacheWord } from './tree.js';

/** Sections inside one another that are followed; deeper ones are taken as part of the last. */
const deepest = 50;

/** Directives and sections of httpd.conf and site files: one on a line, a backslash at the end goes on, `#` begins a line of comment. */
export function parseApache(file: SourceFile): ApacheTree {
  const top: ApacheNode[] = [];
  const open: { readonly name: string; readonly children: ApacheNode[] }[] = [];
  for (const { start, end } of logicalLines(file.text)) {
    const first = file.text[start];
    if (first === '#') continue;
    if (file.text.startsWith('</', start)) {
      const name = file.text
        .slice(start + 2, end)
        .replace(/>.*/s, '')
        .trim()
        .toLowerCase();
      const at = open.findLastIndex(one => one.name === name);
      if (at >= 0) open.length = at;
      continue;
    }
    const section = first === '<';
    const [head, ...args] = wordsIn(file, section ? start + 1 : start, end, section);
    if (!head) continue;
    const children: ApacheNode[] = [];
    const node: ApacheNode = { name: head.text, args, span: span(file, start, end), ...(section && { children }) };
    (open.at(-1)?.children ?? top).push(node);
    if (section && open.length < deepest) open.push({ name: head.text.toLowerCase(), children });
  }
  return { file, nodes: top };
}

function* logicalLines(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let at = 0; at < text.length; ) {
    let end = at;
    for (;;) {
      const next = text.indexOf('\n', end);
      end = next < 0 ? text.length : next;
      const back = text[end - 1] === '\r' ? end - 2 : end - 1;
      if (next < 0 || back < at || text[back] !== '\\') break;
      end++;
    }
    let start = at;
    let stop = end;
    while (start < stop && /\s/.test(text[start] ?? '')) start++;
    while (stop > start && /\s/.test(text[stop - 1] ?? '')) stop--;
    if (stop > start) yield { start, end: stop };
    at = end + 1;
  }
}

function wordsIn(file: SourceFile, from: number, to: number, section: boolean): readonly ApacheWord[] {
  const { text } = file;
  const words: ApacheWord[] = [];
  const limit = section && text[to - 1] === '>' ? to - 1 : to;
  let at = from;
  while (at < limit) {
    const char = text[at] ?? '';
    if (/\s/.test(char) || (char === '\\' && /[\r\n]/.test(text[at + 1] ?? ''))) {
      at++;
      continue;
    }
    const quoted = char === '"' || char === "'";
    const start = quoted ? at + 1 : at;
    let end = start;
    while (end < limit && (quoted ? text[end] !== char : !/\s/.test(text[end] ?? ''))) end++;
    words.push({ text: text.slice(start, end), span: span(file, start, end) });
    at = quoted ? end + 1 : end;
  }
  return words;
}
