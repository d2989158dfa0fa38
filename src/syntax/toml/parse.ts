import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { type Problem, type SourceFile, type Span, span } from '../../text/source.js';
import type { YamlEntry, YamlMap, YamlNode, YamlTree } from '../yaml/tree.js';

/** A table while its keys are collected: TOML may add to it from several places. */
interface Table {
  readonly at: Span;
  readonly entries: Map<string, { readonly keySpan: Span; value: Table | Tables | YamlNode }>;
}

/** An array of tables, `[[x]]`. */
interface Tables {
  readonly at: Span;
  readonly items: Table[];
}

/** Levels of tables that are read; deeper ones are no configuration. */
const deepest = 100;

/**
 * Reads TOML 1.0 into the tree that YAML gives, so that one reader serves both. Never throws: a text with a mistake gives a problem where
 * it stands, and no document.
 */
export function parseToml(file: SourceFile): YamlTree {
  try {
    const program = parseTOML(file.text);
    const root = table(span(file, 0, file.text.length));
    for (const node of program.body[0].body) addTopLevel(file, root, node);
    return { documents: [frozen(root, 0)], problems: [], templated: false };
  } catch (error) {
    return { documents: [], problems: [problemOf(file, error)], templated: false };
  }
}

function problemOf(file: SourceFile, error: unknown): Problem {
  const at = error instanceof ParseError ? Math.min(error.index, file.text.length) : 0;
  const what = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
  return { span: span(file, at, Math.min(at + 1, file.text.length)), message: `cannot be read as TOML: ${what}` };
}

function table(at: Span): Table {
  return { at, entries: new Map() };
}

function addTopLevel(file: SourceFile, root: Table, node: AST.TOMLKeyValue | AST.TOMLTable): void {
  if (node.type === 'TOMLKeyValue') {
    addPair(file, root, node);
    return;
  }
  const names = node.key.keys.map(nameOf);
  const at = rangeOf(file, node);
  const within = descend(file, root, node.key.keys.slice(0, -1), at);
  const last = node.key.keys.at(-1);
  const name = names.at(-1) ?? '';
  if (!last) return;
  const there = within.entries.get(name);
  const own = node.kind === 'array' ? table(at) : ((there && tableIn(there.value)) ?? table(at));
  if (node.kind === 'array') {
    if (there && 'items' in there.value && !('kind' in there.value)) there.value.items.push(own);
    else within.entries.set(name, { keySpan: rangeOf(file, last), value: { at, items: [own] } });
  } else if (!there || tableIn(there.value) !== own)
    within.entries.set(name, { keySpan: rangeOf(file, last), value: own });
  for (const pair of node.body) addPair(file, own, pair);
}

/** The table itself, or the last one of an array; undefined for a value. */
function tableIn(value: Table | Tables | YamlNode): Table | undefined {
  if ('kind' in value) return undefined;
  return 'items' in value ? value.items.at(-1) : value;
}

function addPair(file: SourceFile, to: Table, pair: AST.TOMLKeyValue): void {
  const keys = pair.key.keys;
  const within = descend(file, to, keys.slice(0, -1), rangeOf(file, pair));
  const last = keys.at(-1);
  if (last) within.entries.set(nameOf(last), { keySpan: rangeOf(file, last), value: valueOf(file, pair.value, 0) });
}

function descend(file: SourceFile, from: Table, keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[], at: Span): Table {
  let here = from;
  for (const key of keys) {
    const there = here.entries.get(nameOf(key));
    let next = there && tableIn(there.value);
    if (!next) {
      next = table(at);
      here.entries.set(nameOf(key), { keySpan: rangeOf(file, key), value: next });
    }
    here = next;
  }
  return here;
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function rangeOf(file: SourceFile, node: { readonly range: readonly [number, number] }): Span {
  return span(file, node.range[0], node.range[1]);
}

function valueOf(file: SourceFile, node: AST.TOMLContentNode, depth: number): Table | YamlNode {
  const at = rangeOf(file, node);
  if (depth > deepest) throw new RangeError('nested too deeply');
  if (node.type === 'TOMLArray') {
    const items = node.elements.map(one => {
      const value = valueOf(file, one, depth + 1);
      return 'kind' in value ? value : frozen(value, depth + 1);
    });
    return { kind: 'list', items, span: at };
  }
  if (node.type === 'TOMLInlineTable') {
    const inline = table(at);
    for (const pair of node.body) addPair(file, inline, pair);
    return inline;
  }
  const text = node.kind === 'string' ? node.value : file.text.slice(at.start, at.end);
  const value =
    typeof node.value === 'string' || typeof node.value === 'boolean' ? node.value : scalarNumber(node.value, text);
  const style = node.kind === 'string' ? 'double' : 'plain';
  return { kind: 'scalar', value, text, style, span: at };
}

function scalarNumber(value: unknown, text: string): number | string {
  return typeof value === 'number' ? value : text;
}

function frozen(from: Table, depth: number): YamlMap {
  if (depth > deepest) throw new RangeError('nested too deeply');
  const entries = [...from.entries].map(([key, { keySpan, value }]): YamlEntry => {
    return { key, keySpan, value: frozenValue(value, depth + 1), merged: false };
  });
  return { kind: 'map', entries, span: from.at };
}

function frozenValue(value: Table | Tables | YamlNode, depth: number): YamlNode {
  if ('kind' in value) return value;
  if ('entries' in value) return frozen(value, depth);
  return { kind: 'list', items: value.items.map(item => frozen(item, depth)), span: value.at };
}
