/**
 * The text without those of `characters` that stand at its end. `text.replace(/x+$/, '')` does the same, but takes the square of
 * the length of a run of x that does not stand at the end.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text up to the first `mark`, or all of it. */
export function upTo(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}
