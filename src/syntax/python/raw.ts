import type { Tree, TreeCursor } from 'web-tree-sitter';

/** A node of tree-sitter's tree, copied so that the tree's memory can be given back at once. */
export interface RawNode {
  readonly type: string;
  readonly named: boolean;
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  readonly children: readonly RawNode[];
  /** Its children were left out because it is nested too deeply. */
  readonly cut: boolean;
}

/** Where tree-sitter could not go on (`ERROR`), or went on as if a token stood there (`missing`). */
export interface RawError {
  readonly start: number;
  readonly end: number;
  /** The token that is missing. */
  readonly missing?: string;
  /** The innermost statement around it. */
  readonly within?: string;
}

/** Levels of the tree that are kept. Python itself refuses source nested about a hundred brackets deep. */
const maxDepth = 400;

interface Building {
  readonly node: { -readonly [K in keyof RawNode]: RawNode[K] };
  readonly children: RawNode[];
}

export interface CopiedTree {
  readonly root: RawNode;
  readonly errors: readonly RawError[];
}

/** Tokens that say nothing which the node around them does not say, and comments. */
const skipped = new Set(['(', ')', '[', ']', '{', '}', '.', 'comment', 'line_continuation']);

/** Nodes without children, or whose children say nothing. */
const leaves = new Set([
  'identifier',
  'integer',
  'string_start',
  'string_content',
  'string_end',
  ',',
  '=',
  ':',
  'true',
  'false',
  'none',
  'pass_statement',
]);

/** What all nodes of one type have in common: asking the grammar for it once is much cheaper. */
interface NodeType {
  readonly type: string;
  readonly named: boolean;
  readonly skip: boolean;
  readonly leaf: boolean;
}

/** Copies a tree without recursion; brackets, comments and the backslashes of continued lines are left out. */
export function copyTree(tree: Tree): CopiedTree {
  const errors: RawError[] = [];
  const failed = tree.rootNode.hasError;
  const cursor = tree.walk();
  const types = new Map<number, NodeType>();
  const stack: Building[] = [build(cursor, typeAt(cursor, types), true)];
  if (cursor.nodeType === 'ERROR') errors.push({ start: cursor.startIndex, end: cursor.endIndex });
  let depth = 0;
  let descend = true;
  walk: for (;;) {
    if (descend && cursor.gotoFirstChild()) depth++;
    else {
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) break walk;
        if (depth <= maxDepth) stack.length = depth;
        depth--;
      }
    }
    const type = typeAt(cursor, types);
    descend = failed || !(type.leaf || type.skip);
    if (failed && type.type === 'ERROR') errors.push(errorAt(cursor, stack));
    else if (failed && cursor.nodeIsMissing) errors.push({ ...errorAt(cursor, stack), missing: type.type });
    if (depth > maxDepth || (type.skip && !failed)) continue;
    stack.length = depth;
    const parent = stack[depth - 1];
    const built = build(cursor, type, descend);
    stack[depth] = built;
    if (!parent || type.skip) continue;
    if (depth === maxDepth) parent.node.cut = true;
    parent.children.push(built.node);
  }
  cursor.delete();
  return { root: stack[0]?.node ?? empty, errors };
}

const empty: RawNode = { type: 'module', named: true, field: null, start: 0, end: 0, children: [], cut: true };

function typeAt(cursor: TreeCursor, types: Map<number, NodeType>): NodeType {
  const id = cursor.nodeTypeId;
  let known = types.get(id);
  if (!known) {
    const type = cursor.nodeType;
    known = { type, named: cursor.nodeIsNamed, skip: skipped.has(type), leaf: leaves.has(type) };
    types.set(id, known);
  }
  return known;
}

const childless: RawNode[] = [];

function build(cursor: TreeCursor, { type, named }: NodeType, parent: boolean): Building {
  const children: RawNode[] = parent ? [] : childless;
  const field = cursor.currentFieldName;
  const node = { type, named, field, start: cursor.startIndex, end: cursor.endIndex, children, cut: false };
  return { node, children };
}

function errorAt(cursor: TreeCursor, stack: readonly Building[]): RawError {
  let within: string | undefined;
  for (let i = stack.length - 1; i > 0 && within === undefined; i--) {
    const type = stack[i]?.node.type;
    if (type?.endsWith('_statement') || type?.endsWith('_definition')) within = type;
  }
  return { start: cursor.startIndex, end: cursor.endIndex, ...(within && { within }) };
}

export function child(node: RawNode, field: string): RawNode | undefined {
  return node.children.find(each => each.field === field);
}

export function named(node: RawNode): readonly RawNode[] {
  return node.children.filter(each => each.named);
}

export function has(node: RawNode, token: string): boolean {
  return node.children.some(each => !each.named && each.type === token);
}
