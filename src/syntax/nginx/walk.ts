import type { SourceFile, Span } from '../../text/source.js';
import type { NginxNode, NginxWord } from './tree.js';

/** A directive met on a walk, with the block it stands in. */
export interface NginxVisit {
  readonly node: NginxNode;
  /** The visit of the block around it; undefined at the top level. */
  readonly parent: NginxVisit | undefined;
  /** Blocks around it. */
  readonly depth: number;
}

/** Every directive of a tree in the order of the file, each block before what it holds. Without recursion. */
export function* walkNginx(nodes: readonly NginxNode[]): Generator<NginxVisit> {
  const stack: { readonly nodes: readonly NginxNode[]; at: number; readonly parent: NginxVisit | undefined }[] = [];
  stack.push({ nodes, at: 0, parent: undefined });
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.nodes[top.at++];
    if (!node) {
      stack.pop();
      continue;
    }
    const visit = { node, parent: top.parent, depth: stack.length - 1 };
    yield visit;
    const { children } = node;
    if (children) stack.push({ nodes: children, at: 0, parent: visit });
  }
}

export function wordSpan(file: SourceFile, word: NginxWord): Span {
  return { file, start: word.start, end: word.end };
}

export function nodeSpan(file: SourceFile, node: NginxNode): Span {
  return { file, start: node.start, end: node.end };
}

/** The raw text between the braces of a Lua block; undefined for other directives. */
export function luaSpan(file: SourceFile, node: NginxNode): Span | undefined {
  if (node.terminator !== 'lua') return undefined;
  return { file, start: node.terminatorAt + 1, end: node.closeAt < 0 ? node.end : node.closeAt };
}
