import type { Problem, Span } from '../../text/source.js';

/** How lines are read: comments, continuation, quotes and delimiters differ (see docs/dependencies.md). */
export type IniDialect = 'uwsgi' | 'systemd' | 'supervisor';

export interface IniEntry {
  readonly key: string;
  readonly keySpan: Span;
  /** As the tool gets it: continuation lines joined, inline comments cut only where the tool cuts them, quotes kept. */
  readonly value: string;
  /** From the first to the last character of the value; empty and behind the key where there is none. */
  readonly valueSpan: Span;
  /** The whole line or lines, without the line end. */
  readonly span: Span;
  /** False for a key that stands alone. */
  readonly separator: boolean;
}

export interface IniSection {
  /** As the tool reads it; undefined for the lines before the first header. */
  readonly name: string | undefined;
  readonly nameSpan?: Span;
  readonly entries: readonly IniEntry[];
  readonly span: Span;
}

export interface IniTree {
  /** In order; a name may occur more than once. */
  readonly sections: readonly IniSection[];
  readonly comments: readonly Span[];
  readonly problems: readonly Problem[];
}
