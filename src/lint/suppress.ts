import type { ReadFile } from '../model/deployment.js';
import { lineStarts, positionAt } from '../text/lines.js';
import type { Problem, SourceFile, Span } from '../text/source.js';
import { matchesSelector } from './select.js';

/** A comment `gwlint-ignore <rule>, <rule>: <reason>`. */
export interface Suppression {
  /** Rules or groups, as written. */
  readonly rules: readonly string[];
  /** Empty where the user gave none; then nothing is suppressed. */
  readonly reason: string;
  /** 1-based line whose findings it silences: its own behind code, else the next one that is no such comment. */
  readonly line: number;
  /** From the word `gwlint-ignore` to the end of the comment. */
  readonly span: Span;
}

const word = 'gwlint-ignore';

/** What may begin a comment in the files that are read. */
const markers = ['#', ';', '//', '<!--'];

/** The suppression comments of a file, in order. Takes any text. */
export function suppressionsIn(file: SourceFile): readonly Suppression[] {
  const { text } = file;
  if (!text.includes(word)) return [];
  const starts = lineStarts(text);
  const found: (Suppression & { readonly alone: boolean })[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const { line, column } = positionAt(starts, at);
    const before = text.slice(at - column + 1, at).trimEnd();
    const marker = markers.find(one => before.endsWith(one));
    const previous = found.at(-1);
    if (marker === undefined || (previous && previous.span.end > at)) continue;
    const alone = before.slice(0, -marker.length).trim() === '';
    found.push({ ...readComment(file, at, starts[line] ?? text.length), line, alone });
  }
  return found.map((one, i) => (one.alone ? { ...one, line: nextLine(found, i) } : one));
}

function readComment(file: SourceFile, start: number, lineEnd: number): Pick<Suppression, 'rules' | 'reason' | 'span'> {
  const text = file.text.slice(start, lineEnd).replace('-->', '').trimEnd();
  const colon = text.indexOf(':');
  const rules = text.slice(word.length, colon < 0 ? undefined : colon).split(/[\s,]+/);
  return {
    rules: rules.filter(Boolean),
    reason: colon < 0 ? '' : text.slice(colon + 1).trim(),
    span: { file, start, end: start + text.length },
  };
}

function nextLine(all: readonly { readonly line: number; readonly alone: boolean }[], from: number): number {
  let line = (all[from]?.line ?? 0) + 1;
  for (let i = from + 1; all[i]?.alone && all[i]?.line === line; i++) line++;
  return line;
}

/** Tells whether the user has silenced this rule at this place, with a reason. */
export function suppressor(files: readonly ReadFile[]): (rule: string, at: Span) => boolean {
  const read = new Map(files.map(({ file }) => [file.path, file]));
  const known = new Map<SourceFile, { readonly starts: readonly number[]; readonly all: readonly Suppression[] }>();
  const silences = (file: SourceFile, rule: string, offset: number) => {
    let one = known.get(file);
    if (!one) {
      one = { starts: lineStarts(file.text), all: suppressionsIn(file) };
      known.set(file, one);
    }
    const { starts, all } = one;
    if (all.length === 0) return false;
    const { line } = positionAt(starts, offset);
    return all.some(
      each => each.line === line && each.reason !== '' && each.rules.some(id => matchesSelector(id, rule)),
    );
  };
  return (rule, at) => {
    // A text embedded in another file is blank outside itself; the comment may stand in the file around it.
    const whole = read.get(at.file.path);
    return silences(at.file, rule, at.start) || (whole !== undefined && silences(whole, rule, at.start));
  };
}

/** Suppression comments that have no effect: without a reason, or for a rule that does not exist. */
export function suppressionProblems(files: readonly ReadFile[], ids: readonly string[]): readonly Problem[] {
  return files
    .flatMap(({ file }) => suppressionsIn(file))
    .flatMap(({ rules, reason, span }): Problem[] => {
      const unknown = rules.find(rule => !ids.some(id => matchesSelector(rule, id)));
      if (rules.length === 0) return [{ span, message: `${word} needs a rule: # ${word} <rule>: <reason>` }];
      if (unknown !== undefined) return [{ span, message: `${word} names ${unknown}, which is no rule` }];
      return reason === ''
        ? [{ span, message: `${word} needs a reason to count: # ${word} ${rules.join(', ')}: <reason>` }]
        : [];
    });
}
