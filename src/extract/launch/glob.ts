/** A shell pattern in pieces: literal text, one character, or any number of them. */
export type GlobToken = string | { readonly glob: '*' | '?' };

/** Matches a whole text against a pattern (`*`, `?`). Time is at most the product of both lengths. */
export function globMatches(tokens: readonly GlobToken[], text: string): boolean {
  const pattern: string[] = [];
  for (const token of tokens) {
    if (typeof token === 'string') for (const char of token) pattern.push(`=${char}`);
    else pattern.push(token.glob);
  }
  const chars = [...text];
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < chars.length) {
    const want = pattern[p];
    if (want === '*') {
      star = p++;
      mark = t;
    } else if (want === '?' || want === `=${chars[t]}`) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

export function globTokens(pattern: string): readonly GlobToken[] {
  return (pattern.match(/[*?]|[^*?]+/g) ?? []).map(piece => (piece === '*' || piece === '?' ? { glob: piece } : piece));
}
