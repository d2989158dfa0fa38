import type { Problem, SourceFile } from '../../text/source.js';

/** Offsets in the file that was parsed; half-open. */
export interface ShellRange {
  readonly start: number;
  readonly end: number;
}

/** How a parameter is expanded: `${X:-y}` has the operator `:-` and the operand `y`; `${#X}` has the operator `length`. */
export type ParameterOperator =
  | ''
  | ':-'
  | '-'
  | ':='
  | '='
  | ':?'
  | '?'
  | ':+'
  | '+'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | 'length'
  | 'other';

/** A piece of a word. `quoted`: inside quotes or behind a backslash, so neither split nor taken for a pattern. */
export type ShellPart =
  | (ShellRange & { readonly kind: 'text'; readonly text: string; readonly quoted: boolean })
  | (ShellRange & {
      readonly kind: 'parameter';
      /** A name, a digit string, or one of `@ * # ? - $ !`. */
      readonly name: string;
      /** `${X[...]}`: what stands between the brackets. */
      readonly subscript?: string;
      readonly operator: ParameterOperator;
      readonly operand?: ShellWord;
      readonly quoted: boolean;
    })
  | (ShellRange & { readonly kind: 'substitution'; readonly body: readonly ShellNode[]; readonly quoted: boolean })
  /** An unquoted `*`, `?`, or a `~` at the start. */
  | (ShellRange & { readonly kind: 'glob' | 'tilde'; readonly text: string; readonly quoted: false })
  /** Arithmetic, process substitution, brace expansion, or what could not be read. */
  | (ShellRange & { readonly kind: 'opaque'; readonly why: string; readonly quoted: boolean });

export interface ShellWord extends ShellRange {
  /** Empty for a word that is not there (`X=`). An empty pair of quotes gives one empty quoted text. */
  readonly parts: readonly ShellPart[];
}

export interface ShellAssignment extends ShellRange {
  readonly name: string;
  readonly append: boolean;
  readonly value: ShellWord;
  /** `X=(a b)`. */
  readonly items?: readonly ShellWord[];
  /** `X[1]=y`: one element only. */
  readonly element: boolean;
}

export interface ShellRedirect extends ShellRange {
  /** The number before the operator. */
  readonly descriptor?: string;
  readonly operator: string;
  readonly target: ShellWord;
  /** Body of a here-document; `literal`: its delimiter is quoted, so nothing in it is expanded. */
  readonly body?: ShellRange & { readonly literal: boolean };
}

export type ShellNode =
  | SimpleCommand
  | (ShellRange & { readonly kind: 'pipeline'; readonly negated: boolean; readonly stages: readonly ShellNode[] })
  | (ShellRange & {
      readonly kind: 'and-or';
      readonly first: ShellNode;
      readonly rest: readonly { readonly operator: '&&' | '||'; readonly node: ShellNode }[];
    })
  | (ShellRange & { readonly kind: 'background'; readonly node: ShellNode })
  | (ShellRange & {
      readonly kind: 'group' | 'subshell';
      readonly body: readonly ShellNode[];
      readonly redirects: readonly ShellRedirect[];
    })
  | (ShellRange & {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: readonly ShellNode[]; readonly body: readonly ShellNode[] }[];
      readonly otherwise?: readonly ShellNode[];
    })
  | (ShellRange & {
      readonly kind: 'for';
      readonly name: string;
      /** Absent: over the parameters. */
      readonly words?: readonly ShellWord[];
      readonly body: readonly ShellNode[];
    })
  | (ShellRange & {
      readonly kind: 'while';
      readonly until: boolean;
      readonly condition: readonly ShellNode[];
      readonly body: readonly ShellNode[];
    })
  | (ShellRange & {
      readonly kind: 'case';
      readonly word: ShellWord;
      readonly arms: readonly { readonly patterns: readonly ShellWord[]; readonly body: readonly ShellNode[] }[];
    })
  | (ShellRange & { readonly kind: 'function'; readonly name: string; readonly body: readonly ShellNode[] })
  | (ShellRange & { readonly kind: 'opaque'; readonly why: string });

export interface SimpleCommand extends ShellRange {
  readonly kind: 'simple';
  readonly assignments: readonly ShellAssignment[];
  /** For `[[ a == b ]]` every operator inside is a word of its own. */
  readonly words: readonly ShellWord[];
  readonly redirects: readonly ShellRedirect[];
}

export interface ShellTree {
  readonly file: SourceFile;
  readonly nodes: readonly ShellNode[];
  readonly problems: readonly Problem[];
}

/** The text of a word that holds nothing but text, or undefined. */
export function wordText(word: ShellWord): string | undefined {
  let text = '';
  for (const part of word.parts) {
    if (part.kind !== 'text' && part.kind !== 'glob' && part.kind !== 'tilde') return undefined;
    text += part.text;
  }
  return text;
}

/** True for a word without quotes, escapes and expansions: only such a word is a reserved word. */
export function isBare(word: ShellWord): boolean {
  return word.parts.every(part => part.kind === 'text' && !part.quoted);
}
