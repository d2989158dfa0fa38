import { allowedIn, type Inside, insideOf, opensBlock } from './blocks.js';
import type { Frame } from './frame.js';
import { beginsLine, indentBefore } from './layout.js';
import type { Mode, Pass } from './pass.js';
import type { NginxNode, NginxWord } from './tree.js';

/** A directive found among the words up to one terminator, and what is missing behind it. */
export interface Statement {
  readonly words: readonly NginxWord[];
  /** Undefined for the last one, which has the terminator. */
  readonly missing: ';' | '{' | undefined;
}

/** What has to be known of a reading to judge the words of one directive. */
export interface Reading extends Pick<Pass, 'text' | 'cut'> {
  readonly mode: Pick<Mode, 'names'>;
  readonly frame: Pick<Frame, 'inside'>;
}

/**
 * Splits the words up to a terminator where a `;` or `{` is certainly missing: a word that begins a line is the name of a
 * directive that may stand there, and either the line is indented like the directive before it, or nginx refuses the words taken
 * together and accepts them apart. Without names there is one statement.
 */
export function splitStatements(
  pass: Reading,
  words: readonly NginxWord[],
  terminator: NginxNode['terminator'],
): readonly Statement[] {
  if (!pass.mode.names || pass.cut || !words.some((word, i) => i > 0 && beginsLine(pass.text, word.start)))
    return [{ words, missing: undefined }];
  const inside = pass.frame.inside;
  if (inside === 'pairs') return splitPairs(pass, words);
  if (inside === 'free') return [{ words, missing: undefined }];
  const statements: Statement[] = [];
  let from = 0;
  let context: Inside = inside;
  let indent = indentBefore(pass.text, words[0]?.start ?? 0);
  for (let i = 1; i < words.length; i++) {
    const missing = beginsBlock(pass, words, from, i, context, terminator)
      ? '{'
      : beginsStatement(pass, words, from, i, context, indent);
    if (!missing) continue;
    statements.push({ words: words.slice(from, i), missing });
    if (missing === '{' && typeof insideOf(words[from]?.value ?? '', context) === 'string') {
      statements.push({ words: words.slice(i), missing: undefined });
      return statements;
    }
    if (missing === '{') context = insideOf(words[from]?.value ?? '', context);
    from = i;
    indent = indentBefore(pass.text, words[i]?.start ?? 0);
  }
  statements.push({ words: words.slice(from), missing: undefined });
  return statements;
}

function beginsStatement(
  pass: Reading,
  words: readonly NginxWord[],
  from: number,
  i: number,
  inside: Inside,
  firstIndent: string | undefined,
): ';' | '{' | undefined {
  const names = pass.mode.names;
  const word = words[i];
  const first = words[from];
  if (!names || !word || !first || word.quote !== undefined || !names.isDirective(word.value)) return undefined;
  const indent = indentBefore(pass.text, word.start);
  if (indent === undefined) return undefined;
  const behind = argumentsBehind(pass, words, i);
  if (behind === 0 && !mayBeAlone(pass, word.value)) return undefined;
  if (names.takes?.(word.value, behind) === false) return undefined;
  if (opensBlock(first.value, inside) && isBlockHead(first.value, i - from)) {
    return allowedIn(word.value, insideOf(first.value, inside), names) === false ? undefined : '{';
  }
  if (allowedIn(word.value, inside, names) === false) return undefined;
  if (firstIndent?.startsWith(indent)) return ';';
  const together = names.takes?.(first.value, words.length - 1 - from) === false;
  return together && names.takes?.(first.value, i - 1 - from) !== false ? ';' : undefined;
}

/** Blocks without arguments; the others have at least one. */
const bareBlocks: ReadonlySet<string> = new Set(['http', 'events', 'stream', 'mail', 'types']);

/** A block's head that goes on with a new line and ends with `;`, which no block's head does. */
function beginsBlock(
  pass: Reading,
  words: readonly NginxWord[],
  from: number,
  i: number,
  inside: Inside,
  terminator: NginxNode['terminator'],
): boolean {
  const name = words[from]?.value ?? '';
  if (terminator !== ';' || name === 'server' || !opensBlock(name, inside)) return false;
  return i - from >= (bareBlocks.has(name) ? 1 : 2) && indentBefore(pass.text, words[i]?.start ?? 0) !== undefined;
}

/** `server` takes no arguments as a block; with arguments it may be a server of an `upstream`. */
function isBlockHead(name: string, words: number): boolean {
  return name !== 'server' || words === 1;
}

/** Words behind the i-th up to the next line that begins with a directive. */
function argumentsBehind(pass: Reading, words: readonly NginxWord[], i: number): number {
  let count = 0;
  for (let k = i + 1; k < words.length; k++) {
    const word = words[k];
    if (!word) break;
    if (
      word.quote === undefined &&
      pass.mode.names?.isDirective(word.value) &&
      indentBefore(pass.text, word.start) !== undefined
    )
      break;
    count++;
  }
  return count;
}

/** Directives that take no arguments are few; without better knowledge a name alone on its line is an argument. */
function mayBeAlone(pass: Reading, name: string): boolean {
  return opensBlock(name, undefined) || (pass.mode.names?.takes?.(name, 0) ?? false);
}

/** In a block whose lines have two words each (`map`): several such lines with one `;`. */
function splitPairs(pass: Reading, words: readonly NginxWord[]): readonly Statement[] {
  const whole = [{ words, missing: undefined }];
  if (words.length < 4 || words.length % 2 !== 0) return whole;
  const indent = indentBefore(pass.text, words[0]?.start ?? 0);
  for (let i = 0; i < words.length; i++) {
    const found = indentBefore(pass.text, words[i]?.start ?? 0);
    if (indent === undefined || found !== (i % 2 === 0 ? indent : undefined)) return whole;
  }
  const statements: Statement[] = [];
  for (let i = 0; i < words.length; i += 2) {
    statements.push({ words: words.slice(i, i + 2), missing: i + 2 < words.length ? ';' : undefined });
  }
  return statements;
}

/**
 * The word with which a string seems to end that was never opened (`add_header X a b";`): it ends with the only quote in it, and
 * the directive does not take so many words.
 */
export function closingQuote(pass: Reading, words: readonly NginxWord[]): NginxWord | undefined {
  const { names } = pass.mode;
  const name = words[0]?.value ?? '';
  const found =
    words.length < 3
      ? undefined
      : words.find(({ start, end, quote }) => {
          if (quote !== undefined || end - start < 2 || end - start > 200 || !isQuote(pass.text[end - 1])) return false;
          return /^[^"'\\]+["']$/.test(pass.text.slice(start, end));
        });
  return found && names?.isDirective(name) && names.takes?.(name, words.length - 1) === false ? found : undefined;
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'";
}
