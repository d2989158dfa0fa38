import type { Problem, SourceFile } from '../../text/source.js';
import { checkIndentation } from './indentation.js';
import type { LexicalProblem, LogicalLine, ScannedLines } from './lines.js';
import type { RawError, RawNode } from './raw.js';
import { checkTree } from './refused.js';

/**
 * `breaks` tells whether the text up to an offset does not parse. The first thing for which Python 3 refuses to compile the file. What tree-sitter accepts is refused only for reasons of our own that
 * are certain: indentation, Python 2 statements, statements in a place where they cannot stand.
 */
export function findProblems(
  file: SourceFile,
  scanned: ScannedLines,
  root: RawNode,
  errors: readonly RawError[],
  breaks: (end: number) => boolean,
): readonly Problem[] {
  const { text } = file;
  const found = errors.length > 0 ? placeError(text, scanned, errors, breaks) : checkClean(text, scanned, root);
  return found
    ? [{ span: { file, start: found.start, end: Math.max(found.end, found.start) }, message: found.message }]
    : [];
}

function checkClean(text: string, scanned: ScannedLines, root: RawNode): LexicalProblem | undefined {
  const indentation = scanned.problems.length === 0 ? checkIndentation(text, scanned.lines) : undefined;
  const refused = checkTree(root, text);
  if (!indentation || !refused) return indentation ?? refused;
  // A block that stands wrongly makes its statements seem to be outside of everything.
  const misled = /outside|not properly/.test(refused.message);
  return misled || indentation.start <= refused.start ? indentation : refused;
}

/** Where the mistake was made, which is often before the place where tree-sitter gave up. */
function placeError(
  text: string,
  { lines, problems }: ScannedLines,
  errors: readonly RawError[],
  breaks: (end: number) => boolean,
): LexicalProblem | undefined {
  const [lexical] = problems;
  if (lexical) return lexical;
  if (errors.every(error => isNewerSyntax(text, error) || isLooseAnnotation(text, error))) return undefined;
  const marker = /^(?:<{7}|={7}|>{7})(?: .*)?$/m.exec(text);
  if (marker)
    return {
      start: marker.index,
      end: marker.index + marker[0].length,
      message: 'a mark of an unfinished merge stands here',
    };
  const broken = text.length <= maxSearched ? firstBroken(text, lines, breaks) : undefined;
  const indentation = checkIndentation(text, lines);
  const header = lines.find(line => lacksColon(text, line));
  const at = broken?.start ?? errors[0]?.start ?? 0;
  if (header && header.start <= at) return { start: header.first, end: header.end, message: "expected ':'" };
  if (indentation && indentation.start <= (broken?.end ?? at)) return indentation;
  const inside = broken && errors.find(error => error.start >= broken.first && error.start <= broken.end);
  if (broken && !inside) return { start: broken.first, end: broken.end, message: 'invalid syntax' };
  const error = inside ?? errors[0];
  if (!error) return undefined;
  const message = error.missing ? `invalid syntax: ${showToken(error.missing)} is missing` : 'invalid syntax';
  return { ...tighten(text, error), message };
}

/** In longer texts the place of a mistake is not searched for by parsing again. */
const maxSearched = 300_000;

/** The first logical line with which the text up to it no longer parses. */
function firstBroken(
  text: string,
  lines: readonly LogicalLine[],
  breaks: (end: number) => boolean,
): LogicalLine | undefined {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (breaks(lines[definitionOf(text, lines, middle)]?.end ?? 0)) high = middle;
    else low = middle + 1;
  }
  return lines[definitionOf(text, lines, low)];
}

/** A decorator does not parse without the definition that follows it. */
function definitionOf(text: string, lines: readonly LogicalLine[], index: number): number {
  let at = index;
  while (at < lines.length - 1 && text[lines[at]?.first ?? 0] === '@') at++;
  return at;
}

function showToken(token: string): string {
  return /^[a-z_]{2,}$/.test(token) ? token.replaceAll('_', ' ') : `'${token}'`;
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

/** `-> list[int] or None`: the grammar ends an annotation behind the bracket; Python takes any expression for one. */
function isLooseAnnotation(text: string, error: RawError): boolean {
  if (!/^\s*(?:or|and|if|not|in|is)\b/.test(text.slice(error.start, error.start + 40))) return false;
  let start = error.start;
  while (start > 0 && error.start - start < 400 && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  return /(?:->|:)[^:=]*\]\s*$/.test(text.slice(start, error.start));
}
