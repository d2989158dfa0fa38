/** What one `.gitignore` says about a path; undefined where it says nothing. */
export type IgnoreRules = (path: string, isFolder: boolean) => boolean | undefined;

type Token =
  | { readonly kind: 'one'; readonly unit: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

type Segment = readonly Token[] | 'folders';

interface Pattern {
  readonly ignored: boolean;
  readonly foldersOnly: boolean;
  /** Matched against the last name of a path, at any depth. */
  readonly anywhere: boolean;
  readonly segments: readonly Segment[];
}

/**
 * Reads a `.gitignore` as gitignore(5) tells. Paths are relative to its folder, without a trailing slash. Matching takes time in
 * proportion to the length of the pattern times that of the path, whatever the pattern is: a repository that is linted
 * may be a stranger's.
 */
export function ignoreRules(text: string): IgnoreRules {
  const patterns = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap(line => readPattern(line));
  return (path, isFolder) => {
    const names = path.split('/');
    for (let i = patterns.length - 1; i >= 0; i--) {
      const pattern = patterns[i];
      if (pattern && (isFolder || !pattern.foldersOnly) && matches(pattern, names)) return pattern.ignored;
    }
    return undefined;
  };
}

function readPattern(line: string): readonly Pattern[] {
  let text = withoutTrailingBlanks(line.endsWith('\r') ? line.slice(0, -1) : line);
  if (text === '' || text.startsWith('#')) return [];
  const ignored = !text.startsWith('!');
  if (!ignored) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const anywhere = !text.includes('/');
  if (text.startsWith('/')) text = text.slice(1);
  if (text === '') return [];
  const segments = text.split('/').map((part): Segment => (part === '**' ? 'folders' : tokensOf(part)));
  return [{ ignored, foldersOnly, anywhere, segments }];
}

function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && line[end - 2] !== '\\') end--;
  return line.slice(0, end);
}

function tokensOf(part: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < part.length; i++) {
    const unit = part.charAt(i);
    if (unit === '\\' && i + 1 < part.length) tokens.push({ kind: 'one', unit: part.charAt(++i) });
    else if (unit === '?') tokens.push({ kind: 'any' });
    else if (unit === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (unit === '[') {
      const found = readClass(part, i);
      tokens.push(found?.token ?? { kind: 'one', unit });
      if (found) i = found.end;
    } else tokens.push({ kind: 'one', unit });
  }
  return tokens;
}

const namedClasses: ReadonlyMap<string, readonly (readonly [string, string])[]> = new Map([
  [
    'alpha',
    [
      ['a', 'z'],
      ['A', 'Z'],
    ] as const,
  ],
  ['digit', [['0', '9']] as const],
  [
    'alnum',
    [
      ['a', 'z'],
      ['A', 'Z'],
      ['0', '9'],
    ] as const,
  ],
  ['lower', [['a', 'z']] as const],
  ['upper', [['A', 'Z']] as const],
  [
    'space',
    [
      ['\t', '\r'],
      [' ', ' '],
    ] as const,
  ],
  [
    'xdigit',
    [
      ['0', '9'],
      ['a', 'f'],
      ['A', 'F'],
    ] as const,
  ],
]);

/** A bracket expression that begins at `start`; `end` is the place of its `]`. Undefined when it is never closed. */
function readClass(part: string, start: number): { readonly token: Token; readonly end: number } | undefined {
  const ranges: (readonly [string, string])[] = [];
  let i = start + 1;
  const negated = part[i] === '!' || part[i] === '^';
  if (negated) i++;
  for (let first = true; i < part.length; first = false) {
    const named = part.startsWith('[:', i) ? part.indexOf(':]', i) : -1;
    if (named > 0) {
      ranges.push(...(namedClasses.get(part.slice(i + 2, named)) ?? []));
      i = named + 2;
      continue;
    }
    if (part[i] === ']' && !first) return { token: { kind: 'class', negated, ranges }, end: i };
    if (part[i] === '\\') i++;
    const low = part.charAt(i++);
    if (part[i] === '-' && i + 1 < part.length && part[i + 1] !== ']') {
      i += part[i + 1] === '\\' ? 2 : 1;
      ranges.push([low, part.charAt(i++)]);
    } else ranges.push([low, low]);
  }
  return undefined;
}

function matches(pattern: Pattern, names: readonly string[]): boolean {
  const { segments, anywhere } = pattern;
  if (!anywhere) return matchWith(segments, names, part => part === 'folders', matchesSegment, true);
  const [only] = segments;
  const last = names.at(-1);
  return only !== undefined && last !== undefined && matchesSegment(only, last);
}

function matchesSegment(segment: Segment, name: string): boolean {
  if (segment === 'folders') return true;
  return matchWith(segment, [...name], token => token.kind === 'star', matchesUnit, false);
}

function matchesUnit(token: Token, unit: string): boolean {
  if (token.kind === 'one') return token.unit === unit;
  if (token.kind !== 'class') return true;
  return token.negated !== token.ranges.some(([low, high]) => unit >= low && unit <= high);
}

/**
 * Matches a sequence against a pattern whose wild parts stand for any number of items. When a later part does not fit, only
 * the last wild part takes one item more: that finds a match wherever there is one. A wild part at the very end must take
 * at least one item where `lastTakesOne`.
 */
function matchWith<P, I>(
  pattern: readonly P[],
  items: readonly I[],
  isWild: (part: P) => boolean,
  fits: (part: P, item: I) => boolean,
  lastTakesOne: boolean,
): boolean {
  let p = 0;
  let i = 0;
  let wild = -1;
  let resume = 0;
  while (i < items.length) {
    const part = pattern[p];
    const item = items[i] as I;
    if (part !== undefined && isWild(part)) {
      wild = p++;
      resume = i;
      if (lastTakesOne && p === pattern.length) return true;
    } else if (part !== undefined && fits(part, item)) {
      p++;
      i++;
    } else if (wild >= 0) {
      p = wild + 1;
      i = ++resume;
    } else return false;
  }
  if (lastTakesOne) return p === pattern.length;
  return pattern.slice(p).every(isWild);
}
