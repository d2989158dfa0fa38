/**
 * What a command of sed, or a substitution of Perl, changes: every place of a text; the lines that hold all `pieces` in this order; or whatever it
 * likes (`all`).
 */
export type Change =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'lines'; readonly pieces: readonly string[] }
  | { readonly kind: 'all' };

const all: Change = { kind: 'all' };

/** Stands in a program for a text that is not known: the value of a variable. */
export const anyText = '\ue000';

/** A program that is longer is not read. */
const longest = 10_000;

/** The changes that a program of sed makes. `extended`: -E, or Perl, where brackets and bars mean something without a backslash. */
export function sedChanges(program: string, extended: boolean): readonly Change[] {
  if (program.length > longest) return [all];
  const found: Change[] = [];
  for (let at = 0; at < program.length; ) {
    const address = readAddress(program, at, extended);
    at = address.end;
    const command = program[at] ?? '';
    if (command === 's' || command === 'y') {
      const parts = delimited(program, at + 1);
      if (!parts) return [...found, all];
      found.push(...(command === 's' ? changeOf(parts.pattern, extended) : [all]));
      at = parts.end;
    } else if (command === 'd' || command === 'c') found.push(address.lines ?? all);
    else if (/[airRwW]/.test(command)) found.push(all);
    // What prints, skips or groups changes nothing by itself.
    else if (command !== '' && !/[pqQ=nNhHgGxDPl{}#]/.test(command)) return [...found, all];
    at = nextCommand(program, at, command);
  }
  return found;
}

function nextCommand(program: string, at: number, command: string): number {
  if (command === '{' || command === '}') return at + 1;
  const rest = /[airRwWc#]/.test(command) ? /\n/ : /[\n;}]/;
  for (let next = at; next < program.length; next++) if (rest.test(program[next] ?? '')) return next + 1;
  return program.length;
}

interface AddressRead {
  readonly end: number;
  /** What it selects, where it is one pattern. */
  readonly lines?: Change;
}

/** `5`, `$`, `/pattern/`, two of them with a comma, and `!` behind. */
function readAddress(program: string, begin: number, extended: boolean): AddressRead {
  let at = begin;
  const addresses: (string | undefined)[] = [];
  const skip = (): void => {
    while (/[\s;]/.test(program[at] ?? '')) at++;
  };
  skip();
  for (;;) {
    const char = program[at] ?? '';
    if (/[0-9$]/.test(char)) {
      while (/[0-9$~+]/.test(program[at] ?? '')) at++;
      addresses.push(undefined);
    } else if (char === '/' || (char === '\\' && program[at + 1] !== undefined)) {
      const open = char === '/' ? at : at + 1;
      const close = closing(program, open + 1, program[open] ?? '/');
      if (close < 0) return { end: program.length };
      addresses.push(program.slice(open + 1, close));
      at = close + 1;
      while (/[IM]/.test(program[at] ?? '')) at++;
    } else break;
    skip();
    if (program[at] !== ',') break;
    at++;
    skip();
  }
  const negated = program[at] === '!';
  if (negated) at++;
  skip();
  const [only] = addresses;
  if (addresses.length !== 1 || only === undefined || negated) return { end: at };
  const [change] = changeOf(only, extended);
  if (change?.kind === 'text') return { end: at, lines: { kind: 'lines', pieces: [change.text] } };
  return change ? { end: at, lines: change } : { end: at };
}

function delimited(program: string, at: number): { readonly pattern: string; readonly end: number } | undefined {
  const mark = program[at];
  if (mark === undefined || /[\s\\]/.test(mark)) return undefined;
  const middle = closing(program, at + 1, mark);
  const end = middle < 0 ? -1 : closing(program, middle + 1, mark);
  if (end < 0) return undefined;
  const pattern = program.slice(at + 1, middle);
  // A delimiter behind a backslash stands for itself.
  return { pattern: mark === '/' ? pattern : pattern.split(`\\${mark}`).join(mark), end: end + 1 };
}

function closing(program: string, from: number, mark: string): number {
  for (let at = from; at < program.length; at++) {
    if (program[at] === '\\') at++;
    else if (program[at] === mark) return at;
  }
  return -1;
}

/** What the pattern of a substitution may match. Nothing for one that only tidies white space and line ends. */
function changeOf(pattern: string, extended: boolean): readonly Change[] {
  const { pieces, exact, blank, branches } = readPattern(pattern, extended);
  if (branches) return [all];
  const [only] = pieces;
  if (only === undefined) return blank ? [] : [all];
  return [exact && pieces.length === 1 ? { kind: 'text', text: only } : { kind: 'lines', pieces }];
}

interface PatternRead {
  readonly pieces: readonly string[];
  /** It matches its one piece and nothing else. */
  readonly exact: boolean;
  /** Nothing but white space is matched. */
  readonly blank: boolean;
  readonly branches: boolean;
}

/** The literal texts of a regular expression, without what may be left out or be something else. */
function readPattern(pattern: string, extended: boolean): PatternRead {
  const pieces: string[] = [];
  let piece = '';
  let exact = true;
  let blank = true;
  let branches = false;
  const end = (): void => {
    if (piece.trim() !== '') pieces.push(piece);
    piece = '';
    exact = false;
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const escaped = char === '\\';
    const next = pattern[at + 1] ?? '';
    const special = escaped ? !extended && /[(){}|+?]/.test(next) : extended && /[(){}|+?]/.test(char);
    const mark = escaped ? next : char;
    if (escaped) at++;
    if (special && mark === '|') branches = true;
    else if (special && (mark === '(' || mark === ')')) continue;
    else if ((special && /[+?{]/.test(mark)) || (!escaped && mark === '*')) {
      // What is repeated may not be there at all; several times the same is still the same at the front.
      if (mark !== '+') piece = piece.slice(0, -1);
      end();
      if (mark === '{') while (at < pattern.length && pattern[at] !== '}') at++;
    } else if (!escaped && mark === '[') {
      const close = pattern.indexOf(']', at + (/^\[\^?\]/.test(pattern.slice(at, at + 3)) ? 3 : 1));
      const set = pattern.slice(at + 1, close < 0 ? pattern.length : close + 1);
      if (!/^(?:[ \t\]]|\\[tsrn]|\[:(?:space|blank):\])+$/.test(set)) blank = false;
      end();
      at = close < 0 ? pattern.length : close;
      if (pattern[at + 1] === ']') at++;
    } else if (mark === anyText || (!escaped && mark === '.')) {
      blank = false;
      end();
    } else if (!escaped && (mark === '^' || mark === '$')) {
      if (piece === '' || at === pattern.length - 1) continue;
      piece += mark;
    } else if (escaped && /[A-Za-z0-9]/.test(mark)) {
      if (!/[srtn]/.test(mark)) blank = false;
      end();
    } else {
      piece += mark;
      if (mark.trim() !== '') blank = false;
    }
  }
  const { length } = pieces;
  if (piece.trim() !== '') pieces.push(piece);
  return { pieces, exact: exact && length === 0, blank, branches };
}
