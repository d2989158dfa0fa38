/** A word of a shell text as it stands there, quotes included. */
export interface RawWord {
  readonly raw: string;
  /** It holds a command substitution, so nothing is known about it. */
  readonly opaque: boolean;
}

export interface Redirect {
  readonly append: boolean;
  readonly target: RawWord;
}

/** One simple command of a shell text. */
export interface Statement {
  readonly words: readonly RawWord[];
  readonly redirects: readonly Redirect[];
  /** The file behind `<`. */
  readonly input?: RawWord;
  /** It stands in an `if`, a loop, a `case`, a function, or behind a test: whether it runs cannot be told. */
  readonly conditional: boolean;
  /** Nesting of parentheses: what `cd` does is undone when they close. */
  readonly depth: number;
}

const openers = new Set(['if', 'for', 'while', 'until', 'case', 'select']);
const closers = new Set(['fi', 'done', 'esac']);
const between = new Set(['then', 'do', 'else', 'elif', '!', '{', '}', 'time']);

/**
 * Cuts a shell text into its simple commands, well enough to see which files they touch: words, output redirections, and whether
 * they are conditional. It is no shell: what it cannot read becomes an opaque word. Linear in the text.
 */
export function shellStatements(text: string): readonly Statement[] {
  const found: Statement[] = [];
  let words: RawWord[] = [];
  let redirects: Redirect[] = [];
  let redirect: boolean | undefined;
  let input: RawWord | undefined;
  let reads = false;
  let nested = 0;
  let depth = 0;
  let afterTest = false;
  let heredocs: string[] = [];
  let at = 0;

  const end = (separator: string) => {
    let skipped = 0;
    let keyword = words[0]?.raw;
    while (keyword !== undefined && (openers.has(keyword) || closers.has(keyword) || between.has(keyword))) {
      if (openers.has(keyword)) nested++;
      else if (closers.has(keyword)) nested = Math.max(0, nested - 1);
      keyword = words[++skipped]?.raw;
    }
    if (skipped > 0) words = words.slice(skipped);
    const isTest =
      keyword === '[' || keyword === '[[' || keyword === 'test' || keyword === 'command' || keyword === 'which';
    if (words.length > 0 || redirects.length > 0) {
      found.push({ words, redirects, ...(input && { input }), conditional: nested > 0 || afterTest, depth });
    }
    afterTest = separator === '||' || (separator === '&&' && (isTest || afterTest));
    words = [];
    redirects = [];
    redirect = undefined;
    input = undefined;
    reads = false;
  };

  while (at < text.length) {
    const character = text[at] as string;
    const next = text[at + 1];
    if (character === ' ' || character === '\t' || character === '\r') at++;
    else if (character === '\\' && (next === '\n' || (next === '\r' && text[at + 2] === '\n')))
      at += next === '\n' ? 2 : 3;
    else if (character === '#') at = lineEndFrom(text, at);
    else if (character === '\n') {
      end('\n');
      at++;
      for (const delimiter of heredocs) at = behindHeredoc(text, at, delimiter);
      heredocs = [];
    } else if (character === ';' || character === '&' || character === '|') {
      if (character === '&' && next === '>') {
        redirect = text[at + 2] === '>';
        at += redirect ? 3 : 2;
      } else {
        const doubled = next === character;
        end(doubled ? character + character : character);
        at += doubled ? 2 : 1;
      }
    } else if (character === '(' || character === ')') {
      end(character);
      depth = Math.max(0, depth + (character === '(' ? 1 : -1));
      at++;
    } else if (character === '<' || character === '>') {
      const found = redirection(text, at);
      at = found.end;
      if (found.heredoc !== undefined) heredocs.push(found.heredoc);
      else if (character === '>' && !found.descriptor) redirect = found.append;
      else if (character === '<' && !found.descriptor) reads = true;
    } else {
      const word = readWord(text, at);
      at = word.end;
      if (reads) input = word;
      else if (redirect !== undefined) redirects.push({ append: redirect, target: word });
      else if (!(/^\d+$/.test(word.raw) && (text[at] === '>' || text[at] === '<'))) words.push(word);
      redirect = undefined;
      reads = false;
    }
  }
  end('');
  return found;
}

function lineEndFrom(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function behindHeredoc(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length) {
    const end = lineEndFrom(text, at);
    const line = text.slice(at, end).trim();
    at = Math.min(text.length, end + 1);
    if (line === delimiter) break;
  }
  return at;
}

/** `>`, `>>`, `>&2`, `<`, `<<EOF`, `<<<`: where it ends and what it is. */
function redirection(
  text: string,
  at: number,
): { readonly end: number; readonly append: boolean; readonly descriptor: boolean; readonly heredoc?: string } {
  const plain = { append: false, descriptor: false };
  if (text.startsWith('<<<', at)) return { ...plain, end: at + 3 };
  if (text.startsWith('<<', at)) {
    const found = /^<<-?[ \t]*["'\\]?([A-Za-z0-9_.!-]+)["']?/.exec(text.slice(at, at + 120));
    return found ? { ...plain, end: at + found[0].length, heredoc: found[1] ?? '' } : { ...plain, end: at + 2 };
  }
  if (text.startsWith('>&', at) || text.startsWith('<&', at)) {
    let end = at + 2;
    while (/[0-9-]/.test(text[end] ?? '')) end++;
    return { ...plain, end, descriptor: end > at + 2 };
  }
  const append = text.startsWith('>>', at);
  return { append, descriptor: false, end: at + (append || text[at + 1] === '|' ? 2 : 1) };
}

function readWord(text: string, start: number): RawWord & { readonly end: number } {
  let at = start;
  let opaque = false;
  let quote: string | undefined;
  while (at < text.length) {
    const character = text[at] as string;
    if (character === '\\' && quote !== "'") at += 2;
    else if (quote === "'") {
      if (character === "'") quote = undefined;
      at++;
    } else if (character === '`' || (character === '$' && text[at + 1] === '(')) {
      opaque = true;
      at = behindSubstitution(text, at);
    } else if (character === '$' && text[at + 1] === '{') {
      const close = text.indexOf('}', at);
      at = close < 0 ? text.length : close + 1;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      at++;
    } else if (character === '"' || character === "'") {
      quote = character;
      at++;
    } else if (/[\s;&|()<>]/.test(character)) break;
    else at++;
  }
  const end = Math.min(at, text.length);
  return { raw: text.slice(start, end), opaque, end: Math.max(end, start + 1) };
}

function behindSubstitution(text: string, start: number): number {
  if (text[start] === '`') {
    const close = text.indexOf('`', start + 1);
    return close < 0 ? text.length : close + 1;
  }
  let open = 0;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '(') open++;
    else if (text[at] === ')' && --open === 0) return at + 1;
  }
  return text.length;
}
