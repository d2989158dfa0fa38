import type { Edit } from './source.js';

/**
 * Applies the edits of one file. Equal edits count once.
 *
 * @throws RangeError when two edits overlap or one lies outside the text: such a set has no meaning, so nothing is applied.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let out = '';
  let at = 0;
  let previous: Edit | undefined;
  for (const edit of sorted) {
    if (previous !== undefined && sameEdit(previous, edit)) continue;
    if (edit.span.start < at || edit.span.end < edit.span.start || edit.span.end > text.length) {
      throw new RangeError(`edit ${edit.span.start}-${edit.span.end} overlaps another or lies outside the file`);
    }
    out += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
    previous = edit;
  }
  return out + text.slice(at);
}

export function sameEdit(a: Edit, b: Edit): boolean {
  return (
    a.span.file.path === b.span.file.path &&
    a.span.start === b.span.start &&
    a.span.end === b.span.end &&
    a.text === b.text
  );
}

/** True when the two edits touch a common character, or insert at the same point. */
export function overlaps(a: Edit, b: Edit): boolean {
  if (a.span.file.path !== b.span.file.path) return false;
  if (a.span.start === b.span.start) return true;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
