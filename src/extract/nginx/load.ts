import {
  contextsOf,
  isBuiltInVariable,
  isDirective,
  takesAnyWords,
  takesArguments,
  thirdPartyRows,
} from '../../facts/nginx.js';
import { parseNginx } from '../../syntax/nginx/parse.js';
import type { NginxNode, NginxTree } from '../../syntax/nginx/tree.js';
import { type SourceFile, type Span, spanText } from '../../text/source.js';
import { type Included, type IncludeWorld, type Inclusion, resolveInclude } from './include.js';
import { type Fill, readWord, type WordReading } from './words.js';

/** A file that belongs to one nginx, parsed. */
export interface LoadedFile {
  readonly file: SourceFile;
  readonly tree: NginxTree;
  /** Branches or loops of a template add and drop directives. */
  readonly controlled: boolean;
  /** Where the blocks start (undefined: the top level) in which a template puts directives that nobody sees. */
  readonly insertions: ReadonlySet<number | undefined>;
  /** What each `include` in it means, by where it starts. */
  readonly inclusions: ReadonlyMap<number, Inclusion>;
  readonly stock: boolean;
  /** envsubst fills it in before nginx reads it. */
  readonly rendered: boolean;
  /** What fills in its placeholders. */
  readonly fill: Fill | undefined;
}

/** All files that the roots lead to, what each `include` means, and the variables that are defined anywhere. */
export interface Loaded {
  readonly files: ReadonlyMap<SourceFile, LoadedFile>;
  /** How many directives all files hold together, each file counted once. */
  readonly directives: number;
  /** Names in lower case, without `$`. */
  readonly defined: ReadonlySet<string>;
  readonly isPlaceholder: (name: string, file: Pick<LoadedFile, 'tree' | 'fill'>) => boolean;
}

/** What fills in the placeholders of files that nginx gets as they are, and of those that are rendered before. */
export interface Fills {
  readonly fill?: Fill | undefined;
  readonly fillRendered?: Fill | undefined;
}

const names = { isDirective, contextsOf, takes: takesArguments, takesAnyWords };

export function parseConfiguration(file: SourceFile): NginxTree {
  return parseNginx(file, names);
}

/** A run stops to read further files here. */
const mostFiles = 3000;

/** Reads the roots and everything they include, each file once. */
export function load(
  roots: readonly { readonly file: SourceFile; readonly rendered?: boolean }[],
  world: IncludeWorld,
  fills: Fills,
): Loaded {
  const files = new Map<SourceFile, LoadedFile>();
  const defined = new Set<string>();
  const foreign = new Map<string, boolean>();
  let directives = 0;
  const literals: WordReading['literals'] = new Map();
  const isPlaceholder: Loaded['isPlaceholder'] = (name, { tree, fill }) =>
    placeholder(name, tree.template, defined, fill);
  const queue: Included[] = roots.map(({ file, rendered }) => ({ file, stock: false, rendered: rendered === true }));
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (files.has(next.file) || files.size >= mostFiles) continue;
    const tree = world.reader.derived('nginx', next.file, parseConfiguration);
    const inclusions = new Map<number, Inclusion>();
    const controlled = tree.masked.some(isControl);
    const { file, stock, rendered = false } = next;
    const fill = rendered ? fills.fillRendered : fills.fill;
    const insertions = insertionsOf(tree);
    files.set(file, { file, stock, rendered, fill, tree, controlled, insertions, inclusions });
    const reading = {
      file,
      fill,
      isPlaceholder: (name: string) => isPlaceholder(name, { tree, fill }),
      literals,
    };
    const captures = next.file.text.includes('(?');
    eachNode(tree.nodes, node => {
      directives++;
      const { name } = node;
      noteDefinitions(node, name, captures, defined, foreign);
      if (name !== 'include' || node.children) return;
      const inclusion = inclusionOf(node, reading, world);
      inclusions.set(node.start, inclusion);
      for (const included of inclusion.files) queue.push(included);
    });
  }
  return { files, directives, defined, isPlaceholder };
}

