import type { FileKind, ReadFile } from '../model/deployment.js';
import { oncePer } from '../model/once.js';
import { upTo } from '../text/ends.js';
import { lineAt, lineStarts, positionAt } from '../text/lines.js';
import type { SourceFile, Span } from '../text/source.js';
import { commentForms } from './comments.js';
import type { Finding } from './rule.js';
import { matchesSelector } from './select.js';

/** A comment `gwlint-ignore <rule>, <rule>: <reason>`, or `gwlint-ignore-file ...` for the whole file. */
export interface Suppression {
  /** Rules or groups, as written. */
  readonly rules: readonly string[];
  /** Empty where the user gave none; then nothing is suppressed. */
  readonly reason: string;
  readonly scope: 'line' | 'file';
  /** 1-based line whose findings it silences: its own behind code, else the next one that is no comment. */
  readonly line: number;
  /** Why it counts for nothing, wherever findings are. */
  readonly flaw?: 'no rule' | 'no reason' | 'no comment' | 'no such word';
  /** From the word `gwlint-ignore` to the end of the comment. */
  readonly span: Span;
  /** The whole comment, with what begins and ends it; absent where it does not end on its line. */
  readonly comment?: Span;
}

const word = 'gwlint-ignore';

/** False for a file without such comments, as most are. */
export function mayBeSilenced({ text }: SourceFile): boolean {
  return text.includes(word);
}

/** The suppression comments of a file, in order. Takes any text. */
export function suppressionsIn(file: SourceFile, kind?: FileKind): readonly Suppression[] {
  if (!mayBeSilenced(file)) return [];
  const { text } = file;
  const forms = commentForms(file.path, kind);
  const starts = lineStarts(text);
  const found: Suppression[] = [];
  for (const { index, 0: written } of text.matchAll(/gwlint-ignore[\w-]*/g)) {
    if ((found.at(-1)?.span.end ?? 0) > index) continue;
    const { line } = positionAt(starts, index);
    const { start } = lineAt(text, index);
    const before = text.slice(start, index).trimEnd();
    const marker = [...longestFirst(forms.alone), '#', ';', '<!--', '//'].find(one => before.endsWith(one));
    if (marker === undefined) continue;
    const alone = before.slice(0, -marker.length).trim() === '';
    const isComment = alone
      ? forms.alone.includes(marker)
      : forms.behind.includes(marker) || isShellComment(text, start, marker, kind);
    const comment = wholeComment(file, start + before.length - marker.length, marker);
    found.push({
      ...readComment(file, index, written, lineAt(text, index).end),
      ...(!isComment && { flaw: 'no comment' as const }),
      line: alone ? nextLine(text, starts, line, forms.alone) : line,
      ...(comment && { comment }),
    });
  }
  return found;
}

const closers: Readonly<Record<string, string>> = { '<!--': '-->', '{#': '#}' };

function wholeComment(file: SourceFile, start: number, marker: string): Span | undefined {
  const { end } = lineAt(file.text, start);
  const closer = closers[marker];
  if (closer === undefined) return { file, start, end };
  const closed = file.text.indexOf(closer, start);
  return closed < 0 || closed + closer.length > end ? undefined : { file, start, end: closed + closer.length };
}

function longestFirst(markers: readonly string[]): readonly string[] {
  return [...markers].sort((a, b) => b.length - a.length);
}

/** In a Dockerfile only what a shell runs may have a comment behind it. */
function isShellComment(text: string, lineStart: number, marker: string, kind: FileKind | undefined): boolean {
  return (
    kind === 'dockerfile' &&
    marker === '#' &&
    /^\s*(?:RUN|CMD|ENTRYPOINT)\s/i.test(text.slice(lineStart, lineStart + 200))
  );
}

type Words = Pick<Suppression, 'rules' | 'reason' | 'span' | 'scope' | 'flaw'>;

