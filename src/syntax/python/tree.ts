import type { Problem, SourceFile } from '../../text/source.js';

/**
 * A Python module as a light tree: what static evaluation and reachability need, with half-open UTF-16 offsets into `file`.
 * Whatever is nested too deeply, or could not be parsed, is `opaque`.
 */
export interface PyModule {
  readonly file: SourceFile;
  readonly body: readonly PyStatement[];
  /** What Python 3 refuses when it compiles the file, the first place first. Empty for a template. */
  readonly problems: readonly Problem[];
  /** The text holds placeholders of a generator (cookiecutter, Jinja): it is not what Python will see. */
  readonly templated: boolean;
}

export interface PyRange {
  readonly start: number;
  readonly end: number;
}

export type PyExpression =
  | PyName
  | PyConstant
  | PyJoinedText
  | PySequence
  | PyDict
  | PyUnary
  | PyBinary
  | PyBoolean
  | PyComparison
  | PyConditional
  | PyAttribute
  | PySubscript
  | PySlice
  | PyCallExpression
  | PyLambda
  | PyComprehension
  | PyAwait
  | PyYield
  | PyWalrus
  | PyStarred
  | PyOpaque;

export interface PyName extends PyRange {
  readonly kind: 'name';
  readonly id: string;
}

/** `bytes` keep their text with one character per byte. A number that a double cannot hold exactly has the value undefined. */
export interface PyConstant extends PyRange {
  readonly kind: 'constant';
  readonly type: 'str' | 'bytes' | 'int' | 'float' | 'bool' | 'none' | 'other';
  readonly value: string | number | boolean | null | undefined;
}

/** An f-string, alone or joined with other literals. */
export interface PyJoinedText extends PyRange {
  readonly kind: 'joined';
  readonly parts: readonly PyTextPart[];
}

export type PyTextPart =
  | string
  | {
      readonly value: PyExpression;
      /** `r`, `s` or `a` behind `!`. */
      readonly conversion?: string;
      /** Behind the colon; may hold replacement fields of its own. */
      readonly format?: readonly PyTextPart[];
    };

export interface PySequence extends PyRange {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: readonly PyExpression[];
}

export interface PyDict extends PyRange {
  readonly kind: 'dict';
  /** Without a key: `**value`. */
  readonly entries: readonly { readonly key?: PyExpression; readonly value: PyExpression }[];
}

export interface PyUnary extends PyRange {
  readonly kind: 'unary';
  readonly operator: 'not' | '-' | '+' | '~';
  readonly operand: PyExpression;
}

export interface PyBinary extends PyRange {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: PyExpression;
  readonly right: PyExpression;
}

export interface PyBoolean extends PyRange {
  readonly kind: 'boolean';
  readonly operator: 'and' | 'or';
  readonly left: PyExpression;
  readonly right: PyExpression;
}

export interface PyComparison extends PyRange {
  readonly kind: 'comparison';
  readonly first: PyExpression;
  /** `==`, `not in`, `is not` ... */
  readonly rest: readonly { readonly operator: string; readonly value: PyExpression }[];
}

export interface PyConditional extends PyRange {
  readonly kind: 'conditional';
  readonly test: PyExpression;
  readonly value: PyExpression;
  readonly otherwise: PyExpression;
}

export interface PyAttribute extends PyRange {
  readonly kind: 'attribute';
  readonly object: PyExpression;
  readonly name: string;
}

export interface PySubscript extends PyRange {
  readonly kind: 'subscript';
  readonly object: PyExpression;
  /** Several: a tuple. */
  readonly index: PyExpression;
}

export interface PySlice extends PyRange {
  readonly kind: 'slice';
  readonly lower?: PyExpression;
  readonly upper?: PyExpression;
  readonly step?: PyExpression;
}

export interface PyArgument extends PyRange {
  /** `name=value`. */
  readonly name?: string;
  readonly star?: '*' | '**';
  readonly value: PyExpression;
}

export interface PyCallExpression extends PyRange {
  readonly kind: 'call';
  readonly callee: PyExpression;
  readonly arguments: readonly PyArgument[];
}

export interface PyLambda extends PyRange {
  readonly kind: 'lambda';
  readonly parameters: readonly PyParameter[];
  readonly body: PyExpression;
}

/** A comprehension or generator expression; the first iterable is evaluated at once even for a generator. */
export interface PyComprehension extends PyRange {
  readonly kind: 'comprehension';
  readonly type: 'list' | 'set' | 'dict' | 'generator';
  /** The element, or key and value of a dict. */
  readonly results: readonly PyExpression[];
  readonly clauses: readonly (
    | { readonly kind: 'for'; readonly target: PyExpression; readonly iterable: PyExpression }
    | { readonly kind: 'if'; readonly test: PyExpression }
  )[];
}

export interface PyAwait extends PyRange {
  readonly kind: 'await';
  readonly value: PyExpression;
}

export interface PyYield extends PyRange {
  readonly kind: 'yield';
  readonly from: boolean;
  readonly value?: PyExpression;
}

export interface PyWalrus extends PyRange {
  readonly kind: 'walrus';
  readonly target: PyName;
  readonly value: PyExpression;
}

export interface PyStarred extends PyRange {
  readonly kind: 'starred';
  readonly value: PyExpression;
}

export interface PyOpaque extends PyRange {
  readonly kind: 'opaque';
}

