import type { SourceFile, Span } from '../text/source.js';
import type { Diagnostic } from './rule.js';
import { withSpans } from './spans.js';

/** Findings until they are told: nothing in it holds on to what they were found in but the files, and it takes a fraction of what the objects do. */
export interface Kept {
  /** Without places, so that of stacks that are built alike it is the same. */
  readonly text: string;
  readonly files: readonly SourceFile[];
  /** Of each place in turn its file, as a number among `files`, its start and its end. */
  readonly places: readonly number[];
}

const nothing: Kept = { text: '[]', files: [], places: [] };

/** `texts`: those that were kept so far; each is there once. */
export function keep(findings: readonly Diagnostic[], texts: Map<string, string>): Kept {
  if (findings.length === 0) return nothing;
  const files = new Map<SourceFile, number>();
  const places: number[] = [];
  const bare = findings.map(one =>
    withSpans(one, ({ file, start, end }) => {
      const number = files.get(file) ?? files.size;
      files.set(file, number);
      places.push(number, start, end);
      return nowhere;
    }),
  );
  const text = JSON.stringify(bare);
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  // Copies: a list that was added to has room for sixteen more.
  return { text: known ?? text, files: [...files.keys()], places: [...places] };
}

/** Stands for a place in a text. */
const nowhere: Span = { file: { path: '', text: '' }, start: 0, end: 0 };

/** The findings again, equal to what they were. */
export function unkeep({ text, files, places }: Kept): readonly Diagnostic[] {
  let at = 0;
  const place = (): Span => {
    const [number = 0, start = 0, end = 0] = places.slice(at, at + 3);
    at += 3;
    return { file: files[number] ?? nowhere.file, start, end };
  };
  return (JSON.parse(text) as readonly Diagnostic[]).map(one => withSpans(one, place));
}
