import type { NginxNode, NginxTree } from '../src/syntax/nginx/tree.js';
import { walkNginx } from '../src/syntax/nginx/walk.js';

/** Throws where a place in the tree lies outside the file or its parent, or a piece of it is empty. */
export function checkNginxTree(tree: NginxTree): void {
  const { length } = tree.file.text;
  const inside = (start: number, end: number) => {
    if (start < 0 || end < start || end > length) throw new Error(`${start}-${end} of ${length}`);
  };
  for (const { node, parent } of walkNginx(tree.nodes)) {
    inside(node.start, node.end);
    if (parent && (node.start < parent.node.start || node.end > parent.node.end))
      throw new Error('a child outside its block');
    if (node.words.length === 0) throw new Error('a directive without a name');
    for (const word of node.words) {
      inside(word.start, word.end);
      if (word.start === word.end) throw new Error('an empty word');
      for (const hole of word.masked ?? [])
        if (hole.start < word.start || hole.end > word.end) throw new Error('a hole outside');
    }
  }
  for (const { start, end } of tree.comments) inside(start, end);
  for (const { start, end } of tree.masked) inside(start, end);
  let last = 0;
  for (const { span, repair, message } of tree.problems) {
    inside(span.start, span.end);
    if (span.start === span.end || span.start < last || message === '') throw new Error('a problem without a place');
    last = span.start;
    if (repair) inside(repair.start, repair.end);
  }
}

/** Everything that a tree says, with its file and the way it is held left out. */
export function shapeOf({ file: _, nodes, ...rest }: NginxTree): object {
  const directives = [...walkNginx(nodes)].map(({ node, depth }) => {
    const { name, words, start, end, terminator, terminatorAt, closeAt, children, conditional } = node;
    return { depth, name, words, start, end, terminator, terminatorAt, closeAt, holds: children?.length, conditional };
  });
  return {
    directives,
    ...rest,
    problems: rest.problems.map(({ span: { start, end }, ...more }) => ({ start, end, ...more })),
  };
}

/** What lies between the pieces of the tree: nothing but white space in a text that nginx accepts. */
export function remainder(tree: NginxTree): string {
  const ranges = [...tree.comments, ...tree.masked];
  for (const { node } of walkNginx(tree.nodes)) ranges.push(...piecesOf(node));
  ranges.sort((a, b) => a.start - b.start);
  let rest = '';
  let at = 0;
  for (const { start, end } of ranges) {
    rest += tree.file.text.slice(at, Math.max(at, start));
    at = Math.max(at, end);
  }
  return rest + tree.file.text.slice(at);
}

function piecesOf(node: NginxNode): { start: number; end: number }[] {
  const found = node.words.map(({ start, end }) => ({ start, end }));
  const { terminatorAt, closeAt, terminator, end } = node;
  if (terminator === 'lua') found.push({ start: terminatorAt, end });
  else for (const at of [terminatorAt, closeAt]) if (at >= 0) found.push({ start: at, end: at + 1 });
  return found;
}
