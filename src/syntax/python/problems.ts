import type { Problem, SourceFile } from '../../text/source.js';
import { checkIndentation } from './indentation.js';
import type { LexicalProblem, LogicalLine, ScannedLines } from './lines.js';
import type { RawError, RawNode } from './raw.js';
import { checkTree } from './refused.js';

/**
 * The first thing for which Python 3 refuses to compile the file. What tree-sitter accepts is refused only for reasons of our own that
 * are certain: indentation, Python 2 statements, statements in a place where they cannot stand.
 */
export function findProblems(
  file: SourceFile,
  scanned: ScannedLines,
  root: RawNode,
  errors: readonly RawError[],
): readonly Problem[] {
  const { text } = file;
  const found = errors.length > 0 ? placeError(text, scanned, errors) : checkClean(text, scanned, root);
  return found
    ? [{ span: { file, start: found.start, end: Math.max(found.end, found.start) }, message: found.message }]
    : [];
}

function checkClean(text: string, scanned: ScannedLines, root: RawNode): LexicalProblem | undefined {
  const indentation = scanned.problems.length === 0 ? checkIndentation(text, scanned.lines) : undefined;
  const refused = checkTree(root, text);
  if (!indentation || !refused) return indentation ?? refused;
  return indentation.start <= refused.start ? indentation : refused;
}

/** Where the mistake was made, which is often before the place where tree-sitter gave up. */
function placeError(text: string, scanned: ScannedLines, errors: readonly RawError[]): LexicalProblem | undefined {
  const [lexical] = scanned.problems;
  if (lexical) return lexical;
  if (errors.every(error => isNewerSyntax(text, error))) return undefined;
  const marker = /^(?:<{7}|={7}|>{7})(?: .*)?$/m.exec(text);
  if (marker)
    return {
      start: marker.index,
      end: marker.index + marker[0].length,
      message: 'a mark of an unfinished merge stands here',
    };
  const header = scanned.lines.find(line => lacksColon(text, line));
  const indentation = checkIndentation(text, scanned.lines);
  const [first] = errors;
  if (!first) return undefined;
  if (header && (!indentation || header.start <= indentation.start))
    return { start: header.first, end: header.end, message: "expected ':'" };
  if (indentation && lineOf(scanned.lines, indentation.start) <= lineOf(scanned.lines, first.start)) return indentation;
  return {
    ...tighten(text, first),
    message: first.missing ? `invalid syntax: ${showToken(first.missing)} is missing` : 'invalid syntax',
  };
}

function showToken(token: string): string {
  return /^[a-z_]{2,}$/.test(token) ? token.replaceAll('_', ' ') : `'${token}'`;
}

function lineOf(lines: readonly LogicalLine[], offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A header of a block without its colon; `match` and `case` may be ordinary names. */
function lacksColon(text: string, line: LogicalLine): boolean {
  if (line.colon) return false;
  const start = text.slice(line.first, line.first + 60);
  return /^(?:(?:async\s+)?(?:def|for|with)|class|if|elif|while|except)\b(?!\s*[=.,)\]])|^(?:else|try|finally)\b/.test(
    start,
  );
}

/** An error over several lines is shown at the first of them. */
function tighten(text: string, error: RawError): { start: number; end: number } {
  let start = error.start;
  while (start < error.end && /\s/.test(text.charAt(start))) start++;
  const lineEnd = text.slice(start, error.end).search(/[\r\n]/);
  return { start, end: lineEnd < 0 ? Math.max(error.end, start) : start + lineEnd };
}

/** Defaults of type parameters (Python 3.13), which the grammar does not know yet. */
function isNewerSyntax(text: string, error: RawError): boolean {
  let start = error.start;
  while (start > 0 && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  const line = text.slice(start, start + 400);
  return /^\s*(?:type|class|def|async\s+def)\s+\w+\s*\[[^\]\r\n]*=/.test(line);
}

/** Suffixes of files that a generator fills in, and of folders that it names. */
export function isTemplate(file: SourceFile, broken: boolean): boolean {
  if (/\{\{|\.(?:j2|jinja2?|tmpl|tpl|template|in|mustache)$/.test(file.path)) return true;
  return broken && (/\{%.*%\}/.test(file.text) || /\{\{[\s-]*[\w.]+[^{}\r\n]*\}\}/.test(file.text));
}
