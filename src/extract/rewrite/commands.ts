import { baseName } from '../../model/place.js';
import type { SourceFile, Span } from '../../text/source.js';
import { anyText, type Change, sedChanges } from './sed.js';

/** A command that changes files where they lie, or makes a file that is read out of another. */
export interface Rewriting {
  /** Paths as written, with `*` for what is not known. */
  readonly targets: readonly string[];
  readonly changes: readonly Change[];
  readonly program: string;
  readonly span: Span;
}

/** A file that becomes another one by a copy: what is done to the copy is done to it. */
export interface Copied {
  readonly from: string;
  readonly to: string;
}

export interface Commands {
  readonly rewriting: readonly Rewriting[];
  readonly copied: readonly Copied[];
}

const programs = /\b(?:sed|gsed|perl|envsubst|yq|crudini|augtool|cp|install|mv)\b/g;

/** A text that names none of these changes no file. */
export const mayRewrite = /\b(?:sed|perl|envsubst|yq|crudini|augtool)\b/;

const mostCommands = 2000;
const longestCommand = 4000;

/**
 * Commands in the text of a script, a Makefile or a pipeline that change files, wherever they stand: in a function, behind a condition, in
 * a text for another shell. Nothing is run; what a variable holds is known where the text sets it once.
 */
export function commandsIn(file: SourceFile): Commands {
  const variables = variablesOf(file.text);
  const rewriting: Rewriting[] = [];
  const copied: Copied[] = [];
  let from = 0;
  let seen = 0;
  for (const { index, 0: name } of file.text.matchAll(programs)) {
    if (index < from || seen++ > mostCommands || isComment(file.text, index)) continue;
    const command = readCommand(file.text, index, variables);
    from = command.end;
    const span = { file, start: index, end: command.end };
    if (/^(?:cp|install|mv)$/.test(name)) copied.push(...copyOf(command.words));
    else rewriting.push(...rewritingOf(name.replace('gsed', 'sed'), command, file.text, span));
  }
  return { rewriting, copied };
}

function isComment(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2000), at);
  return /^\s*#/.test(before.slice(before.lastIndexOf('\n') + 1));
}

interface CommandRead {
  /** With variables filled in; `anyText` for what is not known. */
  readonly words: readonly string[];
  readonly input: string | undefined;
  readonly writes: boolean;
  readonly end: number;
}

/** The words from `start` to where the command ends, by the quoting of a shell. */
function readCommand(text: string, start: number, variables: Variables): CommandRead {
  const words: string[] = [];
  let word: string | undefined;
  let input: string | undefined;
  let writes = false;
  let pending: '<' | '>' | undefined;
  const end = (): void => {
    if (word !== undefined) {
      if (pending === '<') input = word;
      else if (pending === undefined) words.push(word);
      pending = undefined;
    }
    word = undefined;
  };
  const limit = Math.min(text.length, start + longestCommand);
  let at = start;
  for (; at < limit; at++) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at++;
      if (text[at] === '\r') at++;
      if (text[at] !== '\n') word = `${word ?? ''}${text[at] ?? ''}`;
    } else if (char === "'") {
      const close = text.indexOf("'", at + 1);
      if (close < 0 || close > limit) break;
      word = `${word ?? ''}${text.slice(at + 1, close)}`;
      at = close;
    } else if (char === '"') {
      const quoted = readQuoted(text, at + 1, limit, variables);
      if (!quoted) break;
      word = `${word ?? ''}${quoted.text}`;
      at = quoted.end;
    } else if (char === '$') {
      const filled = readVariable(text, at, variables);
      word = `${word ?? ''}${filled.text}`;
      at = filled.end - 1;
    } else if (char === '<' || char === '>') {
      end();
      pending = char;
      if (char === '>') writes = true;
    } else if (char === '|') {
      writes ||= /^\|\s*(?:sudo\s+(?:-\w+\s+)*)?tee\b/.test(text.slice(at, at + 60));
      break;
    } else if (/[\n;&)`]/.test(char)) break;
    else if (/[ \t\r]/.test(char)) end();
    else word = `${word ?? ''}${char}`;
  }
  end();
  return { words, input, writes, end: Math.max(at, start + 1) };
}

function readQuoted(
  text: string,
  from: number,
  limit: number,
  variables: Variables,
): { readonly text: string; readonly end: number } | undefined {
  let found = '';
  for (let at = from; at < limit; at++) {
    const char = text[at] ?? '';
    if (char === '"') return { text: found, end: at };
    if (char === '\\' && /["$`\\\n]/.test(text[at + 1] ?? '')) {
      at++;
      found += text[at] ?? '';
    } else if (char === '$') {
      const filled = readVariable(text, at, variables);
      found += filled.text;
      at = filled.end - 1;
    } else found += char;
  }
  return undefined;
}

/** `$NAME`, `${NAME...}` and `$(...)` at `at`; a dollar sign before anything else is one. */
function readVariable(text: string, at: number, variables: Variables): { readonly text: string; readonly end: number } {
  const found = /^\$(?:([A-Za-z_]\w{0,80})|\{([A-Za-z_]\w{0,80})([^}\n]{0,200})\}|\(([^()\n]{0,200})\)|[0-9@*#?])/.exec(
    text.slice(at, at + 300),
  );
  if (!found) return { text: '$', end: at + 1 };
  const value = found[3] ? undefined : variables.get(found[1] ?? found[2] ?? '');
  return { text: value ?? anyText, end: at + found[0].length };
}

