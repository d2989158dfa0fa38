import fc from 'fast-check';
import { type Files, type Language, languageOf } from './projects.js';

/** One change of one file of a project: what is done, and numbers that choose where and with what. */
export interface Variation {
  readonly kind: string;
  readonly file: number;
  readonly at: number;
  readonly choice: number;
}

type Change = (lines: string[], of: { readonly at: number; readonly choice: number; language: Language }) => string[];

const remarks = ['note', "don't; { touch", 'caf\u00e9 \u{1f600}', '"open', 'gwlint', '} else {', '[section]', '\\'];
const values = ['0', '1', '2', '5', '30', '31', '60', '100', '5000', '8000', '8001', '65536', '1k', '007'];
const noise = ['{', '}', ';', '"', "'", '\\', '#', '$', '=', ':', ' ', '\t', '\n', '\r', '(', ']', '%', '\u00e9', '0'];

/** Changes that mostly leave a file what it was, and some that do not. None needs to know whether it is the one or the other. */
const changes: Readonly<Record<string, Change>> = {
  'a remark on its own line': (lines, { at, choice, language }) => {
    const line = lines[at % lines.length] ?? '';
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    const mark = language === 'ini' && choice % 2 === 1 ? ';' : '#';
    return put(lines, at, `${language === 'ini' || language === 'unit' ? '' : indent}${mark} ${pick(remarks, choice)}`);
  },
  'a remark behind a line': (lines, { at, choice }) => edit(lines, at, line => `${line}  # ${pick(remarks, choice)}`),
  'an empty line': (lines, { at }) => put(lines, at, ''),
  'blanks at the end of a line': (lines, { at }) => edit(lines, at, line => `${line} \t `),
  'tabs for blanks': lines => lines.map(line => line.replace(/^(?: {4})+/, blanks => '\t'.repeat(blanks.length / 4))),
  'a deeper indentation': lines => lines.map(line => line.replace(/^[ \t]+/, blanks => blanks + blanks)),
  'lines exchanged': (lines, { at }) => {
    const first = at % Math.max(1, lines.length - 1);
    return [...lines.slice(0, first), ...lines.slice(first, first + 2).reverse(), ...lines.slice(first + 2)];
  },
  'a line moved': (lines, { at, choice }) => {
    const rest = without(lines, at);
    return put(rest, choice, lines[at % lines.length] ?? '');
  },
  'a line twice': (lines, { at }) => put(lines, at, lines[at % lines.length] ?? ''),
  'a line less': (lines, { at }) => without(lines, at),
  'two lines in one': (lines, { at }) => {
    const first = at % Math.max(1, lines.length - 1);
    const joined = `${lines[first] ?? ''} ${(lines[first + 1] ?? '').trimStart()}`;
    return [...lines.slice(0, first), joined, ...lines.slice(first + 2)];
  },
  'a line in two': (lines, { at, choice }) => {
    const line = lines[at % lines.length] ?? '';
    const gaps = [...line.matchAll(/\S[ \t]+(?=\S)/g)].map(gap => gap.index + 1);
    const gap = gaps[choice % Math.max(1, gaps.length)] ?? line.length;
    return edit(lines, at, () => `${line.slice(0, gap)}\n    ${line.slice(gap).trimStart()}`);
  },
  'a word in quotes': (lines, { at, choice }) =>
    edit(lines, at, line => {
      const words = [...line.matchAll(/(?<=[ \t=])[^\s;{}"'#]+(?=[\s;]|$)/g)];
      const word = words[choice % Math.max(1, words.length)];
      const mark = choice % 2 === 0 ? '"' : "'";
      return word
        ? `${line.slice(0, word.index)}${mark}${word[0]}${mark}${line.slice(word.index + word[0].length)}`
        : line;
    }),
  'another number': (lines, { at, choice }) => edit(lines, at, line => line.replace(/\d+/, pick(values, choice))),
  'a mark put in': (lines, { at, choice }) =>
    edit(lines, at, line => {
      const middle = choice % (line.length + 1);
      return line.slice(0, middle) + pick(noise, choice) + line.slice(middle);
    }),
  'a mark taken out': (lines, { at, choice }) =>
    edit(lines, at, line => {
      const middle = choice % (line.length + 1);
      return line.slice(0, middle) + line.slice(middle + 1);
    }),
};

const whole: Readonly<Record<string, (text: string) => string>> = {
  'line ends of Windows': text => text.replace(/\r?\n/g, '\r\n'),
  'a byte order mark': text => (text.startsWith('\ufeff') ? text : `\ufeff${text}`),
  'no end of the last line': text => text.replace(/[\r\n]+$/, ''),
  'more empty lines at the end': text => `${text}\n\n`,
};

export const variations = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.keys(changes), ...Object.keys(whole), 'an include'),
    file: fc.nat(1000),
    at: fc.nat(1000),
    choice: fc.nat(1000),
  }),
  { maxLength: 5 },
);

/** The project with these changes, one after the other. Files whose language is not known stay as they are. */
export function varied(files: Files, steps: readonly Variation[]): Files {
  const next = new Map(files);
  for (const { kind, file, at, choice } of steps) {
    const known = [...next].filter(([path, text]) => languageOf(path, text) !== undefined);
    const [path, text] = known[file % Math.max(1, known.length)] ?? [];
    if (path === undefined || text === undefined || text === '') continue;
    const language = languageOf(path, text) ?? 'nginx';
    const change = changes[kind];
    if (kind === 'an include') moveOut(next, path, text, { at, choice });
    else if (change) next.set(path, change(text.split('\n'), { at, choice, language }).join('\n'));
    else next.set(path, whole[kind]?.(text) ?? text);
  }
  return next;
}

/** Some lines of an nginx file, whole statements as far as braces tell, into a file of their own. */
function moveOut(files: Map<string, string>, path: string, text: string, of: { at: number; choice: number }): void {
  if (languageOf(path, text) !== 'nginx') return;
  const lines = text.split('\n');
  const first = of.at % lines.length;
  const last = Math.min(lines.length, first + 1 + (of.choice % 6));
  const moved = lines.slice(first, last);
  const depths = moved.map(line => line.split('{').length - line.split('}').length);
  if (depths.reduce((sum, depth) => sum + depth, 0) !== 0 || !/[;}]\s*$/.test(moved.at(-1) ?? '')) return;
  const name = `part-${files.size}.inc`;
  files.set(path, [...lines.slice(0, first), `include ${name};`, ...lines.slice(last)].join('\n'));
  files.set(path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/${name}` : name, `${moved.join('\n')}\n`);
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], choice: number): T {
  return list[choice % list.length] as T;
}

function put(lines: readonly string[], at: number, line: string): string[] {
  const where = at % (lines.length + 1);
  return [...lines.slice(0, where), line, ...lines.slice(where)];
}

function without(lines: readonly string[], at: number): string[] {
  const where = at % lines.length;
  return [...lines.slice(0, where), ...lines.slice(where + 1)];
}

/** Changes a line, in front of its line end. */
function edit(lines: readonly string[], at: number, change: (line: string) => string): string[] {
  const where = at % lines.length;
  return lines.map((line, i) => {
    if (i !== where) return line;
    const end = line.endsWith('\r') ? '\r' : '';
    return change(end === '' ? line : line.slice(0, -1)) + end;
  });
}
