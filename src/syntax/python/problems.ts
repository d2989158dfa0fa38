import type { Problem, SourceFile } from '../../text/source.js';
import type { RawError, RawNode } from './raw.js';

export function findProblems(file: SourceFile, _root: RawNode, errors: readonly RawError[]): readonly Problem[] {
  const [first] = errors;
  return first ? [{ span: { file, start: first.start, end: first.end }, message: 'invalid syntax' }] : [];
}

export function isTemplate(file: SourceFile, broken: boolean): boolean {
  if (/\{\{|\.(j2|jinja2?|tmpl|tpl|template|in|mustache)$/.test(file.path)) return true;
  return broken && /\{%|\{\{/.test(file.text);
}
