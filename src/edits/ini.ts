import { lineEnd } from '../text/lines.js';
import type { Edit, SourceFile } from '../text/source.js';

/**
 * New lines behind the header of the section `name`, in the file's own line ends. Undefined where the header is not there, or there more
 * than once.
 */
export function addToSection(file: SourceFile, name: string, lines: readonly string[]): Edit | undefined {
  const found = [...file.text.matchAll(/^\[([^\]\r\n\u2028\u2029]*)\][ \t]*$/gm)].filter(match => match[1] === name);
  const [header] = found;
  if (!header || found.length > 1) return undefined;
  const at = header.index + header[0].trimEnd().length;
  return { span: { file, start: at, end: at }, text: lines.map(line => lineEnd(file.text) + line).join('') };
}
