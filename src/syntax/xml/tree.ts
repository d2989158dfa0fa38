import type { Problem, Span } from '../../text/source.js';

export interface XmlElement {
  readonly name: string;
  readonly nameSpan: Span;
  readonly attributes: ReadonlyMap<string, { readonly value: string; readonly span: Span }>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, trimmed; `textSpan` covers it without the surrounding white space. */
  readonly text: string;
  readonly textSpan: Span;
  readonly span: Span;
}

export interface XmlTree {
  readonly root?: XmlElement;
  readonly problems: readonly Problem[];
}
