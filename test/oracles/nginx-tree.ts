import type { NginxNode, NginxTree } from '../../src/syntax/nginx/tree.js';
import { luaSpan, walkNginx } from '../../src/syntax/nginx/walk.js';

/**
 * A tree as lines of text, to be compared with what another program prints: depth, line of the terminator as nginx counts it (of
 * the closing brace for Lua), terminator (`L` for Lua, whose text is the last word), decoded words, with tabs between them.
 * Control characters and backslashes are `\xNN`.
 */
export function dumpNginxTree(tree: NginxTree): string {
  const { text } = tree.file;
  const lines: string[] = [];
  let at = 0;
  let line = 1;
  for (const { node, depth } of walkNginx(tree.nodes)) {
    const lua = luaSpan(tree.file, node);
    const end = lua ? lua.end : node.terminatorAt;
    for (let next = text.indexOf('\n', at); next >= 0 && next < end; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    const sign = node.terminator === 'lua' ? 'L' : (node.terminator ?? '?');
    const code = lua ? [escapeWord(text.slice(lua.start, lua.end))] : [];
    lines.push([depth, line, sign, ...wordsOf(tree, node), ...code].join('\t'));
  }
  return lines.join('\n');
}

function wordsOf(tree: NginxTree, node: NginxNode): string[] {
  const words = node.words.map(word => escapeWord(word.value));
  // nginx takes a byte order mark for a part of the first name.
  if (tree.file.text.startsWith('\ufeff') && node.words[0]?.start === 1) words[0] = `\ufeff${words[0]}`;
  return words;
}

function escapeWord(value: string): string {
  return value.replace(/[\0-\x1f\x7f\\]/g, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
