import type { SourceFile, Span } from '../../text/source.js';

export interface ApacheWord {
  /** Without the quotes. */
  readonly text: string;
  readonly span: Span;
}

/** A directive, or the opening line of a section (`<VirtualHost *:80>`), whose name is then written as in the file. */
export interface ApacheNode {
  readonly name: string;
  readonly args: readonly ApacheWord[];
  /** The line, without its end; of a section the opening line. */
  readonly span: Span;
  /** What stands in the section; absent for a directive. */
  readonly children?: readonly ApacheNode[];
}

export interface ApacheTree {
  readonly file: SourceFile;
  readonly nodes: readonly ApacheNode[];
}
