import { type Inside, insideOf } from './blocks.js';
import { indentBefore, indentWidth } from './layout.js';
import type { NginxNode, NginxWord } from './tree.js';

/** A node while it is built. */
export type Draft = { -readonly [K in keyof NginxNode]: NginxNode[K] } & { children?: Draft[] };

/** An open block. Frames form a linked list, so that a branch of a template can go back to where it began. */
export interface Frame {
  /** The block's directive; undefined for the file itself and for a brace without a name. */
  readonly node: Draft | undefined;
  readonly children: Draft[];
  readonly parent: Frame | undefined;
  /** Columns before the directive, where it is first on its line. */
  readonly indent: number | undefined;
  inside: Inside;
  /** A directive inside, first on its line, is indented deeper than the block itself. */
  deeper: boolean;
  /** The block that was closed last in this one, and the columns before its `}`. */
  closed?: { readonly frame: Frame; readonly indent: number | undefined };
}

export function fileFrame(): Frame {
  return { node: undefined, children: [], parent: undefined, indent: undefined, inside: undefined, deeper: false };
}

/** Opens the block of `node` inside `parent`. */
export function blockFrame(text: string, node: Draft, parent: Frame): Frame {
  const children: Draft[] = [];
  node.children = children;
  const indent = indentBefore(text, node.start);
  const inside = insideOf(node.name, parent.inside);
  return {
    node,
    children,
    parent,
    indent: indent === undefined ? undefined : indentWidth(indent),
    inside,
    deeper: false,
  };
}

/** A brace without a directive before it: what it holds counts for the block around it. */
export function namelessFrame(parent: Frame): Frame {
  return {
    node: undefined,
    children: parent.children,
    parent,
    indent: undefined,
    inside: parent.inside,
    deeper: false,
  };
}

/** Puts a directive into a block. */
export function addNode(text: string, frame: Frame, node: Draft): void {
  frame.children.push(node);
  if (!frame.parent && mainBlocks.has(node.name) && node.terminator === '{') frame.inside = ['main'];
  if (frame.deeper || frame.indent === undefined) return;
  const indent = indentBefore(text, node.start);
  if (indent !== undefined && indentWidth(indent) > frame.indent) frame.deeper = true;
}

/** Blocks that stand only in the main context: a file that holds one is a whole configuration. */
export const mainBlocks: ReadonlySet<string> = new Set(['http', 'events', 'stream', 'mail']);

export function draft(words: readonly NginxWord[], terminator: NginxNode['terminator'], terminatorAt: number): Draft {
  const start = words[0]?.start ?? terminatorAt;
  const last = words.at(-1)?.end ?? start;
  const end = terminatorAt >= 0 ? terminatorAt + 1 : last;
  // A copy has no room to grow, which an array that was filled word by word keeps: in a large file that is a third of the tree.
  return { name: words[0]?.value ?? '', words: words.slice(), start, end, terminator, terminatorAt, closeAt: -1 };
}

/** Gives every block that was never closed the end of what it holds. */
export function settleEnds(nodes: readonly Draft[]): void {
  const order: Draft[] = [];
  const stack = [...nodes];
  for (let node = stack.pop(); node; node = stack.pop()) {
    order.push(node);
    for (const child of node.children ?? []) stack.push(child);
  }
  // Any child may end last: a block that a branch of a template opens again grows behind those that follow it.
  for (const node of order.reverse())
    for (const child of node.children ?? []) if (node.end < child.end) node.end = child.end;
}
