import type { Problem, Span } from '../../text/source.js';

/** A YAML (or JSON) value with its place. Aliases are followed and merge keys (`<<`) applied: `entries` holds the outcome. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

export interface YamlScalar {
  readonly kind: 'scalar';
  /** As YAML 1.2 core reads it; `text` is the scalar's content without quotes. */
  readonly value: string | number | boolean | null;
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
  readonly span: Span;
  /** The content stands in the file letter by letter from this offset (plain, and quoted without escapes); else undefined. */
  readonly contentStart?: number;
  /** The alias through which it was reached, or the merge key. */
  readonly via?: Span;
  /** A tag that YAML itself does not know, as written: `!reset`, `!Sub`. */
  readonly tag?: string;
}

export interface YamlEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: YamlNode;
  /** It came in by a merge key or an alias. */
  readonly merged: boolean;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly span: Span;
  readonly tag?: string;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly span: Span;
  readonly tag?: string;
}

export interface YamlTree {
  /** One per document; an empty document is absent. */
  readonly documents: readonly YamlNode[];
  readonly problems: readonly Problem[];
  /** The text holds template blocks (`{{`, `{%`): they were masked, and scalars they fill have kind 'scalar' with their raw text. */
  readonly templated: boolean;
}

export function yamlGet(node: YamlNode | undefined, ...path: readonly string[]): YamlNode | undefined {
  let at = node;
  for (const key of path) {
    if (at?.kind !== 'map') return undefined;
    at = at.entries.find(entry => entry.key === key)?.value;
  }
  return at;
}

export function yamlEntry(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find(entry => entry.key === key) : undefined;
}
