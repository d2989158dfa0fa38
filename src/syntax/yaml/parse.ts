import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Problem, SourceFile, Span } from '../../text/source.js';
import { span } from '../../text/source.js';
import { type MaskedText, maskTemplates, unmask } from './mask.js';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar, YamlTree } from './tree.js';

/** Nesting beyond this is no configuration; the package composes by recursion, so the limit also keeps the stack whole. */
const maximumDepth = 120;
/** Nodes that aliases may add up to in one file, counted as often as they are reached. */
const maximumNodes = 1_000_000;

/**
 * Reads YAML 1.2 or JSON. Aliases and merge keys are resolved; template blocks (`{{ }}`, `{% %}`, `<% %>`) are masked, and a
 * text that holds some has no problems, since what it renders to is not known. Never throws: a text that cannot be
 * read gives what could be read and a problem.
 */
export function parseYaml(file: SourceFile): YamlTree {
  return parseMasked(file, maskTemplates(file.text));
}

/** Reads YAML that no template makes: `{{` is what it is in YAML. */
export function parsePlainYaml(file: SourceFile): YamlTree {
  return parseMasked(file, { text: file.text, templated: false });
}

function parseMasked(file: SourceFile, masked: MaskedText): YamlTree {
  const problems: Problem[] = [];
  const documents: YamlNode[] = [];
  try {
    for (const document of compose(file, masked.text, problems)) {
      for (const error of document.errors) problems.push(problemAt(file, error.pos[0], error.pos[1], error.message));
      const node = convertDocument({ file, masked: masked.text, problems }, document);
      if (node) documents.push(node);
    }
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    problems.push({ span: span(file, 0, Math.min(1, file.text.length)), message: `cannot be read as YAML: ${what}` });
  }
  problems.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return { documents, problems: masked.templated ? [] : problems, templated: masked.templated };
}

function compose(file: SourceFile, text: string, problems: Problem[]): readonly Document.Parsed[] {
  const tokens: CST.Token[] = [];
  for (const token of new Parser().parse(text)) {
    const deep = tooDeep(token);
    if (deep === undefined) tokens.push(token);
    else {
      problems.push(problemAt(file, deep, deep + 1, `nested more than ${maximumDepth} levels deep`));
      break;
    }
  }
  const composer = new Composer({
    version: '1.2',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(tokens)] as Document.Parsed[];
}

/** Offset of the first node found below the depth limit, without recursion. */
function tooDeep(token: CST.Token): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { token: at, depth } = next;
    if (depth > maximumDepth) return 'offset' in at ? at.offset : 0;
    if (at.type === 'document' && at.value) open.push({ token: at.value, depth: depth + 1 });
    if (!('items' in at)) continue;
    for (const item of at.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

interface Source {
  readonly file: SourceFile;
  readonly masked: string;
  readonly problems: Problem[];
}

interface Anchored {
  readonly node: YamlNode;
  readonly size: number;
}

interface Conversion extends Source {
  readonly anchors: Map<string, Anchored>;
  /** Nodes below the node that is converted, aliases counted each time. */
  size: number;
}

function convertDocument(source: Source, document: Document.Parsed): YamlNode | undefined {
  const contents: unknown = document.contents;
  if (contents === null || contents === undefined) return undefined;
  if (isScalar(contents) && contents.value === null && contents.source === '') return undefined;
  return convert({ ...source, anchors: new Map(), size: 0 }, contents, 0);
}

function convert(on: Conversion, node: unknown, fallback: number): YamlNode {
  const before = on.size;
  on.size += 1;
  if (isAlias(node)) return follow(on, node.source, rangeOf(on, node.range, fallback));
  let converted: YamlNode;
  if (isMap(node)) converted = convertMap(on, node, fallback);
  else if (isSeq(node)) converted = convertList(on, node, fallback);
  else if (isScalar(node)) converted = convertScalar(on, node, fallback);
  else return emptyScalar(on.file, fallback);
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined) on.anchors.set(anchor, { node: converted, size: on.size - before });
  return converted;
}

function follow(on: Conversion, name: string, at: Span): YamlNode {
  const found = on.anchors.get(name);
  const raw: YamlScalar = { kind: 'scalar', value: null, text: `*${name}`, style: 'plain', span: at };
  if (!found) {
    on.problems.push({ span: at, message: `no anchor &${name} stands before this alias` });
    return raw;
  }
  if (on.size + found.size > maximumNodes) {
    on.problems.push({ span: at, message: 'its aliases expand to more values than a configuration can have' });
    return raw;
  }
  on.size += found.size;
  return found.node.kind === 'scalar' ? { ...found.node, via: at } : found.node;
}

function convertList(on: Conversion, node: YAMLSeq, fallback: number): YamlNode {
  const at = rangeOf(on, node.range, fallback);
  let from = at.start;
  const items: YamlNode[] = [];
  for (const item of node.items) {
    // `[a: b]` is a list of one map with one key.
    if (isPair(item)) {
      const entry = convertEntry(on, item.key, item.value, from);
      const end = entry.merged ? entry.keySpan.end : Math.max(entry.keySpan.end, entry.value.span.end);
      items.push({ kind: 'map', entries: [entry], span: { ...entry.keySpan, end } });
      from = ownEnd(item.value, ownEnd(item.key, from));
    } else {
      items.push(convert(on, item, from));
      from = ownEnd(item, from);
    }
  }
  return { kind: 'list', items, span: at, ...ownTag(node) };
}

function convertMap(on: Conversion, node: YAMLMap, fallback: number): YamlMap {
  const at = rangeOf(on, node.range, fallback);
  const own: (YamlEntry | { readonly merge: readonly YamlEntry[] })[] = [];
  const names = new Set<string>();
  let from = at.start;
  for (const pair of node.items) {
    if (isMergeKey(pair.key)) {
      const merged = mergeSources(convert(on, pair.value, ownEnd(pair.key, from)));
      on.size += merged.length;
      own.push({ merge: on.size > maximumNodes ? [] : merged });
      from = ownEnd(pair.value, from);
      continue;
    }
    const entry = convertEntry(on, pair.key, pair.value, from);
    from = ownEnd(pair.value, ownEnd(pair.key, from));
    if (names.has(entry.key)) {
      on.problems.push({ span: entry.keySpan, message: `the key ${entry.key} stands here twice` });
    }
    names.add(entry.key);
    own.push(entry);
  }
  return { kind: 'map', entries: flatten(own, names), span: at, ...ownTag(node) };
}

/** Own keys win over merged ones, earlier merges over later ones; merged entries stand where the merge key stood. */
function flatten(
  own: readonly (YamlEntry | { readonly merge: readonly YamlEntry[] })[],
  names: Set<string>,
): readonly YamlEntry[] {
  const entries: YamlEntry[] = [];
  for (const item of own) {
    if (!('merge' in item)) {
      entries.push(item);
      continue;
    }
    for (const entry of item.merge) {
      if (names.has(entry.key)) continue;
      names.add(entry.key);
      entries.push({ ...entry, merged: true });
    }
  }
  return entries;
}

function mergeSources(node: YamlNode): readonly YamlEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'list') return node.items.flatMap(item => (item.kind === 'map' ? item.entries : []));
  return [];
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && (key.type === undefined || key.type === 'PLAIN');
}

