import type { SourceFile, Span } from '../../text/source.js';
import type { NginxNode, NginxWord } from './tree.js';

/** Every directive of a tree in the order of the file, with the blocks around it, outermost first. Without recursion. */
export function* walkNginx(
  nodes: readonly NginxNode[],
): Generator<{ readonly node: NginxNode; readonly parents: readonly NginxNode[] }> {
  const parents: NginxNode[] = [];
  const stack: { readonly nodes: readonly NginxNode[]; at: number }[] = [{ nodes, at: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const node = top.nodes[top.at++];
    if (!node) {
      stack.pop();
      parents.pop();
      continue;
    }
    yield { node, parents };
    if (node.children) {
      stack.push({ nodes: node.children, at: 0 });
      parents.push(node);
    }
  }
}

/** The directive's name, decoded; `''` is a name that nginx's tokenizer allows. */
export function nodeName(node: NginxNode): string {
  return node.words[0]?.value ?? '';
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
