import type { SourceFile, Span, Step } from '../text/source.js';

/**
 * A piece of a word: literal text, or something that is filled in later (`$PORT`, `{{ port }}`, `$(nproc)`).
 * For an unknown piece `text` is what the user wrote.
 */
export type WordPart =
  | { readonly known: true; readonly text: string }
  /** `likely`: what it is unless somebody sets it otherwise where we cannot look (`${PORT:-8000}`). Proves nothing. */
  | { readonly known: false; readonly text: string; readonly why: string; readonly likely?: string };

/**
 * One word of a command line or directive after quotes, escapes and known variables are taken away.
 * `text` joins the parts; it is the real value only when `known`.
 */
export interface Word {
  readonly text: string;
  readonly known: boolean;
  readonly parts: readonly WordPart[];
  /** The word as it stands in the file, quotes included. Of a word that came out of a variable: the place of use. */
  readonly span: Span;
  /** Where the variables in it got their values. */
  readonly via?: readonly Step[];
  /** An unknown value without quotes: where the command runs it may be no word at all, or several. */
  readonly splits?: true;
}

export function literalWord(text: string, span: Span): Word {
  return { text, known: true, parts: [{ known: true, text }], span };
}

/** A literal word of a file. The same as `literalWord`, in half the memory: a large configuration has a million of them. */
export function wordInFile(text: string, file: SourceFile, start: number, end: number): Word {
  return new WordInFile(text, file, start, end);
}

/** A class, since what follows from the place and the text is not to be kept for each; a copy of it is no word, but its place. */
class WordInFile implements Word, Span {
  readonly #text: string;

  constructor(
    text: string,
    readonly file: SourceFile,
    readonly start: number,
    readonly end: number,
  ) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  get known(): true {
    return true;
  }

  get parts(): readonly WordPart[] {
    return [{ known: true, text: this.#text }];
  }

  get span(): Span {
    return this;
  }
}

/** Why the word is not known: the reason of its first unknown part. */
export function whyUnknown(word: Word): string {
  for (const part of word.parts) if (!part.known) return part.why;
  return 'its value is not known';
}

/**
 * The word without its first `count` characters, which must be literal. The span covers the rest where the file shows the
 * word letter by letter; where quotes or variables shift it, the span of the whole word.
 */
export function wordTail(word: Word, count: number): Word {
  const parts: WordPart[] = [];
  let left = count;
  for (const part of word.parts) {
    if (left >= part.text.length) left -= part.text.length;
    else {
      parts.push(left > 0 ? { ...part, text: part.text.slice(left) } : part);
      left = 0;
    }
  }
  const raw = word.span.file.text.slice(word.span.start, word.span.end);
  const span = raw.startsWith(word.text.slice(0, count)) ? { ...word.span, start: word.span.start + count } : word.span;
  return {
    text: word.text.slice(count),
    known: parts.every(part => part.known),
    parts,
    span,
    ...(word.via && { via: word.via }),
  };
}