export type PyStatement =
  | PyExpressionStatement
  | PyAssignment
  | PyAugmented
  | PyDelete
  | PySimple
  | PyReturn
  | PyRaise
  | PyAssert
  | PyScopeStatement
  | PyImport
  | PyImportFrom
  | PyIf
  | PyFor
  | PyWhile
  | PyTry
  | PyWith
  | PyMatch
  | PyFunction
  | PyClass
  | PyTypeAlias
  | PyOpaque;

export interface PyExpressionStatement extends PyRange {
  readonly kind: 'expression';
  readonly value: PyExpression;
}

/** `a = b = value`: two targets. Without a value: `a: int`. */
export interface PyAssignment extends PyRange {
  readonly kind: 'assign';
  readonly targets: readonly PyExpression[];
  readonly annotated: boolean;
  readonly value?: PyExpression;
}

export interface PyAugmented extends PyRange {
  readonly kind: 'augmented';
  readonly target: PyExpression;
  /** Without the `=`. */
  readonly operator: string;
  readonly value: PyExpression;
}

export interface PyDelete extends PyRange {
  readonly kind: 'delete';
  readonly targets: readonly PyExpression[];
}

export interface PySimple extends PyRange {
  readonly kind: 'pass' | 'break' | 'continue';
}

export interface PyReturn extends PyRange {
  readonly kind: 'return';
  readonly value?: PyExpression;
}

export interface PyRaise extends PyRange {
  readonly kind: 'raise';
  readonly value?: PyExpression;
}

export interface PyAssert extends PyRange {
  readonly kind: 'assert';
  readonly test: PyExpression;
}

export interface PyScopeStatement extends PyRange {
  readonly kind: 'global' | 'nonlocal';
  readonly names: readonly string[];
}

export interface PyImport extends PyRange {
  readonly kind: 'import';
  readonly names: readonly PyImportedName[];
}

/** `name` is dotted in `import a.b`. */
export interface PyImportedName extends PyRange {
  readonly name: string;
  readonly alias?: string;
}

export interface PyImportFrom extends PyRange {
  readonly kind: 'import from';
  /** Number of leading dots. */
  readonly level: number;
  /** Dotted; empty in `from . import x`. */
  readonly module: string;
  /** Dots included. */
  readonly moduleRange: PyRange;
  readonly names: readonly PyImportedName[] | '*';
}

/** `if` and its `elif` parts in order; `header` runs from the keyword to the colon. */
export interface PyIf extends PyRange {
  readonly kind: 'if';
  readonly branches: readonly {
    readonly test: PyExpression;
    readonly header: PyRange;
    readonly body: readonly PyStatement[];
  }[];
  readonly otherwise?: readonly PyStatement[];
}

export interface PyFor extends PyRange {
  readonly kind: 'for';
  readonly target: PyExpression;
  readonly iterable: PyExpression;
  readonly body: readonly PyStatement[];
  readonly otherwise?: readonly PyStatement[];
}

export interface PyWhile extends PyRange {
  readonly kind: 'while';
  readonly test: PyExpression;
  readonly body: readonly PyStatement[];
  readonly otherwise?: readonly PyStatement[];
}

export interface PyTry extends PyRange {
  readonly kind: 'try';
  readonly body: readonly PyStatement[];
  readonly handlers: readonly PyHandler[];
  readonly otherwise?: readonly PyStatement[];
  readonly finally?: readonly PyStatement[];
}

export interface PyHandler extends PyRange {
  /** Absent: everything is caught. */
  readonly type?: PyExpression;
  readonly name?: string;
  readonly body: readonly PyStatement[];
}

export interface PyWith extends PyRange {
  readonly kind: 'with';
  readonly items: readonly { readonly value: PyExpression; readonly target?: PyExpression }[];
  readonly body: readonly PyStatement[];
}

export interface PyMatch extends PyRange {
  readonly kind: 'match';
  readonly subject: PyExpression;
  readonly cases: readonly {
    /** Names that the pattern binds. */
    readonly binds: readonly string[];
    /** The constants that match (`"a" | "b"`), or `always` (`_`, a bare name), or undefined: cannot be told. */
    readonly matches: readonly PyConstant[] | 'always' | undefined;
    readonly guard?: PyExpression;
    readonly body: readonly PyStatement[];
  }[];
}

export interface PyParameter extends PyRange {
  readonly name: string;
  /** `*args` and `**options`; `keyword`: behind a bare `*`. */
  readonly kind: 'plain' | 'keyword' | '*' | '**';
  readonly default?: PyExpression;
}

export interface PyFunction extends PyRange {
  readonly kind: 'function';
  readonly name: string;
  /** From `def` (or `async`) to the colon. `start` of the whole is that of the first decorator. */
  readonly header: PyRange;
  readonly decorators: readonly PyExpression[];
  readonly parameters: readonly PyParameter[];
  readonly body: readonly PyStatement[];
  readonly asynchronous: boolean;
  /** A `yield` stands in its own body. */
  readonly generator: boolean;
}

export interface PyClass extends PyRange {
  readonly kind: 'class';
  readonly name: string;
  readonly header: PyRange;
  readonly decorators: readonly PyExpression[];
  readonly arguments: readonly PyArgument[];
  readonly body: readonly PyStatement[];
}

export interface PyTypeAlias extends PyRange {
  readonly kind: 'type alias';
  readonly name: string;
}