type Variables = ReadonlyMap<string, string>;

/** Variables that the text sets once, to a text without variables of its own. */
function variablesOf(text: string): Variables {
  const found = new Map<string, string | undefined>();
  const assignments =
    /^[ \t]*(?:export[ \t]+|local[ \t]+|readonly[ \t]+|declare[ \t]+)?([A-Za-z_]\w{0,80})[ \t]?[:?]?=[ \t]?("[^"\n]{0,300}"|'[^'\n]{0,300}'|[^\s;&|"'`]{1,300})[ \t]*(?:[;#\r\n]|$)/gm;
  for (const [, name = '', value = ''] of text.matchAll(assignments)) {
    const plain = value.replace(/^["']|["']$/g, '');
    found.set(name, found.has(name) || /[$`]/.test(plain) ? undefined : plain);
  }
  return new Map([...found].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function copyOf(words: readonly string[]): readonly Copied[] {
  const operands = words.slice(1).filter(word => !word.startsWith('-'));
  const to = operands.at(-1);
  if (to === undefined) return [];
  return operands.slice(0, -1).map(from => ({ from: glob(from), to: glob(to) }));
}

function glob(word: string): string {
  return word.split(anyText).join('*');
}

function rewritingOf(
  name: string,
  { words, input, writes }: CommandRead,
  text: string,
  span: Span,
): readonly Rewriting[] {
  const rest = words.slice(1);
  const made = (targets: readonly string[], changes: readonly Change[]): readonly Rewriting[] => {
    const named = targets.flatMap(target => (target === '{}' ? foundBefore(text, span.start) : [target]));
    return changes.length === 0 || named.length === 0
      ? []
      : [{ targets: named.map(glob), changes, program: name, span }];
  };
  switch (name) {
    case 'sed':
    case 'perl':
      return substitution(name, rest, writes, made);
    case 'envsubst':
      return input !== undefined && writes ? made([input], [{ kind: 'lines', pieces: ['$'] }]) : [];
    case 'yq':
      return rest.some(word => /^-[a-zA-Z]*i|^--in-?place/.test(word)) ? made(rest.slice(-1), [{ kind: 'all' }]) : [];
    case 'crudini': {
      const [target] = rest.filter(word => !word.startsWith('-'));
      const changes = rest.some(word => /^--(?:set|del|merge)$/.test(word));
      return target !== undefined && changes ? made([target], [{ kind: 'all' }]) : [];
    }
    default: {
      const set = rest.find(word => word.includes('/files/'));
      const path = set?.slice(set.indexOf('/files/') + 6).split(/\s/)[0];
      return path === undefined
        ? []
        : made(
            path.split('/').map((_, index, all) => all.slice(0, index + 1).join('/')),
            [{ kind: 'all' }],
          );
    }
  }
}

/** `find . -name '*.conf' -exec sed -i ... {} \;`: the pattern. */
function foundBefore(text: string, at: number): readonly string[] {
  const before = text.slice(Math.max(0, at - 300), at);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const name = /-i?name[ \t]+["']?([^"'\s]+)/.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

function substitution(
  name: 'sed' | 'perl',
  words: readonly string[],
  writes: boolean,
  made: (targets: readonly string[], changes: readonly Change[]) => readonly Rewriting[],
): readonly Rewriting[] {
  const scripts: string[] = [];
  const operands: string[] = [];
  let inPlace = false;
  let extended = name === 'perl';
  let quiet = false;
  let unread = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      // macOS wants a suffix behind -i, which may be empty.
      if (word !== '') operands.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      if (word.startsWith('--in-place')) inPlace = true;
      else if (/^--(?:regexp-extended)$/.test(word)) extended = true;
      else if (/^--(?:quiet|silent)$/.test(word)) quiet = true;
      else if (word.startsWith('--expression=')) scripts.push(word.slice(13));
      else if (word === '--expression') scripts.push(words[++at] ?? '');
      else if (word.startsWith('--file')) unread = true;
      continue;
    }
    const flags = /^-([a-zA-Z0-9]*)/.exec(word)?.[1] ?? '';
    if (flags.includes('i')) inPlace = true;
    const own = flags.split('i')[0] ?? '';
    if (/[Er]/.test(own)) extended = true;
    if (name === 'sed' && own.includes('n')) quiet = true;
    if (own.includes('f')) unread = true;
    if (own.endsWith('e') && !flags.includes('i')) scripts.push(words[++at] ?? '');
    else if (/i$/.test(flags) === false && flags.endsWith('e') && name === 'perl') scripts.push(words[++at] ?? '');
  }
  if (!inPlace && (!writes || quiet || name === 'perl')) return [];
  const [first, ...others] = operands;
  const programs = scripts.length > 0 || unread ? scripts : first === undefined ? [] : [first];
  const targets = scripts.length > 0 || unread ? operands : others;
  const changes: Change[] = unread ? [{ kind: 'all' }] : programs.flatMap(one => sedChanges(one, extended));
  return made(targets, changes);
}

/** The last part of a path, where it tells anything. */
export function nameIn(path: string): string | undefined {
  const name = baseName(path);
  return /[^*]/.test(name) ? name : undefined;
}
