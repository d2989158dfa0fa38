import type { Problem, SourceFile } from '../../text/source.js';
import type { RawError } from './raw.js';

/** A file that a generator fills in, by its name. */
export function isTemplateName(path: string): boolean {
  return /\{\{|\.(?:j2|jinja2?|tmpl|tpl|template|in|mustache)$/.test(path);
}

/** A file that a generator fills in: by its name, or because it does not parse where a placeholder stands. */
export function isTemplate(file: SourceFile, problems: readonly Problem[], errors: readonly RawError[]): boolean {
  if (isTemplateName(file.path)) return true;
  if (problems.length === 0) return false;
  const places = [...problems.map(problem => problem.span.start), ...errors.slice(0, 50).map(error => error.start)];
  return (
    places.some(at => /\{%|\{\{|%\}|\}\}/.test(lineText(file.text, at))) ||
    /^[ \t]*\{%-? *(?:if|for|set|block|raw)\b/m.test(file.text)
  );
}

function lineText(text: string, at: number): string {
  let start = at;
  while (start > 0 && at - start < 500 && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  return text.slice(start, start + 1000).split(/[\r\n]/, 1)[0] ?? '';
}