function convertEntry(on: Conversion, key: unknown, value: unknown, from: number): YamlEntry {
  const keyNode = convert(on, key, from);
  const behind = ownEnd(key, from);
  const keySpan = isAlias(key) ? rangeOf(on, key.range, from) : keyNode.span;
  const text = keyNode.kind === 'scalar' ? keyNode.text : on.file.text.slice(keySpan.start, keySpan.end);
  return { key: text, keySpan, value: convert(on, value, behind), merged: isAlias(value) };
}

function convertScalar(on: Conversion, node: Scalar, fallback: number): YamlScalar {
  const at = rangeOf(on, node.range, fallback);
  const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
  const content = node.source ?? '';
  const text = unmask(content, on.file.text, on.masked, at.start);
  const value = text === content ? plainValue(node.value, text) : text;
  const lead = style === 'single' || style === 'double' ? 1 : 0;
  const literal = style !== 'literal' && style !== 'folded' && on.file.text.startsWith(text, at.start + lead);
  const exact = literal && at.end - at.start === text.length + 2 * lead;
  return {
    kind: 'scalar',
    value,
    text,
    style,
    span: at,
    ...(exact && { contentStart: at.start + lead }),
    ...ownTag(node),
  };
}

function ownTag(node: { readonly tag?: string }): { readonly tag?: string } {
  return node.tag?.startsWith('!') ? { tag: node.tag } : {};
}

const styles: Readonly<Record<string, YamlScalar['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

function plainValue(value: unknown, text: string): YamlScalar['value'] {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return text;
}

function emptyScalar(file: SourceFile, offset: number): YamlScalar {
  const at = Math.min(offset, file.text.length);
  return { kind: 'scalar', value: null, text: '', style: 'plain', span: span(file, at, at) };
}

function rangeOf(on: Source, range: readonly number[] | null | undefined, fallback: number): Span {
  const limit = on.file.text.length;
  const start = Math.min(range?.[0] ?? fallback, limit);
  return span(on.file, start, Math.min(Math.max(range?.[1] ?? start, start), limit));
}

/** End of what the node itself covers in the file; an alias covers its own text, not its target's. */
function ownEnd(node: unknown, otherwise: number): number {
  if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) return node.range?.[1] ?? otherwise;
  return otherwise;
}

function problemAt(file: SourceFile, start: number, end: number, message: string): Problem {
  const from = Math.min(start, file.text.length);
  return { span: span(file, from, Math.min(Math.max(end, from), file.text.length)), message };
}
