import type { SourceFile } from '../../text/source.js';
import { span } from '../../text/source.js';
import type { HaproxyLine, HaproxySection, HaproxyTree, HaproxyWord } from './tree.js';

const headers = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'peers',
  'resolvers',
  'userlist',
  'mailers',
  'cache',
  'program',
  'http-errors',
  'ring',
  'log-forward',
  'fcgi-app',
  'crt-store',
  'traces',
]);

/** Lines, words and sections of haproxy.cfg. A header is known by its word alone, as HAProxy knows it. */
export function parseHaproxy(file: SourceFile): HaproxyTree {
  const sections: (HaproxySection & { readonly lines: HaproxyLine[] })[] = [];
  const { text } = file;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const words = wordsIn(file, at, end);
    at = end + 1;
    const [first, name] = words;
    const last = words.at(-1);
    if (!first || !last) continue;
    const line: HaproxyLine = { words, span: span(file, first.span.start, last.span.end) };
    if (headers.has(first.text)) sections.push({ kind: first.text, ...(name && { name }), header: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return { file, sections };
}

/** Blanks part words; `"..."`, `'...'` and a backslash keep them; `#` begins a comment. */
function wordsIn(file: SourceFile, from: number, to: number): readonly HaproxyWord[] {
  const { text } = file;
  const words: HaproxyWord[] = [];
  let at = from;
  while (at < to) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) at++;
    else if (char === '#') break;
    else {
      const word = wordAt(file, at, to);
      words.push(word);
      at = word.span.end;
    }
  }
  return words;
}

function wordAt(file: SourceFile, from: number, to: number): HaproxyWord {
  const { text } = file;
  let quote = '';
  let value = '';
  let at = from;
  for (; at < to; at++) {
    const char = text[at] ?? '';
    if (quote === '' && /[\s#]/.test(char)) break;
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && quote !== "'" && at + 1 < to) {
      at++;
      value += text[at] ?? '';
    } else value += char;
  }
  return { text: value, span: span(file, from, at) };
}
