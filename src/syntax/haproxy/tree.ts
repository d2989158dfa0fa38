import type { SourceFile, Span } from '../../text/source.js';

/** One word of a line after quotes and escapes are taken away. */
export interface HaproxyWord {
  readonly text: string;
  readonly span: Span;
}

export interface HaproxyLine {
  /** The keyword first. */
  readonly words: readonly HaproxyWord[];
  readonly span: Span;
}

/** `frontend web`, `defaults`: the lines up to the next header. */
export interface HaproxySection {
  readonly kind: string;
  readonly name?: HaproxyWord;
  readonly header: HaproxyLine;
  readonly lines: readonly HaproxyLine[];
}

export interface HaproxyTree {
  readonly file: SourceFile;
  readonly sections: readonly HaproxySection[];
}
