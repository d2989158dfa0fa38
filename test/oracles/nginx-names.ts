import { contextsOf, isDirective, takesArguments } from '../../src/facts/nginx.js';
import { parseNginx } from '../../src/syntax/nginx/parse.js';
import type { NginxNames, NginxProblem, NginxTree } from '../../src/syntax/nginx/tree.js';
import { walkNginx } from '../../src/syntax/nginx/walk.js';
import { lineStarts, positionAt } from '../../src/text/lines.js';

/** What nginx's own tables know, as the linter passes it to the parser. */
export const nginxNames: NginxNames = { isDirective, contextsOf, takes: takesArguments };

export function parseText(text: string, names?: NginxNames): NginxTree {
  return parseNginx({ path: 'nginx.conf', text }, names);
}

/** One line per directive: two spaces per level, then its words with `|` between them. */
export function outline(tree: NginxTree): readonly string[] {
  return [...walkNginx(tree.nodes)].map(({ node, depth }) => {
    return '  '.repeat(depth) + node.words.map(word => word.value).join(' | ');
  });
}

/** Problems as `line: kind`, in order. */
export function places(tree: NginxTree): readonly string[] {
  const starts = lineStarts(tree.file.text);
  return tree.problems.map(
    ({ kind, span }) => `${positionAt(starts, Math.max(span.start, span.end - 1)).line}: ${kind}`,
  );
}

/** The text with the repairs of all problems applied, or undefined where one has none. */
export function repaired(tree: NginxTree): string | undefined {
  let { text } = tree.file;
  for (const { repair } of [...tree.problems].reverse()) {
    if (!repair) return undefined;
    text = text.slice(0, repair.start) + repair.text + text.slice(repair.end);
  }
  return text;
}

/** All problems of a kind, for a look at their messages. */
export function messages(tree: NginxTree): readonly NginxProblem['message'][] {
  return tree.problems.map(({ message }) => message);
}