function readComment(file: SourceFile, start: number, written: string, end: number): Words {
  const text = upTo(upTo(file.text.slice(start, end), '-->'), '#}').trimEnd();
  const span = { file, start, end: start + text.length };
  const scope = written === `${word}-file` ? 'file' : 'line';
  const behind = text.slice(written.length);
  const colon = behind.indexOf(':');
  const rules = behind
    .slice(0, colon < 0 ? undefined : colon)
    .split(/[\s,]+/)
    .filter(Boolean);
  const reason = colon < 0 ? '' : behind.slice(colon + 1).trim();
  const flaw =
    written !== word && scope === 'line'
      ? 'no such word'
      : rules.length === 0
        ? 'no rule'
        : reason === ''
          ? 'no reason'
          : undefined;
  return { rules, reason, span, scope, ...(flaw && { flaw }) };
}

/** The first line below that is no comment. */
function nextLine(text: string, starts: readonly number[], from: number, markers: readonly string[]): number {
  let line = from + 1;
  for (; line <= starts.length; line++) {
    const code = text.slice(starts[line - 1], starts[line]).trimStart();
    if (!markers.some(marker => code.startsWith(marker))) break;
  }
  return line;
}

/** One word of a suppression comment, after all rules have spoken. */
export interface SuppressionUse {
  readonly suppression: Suppression;
  /** The rule or group, as written. */
  readonly selector: string;
  readonly silenced: number;
}

export interface Suppressor {
  /** Whether the user has silenced this finding of the rule, at one of its ends, with a reason. */
  silences(rule: string, finding: Pick<Finding, 'span' | 'related'>): boolean;
  /** What came of each comment, in the order of files and places. */
  uses(): readonly SuppressionUse[];
}

interface Known {
  readonly starts: readonly number[];
  readonly all: readonly Suppression[];
}

/** Most files have no such comment, and in an editor nearly all of them are as they were at the last key. */
const knownByKind = oncePer((_: SourceFile) => new Map<FileKind | undefined, Known>());

function knownOf(file: SourceFile, kind: FileKind | undefined): Known {
  const byKind = knownByKind(file);
  let one = byKind.get(kind);
  if (!one) {
    const all = suppressionsIn(file, kind);
    one = { starts: all.length === 0 ? [] : lineStarts(file.text), all };
    byKind.set(kind, one);
  }
  return one;
}

export function createSuppressor(files: readonly ReadFile[]): Suppressor {
  const read = new Map(files.map(one => [one.file.path, one]));
  const counts = new Map<Suppression, Map<string, number>>();

  function silencesAt(rule: string, at: Span): boolean {
    // A text that is embedded in another file is blank outside itself; the comment may stand in the file around it.
    const { file = at.file, kind } = read.get(at.file.path) ?? {};
    const { starts, all } = knownOf(file, kind);
    if (all.length === 0) return false;
    const { line } = positionAt(starts, at.start);
    for (const one of all) {
      if (one.flaw !== undefined || (one.scope === 'line' && one.line !== line)) continue;
      const selector = one.rules.find(each => matchesSelector(each, rule));
      if (selector === undefined) continue;
      const own = counts.get(one) ?? new Map<string, number>();
      counts.set(one, own.set(selector, (own.get(selector) ?? 0) + 1));
      return true;
    }
    return false;
  }

  return {
    silences: (rule, finding) => endsOf(finding).some(span => silencesAt(rule, span)),
    uses: () =>
      files.flatMap(({ file, kind }) =>
        knownOf(file, kind).all.flatMap(suppression =>
          (suppression.rules.length === 0 ? [''] : suppression.rules).map(selector => ({
            suppression,
            selector,
            silenced: counts.get(suppression)?.get(selector) ?? 0,
          })),
        ),
      ),
  };
}

/** Its place, and the other end: the related place that is told first, and the first one in another file. */
function endsOf({ span, related = [] }: Pick<Finding, 'span' | 'related'>): readonly Span[] {
  const [first] = related;
  const abroad = related.find(step => step.span.file.path !== span.file.path);
  return [span, ...new Set([first?.span, abroad?.span])].filter(one => one !== undefined);
}
