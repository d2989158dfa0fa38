import type { YamlScalar } from '../../syntax/yaml/tree.js';
import type { SourceFile } from '../../text/source.js';

/**
 * The text of a YAML block scalar (`key: |`) as a file of its own whose offsets hold in the YAML file: everything else is blank, and the
 * indentation of the block stands at the end of the line before, so that every line begins where the block's text
 * begins. Undefined for a scalar whose text does not stand in the file line by line.
 */
export function blockContent(node: YamlScalar): SourceFile | undefined {
  const { file, end } = node.span;
  if (node.style === 'plain' || node.style === 'single' || node.style === 'double') {
    if (node.contentStart === undefined) return undefined;
    return pieced(file, node.contentStart, node.contentStart + node.text.length, '');
  }
  if (node.style !== 'literal') return undefined;
  const feed = file.text.indexOf('\n', node.span.start);
  if (feed < 0 || feed >= end) return undefined;
  const indent = commonIndent(file.text, feed + 1, end);
  return pieced(file, feed + 1, end, indent);
}

/** The indentation of the first line that is not empty: YAML takes it away from every line of the block. */
function commonIndent(text: string, start: number, end: number): string {
  let at = start;
  while (at < end) {
    let content = at;
    while (text[content] === ' ') content++;
    const feed = text.indexOf('\n', content);
    if (content < end && text[content] !== '\n' && text[content] !== '\r') return text.slice(at, content);
    if (feed < 0) break;
    at = feed + 1;
  }
  return '';
}

function pieced(file: SourceFile, start: number, end: number, indent: string): SourceFile {
  const { text } = file;
  // The line end in front of the first line moves behind its indentation like the others.
  const header = text[start - 1] !== '\n' ? start : text[start - 2] === '\r' ? start - 2 : start - 1;
  const out: string[] = [blank(text.slice(0, header))];
  let at = start;
  let pendingEnd = text.slice(header, start);
  while (at < end) {
    const feed = text.indexOf('\n', at);
    const next = feed < 0 || feed >= end ? end : feed + 1;
    const line = text.slice(at, next);
    const body = line.startsWith(indent) ? line.slice(indent.length) : line.replace(/^ +/, '');
    const lead = line.length - body.length;
    const ending = /\r?\n$/.exec(body)?.[0] ?? '';
    const content = body.slice(0, body.length - ending.length);
    // Behind a backslash the line end must come at once.
    out.push(
      pendingEnd.startsWith('\\') ? pendingEnd.slice(1) + ' '.repeat(lead) : ' '.repeat(lead) + pendingEnd,
      content,
    );
    pendingEnd = content.endsWith('\\') ? `\\${ending}` : ending;
    at = next;
  }
  out.push(pendingEnd.replace(/^\\/, ''), blank(text.slice(end)));
  return { path: file.path, text: out.join('') };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
