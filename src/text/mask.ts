import type { SourceFile } from './source.js';

/**
 * A file with the same path and the same length in which everything outside the kept ranges is blank. So a text that is
 * embedded in another file (nginx.conf in a ConfigMap, a command in YAML, a here-document) is parsed with offsets that
 * hold in the file it stands in. Line ends are kept, so lines count the same. `joinLines` blanks them inside the ranges too
 * (YAML's folded style).
 */
export function maskOutside(
  file: SourceFile,
  keep: readonly { readonly start: number; readonly end: number }[],
  joinLines = false,
): SourceFile {
  const sorted = [...keep].sort((a, b) => a.start - b.start);
  let text = '';
  let at = 0;
  for (const range of sorted) {
    if (range.start < at) continue;
    text += blank(file.text.slice(at, range.start));
    const kept = file.text.slice(range.start, range.end);
    text += joinLines ? kept.replace(/[\r\n]/g, ' ') : kept;
    at = range.end;
  }
  return { path: file.path, text: text + blank(file.text.slice(at)) };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}
