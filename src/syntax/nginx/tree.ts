import type { Problem, SourceFile, Span } from '../../text/source.js';

/**
 * One word of nginx's configuration. `value` is what nginx gets: quotes removed, `\"` `\'` `\\` `\t` `\r` `\n` decoded.
 * `masked`: a template placeholder (`${NAME}` of envsubst, `{{ x }}`, `<%= x %>`) stands in it, so `value` is not what nginx will see.
 */
export interface NginxWord {
  readonly value: string;
  /** As it stands in the file, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | undefined;
  /** Placeholders inside, offsets in the file. */
  readonly masked?: readonly { readonly start: number; readonly end: number }[];
}

export interface NginxComment {
  readonly start: number;
  readonly end: number;
}

/** A directive: words up to `;` or `{`. The first word is the name. */
export interface NginxNode {
  readonly words: readonly NginxWord[];
  readonly start: number;
  /** Behind the `;` or the `}`; where that is missing, behind the last word. */
  readonly end: number;
  /** `;`, `{`, `lua` (a block of raw Lua), or nothing where the terminator is missing. */
  readonly terminator: ';' | '{' | 'lua' | undefined;
  /** Offset of the terminator (`;`, `{`); -1 where missing. */
  readonly terminatorAt: number;
  readonly children?: readonly NginxNode[];
  /** Offset of the closing brace; -1 where missing or not a block. */
  readonly closeAt: number;
}

export interface NginxProblem extends Problem {
  /** nginx's own message, without file and line, where nginx has one. */
  readonly nginx?: string;
  /** The edit that repairs it where there is only one: insert `text` at `at`. */
  readonly repair?: { readonly title: string; readonly start: number; readonly end: number; readonly text: string };
}

export interface NginxTree {
  readonly file: SourceFile;
  readonly nodes: readonly NginxNode[];
  readonly comments: readonly NginxComment[];
  /** In order of place. Empty exactly when nginx's tokenizer accepts the text (templates apart). */
  readonly problems: readonly NginxProblem[];
  /** What kind of template the file is, by its placeholders. */
  readonly template: 'none' | 'envsubst' | 'jinja' | 'erb' | 'go' | 'placeholder';
  /** Places of template blocks and placeholders that were masked. */
  readonly masked: readonly Span[];
}
