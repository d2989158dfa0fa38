import type { Problem, SourceFile, Span } from '../../text/source.js';

/** A place that a template fills in before nginx reads the file. Offsets in the file. */
export interface NginxPlaceholder {
  readonly start: number;
  readonly end: number;
  /**
   * `variable`: `${NAME}` or `$NAME`, which is either envsubst's or nginx's own; `expression`: `{{ x }}`, `<%= x %>`;
   * `mark`: `@NAME@`, `__NAME__`, `<name>`, `%NAME%`, `{name}`.
   */
  readonly kind?: 'variable' | 'expression' | 'mark';
  /** The name inside, where it is one plain name. */
  readonly name?: string;
}

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
  /**
   * Placeholders inside. `${NAME}` and `$NAME` are noted whether the name is nginx's or not (`${scheme}` is nginx's own
   * syntax): who knows the variables decides.
   */
  readonly masked?: readonly NginxPlaceholder[];
}

export interface NginxComment {
  readonly start: number;
  readonly end: number;
}

/**
 * A directive: words up to `;` or `{`. The first word is the name; there is always one. Words and children may be made anew each time
 * that they are asked for: a directive is told from others by where it starts, and whoever needs its words twice keeps them.
 */
export interface NginxNode {
  /** The first word, decoded; `''` is a name that nginx's tokenizer allows. */
  readonly name: string;
  /** With the name. */
  readonly words: readonly NginxWord[];
  readonly start: number;
  /** Behind the `;` or the `}`; where that is missing, behind the last word or the last child. */
  readonly end: number;
  /** `;`, `{`, `lua` (a block of raw Lua), or nothing where the terminator is missing. */
  readonly terminator: ';' | '{' | 'lua' | undefined;
  /** Offset of the terminator (`;`, `{`); -1 where missing. */
  readonly terminatorAt: number;
  /** Of a block that holds directives; a block whose `{` is missing and was supplied has children and no terminator. */
  readonly children?: readonly NginxNode[] | undefined;
  /** Offset of the closing brace; -1 where missing or not a block. */
  readonly closeAt: number;
  /** A branch or loop of a template (`{% if %}`) holds it or cuts through it: it may be absent, repeated or different. */
  readonly conditional?: true;
}

export type NginxProblemKind =
  | 'missing-semicolon'
  | 'missing-open'
  | 'missing-close'
  | 'extra-close'
  | 'stray'
  | 'quote'
  | 'brace-in-word'
  | 'too-long'
  | 'lua'
  | 'bom';

export interface NginxProblem extends Problem {
  readonly kind: NginxProblemKind;
  /** nginx's own message, without file and line, where nginx has one. */
  readonly nginx?: string;
  /**
   * nginx's tokenizer accepts the text at this place and misreads it: what tells are names, lines and indentation. nginx
   * refuses such a text later (number of arguments, unknown directive).
   */
  readonly heuristic?: true;
  /** Directives that nginx takes for more words of this one, which it accepts: it starts, and they have no effect. */
  readonly swallowed?: readonly string[];
  /** The edit that repairs it where there is only one: insert `text` at `at`. */
  readonly repair?: { readonly title: string; readonly start: number; readonly end: number; readonly text: string };
}

/** The first thing that nginx's tokenizer refuses in a text. */
export interface NginxRefusal {
  /** nginx's own words, without file and line. */
  readonly message: string;
  /** 1-based, as nginx counts: LF only. */
  readonly line: number;
}

export interface NginxTree {
  readonly file: SourceFile;
  readonly nodes: readonly NginxNode[];
  readonly comments: readonly NginxComment[];
  /**
   * In order of place. Without those marked `heuristic` and without a byte order mark it is empty exactly when nginx's
   * tokenizer accepts the text (templates apart).
   */
  readonly problems: readonly NginxProblem[];
  /** What nginx says about the text as it stands, placeholders not filled in; undefined where its tokenizer accepts it. */
  readonly refusal?: NginxRefusal;
  /** What kind of template the file is, by its placeholders. */
  readonly template: 'none' | 'envsubst' | 'jinja' | 'erb' | 'go' | 'placeholder';
  /** The template makes another template: what nginx will read is two steps away, and nothing in the text is sure. */
  readonly nested?: true;
  /** Places of template blocks and placeholders that were masked: nobody knows what stands there when nginx reads the file. */
  readonly masked: readonly Span[];
}

/** What the caller knows about directives. Without it only what the tokenizer refuses is reported. */
export interface NginxNames {
  isDirective(name: string): boolean;
  /**
   * Contexts in which a directive may stand, in nginx's terms: `main`, `http`, `server`, `location`, `if in server`,
   * `if in location`, `limit_except`, `upstream`, `events`, `mail`, `mail/server`, `stream`, `stream/server`,
   * `stream/upstream`, `any`. Empty for an unknown name.
   */
  contextsOf?(name: string): readonly string[];
  /** False only where the directive certainly refuses this number of arguments. */
  takes?(name: string, count: number): boolean;
  /** True where the directive takes any number of words whatever they are. */
  takesAnyWords?(name: string): boolean;
}
