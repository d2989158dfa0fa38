import type { SourceFile, Span } from '../../text/source.js';
import { settleEnds } from './frame.js';
import { nginxLine } from './layout.js';
import type { Pass } from './pass.js';
import { readPlain } from './plain.js';
import { readText, type Source } from './read.js';
import {
  findBraceMarks,
  findMarks,
  findTags,
  makesTemplate,
  maskTags,
  type TemplateTag,
  templateKind,
} from './template.js';
import type { NginxNames, NginxPlaceholder, NginxProblem, NginxTree } from './tree.js';

const plainly = { missing: 0, extra: 0, skip: 0 };

/** More unbalanced braces than this are no slip of the hand, and their places are not looked for. */
const mostMisplaced = 50;

/**
 * Parses a configuration of nginx. Where nginx's tokenizer accepts the text, the tree is nginx's own; where it does not, the
 * problems say where the mistake was made, and what is not touched by it is in the tree all the same. With `names`, directives
 * that lack their `;` or `{` are found even where nginx's tokenizer reads over it. Never throws, in time linear in the length.
 */
export function parseNginx(file: SourceFile, names?: NginxNames): NginxTree {
  const tags = findTags(file.text);
  const marks = findMarks(file.text);
  const quick = tags.length === 0 ? readPlain(file, marks, names) : undefined;
  if (!quick) return parseWithCare(file, names, tags, marks);
  const { nodes, comments, used } = quick;
  return { file, nodes, comments, problems: [], template: templateKind([], used), masked: [] };
}

/** The same tree with every word and every sign of a mistake looked at, for any text. Takes five times as long as a plain reading. */
export function parseWithCare(
  file: SourceFile,
  names?: NginxNames,
  tags: readonly TemplateTag[] = findTags(file.text),
  marks: readonly NginxPlaceholder[] = findMarks(file.text),
): NginxTree {
  const plain: Source = { file, text: file.text, tags: [], marks: merge(marks, expressions(tags)) };
  const first = readText(plain, { names, recover: false, ...plainly });
  const hasErb = tags.some(tag => tag.language === 'erb' && !inComment(first, tag));
  if (!first.refusal && !hasErb) {
    const inWords = new Set(first.used.map(({ start }) => start));
    const inside = tags.filter(({ start }) => inWords.has(start));
    return finish(first, inside, first.used, makesTemplate(file.text, tags));
  }
  const braceMarks = first.refusal ? findBraceMarks(file.text) : [];
  const masking = tags.length > 0 || braceMarks.length > 0;
  const source = masking ? masked(file, tags, marks, braceMarks) : plain;
  const second = balance(source, names, readText(source, { names, recover: true, ...plainly }));
  const holes = masking ? [...tags, ...braceMarks] : [];
  const nested = makesTemplate(file.text, tags);
  return finish({ ...second, refusal: first.refusal }, tags, [...second.used, ...braceMarks], nested, holes);
}

function masked(
  file: SourceFile,
  tags: readonly TemplateTag[],
  marks: readonly NginxPlaceholder[],
  braceMarks: readonly NginxPlaceholder[],
): Source {
  return {
    file,
    text: maskTags(file.text, tags, braceMarks),
    tags,
    marks: merge(merge(marks, expressions(tags)), braceMarks),
  };
}

/** So many readings are tried to find the place of a misplaced brace. */
const mostReadings = 8;

/**
 * Reads again where braces do not match, to find out where the mistake was made: each reading passes over one more sign of it
 * before it acts on one, and the reading with the fewest left over counts.
 */
function balance(source: Source, names: NginxNames | undefined, pass: Pass): Pass {
  const missing = pass.unclosed;
  const extra = pass.unopened;
  if (missing + extra === 0 || missing + extra > mostMisplaced || pass.opaque) return pass;
  let best: Pass | undefined;
  for (let skip = 0; skip < mostReadings; skip++) {
    const again = readText(source, { names, recover: true, missing, extra, skip });
    if (!best || misfits(again) < misfits(best)) best = again;
    if (misfits(best) === 0 || again.skipLeft > 0) break;
  }
  return best ?? pass;
}

function misfits(pass: Pass): number {
  return pass.misfits + pass.unopened;
}

function finish(
  pass: Pass,
  tags: readonly TemplateTag[],
  placeholders: readonly NginxPlaceholder[],
  nested: boolean,
  holes: readonly { readonly start: number; readonly end: number }[] = placeholders.filter(
    ({ kind }) => kind === 'expression',
  ),
): NginxTree {
  const { file, refusal } = pass;
  if (pass.problems.length > 0 || pass.tags.length > 0) settleEnds(pass.root.children);
  return {
    file,
    nodes: pass.root.children,
    comments: pass.comments,
    problems: nested ? [] : certain(pass),
    ...(refusal && { refusal: { message: refusal.message, line: nginxLine(file.text, refusal.at) } }),
    template: templateKind(tags, placeholders),
    ...(nested && { nested }),
    masked: spans(file, [...holes, ...pass.inserted]),
  };
}

/** The problems in order, without those that a template leaves open. */
function certain({ problems, opaque }: Pass): readonly NginxProblem[] {
  const kept = opaque
    ? problems.filter(({ kind }) => kind !== 'missing-close' && kind !== 'extra-close')
    : [...problems];
  return kept.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

function spans(file: SourceFile, holes: readonly { readonly start: number; readonly end: number }[]): readonly Span[] {
  const sorted = holes
    .map(({ start, end }) => ({ file, start, end }))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  return sorted.filter((hole, i) => hole.start >= (sorted[i - 1]?.end ?? 0));
}

function expressions(tags: readonly TemplateTag[]): readonly NginxPlaceholder[] {
  return tags.filter(({ role }) => role === 'expression').map(({ start, end }) => ({ start, end, kind: 'expression' }));
}

function merge(a: readonly NginxPlaceholder[], b: readonly NginxPlaceholder[]): readonly NginxPlaceholder[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const sorted = [...a, ...b].sort((x, y) => x.start - y.start || y.end - x.end);
  const out: NginxPlaceholder[] = [];
  for (const mark of sorted) if (mark.start >= (out.at(-1)?.end ?? 0)) out.push(mark);
  return out;
}

function inComment(pass: Pass, tag: TemplateTag): boolean {
  let low = 0;
  let high = pass.comments.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const comment = pass.comments[middle];
    if (!comment || comment.start > tag.start) high = middle - 1;
    else if (comment.end <= tag.start) low = middle + 1;
    else return true;
  }
  return false;
}