/** `{% if %}`, `<% if %>`, `{{ range }}` and their like, as against a placeholder for a value. */
function isControl(span: Span): boolean {
  const text = spanText(span).slice(0, 40);
  return /^(?:\{%|<%[^=]|\{\{-?\s*(?:if|range|end|else|with|template|include|define|block)\b)/.test(text);
}

/** Levels that are searched for the block a placeholder stands in. */
const deepestSearch = 120;

function insertionsOf(tree: NginxTree): ReadonlySet<number | undefined> {
  const found = new Set<number | undefined>();
  for (const { start, end } of tree.masked) {
    let block: NginxNode | undefined;
    let nodes = tree.nodes;
    for (let depth = 0; depth < deepestSearch; depth++) {
      const inner = nodeAt(nodes, start);
      if (!inner) {
        found.add(block?.start);
        break;
      }
      // Within the words it is a value; behind them it stands in the block.
      if (!inner.children || end <= inner.terminatorAt) break;
      block = inner;
      nodes = inner.children;
    }
  }
  return found;
}

/** The node that an offset lies in, by halving: nodes are in order of place. */
function nodeAt(nodes: readonly NginxNode[], offset: number): NginxNode | undefined {
  let low = 0;
  let high = nodes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const node = nodes[middle];
    if (!node || node.start > offset) high = middle - 1;
    else if (node.end <= offset) low = middle + 1;
    else return node;
  }
  return undefined;
}

function inclusionOf(node: NginxNode, reading: WordReading, world: IncludeWorld): Inclusion {
  const argument = node.words[1];
  if (!argument) return { files: [] };
  const word = readWord(argument, reading);
  if (!word.known) return { files: [], open: `the name of the included file, ${word.text}, is not known` };
  return resolveInclude(word.text, world);
}

/** Visits every node of a tree, in order, without recursion. */
function eachNode(nodes: readonly NginxNode[], visit: (node: NginxNode) => void): void {
  const stack: { nodes: readonly NginxNode[]; at: number }[] = [{ nodes, at: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.nodes[top.at++];
    if (!node) {
      stack.pop();
      continue;
    }
    visit(node);
    const { children } = node;
    if (children) stack.push({ nodes: children, at: 0 });
  }
}

/** Which argument of these directives names the variable that it defines; -1: the last. */
const definers: Readonly<Record<string, number>> = {
  set: 1,
  map: 2,
  geo: -1,
  split_clients: 2,
  auth_request_set: 1,
  perl_set: 1,
};

/**
 * `captures`: groups of regular expressions may have names in this file. `foreign`: names that are a directive of a third-party module
 * alone, as far as they were looked up.
 */
function noteDefinitions(
  node: NginxNode,
  name: string,
  captures: boolean,
  defined: Set<string>,
  foreign: Map<string, boolean>,
): void {
  const position = Object.hasOwn(definers, name) ? definers[name] : undefined;
  if (position !== undefined) noteVariable(node.words.at(position)?.value, defined);
  else if (name.startsWith('$')) {
    if (node.words.length > 1) noteVariable(name, defined);
  } else if (isForeign(name, foreign)) for (const word of node.words) noteVariable(word.value, defined);
  if (!captures) return;
  for (const { value } of node.words) {
    if (!value.includes('(?')) continue;
    for (const capture of value.matchAll(/\(\?P?[<']([A-Za-z_]\w*)[>']/g))
      defined.add((capture[1] ?? '').toLowerCase());
  }
}

function isForeign(name: string, known: Map<string, boolean>): boolean {
  let found = known.get(name);
  if (found === undefined) {
    found = thirdPartyRows(name).length > 0 && !isDirective(name);
    known.set(name, found);
  }
  return found;
}

function noteVariable(text: string | undefined, defined: Set<string>): void {
  const name = /^\$\{?(\w+)\}?$/.exec(text ?? '')?.[1];
  if (name !== undefined) defined.add(name.toLowerCase());
}

/**
 * `${NAME}` and `$NAME` in capital letters are the mark of envsubst; nginx's own variables are written in small letters. A name
 * that the configuration defines is nginx's; one that the environment fills is not.
 */
function placeholder(
  name: string,
  template: NginxTree['template'],
  defined: ReadonlySet<string>,
  fill: Fill | undefined,
): boolean {
  if (defined.has(name.toLowerCase())) return false;
  if (fill?.(name, `$${name}`) !== undefined && (/[A-Z]/.test(name) || !isBuiltInVariable(name))) return true;
  if (!/[A-Z]/.test(name)) return false;
  return template !== 'none' || !isBuiltInVariable(name);
}
