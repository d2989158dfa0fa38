import type { NginxDirective, NginxScope } from '../model/gateway.js';
import { type Edit, type Span, spanText } from '../text/source.js';
import { insertBehind } from './nginx.js';

/**
 * New lines behind the pass at `pass`. A level with lines of its own takes none from above, so where `scope` has none yet the
 * `held` ones are repeated, and nothing that is sent today is lost.
 */
export function addHeaders(
  pass: Span,
  scope: NginxScope,
  held: readonly NginxDirective[],
  lines: readonly string[],
): Edit {
  const inherited = held.filter(directive => !scope.directives.includes(directive));
  return insertLines(pass, [...new Set([...inherited.map(textOf), ...lines])]);
}

/** Several lines behind one place, each with its indentation. */
export function insertLines(behind: Span, lines: readonly string[]): Edit {
  const edits = lines.map(line => insertBehind(behind, line));
  const span = edits[0]?.span ?? { ...behind, start: behind.end };
  return { span, text: edits.map(edit => edit.text).join('') };
}

/** The line as it stands; of a line in a file that nginx brings, the `include` that led to it. */
function textOf(directive: NginxDirective): string {
  const include = directive.stock ? directive.via?.at(-1) : undefined;
  return spanText(include?.span ?? directive.span);
}
